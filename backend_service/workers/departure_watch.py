"""Notices from fixes that a driver drove off from a stop, which nobody reports.

Departed is: `CONFIRM_FIXES` fixes in a row farther than `DEPARTURE_RADIUS_M` from a stop at which the driver was. The
radius is twice that of an arrival, so that a receiver's noise and a parking place round the corner are no departure.
Who said too early that they were there is not gone: they must have been near once, or have done the stop's work.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from backend_service.handlers.command_bus import CommandBus
from core.commands import ReportDeparture
from core.events.envelope import Envelope
from core.fleet.route import StopKind
from core.geodesy import short_distance_m
from core.orders.order import Order
from core.orders.presence import reached_at, served_at, stops_stood_at
from core.projections.operation import Change, Part
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import PLATFORM, CommandId, DriverId, Instant, OrderId, Position, VehicleId

logger = logging.getLogger(__name__)

DEPARTURE_RADIUS_M = 120.0
CONFIRM_FIXES = 3
FORGET_S = 1800.0
"""A departure from an ended order that is not seen within this time is not looked for any more."""


@dataclass(slots=True)
class _Visit:
    """A stop at which a driver is, as far as known; `fixes` counts those in a row that were made away from it."""

    order_id: OrderId
    kind: StopKind
    driver_id: DriverId
    place: Position
    since_at: Instant
    forget_at: Instant
    was_near: bool
    fixes: int = 0
    first_at: Instant = 0.0
    last_at: Instant = 0.0


class DepartureWatch:
    """A worker; have the intake tell `observe` of accepted fixes, and the bus `follow` of what happened.

    Parameters
    ----------
    bus : CommandBus
    """

    name = "departure watch"
    every_s = 1.0

    def __init__(self, bus: CommandBus) -> None:
        self._bus = bus
        self._visits: dict[DriverId, dict[tuple[OrderId, StopKind], _Visit]] = {}
        self._driver_at: dict[OrderId, DriverId] = {}
        self._found: deque[tuple[_Visit, Instant]] = deque()
        self._look_at(bus.operation.orders.orders)

    def follow(self, _: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Hear which orders changed: stops are reached and left, orders change hands."""
        self._look_at(OrderId(name) for part, name in changes if part is Part.ORDER)

    def observe(self, batch: FixBatch) -> None:
        """Take in accepted fixes, ordered by vehicle, then by time."""
        vehicles = batch.vehicle.tolist()
        for vehicle, rows in groupby(range(len(vehicles)), vehicles.__getitem__):
            visits = self._visits_of(VehicleId(vehicle))
            if visits:
                some = list(rows)
                own = slice(some[0], some[-1] + 1)
                places = np.stack([batch.lat[own], batch.lon[own]], -1)
                for visit in list(visits.values()):
                    self._judge(visit, batch.fix_at[own], short_distance_m(places, _point(visit.place)))

    def is_wanted(self, now: Instant) -> bool:
        """Say whether departures wait to be recorded."""
        return bool(self._found)

    async def run_once(self, now: Instant) -> None:
        """Record what waits; a fault leaves it waiting."""
        while self._found:
            await self._record(*self._found[0])
            self._found.popleft()

    def _look_at(self, order_ids: Iterable[OrderId]) -> None:
        for order_id in order_ids:
            order = self._bus.operation.orders.orders[order_id]
            known = self._visits.get(self._driver_at.pop(order_id, DriverId("")), {})
            former = {kind: known.pop((order_id, kind), None) for kind in StopKind}
            for visit in _visits_to(order):
                self._driver_at[order_id] = visit.driver_id
                before = former[visit.kind]
                now = visit if before is None or before.driver_id != visit.driver_id else _carried_on(before, visit)
                self._visits.setdefault(visit.driver_id, {})[order_id, visit.kind] = now

    def _visits_of(self, vehicle_id: VehicleId) -> dict[tuple[OrderId, StopKind], _Visit]:
        vehicle = self._bus.operation.fleet.vehicles.get(vehicle_id)
        return {} if vehicle is None or vehicle.driver_id is None else self._visits.get(vehicle.driver_id, {})

    def _judge(self, visit: _Visit, fixes_at: np.ndarray, metres: np.ndarray) -> None:
        for fix_at, distance_m in zip(fixes_at.tolist(), metres.tolist(), strict=True):
            if not max(visit.last_at, visit.since_at) < fix_at < visit.forget_at:
                continue
            visit.last_at = fix_at
            if distance_m <= DEPARTURE_RADIUS_M:
                visit.was_near, visit.fixes = True, 0
            elif visit.was_near:
                visit.first_at = fix_at if visit.fixes == 0 else visit.first_at
                visit.fixes += 1
                if visit.fixes == CONFIRM_FIXES:
                    self._found.append((visit, visit.first_at))

    async def _record(self, visit: _Visit, left_at: Instant) -> None:
        command = ReportDeparture(order_id=visit.order_id, driver_id=visit.driver_id, kind=visit.kind)
        command_id = CommandId(f"departure:{visit.order_id}:{visit.kind}:{visit.driver_id}:{left_at:.3f}")
        try:
            await self._bus.execute(command, PLATFORM, command_id=command_id, occurred_at=left_at)
        except Refusal as refusal:
            logger.info("a departure from %s was not recorded: %s", visit.order_id, refusal.sentence)


def _visits_to(order: Order) -> Iterator[_Visit]:
    for kind in stops_stood_at(order):
        served, reached = served_at(order, kind), reached_at(order, kind)
        assert order.driver_id is not None
        assert reached is not None
        yield _Visit(
            order_id=order.order_id,
            kind=kind,
            driver_id=order.driver_id,
            place=order.pickup.position if kind is StopKind.PICKUP else order.delivery,
            since_at=reached if served is None else served,
            forget_at=np.inf if order.ended_at is None else order.ended_at + FORGET_S,
            was_near=served is not None,
        )


def _carried_on(before: _Visit, visit: _Visit) -> _Visit:
    """Return a visit with what was seen of it already, unless its start moved: then only whether they were near."""
    visit.was_near = visit.was_near or before.was_near
    visit.last_at = before.last_at
    if visit.since_at == before.since_at:
        visit.fixes, visit.first_at = before.fixes, before.first_at
    return visit


def _point(place: Position) -> np.ndarray:
    return np.array([place.lat, place.lon])
