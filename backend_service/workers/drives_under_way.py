"""The drives under way in the live service: each driver's way to the next stop, forecast; and what became of them.

What happened is heard from the log: a stop reached, a stop left. Fixes come from the intake. Streets that are down
leave drives out: the estimate without streets is wider by policy, and nothing is learned from it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Protocol

import numpy as np

from backend_service.forecasting.forecaster import Forecaster
from backend_service.streets.street_engine import NoWay, StreetRoute
from backend_service.workers.collaborators import Bus
from core.dispatch.world import DriverState
from core.eta.drive import Drive
from core.eta.questions import Questions
from core.events.envelope import Envelope
from core.events.order_events import DeliveryLeft, DeliveryReached, PickupLeft, PickupReached
from core.fleet.route import StopKind
from core.projections.operation import Change
from core.vocabulary import DriverId, Instant, OrderId, Position, VehicleId

_AT_ONCE = 128
"""Drives forecast before others have their turn on the loop: some ten milliseconds."""


class Ways(Protocol):
    """Whoever knows the streets."""

    async def way(self, start: Position, places: Sequence[Position]) -> StreetRoute:
        """Return the street path from `start` through `places`."""
        ...


@dataclass(frozen=True, slots=True)
class _Ahead:
    driver_id: DriverId
    vehicle_id: VehicleId
    start: Position
    goal: Position
    way: StreetRoute


class DrivesUnderWay:
    """Asks the forecaster about the operation's drives; have the bus tell `follow`.

    Parameters
    ----------
    bus : Bus
        Its operation says who drives what.
    ways : Ways
    forecaster : Forecaster
        Have the intake tell its `observe`.
    """

    def __init__(self, bus: Bus, ways: Ways, forecaster: Forecaster) -> None:
        self._bus = bus
        self._ways = ways
        self._forecaster = forecaster

    def follow(self, envelopes: Sequence[Envelope], _: frozenset[Change]) -> None:
        """Hear of stops reached and left."""
        for envelope in envelopes:
            if envelope.type in _REACHED or envelope.type in _LEFT:
                self._hear(envelope)

    async def ahead(self, drivers: Mapping[DriverId, DriverState], now: Instant) -> dict[DriverId, Drive]:
        """Return the forecast drive of each driver to the next stop; none without streets, a position or a way."""
        found: dict[DriverId, Drive] = {}
        for group in batched([driver for driver in drivers.values() if _is_driving(driver)], _AT_ONCE):
            asked = [one for one in await asyncio.gather(*map(self._way, group)) if one is not None]
            if asked:
                found |= self._forecast(asked, now)
        return found

    def _forecast(self, asked: Sequence[_Ahead], now: Instant) -> dict[DriverId, Drive]:
        questions = Questions(
            vehicles=[one.vehicle_id for one in asked],
            positions=np.array([(one.start.lat, one.start.lon) for one in asked]),
            destinations=np.array([(one.goal.lat, one.goal.lon) for one in asked]),
            street_s=np.array([one.way.duration_s for one in asked]),
            street_m=np.array([one.way.distance_m for one in asked]),
            ways=[one.way.geometry for one in asked],
        )
        seconds = self._forecaster.forecast(questions, now).seconds
        columns = zip(asked, seconds.p10.tolist(), seconds.p50.tolist(), seconds.p90.tolist(), strict=True)
        return {one.driver_id: Drive(p10, p50, p90) for one, p10, p50, p90 in columns}

    async def _way(self, driver: DriverState) -> _Ahead | None:
        vehicle_id = self._bus.operation.fleet.drivers[driver.driver_id].vehicle_id
        if vehicle_id is None or driver.start is None:
            return None
        goal = driver.stops[0].position
        try:
            way = await self._ways.way(driver.start, [goal])
        except NoWay:
            return None
        return None if way.degraded else _Ahead(driver.driver_id, vehicle_id, driver.start, goal, way)

    def _hear(self, envelope: Envelope) -> None:
        event = envelope.event()
        assert isinstance(event, PickupReached | DeliveryReached | PickupLeft | DeliveryLeft)
        driver = self._bus.operation.fleet.drivers.get(event.driver_id)
        if driver is None or driver.vehicle_id is None:
            return
        if isinstance(event, PickupReached | DeliveryReached):
            kind = StopKind.PICKUP if isinstance(event, PickupReached) else StopKind.DELIVERY
            place = self._place(event.order_id, kind)
            self._forecaster.arrived(driver.vehicle_id, envelope.occurred_at, place)
        else:
            self._forecaster.set_off(driver.vehicle_id, envelope.occurred_at)

    def _place(self, order_id: OrderId, kind: StopKind) -> tuple[float, float]:
        order = self._bus.operation.orders.orders[order_id]
        position = order.pickup.position if kind is StopKind.PICKUP else order.delivery
        return position.lat, position.lon


_REACHED = frozenset({PickupReached.__name__, DeliveryReached.__name__})
_LEFT = frozenset({PickupLeft.__name__, DeliveryLeft.__name__})


def _is_driving(driver: DriverState) -> bool:
    """Say whether a drive is to be forecast: somewhere to go, not there yet, and heard of."""
    return (
        bool(driver.stops) and driver.stops[0].arrived_at is None and driver.start is not None and not driver.is_silent
    )
