"""The match: who takes what, and which of it is settled now because waiting no longer helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from core.dispatch.matching.bundles import Bundle, shared_of, singles_of
from core.dispatch.matching.partition import assigned, partitioned
from core.dispatch.matching.pricing import NEVER, prices_of
from core.dispatch.matching.queues import Queues, barred_orders
from core.dispatch.matching.work import Barred, Commitment, Courier, MatchPolicy, Meal, Seconds
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
) -> tuple[tuple[Commitment, ...], Instant | None]:
    """Return what is settled at `now`, and when the first driver of what is not settled has to leave.

    A driver is told for good when it would have to leave, or becomes free, before the next look at `next_at`. The
    same input gives the same answer.

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
        return (), None
    near, soon = [meals[i] for i in columns], [couriers[i] for i in rows]
    kept_apart = np.zeros((len(rows), len(columns)), bool) if barred is None else barred[np.ix_(rows, columns)]
    chosen = _chosen(soon, near, travel, policy, now, kept_apart)
    settled, leaves_at = [], []
    for bundle, courier in chosen:
        leave_at = max(
            now, courier.free_at, bundle.ready_at - policy.pickup_s - float(travel[courier.place, bundle.kitchen])
        )
        if leave_at < next_at or leave_at <= now:
            settled.append(Commitment(courier.driver_id, bundle.meals))
        else:
            leaves_at.append(leave_at)
    return tuple(settled), min(leaves_at, default=None)


def _chosen(
    couriers: Sequence[Courier],
    meals: Sequence[Meal],
    travel: Seconds,
    policy: MatchPolicy,
    now: Instant,
    barred: Barred,
) -> list[tuple[Bundle, Courier]]:
    bundles = singles_of(meals, travel, policy)
    prices = _without_barred(prices_of(couriers, bundles, travel, policy, now), bundles, meals, barred)
    taken = assigned(prices, policy.unserved)
    late = {
        bundle.meals[0].order_id
        for column, bundle in enumerate(bundles)
        if column not in taken or prices[taken[column], column] > policy.bundle_margin
    }
    shared = [
        bundle
        for bundle in shared_of(meals, travel, policy, now)
        if any(meal.order_id in late for meal in bundle.meals)
    ]
    if shared:
        wider = [*bundles, *shared]
        prices = _without_barred(prices_of(couriers, wider, travel, policy, now), wider, meals, barred)
        found = partitioned(prices, wider, len(couriers), policy)
        if found is not None:
            bundles, taken = wider, found
    queues = Queues(couriers, bundles, travel, policy, now, barred_orders(barred, meals))
    for courier, queue in enumerate(_chains(taken, len(couriers))):
        queues.put(courier, queue)
    queues.improve([*sorted(taken), *_left_out(taken, bundles, meals)])
    return [(bundles[queue[0]], couriers[courier]) for courier, queue in enumerate(queues.of) if queue]


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


def _left_out(taken: Mapping[int, int], bundles: Sequence[Bundle], meals: Sequence[Meal]) -> list[int]:
    """Return the single meals that are in no chosen bundle; singles come first, in the sequence of the meals."""
    served = {meal.order_id for column in taken for meal in bundles[column].meals}
    return [column for column, meal in enumerate(meals) if meal.order_id not in served]


def _without_barred(prices: Seconds, bundles: Sequence[Bundle], meals: Sequence[Meal], barred: Barred) -> Seconds:
    """Return the prices, `NEVER` where a courier may not have one of a bundle's meals."""
    if barred.any():
        number = {meal.order_id: column for column, meal in enumerate(meals)}
        for column, bundle in enumerate(bundles):
            held = [number[meal.order_id] for meal in bundle.meals]
            prices[: len(barred), column][barred[:, held].any(axis=1)] = NEVER
    return prices
