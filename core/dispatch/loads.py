"""What orders take up and vehicles hold as columns: litres, kilograms, then further units by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.orders.order import Order
from core.vocabulary import Load


def units_of(orders: Iterable[Order]) -> tuple[str, ...]:
    """Return the further units in which these orders are counted."""
    return tuple(sorted({unit for order in orders for unit in order.load.amounts}))


def amounts(load: Load, units: Sequence[str]) -> tuple[float, ...]:
    """Return litres, kilograms, and what is counted in further units; none of a unit that is not stated."""
    return load.volume_l, load.weight_kg, *(load.amounts.get(unit, 0.0) for unit in units)
