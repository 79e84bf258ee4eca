"""The match: who takes what, and which of it is settled now because waiting no longer helps.

Hard limits bar pairs of a driver and a bundle beforehand, so that nothing is proposed which breaks one: who may have
what at all, how many are in hand, what a vehicle holds, and the end of the shift.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from core.dispatch.matching.bundles import Bundle, shared_of, singles_of
from core.dispatch.matching.limits import barred_bundles
from core.dispatch.matching.partition import assigned, partitioned
from core.dispatch.matching.pricing import NEVER, prices_of
from core.dispatch.matching.queues import Queues
from core.dispatch.matching.taking_apart import take_apart
from core.dispatch.matching.work import Barred, Commitment, Courier, MatchPolicy, Meal, Seconds, Settlement
from core.vocabulary import Instant


def match(
    couriers: Sequence[Courier],
    meals: Sequence[Meal],
    travel: Seconds,
    policy: MatchPolicy,
    *,
    now: Instant,
    next_at: Instant,
    barred: Barred | None = None,
) -> Settlement:
    """Return what is settled at `now`, and what becomes of the rest.

    A driver is told for good when it would have to leave, or becomes free, before the next look at `next_at`, or within
    the `early_s` of the meals. The same input gives the same answer.

    Parameters
    ----------
    couriers : sequence of Courier
        Those on shift, busy ones too, and those who start soon.
    meals : sequence of Meal
        All known and without a driver.
    travel : (n_places, n_places) seconds
    policy : MatchPolicy
    now, next_at : float
        Epoch seconds, or any other seconds that all instants share.
    barred : (n_couriers, n_meals) bool, optional
        Which courier may not have which meal, in the order in which they are given.
    """
    horizon_at = now + policy.horizon_s
    columns = [i for i, meal in enumerate(meals) if meal.ready_at <= horizon_at]
    columns.sort(key=lambda i: (meals[i].ready_at, meals[i].order_id))
    rows = [i for i, courier in enumerate(couriers) if courier.free_at <= horizon_at]
    rows.sort(key=lambda i: couriers[i].driver_id)
    if not columns or not rows:
        return Settlement(left_out=tuple(meals[i].order_id for i in columns))
    near, soon = [meals[i] for i in columns], [couriers[i] for i in rows]
    kept_apart = np.zeros((len(rows), len(columns)), bool) if barred is None else barred[np.ix_(rows, columns)]
    is_kept = barred_bundles(soon, singles_of(near, travel, policy), near, kept_apart)
    soon = [courier for courier, kept in zip(soon, is_kept.all(axis=1), strict=True) if not kept]
    able = [meal for meal, kept in zip(near, is_kept.all(axis=0), strict=True) if not kept]
    kept_apart = kept_apart[np.ix_(~is_kept.all(axis=1), ~is_kept.all(axis=0))]
    queued = _queued(soon, able, travel, policy, now, kept_apart) if able else []
    served = {meal.order_id for queue in queued for bundle in queue for meal in bundle.meals}
    left_out = tuple(meal.order_id for meal in near if meal.order_id not in served)
    settled, leaves_at = [], []
    for courier, bundle in ((courier, queue[0]) for courier, queue in zip(soon, queued, strict=True) if queue):
        leave_at = max(
            courier.begins_at(now), bundle.ready_at - policy.pickup_s - float(travel[courier.place, bundle.kitchen])
        )
        early_at = now + min(meal.early_s for meal in bundle.meals)
        given_from_at = max(meal.given_from_at for meal in bundle.meals)
        if given_from_at <= now and (leave_at < max(next_at, early_at) or leave_at <= now):
            settled.append(Commitment(courier.driver_id, bundle.meals))
        else:
            leaves_at.append(max(leave_at, given_from_at))
    return Settlement(tuple(settled), min(leaves_at, default=None), left_out)


def _queued(
    couriers: Sequence[Courier],
    meals: Sequence[Meal],
    travel: Seconds,
    policy: MatchPolicy,
    now: Instant,
    barred: Barred,
) -> list[list[Bundle]]:
    """Return what each courier takes one after the other."""
    bundles = singles_of(meals, travel, policy)
    kept = barred_bundles(couriers, bundles, meals, barred)
    prices = _without(prices_of(couriers, bundles, travel, policy, now), kept)
    taken = assigned(prices, policy.unserved)
    late = {
        bundle.meals[0].order_id
        for column, bundle in enumerate(bundles)
        if column not in taken or prices[taken[column], column] > policy.bundle_margin
    }
    shared = [
        bundle
        for bundle in shared_of(meals, travel, policy, now, len(couriers))
        if any(meal.order_id in late for meal in bundle.meals)
    ]
    is_nobodys = barred_bundles(couriers, shared, meals, barred).all(axis=0) if shared else ()
    shared = [bundle for bundle, is_out in zip(shared, is_nobodys, strict=True) if not is_out]
    if shared:
        wider = [*bundles, *shared]
        kept_wider = barred_bundles(couriers, wider, meals, barred)
        prices = _without(prices_of(couriers, wider, travel, policy, now), kept_wider)
        found = partitioned(prices, wider, len(couriers), policy)
        if found is not None:
            bundles, taken, kept = wider, found, kept_wider
    queues = Queues(couriers, bundles, travel, policy, now, kept)
    moving = set(taken)
    for courier, queue in enumerate(_chains(taken, len(couriers))):
        # A chain follows a bundle, not a driver: what this one may not have finds its place below, meal by meal.
        moving.difference_update(one for one in queue if kept[courier, one] and len(bundles[one].meals) > 1)
        queues.put(courier, tuple(one for one in queue if not kept[courier, one]))
    queues.improve([*sorted(moving), *_left_out(moving, bundles, meals)])
    take_apart(queues, bundles)
    return [[bundles[number] for number in queue] for queue in queues.of]


def _chains(taken: Mapping[int, int], couriers: int) -> list[tuple[int, ...]]:
    """Return each courier's bundles one after the other; `taken` has the predecessor of each, couriers first."""
    follower = {row: column for column, row in taken.items()}
    chains = []
    for courier in range(couriers):
        chain, row = [], courier
        while row in follower:
            chain.append(follower[row])
            row = couriers + chain[-1]
        chains.append(tuple(chain))
    return chains


def _left_out(taken: Collection[int], bundles: Sequence[Bundle], meals: Sequence[Meal]) -> list[int]:
    """Return the single meals that are in no chosen bundle; singles come first, in the sequence of the meals."""
    served = {meal.order_id for column in taken for meal in bundles[column].meals}
    return [column for column, meal in enumerate(meals) if meal.order_id not in served]


def _without(prices: Seconds, kept: Barred) -> Seconds:
    """Return the prices, `NEVER` where a courier may not have a bundle."""
    prices[: len(kept)][kept] = NEVER
    return prices
