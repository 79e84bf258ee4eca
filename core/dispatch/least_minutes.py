"""The least whole number of minutes for which something holds: how far away a turn of a decision is."""

from __future__ import annotations

from collections.abc import Callable

FARTHEST_MIN = 60
"""A change of more than an hour is none that anybody would make."""


def least_minutes(holds: Callable[[int], bool], farthest: int = FARTHEST_MIN) -> int | None:
    """Return the least whole number of minutes, from 1, for which `holds`; ``None`` if not even the farthest.

    `holds` must stay true once it is.
    """
    if not holds(farthest):
        return None
    low, high = 0, farthest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
