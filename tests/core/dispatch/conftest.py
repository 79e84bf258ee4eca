"""Small worlds on a straight street along the equator: x metres east, 10 m/s, so that times can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import pytest

from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import DriverState, PlanningWorld, Stop, delivery_of, pickup_of
from core.geodesy import METRES_PER_DEGREE
from core.orders.order import Order, OrderState, Promise
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, Load, OrderId, Place, Position

NOW = 1_000_000.0
SPEED_MPS = 10.0


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


def table(positions: Iterable[Position]) -> TravelTable:
    """Every position to every other at 10 m/s along the street."""
    points = list(dict.fromkeys(positions))
    x = np.array([point.lon * METRES_PER_DEGREE for point in points])
    metres = np.abs(x[:, None] - x[None, :])
    return TravelTable(TravelMatrix(metres / SPEED_MPS, metres.copy(), degraded=False, as_of=NOW), points, points)


@dataclass(frozen=True)
class Street:
    """Makes orders, drivers and worlds; distances in metres east of the origin, instants relative to NOW."""

    policy: DispatchPolicy
    now: float = NOW
    at: Callable[[float], Position] = at

    def order(self, name: str, pickup_m: float, delivery_m: float, **fields: Any) -> Order:
        due_s = fields.pop("due_s", 3600.0)
        ready_s = fields.pop("ready_s", 0.0)
        settings: dict[str, Any] = {
            "customer_id": "C-1",
            "customer": None,
            "pickup": Place(name="Kitchen", position=at(pickup_m)),
            "delivery": at(delivery_m),
            "promise": Promise(by_at=NOW + due_s),
            "placed_at": NOW - 60.0,
            "ready_at": NOW + ready_s,
            "is_ready": True,
            "service_s": 120.0,
            "load": Load(volume_l=10.0, weight_kg=4.0),
        }
        return Order(order_id=OrderId(name), **{**settings, **fields})

    def driver(self, name: str, x_m: float | None, orders: Sequence[Order] = (), **fields: Any) -> DriverState:
        """A driver at x with the stops of `orders`, each delivered before the next; on-board ones have no pickup."""
        stops: list[Stop] = []
        for order in orders:
            if not order.state.is_on_board:
                stops.append(pickup_of(order, NOW, self.policy))
            stops.append(delivery_of(order))
        settings: dict[str, Any] = {
            "start": None if x_m is None else at(x_m),
            "start_at": NOW,
            "position_age_s": 0.0 if x_m is not None else inf,
            "capacity": Load(volume_l=40.0, weight_kg=20.0),
            "skills": frozenset(),
            "is_on_shift": True,
            "is_paused": False,
            "is_silent": False,
            "shift_ends_at": NOW + 14_400.0,
            "stops": tuple(stops),
            "frozen": 0,
            "on_board": sum((o.load for o in orders if o.state.is_on_board), Load()),
            "plan_number": 1,
        }
        return DriverState(driver_id=DriverId(name), **{**settings, **fields})

    def world(self, drivers: Sequence[DriverState], orders: Sequence[Order], **fields: Any) -> PlanningWorld:
        places = [place for order in orders for place in (order.pickup.position, order.delivery)]
        places += [driver.start for driver in drivers if driver.start is not None]
        places += [stop.position for driver in drivers for stop in driver.stops]
        settings: dict[str, Any] = {"travel": table(places), "policy": self.policy}
        return PlanningWorld(
            now=NOW,
            drivers={driver.driver_id: driver for driver in drivers},
            orders={order.order_id: order for order in orders},
            **{**settings, **fields},
        )


@pytest.fixture
def street() -> Street:
    return Street(DispatchPolicy())


@pytest.fixture
def on_the_way() -> OrderState:
    return OrderState.ON_THE_WAY
