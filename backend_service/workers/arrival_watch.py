"""Notices from fixes that a driver stands at the next stop, for drivers who do not report it themselves.

Arrived is: `CONFIRM_FIXES` fixes in a row within `ARRIVAL_RADIUS_M` of the next stop, none of them moving. Several
stops at one place, such as two orders of one kitchen, are reached together.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import dropwhile

import numpy as np

from backend_service.handlers.command_bus import CommandBus
from core.commands import ReportArrival
from core.fleet.route import PlannedStop, StopKind
from core.geodesy import short_distance_m
from core.orders.order import Order, OrderState
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch, Mask
from core.vocabulary import PLATFORM, CommandId, DriverId, Instant, OrderId, VehicleId

logger = logging.getLogger(__name__)

ARRIVAL_RADIUS_M = 60.0
STANDING_MPS = 2.5
"""Slower than this is walking pace or a receiver's noise; a device that tells no speed is judged by place alone."""

CONFIRM_FIXES = 3


@dataclass(slots=True)
class _Approach:
    """The fixes in a row at one stop, and when the first of them was made."""

    order_id: OrderId
    fixes: int = 0
    first_at: Instant = 0.0
    last_at: Instant = 0.0


@dataclass(frozen=True, slots=True)
class _Arrival:
    order_id: OrderId
    driver_id: DriverId
    occurred_at: Instant


class ArrivalWatch:
    """A worker; have the intake tell `observe` of accepted fixes.

    Parameters
    ----------
    bus : CommandBus
    """

    name = "arrival watch"
    every_s = 1.0

    def __init__(self, bus: CommandBus) -> None:
        self._bus = bus
        self._approaches: dict[str, _Approach] = {}
        self._found: deque[_Arrival] = deque()

    def observe(self, batch: FixBatch) -> None:
        """Take in accepted fixes, ordered by vehicle, then by time."""
        names = batch.vehicle.tolist()
        targets = {name: stop for name in dict.fromkeys(names) if (stop := self._next_stop(name)) is not None}
        if not targets:
            return
        if len(targets) < len(batch):
            batch = batch.select(np.fromiter((name in targets for name in names), np.bool_, len(names)))
        places = np.array([_place(targets[vehicle]) for vehicle in batch.vehicle.tolist()])
        metres = short_distance_m(np.stack([batch.lat, batch.lon], -1), places)
        is_there: Mask = (metres <= ARRIVAL_RADIUS_M) & ~(batch.speed_mps > STANDING_MPS)
        rows = zip(batch.vehicle.tolist(), batch.fix_at.tolist(), is_there.tolist(), strict=True)
        for vehicle, fix_at, stands in rows:
            self._judge(vehicle, targets[vehicle], fix_at, stands)

    def is_wanted(self, now: Instant) -> bool:
        """Say whether arrivals wait to be recorded."""
        return bool(self._found)

    async def run_once(self, now: Instant) -> None:
        """Record what waits; a fault leaves it waiting."""
        while self._found:
            await self._record(self._found[0])
            self._found.popleft()

    def _next_stop(self, vehicle_id: str) -> PlannedStop | None:
        """Return the stop that the vehicle's driver is on the way to; ``None`` if they stand there already."""
        fleet = self._bus.operation.fleet
        vehicle = fleet.vehicles.get(VehicleId(vehicle_id))
        if vehicle is None or vehicle.driver_id is None:
            return None
        return next((stop for stop in fleet.route_of(vehicle.driver_id).stops if self._is_ahead(stop)), None)

    def _is_ahead(self, stop: PlannedStop) -> bool:
        order = self._bus.operation.orders.orders.get(stop.order_id)
        awaited = OrderState.ASSIGNED if stop.kind is StopKind.PICKUP else OrderState.ON_THE_WAY
        return order is not None and order.state is awaited

    def _judge(self, vehicle: str, stop: PlannedStop, fix_at: Instant, stands: bool) -> None:
        approach = self._approaches.get(vehicle)
        if approach is None or approach.order_id != stop.order_id:
            approach = self._approaches[vehicle] = _Approach(stop.order_id)
        order = self._bus.operation.orders.orders[stop.order_id]
        if fix_at <= max(approach.last_at, _on_the_way_since(order, stop)):
            return
        approach.last_at = fix_at
        if not stands:
            approach.fixes = 0
            return
        approach.first_at = fix_at if approach.fixes == 0 else approach.first_at
        approach.fixes += 1
        if approach.fixes == CONFIRM_FIXES:
            self._found.extend(self._arrivals(vehicle, stop, approach.first_at))

    def _arrivals(self, vehicle_id: str, reached: PlannedStop, occurred_at: Instant) -> Iterator[_Arrival]:
        driver_id = self._bus.operation.fleet.vehicles[VehicleId(vehicle_id)].driver_id
        if driver_id is None:
            return
        here = np.array(_place(reached))
        for stop in dropwhile(lambda stop: stop != reached, self._bus.operation.fleet.route_of(driver_id).stops):
            if float(short_distance_m(np.array(_place(stop)), here)) > ARRIVAL_RADIUS_M:
                break
            if self._is_ahead(stop):
                yield _Arrival(stop.order_id, driver_id, occurred_at)

    async def _record(self, arrival: _Arrival) -> None:
        command = ReportArrival(order_id=arrival.order_id, driver_id=arrival.driver_id, is_detected=True)
        command_id = CommandId(f"arrival:{arrival.order_id}:{arrival.driver_id}:{arrival.occurred_at:.3f}")
        try:
            await self._bus.execute(command, PLATFORM, command_id=command_id, occurred_at=arrival.occurred_at)
        except Refusal as refusal:
            logger.info("an arrival at %s was not recorded: %s", arrival.order_id, refusal.sentence)


def _place(stop: PlannedStop) -> tuple[float, float]:
    return stop.position.lat, stop.position.lon


def _on_the_way_since(order: Order, stop: PlannedStop) -> Instant:
    """Return since when the driver is bound for this stop: what was seen before does not count."""
    since = order.assigned_at if stop.kind is StopKind.PICKUP else order.picked_up_at
    return since or 0.0
