"""What is matched: meals that wait for a driver, couriers with the time they are free, and the prices that decide.

Places are row numbers of a table of driving seconds, so that any source of travel times serves.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np
from msgspec.structs import asdict

from core.vocabulary import DriverId, Instant, OrderId, Value

type Barred = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
"""Which courier of the row may not have the meal of the column."""

type Seconds = np.ndarray[tuple[int, int], np.dtype[np.float64]]
"""Driving seconds from the place of the row to the place of the column."""


@dataclass(frozen=True, slots=True)
class Meal:
    """An order without a driver; `kitchen` and `door` are places, `due_at` is its promise."""

    order_id: OrderId
    kitchen: int
    door: int
    ready_at: Instant
    due_at: Instant


@dataclass(frozen=True, slots=True)
class Courier:
    """A driver who will be free at `place` from `free_at` on, and starts no pickup after `last_pickup_at`.

    `is_below_guarantee` says that a further order costs nothing, since the guaranteed pay is higher anyway.
    """

    driver_id: DriverId
    place: int
    free_at: Instant
    last_pickup_at: Instant
    is_below_guarantee: bool = False


class MatchPolicy(Value, frozen=True, kw_only=True):
    """What a match weighs. Prices are in minutes of one customer's wait.

    `delay_growth_per_minute` makes the second minute of delay dearer than the first; `driving_share` is a minute of
    driving to the kitchen, `paid_order` an order paid beyond the guarantee, `unserved` an order left for later.
    `pickup_s` is the time from arriving to having picked up, and again to leaving; `drop_off_s` likewise at the door.
    `horizon_s` is how far ahead orders and drivers are in the picture, `bundle_spread_s` how far the readiness of
    meals of one bundle may be apart, `node_limit` the effort of the solver.

    Raises
    ------
    ValueError
        If a number is negative or not finite, or a bundle holds less than one order.
    """

    delay_growth_per_minute: float = 0.2
    driving_share: float = 0.1
    paid_order: float = 3.0
    unserved: float = 20_000.0
    pickup_s: float = 120.0
    drop_off_s: float = 120.0
    horizon_s: float = 3_600.0
    max_bundle: int = 3
    bundle_spread_s: float = 900.0
    bundle_margin: float = 1.0
    node_limit: int = 200

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if not (isfinite(value) and value >= 0):
                raise ValueError(f"{name} is a number from 0 up, not {value}")
        if self.max_bundle < 1:
            raise ValueError("a bundle holds at least one order")


@dataclass(frozen=True, slots=True)
class Commitment:
    """A driver who gets these meals for good, in the sequence of their drop-offs."""

    driver_id: DriverId
    meals: tuple[Meal, ...]
