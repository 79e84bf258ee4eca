"""What a courier did with one bundle."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trip:
    """A bundle with its times, seconds; `legs` are (departure, origin place, destination place)."""

    courier: str
    assigned_at: float
    pickup_at: float
    orders: tuple[str, ...]
    drop_offs_at: tuple[float, ...]
    legs: tuple[tuple[float, int, int], ...]
    free_at: float
