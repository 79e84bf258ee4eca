"""A bus with a small fleet on shift, and fixes for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np
import pytest

from backend_service.event_log.log import Append, Appended, NewEvent
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.live_positions import LivePositions
from core.commands import DrawGeofence, RegisterDriver, RegisterVehicle, StartShift
from core.events.fleet_events import RoutePlanned
from core.events.order_events import OrderAssigned, OrderDelivered, OrderPickedUp, OrderPlaced
from core.fleet.fleet import DriverPerson
from core.fleet.route import PlannedStop, StopKind
from core.geofencing.fence import Fence
from core.orders.order import Customer, Promise
from core.projections.operation import Operation
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import PLATFORM, Actor, DriverId, FenceId, OrderId, Place, Position, Role, VehicleId

NOW_AT = 1_800_000_000.0
ADMIN = Actor(role=Role.ADMINISTRATOR, subject="root")
METRE = 1.0 / 111_195.0
KITCHEN = Position(-29.9, -71.25)
DOOR = Position(-29.92, -71.25)


@dataclass
class Shift:
    """V-1 driven by DR-1, V-2 parked; a fence of 100 m around the kitchen."""

    bus: CommandBus
    clock: SteppedClock
    live: LivePositions
    log: VolatileEventLog

    def fixes(
        self, *north_m: float, vehicle: str = "V-1", start_at: float = NOW_AT + 10, speed_mps: float = np.nan
    ) -> FixBatch:
        """Return fixes of one vehicle, so many metres north of the kitchen, one each 5 s."""
        count = len(north_m)
        at = start_at + 5.0 * np.arange(count)
        name = np.array([vehicle] * count, dtype=object)
        unknown = np.full(count, np.nan)
        return FixBatch(
            device=name,
            vehicle=name,
            fix_at=at,
            received_at=at.copy(),
            arrived_wall_at=at.copy(),
            lat=KITCHEN.lat + np.array(north_m) * METRE,
            lon=np.full(count, KITCHEN.lon),
            speed_mps=np.full(count, speed_mps),
            heading_deg=unknown,
            accuracy_m=unknown,
            is_valid=np.ones(count, dtype=np.bool_),
        )

    def give(self, *order_ids: str) -> None:
        """Fold orders from the kitchen to the door, assigned to DR-1, planned as pickups, then deliveries."""
        for name in order_ids:
            order_id = OrderId(name)
            self._fold(
                f"order/{name}",
                OrderPlaced(
                    order_id=order_id,
                    customer_id="C",
                    customer=Customer(),
                    pickup=Place(name="Kitchen", position=KITCHEN),
                    delivery=DOOR,
                    promise=Promise(by_at=NOW_AT + 2400),
                    ready_at=NOW_AT,
                ),
            )
            self._fold(f"order/{name}", OrderAssigned(order_id=order_id, driver_id=DriverId("DR-1")))
        stops = [
            PlannedStop(
                order_id=OrderId(name),
                kind=kind,
                position=place,
                arrives_at=NOW_AT,
                starts_at=NOW_AT,
                departs_at=NOW_AT,
            )
            for kind, place in ((StopKind.PICKUP, KITCHEN), (StopKind.DELIVERY, DOOR))
            for name in order_ids
        ]
        self._fold("driver/DR-1", RoutePlanned(driver_id=DriverId("DR-1"), plan_number=1, stops=tuple(stops)))

    def pick_up(self, order_id: str) -> None:
        self._fold(f"order/{order_id}", OrderPickedUp(order_id=OrderId(order_id), driver_id=DriverId("DR-1")))

    def deliver(self, order_id: str) -> None:
        self._fold(f"order/{order_id}", OrderDelivered(order_id=OrderId(order_id), driver_id=DriverId("DR-1")))

    def _fold(self, stream: str, event: object) -> None:
        self.waiting.append((stream, event))

    @property
    def waiting(self) -> list[tuple[str, object]]:
        return self.__dict__.setdefault("_waiting", [])

    async def settle(self) -> None:
        """Append what `give` and `pick_up` asked for and fold it."""
        events = tuple(NewEvent(stream, event, self.clock.now()) for stream, event in self.waiting)  # type: ignore[arg-type]
        self.waiting.clear()
        [outcome] = await self.log.append([Append(events, PLATFORM, self.clock.now(), {})])
        assert isinstance(outcome, Appended)
        for envelope in outcome.envelopes:
            self.bus.operation.apply(envelope)

    async def types(self, after: int = 0) -> list[str]:
        return [envelope.type for envelope in await self.log.read(after)]


@pytest.fixture
def on_shift() -> Callable[[Callable[[Shift], Awaitable[None]]], None]:
    """Return what runs a scenario with a driver on shift since `NOW_AT`."""

    async def play(scenario: Callable[[Shift], Awaitable[None]]) -> None:
        clock = SteppedClock(NOW_AT)
        log = VolatileEventLog(clock)
        bus = CommandBus(log, Operation(), clock)
        bus.start()
        fence = Fence(fence_id=FenceId("F-1"), name="Kitchen", centre=KITCHEN, radius_m=100.0)
        for command in (
            RegisterVehicle(vehicle_id=VehicleId("V-1"), plate="A"),
            RegisterVehicle(vehicle_id=VehicleId("V-2"), plate="B"),
            RegisterDriver(driver_id=DriverId("DR-1"), person=DriverPerson(name="Ana")),
            StartShift(driver_id=DriverId("DR-1"), vehicle_id=VehicleId("V-1"), ends_at=NOW_AT + 3600),
            DrawGeofence(fence=fence),
        ):
            await bus.execute(command, ADMIN)
        try:
            await scenario(Shift(bus, clock, LivePositions(), log))
        finally:
            await bus.stop()

    return lambda scenario: asyncio.run(play(scenario))
