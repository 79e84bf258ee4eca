"""Which courier may not have which bundle: a meal that is barred, too many in hand, more than the vehicle holds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.dispatch.loads import overloaded
from core.dispatch.matching.bundles import Bundle
from core.dispatch.matching.work import Barred, Courier, Meal


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
    holds = np.array([_padded(courier.capacity, units, np.inf) for courier in couriers], float)
    each = [[_padded(meal.load, units, 0.0) for meal in bundle.meals] for bundle in bundles]
    loads = np.array([[sum(column) for column in zip(*held, strict=True)] for held in each], float)
    return overloaded(holds.reshape(-1, units), loads)


def _padded(amounts: Sequence[float], units: int, filled: float) -> tuple[float, ...]:
    return (*amounts, *(filled for _ in range(units - len(amounts))))
