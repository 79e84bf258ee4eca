"""What a bundle costs by who takes it first: a likely no, an old position, and the zones that are left and reached.

The same terms as in a score (`core.dispatch.scoring`), in minutes of one customer's wait. They concern the bundle that
a courier is asked for now; what follows it is decided later, on what is known then.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.dispatch.matching.bundles import Bundle
from core.dispatch.matching.work import Courier, MatchPolicy, Seconds
from core.vocabulary import Instant


def own_prices(
    couriers: Sequence[Courier], bundles: Sequence[Bundle], travel: Seconds, policy: MatchPolicy, now: Instant
) -> Seconds:
    """Return what each bundle costs beside its wait and its way if each courier takes it next.

    Nothing where every courier says yes, was heard just now, and no zone is short.

    Returns
    -------
    (n_couriers, n_bundles) minutes of wait; below 0 where a driver ends where one is missing
    """
    made = np.zeros((len(couriers), len(bundles)))
    made += np.array([courier.stale_minutes for courier in couriers])[:, None]
    if policy.pressure_minutes:
        leaves = np.array([courier.leaves_short for courier in couriers])
        ends = np.array([bundle.meals[-1].ends_short for bundle in bundles])
        made += policy.pressure_minutes * (leaves[:, None] - ends[None, :])
    if any(courier.no_risk for courier in couriers):
        made += _refusals(couriers, bundles, travel, policy, now)
    return made


def _refusals(
    couriers: Sequence[Courier], bundles: Sequence[Bundle], travel: Seconds, policy: MatchPolicy, now: Instant
) -> Seconds:
    """Return what a no would cost by its probability: the goods wait for the next to be asked, customers are late.

    A no that is known before the courier would have stopped standing at the counter costs nothing.
    """
    ready = np.array([bundle.ready_at for bundle in bundles])
    free = np.array([courier.begins_at(now) for courier in couriers])
    drive = travel[np.ix_([courier.place for courier in couriers], [bundle.kitchen for bundle in bundles])]
    arrives = free[:, None] + np.where(np.isfinite(drive), drive, 0.0) + policy.pickup_s
    pickup = np.maximum(arrives, ready)
    lost = np.maximum(0.0, np.array([courier.lost_s for courier in couriers])[:, None] - (pickup - arrives))
    minutes = lost / 60.0 * np.array([len(bundle.meals) for bundle in bundles])
    for column, bundle in enumerate(bundles):
        for meal, ride in zip(bundle.meals, bundle.rides_s, strict=True):
            over = pickup[:, column] + ride - meal.due_at
            later = np.maximum(0.0, over + lost[:, column]) - np.maximum(0.0, over)
            minutes[:, column] += policy.late_worth * later / 60.0
    return np.asarray(np.array([courier.no_risk for courier in couriers])[:, None] * minutes, dtype=np.float64)
