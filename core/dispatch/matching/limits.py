"""Which courier may not have which bundle: a meal that is barred, too many in hand, more than the vehicle holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.dispatch.matching.bundles import Bundle
from core.dispatch.matching.work import Barred, Courier, Meal

_GRACE = 1e-9
"""Sums of loads have that much rounding."""


def barred_bundles(
    couriers: Sequence[Courier], bundles: Sequence[Bundle], meals: Sequence[Meal], barred: Barred
) -> Barred:
    """Return who may not have which bundle, whatever it would cost.

    A bundle is a trip after all others of its courier: its meals are on board together, and nothing else is.

    Parameters
    ----------
    couriers, bundles, meals : sequences
    barred : (n_couriers, n_meals) bool
        Who may not have which meal.

    Returns
    -------
    (n_couriers, n_bundles) bool
    """
    in_hand = np.array([courier.in_hand for courier in couriers], np.int64)
    most = np.array([min(m.most_in_hand for m in b.meals) - len(b.meals) for b in bundles], np.int64)
    found = np.asarray(in_hand[:, None] > most[None, :])
    found |= ~np.isfinite(np.array([bundle.ends_s for bundle in bundles], float))[None, :]
    if any(any(meal.load) for meal in meals):
        found |= _overloaded(couriers, bundles)
    if barred.any():
        number = {meal.order_id: column for column, meal in enumerate(meals)}
        for column, bundle in enumerate(bundles):
            held = [number[meal.order_id] for meal in bundle.meals]
            found[:, column] |= barred[:, held].any(axis=1)
    return found


def _overloaded(couriers: Sequence[Courier], bundles: Sequence[Bundle]) -> Barred:
    """Return where a bundle takes up more than the vehicle holds, in any unit."""
    units = max(len(meal.load) for bundle in bundles for meal in bundle.meals)
    found = np.zeros((len(couriers), len(bundles)), bool)
    for unit in range(units):
        loads = [sum(_padded(meal.load, units, 0.0)[unit] for meal in bundle.meals) for bundle in bundles]
        holds = [_padded(courier.capacity, units, np.inf)[unit] for courier in couriers]
        found |= np.array(loads, float)[None, :] > np.array(holds, float)[:, None] + _GRACE
    return found


def _padded(amounts: Sequence[float], units: int, filled: float) -> tuple[float, ...]:
    return (*amounts, *(filled for _ in range(units - len(amounts))))
