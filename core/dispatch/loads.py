"""What orders take up and vehicles hold as columns: litres, kilograms, then further units by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from core.orders.order import Order
from core.vocabulary import Load

_GRACE = 1e-9
"""Sums of loads have that much rounding."""


def units_of(orders: Iterable[Order]) -> tuple[str, ...]:
    """Return the further units in which these orders are counted."""
    return tuple(sorted({unit for order in orders for unit in order.load.amounts}))


def amounts(load: Load, units: Sequence[str]) -> tuple[float, ...]:
    """Return litres, kilograms, and what is counted in further units; none of a unit that is not stated."""
    return load.volume_l, load.weight_kg, *(load.amounts.get(unit, 0.0) for unit in units)


def amount_of(load: Load, unit: str) -> float:
    """Return how much of a unit by name; ``volume_l`` and ``weight_kg`` are litres and kilograms."""
    named = {"volume_l": load.volume_l, "weight_kg": load.weight_kg, **load.amounts}
    return named.get(unit, 0.0)


def overloaded(holds: NDArray[np.float64], loads: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return, (n, m), where a load (m, units) is more than what a vehicle (n, units) holds, in any unit."""
    found = np.zeros((len(holds), len(loads)), bool)
    for unit in range(loads.shape[1]):
        found |= loads[None, :, unit] > holds[:, None, unit] + _GRACE
    return found
