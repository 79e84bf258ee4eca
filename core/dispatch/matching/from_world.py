"""The live world as a match: who becomes free where and when, which orders wait, and who may not have which."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from msgspec.structs import replace

from core.dispatch.loads import amounts, units_of
from core.dispatch.matching.match import match
from core.dispatch.matching.who_may import NOT_KEPT, KeptApart, barred_orders, takes_work
from core.dispatch.matching.work import ENDLESS, Barred, Courier, MatchPolicy, Meal, Seconds, Settlement
from core.dispatch.policy import DispatchPolicy
from core.dispatch.scoring import stale_minutes
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

    def solved(self, travel: Seconds, next_at: Instant) -> Settlement:
        """Return what is settled now, and what becomes of the rest; see `match`.

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
    apart: KeptApart = NOT_KEPT,
    rested: Collection[DriverId] = (),
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
    apart : mapping
        Pairs that were tried in vain, and until when they are not tried again.
    rested : collection of DriverId
        Those whose planned break lies between the stops that they have: it is in `free_at`.
    """
    policy, drivers = weights_of(world, orders), [d for _, d in sorted(world.drivers.items()) if takes_work(d)]
    units = units_of(orders)
    places: dict[Position, int] = {}
    rests = {driver.driver_id: _rest_of(driver, rested) for driver in drivers}
    couriers = tuple(
        Courier(
            driver_id=driver.driver_id,
            place=places.setdefault(_ends_at(driver), len(places)),
            free_at=free_at.get(driver.driver_id, driver.start_at),
            last_pickup_at=driver.shift_ends_at + policy.pickup_s,
            is_below_guarantee=driver.driver_id in below_guarantee,
            done_by=min(ENDLESS, driver.shift_ends_at + world.policy.overtime_s),
            capacity=amounts(driver.capacity, units),
            in_hand=len(driver.order_ids),
            no_risk=world.policy.refusal_share * (1.0 - driver.acceptance.probability),
            lost_s=driver.acceptance.lost_s,
            stale_minutes=_waits(world.policy, stale_minutes(driver.position_age_s, world.policy)),
            leaves_short=_short_at(world, _ends_at(driver)),
            rests_from_at=rests[driver.driver_id][0],
            rests_until_at=rests[driver.driver_id][1],
            rest_s=rests[driver.driver_id][2],
        )
        for driver in drivers
    )
    meals = tuple(_meal(world, order, units, places, policy) for order in orders)
    barred = barred_orders(world, drivers, orders, apart)
    return WorldMatch(couriers, meals, tuple(places), barred, policy, world.now)


def weights_of(world: PlanningWorld, orders: Sequence[Order]) -> MatchPolicy:
    """Return what the match weighs, with what it shares with the rest of the policy.

    A stop's time is held to be spent half before and half after the goods change hands. Bundles are as large as the
    largest of the orders' zones allows; each order's own limit stands with its meal.
    """
    policy = world.policy
    at_door_s = fmean([order.service_s for order in orders]) if orders else 0.0
    return replace(
        policy.matching,
        horizon_s=policy.match_horizon_s,
        max_bundle=max([policy.max_bundle, *(world.policy_for(order).max_bundle for order in orders)]),
        pickup_s=policy.pickup_service_s / 2.0,
        drop_off_s=at_door_s / 2.0,
        late_worth=_in_waits(policy, policy.lateness_per_minute),
        pressure_minutes=_waits(policy, policy.pressure_minutes),
    )


def _meal(
    world: PlanningWorld, order: Order, units: Sequence[str], places: dict[Position, int], policy: MatchPolicy
) -> Meal:
    own = world.policy_for(order)
    return Meal(
        order_id=order.order_id,
        kitchen=places.setdefault(order.pickup.position, len(places)),
        door=places.setdefault(order.delivery, len(places)),
        ready_at=pickup_of(order, world.now, world.policy, world.times).earliest_at + policy.pickup_s,
        due_at=order.promise.by_at + policy.drop_off_s,
        load=amounts(order.load, units),
        most_in_hand=own.max_orders,
        most_together=own.max_bundle,
        early_s=own.early_s,
        given_from_at=order.ready_at - own.commit_lead_s,
        ends_short=_short_at(world, order.delivery),
        may_be_late=not own.is_at_risk(1.0),
    )


def _rest_of(driver: DriverState, rested: Collection[DriverId]) -> tuple[Instant, Instant, float]:
    """Return within which instants a driver's rest begins, and how long it takes."""
    due = driver.due_break
    if due is None or driver.driver_id in rested:
        return ENDLESS, ENDLESS, 0.0
    return due.earliest_at, due.latest_at, due.length_s


def _waits(policy: DispatchPolicy, driver_minutes: float) -> float:
    """Return minutes of a driver in minutes of one customer's wait, which a match weighs in."""
    return _in_waits(policy, driver_minutes * policy.driver_minute)


def _in_waits(policy: DispatchPolicy, money: float) -> float:
    return money / policy.freshness_per_minute if policy.freshness_per_minute else 0.0


def _short_at(world: PlanningWorld, place: Position) -> float:
    return 0.0 if world.outlook is None else world.outlook.short_at(place)


def _ends_at(driver: DriverState) -> Position:
    assert driver.start is not None
    return driver.stops[-1].position if driver.stops else driver.start
