"""A small operation in memory, a bus that records what it is asked, and straight streets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from backend_service.streets.straight_line import SpeedByHour, StraightLineStreets
from backend_service.workers.planning import Planner
from core.commands import Command, RecommendAssignment, RecordSource, SetRoute, WithdrawRecommendation
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import KnownPosition
from core.fleet.fleet import Driver, DriverPerson, SignalState, Vehicle
from core.fleet.route import PlannedStop, Route, StopKind
from core.geodesy import METRES_PER_DEGREE
from core.operations import Done
from core.orders.order import Order, OrderState, Promise
from core.projections.operation import Operation
from core.projections.source_board import SourceState
from core.refusals import Refusal
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, DriverId, Load, OrderId, Place, Position, VehicleId

NOW = 1_795_190_400.0


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


@dataclass
class RecordingBus:
    """Carries recommendations and routes into the operation as the handlers would, in the simplest way."""

    operation: Operation = field(default_factory=Operation)
    commands: list[Any] = field(default_factory=list)
    refuses: set[type] = field(default_factory=set)

    async def execute(self, command: Command, actor: Actor) -> Done:
        if type(command) in self.refuses:
            raise Refusal("state.changed", "Moved.", status=409)
        self.commands.append(command)
        self.operation.position += 1
        if isinstance(command, RecommendAssignment):
            self._recommended(command)
        elif isinstance(command, WithdrawRecommendation):
            found = self.operation.decisions.by_id(command.recommendation_id)
            assert found is not None
            del self.operation.decisions.standing[found.order_id]
        elif isinstance(command, RecordSource):
            self.operation.sources.sources[command.source] = SourceState(
                source=command.source, is_degraded=command.is_degraded, since_at=NOW, effect=command.effect
            )
        elif isinstance(command, SetRoute):
            route = self.operation.fleet.routes[command.driver_id]
            self.operation.fleet.routes[command.driver_id] = replace(
                route, stops=command.stops, geometry=command.geometry, distance_m=command.distance_m
            )
        return Done(position=self.operation.position)

    def _recommended(self, command: RecommendAssignment) -> None:
        made = command.recommendation
        self.operation.decisions.standing.pop(made.order_id, None)
        if not made.is_automatic:
            self.operation.decisions.standing[made.order_id] = made
            return
        assert made.driver_id is not None
        order = self.operation.orders.orders[made.order_id]
        self.operation.orders.orders[made.order_id] = replace(
            order, state=OrderState.ASSIGNED, driver_id=made.driver_id, version=order.version + 1
        )
        route = self.operation.fleet.route_of(made.driver_id)
        self.operation.fleet.routes[made.driver_id] = replace(
            route, stops=made.alternatives[0].plan, plan_number=route.plan_number + 1
        )


@dataclass
class SeenPositions:
    """Newest fixes by vehicle."""

    seen: dict[str, KnownPosition] = field(default_factory=dict)

    def latest(self, vehicle_id: VehicleId) -> KnownPosition | None:
        return self.seen.get(vehicle_id)


@dataclass
class Town:
    """The operation with its collaborators; distances in metres east, instants relative to NOW."""

    bus: RecordingBus
    positions: SeenPositions
    clock: SteppedClock
    planner: Planner
    now: float = NOW
    at: Callable[[float], Position] = at

    def driver(self, name: str, x_m: float | None, *, age_s: float = 0.0, **fields: Any) -> None:
        vehicle = VehicleId(f"V-{name}")
        signal = fields.pop("signal", SignalState.LIVE)
        settings: dict[str, Any] = {"is_on_shift": True, "vehicle_id": vehicle, "shift_ends_at": NOW + 14_400.0}
        fleet = self.bus.operation.fleet
        fleet.drivers[DriverId(name)] = Driver(
            driver_id=DriverId(name), person=DriverPerson(name=name), **{**settings, **fields}
        )
        fleet.vehicles[vehicle] = Vehicle(
            vehicle_id=vehicle, plate=name, driver_id=DriverId(name), signal=signal, last_heard_at=NOW - age_s
        )
        if x_m is not None:
            self.positions.seen[vehicle] = KnownPosition(at(x_m), NOW - age_s)

    def order(self, name: str, pickup_m: float, delivery_m: float, **fields: Any) -> Order:
        settings: dict[str, Any] = {
            "customer_id": "C-1",
            "customer": None,
            "pickup": Place(name="Kitchen", position=at(pickup_m)),
            "delivery": at(delivery_m),
            "promise": Promise(by_at=NOW + fields.pop("due_s", 3600.0)),
            "placed_at": NOW - 60.0,
            "ready_at": NOW + fields.pop("ready_s", 0.0),
            "is_ready": True,
            "load": Load(volume_l=10.0, weight_kg=4.0),
            "version": 1,
        }
        order = Order(order_id=OrderId(name), **{**settings, **fields})
        board = self.bus.operation.orders
        board.orders[order.order_id] = order
        if order.state.is_open:
            board.open_ids.add(order.order_id)
        if order.driver_id is not None:
            self._plan(order)
        return order

    def _plan(self, order: Order) -> None:
        assert order.driver_id is not None
        kinds = [StopKind.DELIVERY] if order.state.is_on_board else [StopKind.PICKUP, StopKind.DELIVERY]
        route = self.bus.operation.fleet.route_of(order.driver_id)
        stops = tuple(
            PlannedStop(
                order_id=order.order_id,
                kind=kind,
                position=order.pickup.position if kind is StopKind.PICKUP else order.delivery,
                arrives_at=NOW + 600.0,
                starts_at=NOW + 600.0,
                departs_at=NOW + 700.0,
            )
            for kind in kinds
        )
        self.bus.operation.fleet.routes[order.driver_id] = Route(
            driver_id=order.driver_id, plan_number=route.plan_number + 1, stops=(*route.stops, *stops)
        )


@pytest.fixture
def town() -> Town:
    """An empty town whose straight streets are driven at 10 m/s without detours."""
    clock = SteppedClock(NOW)
    bus, positions = RecordingBus(), SeenPositions()
    streets = StraightLineStreets(clock, ZoneInfo("UTC"), SpeedByHour((10.0,) * 24, detour=1.0))
    return Town(bus, positions, clock, Planner(bus, streets, positions, DispatchPolicy(), clock))
