"""A shift made up for measurements: orders come, are proposed, assigned, driven and delivered, and vehicles move."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator

import numpy as np

from core import wire
from core.dispatch.decision import (
    Confidence,
    ConfidenceStage,
    Fallback,
    Recommendation,
    RecommendedAction,
    RiskStage,
    Statement,
)
from core.events import dispatch_events, fleet_events, order_events
from core.events.envelope import Event
from core.fleet.fleet import DriverPerson
from core.fleet.zone import Zone
from core.orders.order import ArrivalBand, Promise
from core.telemetry.live_rows import LiveRows
from core.vocabulary import DriverId, Instant, OrderId, Place, Position, RecommendationId, VehicleId, ZoneId

_MIDDLE = Position(-29.93, -71.25)
_SPREAD_DEG = 0.05
_STAGE_S = 420.0
"""How long an order stays in each of its stages."""
_PROMISED_S = 2400.0


class InventedShift:
    """What a service would have sent; the same for the same seed.

    Parameters
    ----------
    drivers : on shift all the time
    orders_per_hour : of operation time
    seed : of the dice
    """

    def __init__(self, drivers: int = 60, orders_per_hour: int = 180, seed: int = 1) -> None:
        self._dice = random.Random(seed)
        self._fleet = [(DriverId(f"D-{n:03}"), VehicleId(f"V-{n:03}")) for n in range(1, drivers + 1)]
        self._zones = [ZoneId(f"zone {n}") for n in range(1, 10)]
        self._every_s = 3600.0 / orders_per_hour
        self._next_order_at: Instant | None = None
        self._number = 48_000
        self._open: deque[tuple[Instant, int, OrderId, DriverId]] = deque()

    def opening(self, now: Instant) -> Iterator[Event]:
        """Yield what stands before the shift: zones, drivers, vehicles."""
        zones = tuple(Zone(zone_id=name, name=name.title(), ring=self._ring(at)) for at, name in enumerate(self._zones))
        yield fleet_events.ZonesDrawn(zones=zones)
        for driver_id, vehicle_id in self._fleet:
            yield fleet_events.DriverRegistered(driver_id=driver_id, person=DriverPerson(name=f"Driver {driver_id}"))
            yield fleet_events.VehicleRegistered(vehicle_id=vehicle_id, plate=f"KX {vehicle_id}")
            yield fleet_events.ShiftStarted(driver_id=driver_id, vehicle_id=vehicle_id, ends_at=now + 40_000.0)

    def events_until(self, now: Instant) -> Iterator[Event]:
        """Yield what happened since the last call."""
        self._next_order_at = now if self._next_order_at is None else self._next_order_at
        while self._next_order_at <= now:
            self._next_order_at += self._every_s
            yield from self._place_order(now)
        while self._open and self._open[0][0] <= now:
            _, stage, order_id, driver_id = self._open.popleft()
            yield from self._advance(now, stage, order_id, driver_id)

    def positions(self, now: Instant, wall_at: Instant) -> LiveRows:
        """Return one fix of each vehicle, moving on circles of their own."""
        count = len(self._fleet)
        angle = now / 900.0 + np.arange(count)
        size = _SPREAD_DEG * (0.2 + 0.8 * np.arange(count) / count)
        return LiveRows(
            tuple(vehicle_id for _, vehicle_id in self._fleet),
            _MIDDLE.lat + size * np.sin(angle),
            _MIDDLE.lon + size * np.cos(angle),
            np.degrees(-angle) % 360.0,
            np.full(count, 8.0),
            np.full(count, 4.0),
            np.full(count, now),
            np.full(count, wall_at),
        )

    def forecasts(self, now: Instant) -> wire.Forecasts:
        """Return a forecast for each open order, some late."""
        orders = [order_id for _, _, order_id, _ in self._open]
        arrivals = []
        for _ in orders:
            p50_at = now + self._dice.uniform(300.0, 2700.0)
            arrivals.append(ArrivalBand(p10_at=p50_at - 300, p50_at=p50_at, p90_at=p50_at + 420, as_of=now))
        chances = tuple(self._dice.random() ** 3 for _ in orders)
        return wire.Forecasts(orders=tuple(orders), arrivals=tuple(arrivals), late_probability=chances)

    def pressure(self, now: Instant) -> wire.Pressure:
        """Return drivers short and orders waiting for each zone over three hours."""

        def cell() -> wire.PressureCell:
            return wire.PressureCell(self._dice.gauss(0.0, 2.5), self._dice.randrange(9), self._dice.uniform(0, 900))

        first_bin_at = now // 900.0 * 900.0 - 3600.0
        cells = tuple(tuple(cell() for _ in range(12)) for _ in self._zones)
        return wire.Pressure(
            as_of=now, first_bin_at=first_bin_at, bin_s=900.0, now_bin=4, zones=tuple(self._zones), cells=cells
        )

    def _place_order(self, now: Instant) -> Iterator[Event]:
        self._number += 1
        order_id, (driver_id, _) = OrderId(f"O-{self._number}"), self._dice.choice(self._fleet)
        yield order_events.OrderPlaced(
            order_id=order_id,
            customer_id=f"C-{self._number}",
            customer=None,
            pickup=Place(name="Pollo Dorado", position=self._position()),
            delivery=self._position(),
            promise=Promise(by_at=now + _PROMISED_S),
            ready_at=now + 600.0,
            zone_id=self._dice.choice(self._zones),
        )
        yield dispatch_events.AssignmentRecommended(recommendation=_proposal(order_id, driver_id, now))
        self._open.append((now + _STAGE_S, 0, order_id, driver_id))

    def _advance(self, now: Instant, stage: int, order_id: OrderId, driver_id: DriverId) -> Iterator[Event]:
        match stage:
            case 0:
                yield order_events.OrderAssigned(
                    order_id=order_id, driver_id=driver_id, recommendation_id=RecommendationId(f"R-{order_id}")
                )
                yield order_events.AssignmentAccepted(order_id=order_id, driver_id=driver_id)
            case 1:
                yield order_events.PickupReached(order_id=order_id, driver_id=driver_id)
            case 2:
                yield order_events.OrderPickedUp(order_id=order_id, driver_id=driver_id)
            case _:
                yield order_events.OrderDelivered(order_id=order_id, driver_id=driver_id)
                return
        self._open.append((now + _STAGE_S, stage + 1, order_id, driver_id))

    def _position(self) -> Position:
        return Position(
            _MIDDLE.lat + self._dice.uniform(-_SPREAD_DEG, _SPREAD_DEG),
            _MIDDLE.lon + self._dice.uniform(-_SPREAD_DEG, _SPREAD_DEG),
        )

    def _ring(self, at: int) -> tuple[Position, ...]:
        south, west = _MIDDLE.lat - 0.06 + 0.04 * (at // 3), _MIDDLE.lon - 0.06 + 0.04 * (at % 3)
        corners = ((0.0, 0.0), (0.0, 0.04), (0.04, 0.04), (0.04, 0.0), (0.0, 0.0))
        return tuple(Position(south + up, west + right) for up, right in corners)


def _proposal(order_id: OrderId, driver_id: DriverId, now: Instant) -> Recommendation:
    return Recommendation(
        recommendation_id=RecommendationId(f"R-{order_id}"),
        order_id=order_id,
        made_at=now,
        action=RecommendedAction.ASSIGN,
        driver_id=driver_id,
        promised_by_at=now + _PROMISED_S,
        risk=RiskStage.WATCH,
        confidence=Confidence(probability=0.7, stage=ConfidenceStage.FAIR),
        fallback=Fallback(driver_id=None, after_s=60.0, statement=Statement(code="fallback.wait")),
    )
