"""What it costs when a driver, or a driver after another bundle, takes a bundle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.dispatch.matching.bundles import Bundle
from core.dispatch.matching.own_prices import own_prices
from core.dispatch.matching.work import REST_GRACE_S, Barred, Courier, MatchPolicy, Seconds
from core.vocabulary import Instant

NEVER = 1e7
"""The price of what cannot be; far above any sum of prices, and finite, as solvers want it."""


def prices_of(
    couriers: Sequence[Courier], bundles: Sequence[Bundle], travel: Seconds, policy: MatchPolicy, now: Instant
) -> Seconds:
    """Return the price of each bundle after each courier's present work, and after each other bundle.

    A bundle is taken to end as if a driver had stood at its kitchen: the least it can delay what comes after it.

    Returns
    -------
    (n_couriers + n_bundles, n_bundles) minutes of wait, `NEVER` where it cannot be
    """
    kitchens = [bundle.kitchen for bundle in bundles]
    ready = np.array([bundle.ready_at for bundle in bundles])
    ends_s = np.array([bundle.ends_s for bundle in bundles])
    ends = np.maximum(ready, now + policy.pickup_s) + ends_s
    places = [*(courier.place for courier in couriers), *(bundle.last_door for bundle in bundles)]
    free = np.array([*(courier.begins_at(now) for courier in couriers), *ends])
    latest = np.array([*(courier.last_pickup_at for courier in couriers), *np.full(len(bundles), np.inf)])
    done_by = np.array([*(courier.done_by for courier in couriers), *np.full(len(bundles), np.inf)])
    paid = np.array([*(not courier.is_below_guarantee for courier in couriers), *np.zeros(len(bundles))])
    drive = travel[np.ix_(places, kitchens)]
    pickup = np.maximum(free[:, None] + drive + policy.pickup_s, ready)
    sizes = np.array([len(bundle.meals) for bundle in bundles])
    prices = (
        _delay_prices(pickup, bundles, policy)
        + policy.driving_share * drive / 60.0
        + policy.paid_order * paid[:, None] * sizes
    )
    prices[: len(couriers)] += own_prices(couriers, bundles, travel, policy, now)
    prices[(pickup > latest[:, None]) | (pickup + ends_s > done_by[:, None])] = NEVER
    if any(courier.rest_s for courier in couriers):
        prices[: len(couriers)][_rested_too_late(couriers, pickup[: len(couriers)] + ends_s, now)] = NEVER
    prices[~np.isfinite(prices)] = NEVER
    _forbid_rings(prices[len(couriers) :], bundles)
    return np.asarray(prices, dtype=np.float64)


def _rested_too_late(couriers: Sequence[Courier], ends: Seconds, now: Instant) -> Barred:
    """Return where a courier's rest would begin too late: after a bundle, or already now, whatever he takes."""
    begins = np.array([[max(now, courier.free_at)] for courier in couriers])
    first = np.array([[courier.rests_first(now)] for courier in couriers])
    until = np.array([[courier.rests_until_at] for courier in couriers])
    return np.asarray(np.where(first, begins, ends) > until + REST_GRACE_S)


def _delay_prices(pickup: Seconds, bundles: Sequence[Bundle], policy: MatchPolicy) -> Seconds:
    prices = np.zeros_like(pickup)
    for column, bundle in enumerate(bundles):
        for meal in bundle.meals:
            delay = (pickup[:, column] - meal.ready_at) / 60.0
            prices[:, column] += delay + policy.delay_growth_per_minute * delay**2
        if policy.late_share:
            for meal, ride in zip(bundle.meals, bundle.rides_s, strict=True):
                late = np.maximum(0.0, pickup[:, column] + ride - meal.due_at) / 60.0
                prices[:, column] += policy.late_share * late
        if len(bundle.meals) > 1:
            prices[:, column] += shared_minutes(bundle) + policy.bundle_margin
    return prices


def shared_minutes(bundle: Bundle) -> float:
    """Return by how much its customers ride longer together than each alone would, minutes."""
    return (bundle.waits_s - sum(bundle.ready_at - meal.ready_at for meal in bundle.meals)) / 60.0


def _forbid_rings(prices: Seconds, bundles: Sequence[Bundle]) -> None:
    """Let no bundle follow one with which it has a meal in common, nor one that is ready later: no rings."""
    turns = np.empty(len(bundles), np.int64)
    in_turn = sorted(range(len(bundles)), key=lambda number: (bundles[number].ready_at, number))
    turns[in_turn] = np.arange(len(bundles))
    numbers: dict[str, int] = {}
    for bundle in bundles:
        for meal in bundle.meals:
            numbers.setdefault(meal.order_id, len(numbers))
    holds = np.zeros((len(bundles), len(numbers)), np.float32)
    for row, bundle in enumerate(bundles):
        holds[row, [numbers[meal.order_id] for meal in bundle.meals]] = 1.0
    prices[(turns[:, None] >= turns[None, :]) | (holds @ holds.T > 0.5)] = NEVER
