"""An operation on a straight street along the equator: x metres east at 10 m/s, so that times can be counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from backend_service.handlers.handler_map import DECISIONS
from core.command_base import CommandBase
from core.commands import UndoDecision
from core.deciding import Context, Decision
from core.dispatch.decision import PutBack
from core.dispatch.giving_back import giving_back
from core.dispatch.policy import DispatchPolicy
from core.dispatch.putting_back import put_back
from core.dispatch.world import KnownPosition, PlanningWorld, world_of
from core.disruption.affliction import afflicted
from core.disruption.disruption import Disruption, DisruptionId, DisruptionKind, RecoveryOptions, SubjectKind
from core.disruption.options import Case
from core.disruption.ranking import ranked_options
from core.disruption.recovery_commands import RecordDisruption, UndoRecovery
from core.disruption.signs import say
from core.fleet.fleet import Driver, SignalState, Vehicle
from core.fleet.route import PlannedStop, Route, StopKind
from core.geodesy import METRES_PER_DEGREE
from core.orders.order import Order, OrderState, Promise
from core.projections.operation import Operation
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import PLATFORM, Actor, DriverId, Load, OrderId, Place, Position, VehicleId
from tests.envelopes import fold_into

NOW = 1_000_000.0
SPEED_MPS = 10.0


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


@dataclass
class Street:
    """Orders, drivers and what is wrong; distances in metres east of the origin, instants relative to `now`."""

    operation: Operation = field(default_factory=Operation)
    positions: dict[VehicleId, KnownPosition] = field(default_factory=dict)
    now: float = NOW
    policy: DispatchPolicy = field(default_factory=DispatchPolicy)

    def at(self, x_m: float) -> Position:
        return at(x_m)

    def order(self, name: str, pickup_m: float = 0.0, delivery_m: float = 1000.0, **fields: Any) -> Order:
        settings: dict[str, Any] = {
            "customer_id": f"C-{name}",
            "customer": None,
            "pickup": Place(name="Kitchen", position=at(pickup_m)),
            "delivery": at(delivery_m),
            "promise": Promise(by_at=NOW + fields.pop("due_s", 3600.0)),
            "placed_at": NOW - 900.0,
            "ready_at": NOW - 600.0,
            "is_ready": True,
            "is_accepted": True,
            "load": Load(volume_l=10.0, weight_kg=4.0),
            "version": 1,
        }
        made = Order(order_id=OrderId(name), **{**settings, **fields})
        self.operation.orders.orders[made.order_id] = made
        if made.state.is_open:
            self.operation.orders.open_ids.add(made.order_id)
        elif made.ended_at is not None:
            self.operation.orders.broken_off[made.order_id] = made.ended_at
        return made

    def driver(self, name: str, x_m: float | None, orders: Sequence[Order] = (), **vehicle: Any) -> DriverId:
        """A driver at x with the stops of `orders`, each delivered before the next, arriving far enough ahead."""
        driver_id, vehicle_id = DriverId(name), VehicleId(f"V-{name}")
        fleet, signal = self.operation.fleet, {"signal": SignalState.LIVE, "last_heard_at": self.now}
        fleet.drivers[driver_id] = Driver(
            driver_id=driver_id, person=None, is_on_shift=True, vehicle_id=vehicle_id, shift_ends_at=NOW + 14_400.0
        )
        fleet.vehicles[vehicle_id] = Vehicle(
            vehicle_id=vehicle_id, plate="", driver_id=driver_id, **{**signal, **vehicle}
        )
        if x_m is not None:
            self.positions[vehicle_id] = KnownPosition(at(x_m), self.now)
        stops = [stop for order in orders for stop in self._stops(order)]
        line = (at(x_m or 0.0), *(stop.position for stop in stops))
        fleet.routes[driver_id] = Route(
            driver_id=driver_id, plan_number=1, stops=tuple(stops), planned_at=NOW, geometry=line if stops else ()
        )
        return driver_id

    def _stops(self, order: Order) -> list[PlannedStop]:
        kinds = [StopKind.DELIVERY] if order.state.is_on_board else [StopKind.PICKUP, StopKind.DELIVERY]
        places = {StopKind.PICKUP: order.pickup.position, StopKind.DELIVERY: order.delivery}
        times = {"arrives_at": NOW + 600.0, "starts_at": NOW + 600.0, "departs_at": NOW + 660.0}
        return [PlannedStop(order_id=order.order_id, kind=kind, position=places[kind], **times) for kind in kinds]

    def disruption(self, kind: DisruptionKind, subject: str, *, lasted_s: float = 600.0, **fields: Any) -> Disruption:
        """A disruption of a driver, an order or a zone, by what there is of that name."""
        operation = self.operation
        if subject in operation.fleet.drivers:
            orders = tuple(dict.fromkeys(s.order_id for s in operation.fleet.routes[DriverId(subject)].stops))
            settings: dict[str, Any] = {"subject_kind": SubjectKind.DRIVER, "driver_id": subject, "order_ids": orders}
        elif subject in operation.orders.orders:
            order = operation.orders.orders[OrderId(subject)]
            settings = {
                "subject_kind": SubjectKind.ORDER,
                "driver_id": order.driver_id,
                "order_ids": (order.order_id,),
            }
        else:
            waiting = tuple(o.order_id for o in operation.orders.open_orders() if o.state is OrderState.WAITING)
            settings = {"subject_kind": SubjectKind.ZONE, "order_ids": waiting, "zone_id": subject}
        settings |= {"order_id": settings["order_ids"][0] if settings["order_ids"] else None, **fields}
        return Disruption(
            disruption_id=DisruptionId(f"{kind}.{subject}.1"),
            kind=kind,
            subject_id=subject,
            began_at=self.now - lasted_s,
            detected_at=self.now,
            priority=3,
            level=lasted_s,
            unit="s",
            finding=say("finding.stopped", minutes=lasted_s / 60.0),
            cause=say("cause.no_driver"),
            **settings,
        )

    def world(self) -> PlanningWorld:
        places = [p for o in self.operation.orders.open_orders() for p in (o.pickup.position, o.delivery)]
        places += [known.position for known in self.positions.values()]
        points = tuple(dict.fromkeys(places))
        x = np.array([point.lon * METRES_PER_DEGREE for point in points])
        metres = np.abs(x[:, None] - x[None, :])
        table = TravelTable(TravelMatrix(metres / SPEED_MPS, metres.copy(), degraded=False, as_of=NOW), points, points)
        return world_of(self.operation, self.positions, self.now, self.policy, table)

    def case(self, disruption: Disruption) -> Case:
        world = afflicted(self.world(), disruption)
        takers = tuple(name for name in world.drivers if name != disruption.driver_id)
        return Case(disruption, world, takers, frozenset(takers))

    def options(self, disruption: Disruption) -> RecoveryOptions:
        return ranked_options(self.case(disruption))

    def note(self, disruption: Disruption) -> Disruption:
        self.do(RecordDisruption(disruption=disruption))
        return disruption

    def do(self, command: CommandBase, actor: Actor = PLATFORM, recovery: RecoveryOptions | None = None) -> Decision:
        context = Context(self.operation, actor, self.now, recovery=recovery, put_back=self._put_back(command))
        decision = DECISIONS[type(command)](context, command)
        fold_into(self.operation, decision, self.now, actor)
        return decision

    def _put_back(self, command: CommandBase) -> PutBack | None:
        """Plan what an undo gives back, as the service does before it is decided."""
        known = self.operation.disruptions.recoveries
        name = known[command.recovery_id].override_id if isinstance(command, UndoRecovery) else None
        name = command.override_id if isinstance(command, UndoDecision) else name
        if name is None:
            return None
        wanted = giving_back(self.operation, self.operation.decisions.overrides[name])
        return put_back(self.world(), wanted, lambda *_: True)


@pytest.fixture
def street() -> Street:
    return Street()
