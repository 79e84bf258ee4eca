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

ENDLESS = 1e15
"""An instant that never comes; finite, so that what is never reached is later than that."""
REST_GRACE_S = 1e-3
"""So much sooner is not too soon for a rest: sums of instants of today have that much rounding."""
UNLIMITED = 1_000_000
"""More orders than anybody has in hand."""

type Seconds = np.ndarray[tuple[int, int], np.dtype[np.float64]]
"""Driving seconds from the place of the row to the place of the column."""


@dataclass(frozen=True, slots=True)
class Meal:
    """An order without a driver; `kitchen` and `door` are places, `due_at` is its promise.

    `load` is what it takes up, in the units of `Courier.capacity`. It goes to nobody who would have more than
    `most_in_hand` with it, into no bundle of more than `most_together`, and is given away up to `early_s` before its
    driver has to leave, but not before `given_from_at`. `ends_short` is what share of a driver will be missing at its
    door. Where `may_be_late`, sharing may break its promise.
    """

    order_id: OrderId
    kitchen: int
    door: int
    ready_at: Instant
    due_at: Instant
    load: tuple[float, ...] = ()
    most_in_hand: int = UNLIMITED
    most_together: int = UNLIMITED
    early_s: float = 0.0
    given_from_at: Instant = -ENDLESS
    ends_short: float = 0.0
    may_be_late: bool = False


@dataclass(frozen=True, slots=True)
class Courier:
    """A driver who will be free at `place` from `free_at` on, and starts no pickup after `last_pickup_at`.

    `is_below_guarantee` says that a further order costs nothing, since the guaranteed pay is higher anyway. The last
    stop is done by `done_by`. `capacity` is what the vehicle holds, without bounds where a unit is not in it; `in_hand`
    counts the orders that the driver has. By `no_risk` he declines, which is known after `lost_s`; `stale_minutes` is
    what an old position costs, and `leaves_short` what share of a driver will be missing where he becomes free. Before
    the first bundle that he would begin at or after `rests_from_at` he rests for `rest_s`, not later than
    `rests_until_at`.
    """

    driver_id: DriverId
    place: int
    free_at: Instant
    last_pickup_at: Instant
    is_below_guarantee: bool = False
    done_by: Instant = ENDLESS
    capacity: tuple[float, ...] = ()
    in_hand: int = 0
    no_risk: float = 0.0
    lost_s: float = 0.0
    stale_minutes: float = 0.0
    leaves_short: float = 0.0
    rests_from_at: Instant = ENDLESS
    rests_until_at: Instant = ENDLESS
    rest_s: float = 0.0

    def rests_first(self, now: Instant) -> bool:
        """Say whether the driver rests before anything else, being free now or later."""
        return max(now, self.free_at) >= self.rests_from_at - REST_GRACE_S

    def begins_at(self, now: Instant) -> Instant:
        """Return when the driver can set off: free, and rested where that comes first."""
        return max(now, self.free_at) + (self.rest_s if self.rests_first(now) else 0.0)


class MatchPolicy(Value, frozen=True, kw_only=True):
    """What a match weighs. Prices are in minutes of one customer's wait.

    `delay_growth_per_minute` makes the second minute of delay dearer than the first; `driving_share` is a minute of
    driving to the kitchen, `paid_order` an order paid beyond the guarantee, `unserved` an order left for later.
    `pickup_s` is the time from arriving to having picked up, and again to leaving; `drop_off_s` likewise at the door.
    `horizon_s` is how far ahead orders and drivers are in the picture, `bundle_spread_s` how far the readiness of
    meals of one bundle may be apart, `node_limit` the effort of the solver. A minute after the promise counts
    `late_share` beside the price of its delay (ADR 0031 says why that is 0), or `late_worth` where a no would cause it;
    a driver who leaves a zone that will lack one counts `pressure_minutes`, one who ends there the opposite.

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
    late_share: float = 0.0
    late_worth: float = 0.0
    pressure_minutes: float = 0.0

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


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a match comes to.

    `commitments` are settled now; at `leaves_at` the first driver of what is not settled has to leave; `left_out` are
    the orders that nobody can take on a trip of their own.
    """

    commitments: tuple[Commitment, ...] = ()
    leaves_at: Instant | None = None
    left_out: tuple[OrderId, ...] = ()
