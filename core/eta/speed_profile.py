"""The speeds learned of a city: per directed square, quarter of an hour and kind of day, from the fleet's own driving.

A square that was hardly driven is taken to be like the city as a whole; a quarter of an hour of it like the square.
So a profile answers for every street, however little is known. It holds sums over many vehicles and nothing of a
single one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.eta.ground import Keys
from core.eta.recent_flow import Column
from core.vocabulary import Instant

SIDE_M = 100.0
_QUARTERS = 96
_SLOT_BITS = 9
_CITY_SPEED_MPS = 7.0
_CITY_SECONDS = 60.0
"""How many seconds of driving the city's mean counts for in a square, and the square's in a quarter of an hour."""


def slot_at(instant: Instant, zone: tzinfo) -> int:
    """Return the slot of an instant: kind of day (working day, Saturday, Sunday) and quarter of an hour, site time."""
    local = datetime.fromtimestamp(instant, zone)
    kind = max(0, local.weekday() - 4)
    return kind * _QUARTERS + (local.hour * 60 + local.minute) // 15


@dataclass(frozen=True, slots=True, eq=False)
class SpeedProfile:
    """Sums of driving by square and slot.

    Parameters
    ----------
    cells : (n,) int64
        Square and slot in one number, ascending, each once.
    metres, seconds : (n,) float
    """

    cells: NDArray[np.int64]
    metres: Column
    seconds: Column

    @classmethod
    def empty(cls) -> Self:
        """Return a profile of a city that nobody drove in yet."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))

    @classmethod
    def of(cls, keys: Keys, slots: NDArray[np.int64], metres: Column, seconds: Column) -> Self:
        """Return the profile of pieces of driving, all (n,)."""
        return cls._summed((keys << _SLOT_BITS) | slots, metres, seconds)

    @classmethod
    def together(cls, profiles: Sequence[SpeedProfile]) -> Self:
        """Return the profile of all that went into `profiles`."""
        if not profiles:
            return cls.empty()
        parts = [(one.cells, one.metres, one.seconds) for one in profiles]
        cells, metres, seconds = (np.concatenate(column) for column in zip(*parts, strict=True))
        return cls._summed(cells, metres, seconds)

    @classmethod
    def _summed(cls, cells: NDArray[np.int64], metres: Column, seconds: Column) -> Self:
        names, place = np.unique(cells, return_inverse=True)
        return cls(
            names,
            np.bincount(place, weights=metres, minlength=len(names)),
            np.bincount(place, weights=seconds, minlength=len(names)),
        )

    def mean_mps(self) -> float:
        """Return the speed over the whole city, m/s."""
        driven = float(self.seconds.sum())
        return float(self.metres.sum()) / driven if driven > 0 else _CITY_SPEED_MPS


class ProfiledSpeeds:
    """Looks speeds up in a profile.

    Parameters
    ----------
    profile : SpeedProfile
    """

    def __init__(self, profile: SpeedProfile) -> None:
        self.profile = profile
        self.mean_mps = profile.mean_mps()
        self._starts = np.concatenate([np.zeros((1, 2)), np.cumsum(np.c_[profile.metres, profile.seconds], axis=0)])

    def usual(self, keys: Keys) -> tuple[Column, Column]:
        """Return each square's speed over all hours, m/s, and the seconds that were driven in it, both (n,)."""
        metres, seconds = self._sums(keys, 0, 1 << _SLOT_BITS)
        return (metres + self.mean_mps * _CITY_SECONDS) / (seconds + _CITY_SECONDS), seconds

    def at_slot(self, keys: Keys, slot: int) -> Column:
        """Return each square's speed in a slot and those before and after it on the same kind of day, m/s, (n,)."""
        usual, _ = self.usual(keys)
        midnight = slot - slot % _QUARTERS
        metres, seconds = self._sums(keys, max(slot - 1, midnight), min(slot + 2, midnight + _QUARTERS))
        speeds: Column = (metres + usual * _CITY_SECONDS) / (seconds + _CITY_SECONDS)
        return speeds

    def _sums(self, keys: Keys, low: int, high: int) -> tuple[Column, Column]:
        named = keys << _SLOT_BITS
        first = np.searchsorted(self.profile.cells, named + low)
        last = np.searchsorted(self.profile.cells, named + high)
        sums = self._starts[last] - self._starts[first]
        return sums[:, 0], sums[:, 1]
