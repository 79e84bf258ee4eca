"""The live world as a match: who becomes free where and when, which orders wait, and who may not have which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from msgspec.structs import replace

from core.dispatch.constraints import BEFORE_ROUTING, Trial, breaches
from core.dispatch.matching.match import match
from core.dispatch.matching.work import Barred, Commitment, Courier, MatchPolicy, Meal, Seconds
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import DriverState, PlanningWorld, pickup_of
from core.orders.order import Order
from core.vocabulary import DriverId, Instant, Position


@dataclass(frozen=True, slots=True, eq=False)
class WorldMatch:
    """A world's match before its travel times are known.

    `places` are those of the couriers' ends first, then those of the meals; `barred` is by courier and meal.
    """

    couriers: tuple[Courier, ...]
    meals: tuple[Meal, ...]
    places: tuple[Position, ...]
    barred: Barred
    policy: MatchPolicy
    now: Instant

    def solved(self, travel: Seconds, next_at: Instant) -> tuple[tuple[Commitment, ...], Instant | None]:
        """Return what is settled now and when the first driver of the rest has to leave; see `match`.

        Parameters
        ----------
        travel : (n_places, n_places) seconds
        next_at : float
            When the next match is made.
        """
        return match(self.couriers, self.meals, travel, self.policy, now=self.now, next_at=next_at, barred=self.barred)


def match_of(
    world: PlanningWorld,
    orders: Sequence[Order],
    free_at: Mapping[DriverId, Instant],
    below_guarantee: Collection[DriverId] = (),
) -> WorldMatch:
    """Return the match of `orders`, which have no driver, and all drivers who may get one.

    Parameters
    ----------
    world : PlanningWorld
        Needs no travel times.
    orders : sequence of Order
    free_at : mapping of DriverId to float
        When each driver has done all stops, for those who have any.
    below_guarantee : collection of DriverId
        Those whom a further order costs nothing, since their guaranteed pay is higher anyway.
    """
    policy, drivers = weights_of(world.policy, orders), [d for _, d in sorted(world.drivers.items()) if _takes_work(d)]
    places: dict[Position, int] = {}
    couriers = tuple(
        Courier(
            driver_id=driver.driver_id,
            place=places.setdefault(_ends_at(driver), len(places)),
            free_at=free_at.get(driver.driver_id, driver.start_at),
            last_pickup_at=driver.shift_ends_at + policy.pickup_s,
            is_below_guarantee=driver.driver_id in below_guarantee,
        )
        for driver in drivers
    )
    meals = tuple(
        Meal(
            order_id=order.order_id,
            kitchen=places.setdefault(order.pickup.position, len(places)),
            door=places.setdefault(order.delivery, len(places)),
            ready_at=pickup_of(order, world.now, world.policy, world.times).earliest_at + policy.pickup_s,
            due_at=order.promise.by_at + policy.drop_off_s,
        )
        for order in orders
    )
    barred = np.array(
        [[bool(breaches(Trial(d, o, world.now, world.policy), BEFORE_ROUTING)) for o in orders] for d in drivers], bool
    )
    return WorldMatch(couriers, meals, tuple(places), barred.reshape(len(drivers), len(orders)), policy, world.now)


def weights_of(policy: DispatchPolicy, orders: Sequence[Order]) -> MatchPolicy:
    """Return what the match weighs, with what it shares with the rest of the policy.

    A stop's time is held to be spent half before and half after the goods change hands.
    """
    at_door_s = fmean([order.service_s for order in orders]) if orders else 0.0
    return replace(
        policy.matching,
        horizon_s=policy.match_horizon_s,
        max_bundle=policy.max_bundle,
        pickup_s=policy.pickup_service_s / 2.0,
        drop_off_s=at_door_s / 2.0,
    )


def _takes_work(driver: DriverState) -> bool:
    return driver.is_on_shift and not driver.is_paused and not driver.is_out and driver.start is not None


def _ends_at(driver: DriverState) -> Position:
    assert driver.start is not None
    return driver.stops[-1].position if driver.stops else driver.start
