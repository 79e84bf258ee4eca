"""What the fleet drove in each square over the last minutes: metres and seconds, forgotten as time goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.eta.ground import Keys
from core.vocabulary import Instant

type Column = NDArray[np.float64]
type Rows = NDArray[np.int64]

_MINUTE_S = 60.0
_NEVER = -(1 << 60)


class RecentFlow:
    """Sums per square and minute, in a ring of minutes.

    Parameters
    ----------
    minutes : int
        How far back it remembers; a minute older than that is gone.
    """

    def __init__(self, minutes: int = 16) -> None:
        self._rows: dict[int, int] = {}
        self._minute = np.full(minutes, _NEVER, dtype=np.int64)
        self._sums = np.zeros((2, 1024, minutes))

    def add(self, keys: Keys, at: Column, metres: Column, seconds: Column) -> Rows:
        """Add pieces of driving, all (n,): their squares, instants, metres and seconds; return the squares' numbers."""
        rows = self._rows_of(keys)
        minute = np.floor(at / _MINUTE_S).astype(np.int64)
        newest = max(int(minute.max(initial=_NEVER)), int(self._minute.max()))
        kept = minute > newest - len(self._minute)
        for fresh in np.unique(minute[kept]).tolist():
            self._begin(fresh)
        places = (rows[kept], minute[kept] % len(self._minute))
        np.add.at(self._sums[0], places, metres[kept])
        np.add.at(self._sums[1], places, seconds[kept])
        return rows

    def totals(self, keys: Keys, now: Instant, *windows: int) -> list[tuple[Column, Column]]:
        """Return metres and seconds (n,) in each square over the last minutes, that of `now` included, per window."""
        last = int(now // _MINUTE_S)
        asked, place = np.unique(keys, return_inverse=True)
        rows = np.array([self._rows.get(key, -1) for key in asked.tolist()], dtype=np.int64)
        found = []
        for minutes in windows:
            is_within = (self._minute > last - minutes) & (self._minute <= last)
            sums = (self._sums[:, rows] @ is_within.astype(np.float64)) * (rows >= 0)
            found.append((sums[0][place], sums[1][place]))
        return found

    def _begin(self, minute: int) -> None:
        column = minute % len(self._minute)
        if self._minute[column] < minute:
            self._minute[column] = minute
            self._sums[:, :, column] = 0.0

    def _rows_of(self, keys: Keys) -> Rows:
        asked = keys.tolist()
        try:
            return np.array([self._rows[key] for key in asked], dtype=np.int64)
        except KeyError:  # a square that nobody drove in yet
            found = np.array([self._rows.setdefault(key, len(self._rows)) for key in asked], dtype=np.int64)
        while len(self._rows) > self._sums.shape[1]:
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)], axis=1)
        return found
