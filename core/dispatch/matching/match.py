"""The match: who takes what, and which of it is settled now because waiting no longer helps."""

from __future__ import annotations

from collections.abc import Sequence

from core.dispatch.matching.bundles import Bundle, shared_of, singles_of
from core.dispatch.matching.partition import assigned, partitioned
from core.dispatch.matching.pricing import prices_of
from core.dispatch.matching.work import Commitment, Courier, MatchPolicy, Meal, Seconds
from core.vocabulary import Instant


def match(
    couriers: Sequence[Courier],
    meals: Sequence[Meal],
    travel: Seconds,
    policy: MatchPolicy,
    *,
    now: Instant,
    next_at: Instant,
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
    """
    near = sorted(
        (meal for meal in meals if meal.ready_at <= now + policy.horizon_s), key=lambda m: (m.ready_at, m.order_id)
    )
    soon = sorted((c for c in couriers if c.free_at <= now + policy.horizon_s), key=lambda c: c.driver_id)
    if not near or not soon:
        return (), None
    chosen = _chosen(soon, near, travel, policy, now)
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
    couriers: Sequence[Courier], meals: Sequence[Meal], travel: Seconds, policy: MatchPolicy, now: Instant
) -> list[tuple[Bundle, Courier]]:
    bundles = singles_of(meals, travel, policy)
    prices = prices_of(couriers, bundles, travel, policy, now)
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
        found = partitioned(prices_of(couriers, wider, travel, policy, now), wider, len(couriers), policy)
        if found is not None:
            bundles, taken = wider, found
    return [(bundles[column], couriers[row]) for column, row in sorted(taken.items()) if row < len(couriers)]
