"""What the fleet drove since somebody asked last, summed up as it comes: tomorrow's profile.

A square has the number that live speeds know it by, so that a step costs two sums and no search. A quarter of an hour
is open while fixes of it may still come; what is over is kept as a profile.
"""

from __future__ import annotations

import numpy as np

from core.eta.ground import Keys
from core.eta.recent_flow import Column, Rows
from core.eta.speed_profile import SpeedProfile

_OPEN = 3
"""Quarters of an hour that are open together; more than the twenty minutes that a fix may be late touch."""


class GatheredDriving:
    """Sums of driving by slot and square."""

    def __init__(self) -> None:
        self._keys = np.zeros(1024, dtype=np.int64)
        self._open: dict[int, Column] = {}
        self._over: list[SpeedProfile] = []

    def add(self, keys: Keys, rows: Rows, slot: int, metres: Column, seconds: Column) -> None:
        """Add pieces of driving of one slot, all (n,): squares, the numbers they have elsewhere, metres, seconds."""
        while int(rows.max(initial=-1)) >= len(self._keys):
            self._keys = np.concatenate([self._keys, np.zeros_like(self._keys)])
        self._keys[rows] = keys
        sums = self._sums_of(slot)
        np.add.at(sums[0], rows, metres)
        np.add.at(sums[1], rows, seconds)

    def profile(self) -> SpeedProfile:
        """Return the profile of all that was added."""
        return SpeedProfile.together([*self._over, *(self._closed(slot) for slot in self._open)])

    def _sums_of(self, slot: int) -> Column:
        found = self._open.get(slot)
        if found is None:
            if len(self._open) >= _OPEN:
                first = next(iter(self._open))
                self._over.append(self._closed(first))
                del self._open[first]
            found = np.zeros((2, len(self._keys)))
        missing = len(self._keys) - found.shape[1]
        if missing:
            found = np.concatenate([found, np.zeros((2, missing))], axis=1)
        self._open[slot] = found
        return found

    def _closed(self, slot: int) -> SpeedProfile:
        metres, seconds = self._open[slot]
        driven = np.flatnonzero(seconds)
        slots = np.full(len(driven), slot, dtype=np.int64)
        return SpeedProfile.of(self._keys[driven], slots, metres[driven], seconds[driven])
