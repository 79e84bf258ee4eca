"""Driving times and distances between places that are asked about again and again, kept in one growing table.

Dispatch asks for the same kitchens and doors in every round; only what moves and what is new is to be asked for. Places
are told apart by 1e-6 degrees, as the street engine does. When the table is full, those unused for longest go.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from backend_service.streets.street_engine import Floats
from core.geodesy import Points

MOST_PLACES = 4096
"""134 MB when full; it grows by doubling up to there."""
_FIRST_PLACES = 256
_UNKNOWN, _NO_WAY = -1, np.iinfo(np.int32).max
_PER_DEGREE = 1e6
_TENTHS = 10.0
"""The engine tells seconds and metres with one decimal: as whole tenths they take half the room and lose nothing."""
_LEFT_WHEN_FULL = 0.75

type Numbers = NDArray[np.int64]
type Keys = list[int]
type Tenths = NDArray[np.int32]


class BookOfTimes:
    """What is known of driving between places.

    Parameters
    ----------
    most : int
        So many places are kept.

    Raises
    ------
    ValueError
        If there is no room for a single place.
    """

    def __init__(self, most: int = MOST_PLACES) -> None:
        if most < 1:
            raise ValueError("a book has room for one place")
        self.most = most
        self._numbers: dict[int, int] = {}
        self._places = np.empty((0, 2))
        self._used = np.empty(0, np.int64)
        self._tenths = np.empty((2, 0, 0), np.int32)
        self._round = 0

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def size_bytes(self) -> int:
        """Return how much memory the table takes."""
        return self._tenths.nbytes

    @property
    def places(self) -> Points:
        """Return the places in the book (n, 2), degrees."""
        kept: Points = self._places[: len(self)].copy()
        return kept

    def admit(self, places: Points) -> bool:
        """Make room for places, and count them as used now; return false, and do nothing, if they are too many."""
        keys = dict(zip(_keys(places), places.tolist(), strict=True))
        if len(keys) > self.most:
            return False
        self._round += 1
        known = [number for key in keys if (number := self._numbers.get(key)) is not None]
        self._used[known] = self._round
        new = [key for key in keys if key not in self._numbers]
        if len(self) + len(new) > self.most:
            self._forget(max(len(known), min(int(_LEFT_WHEN_FULL * self.most), self.most - len(new))))
        self._grow(len(self) + len(new))
        for key in new:
            number = self._numbers[key] = len(self)
            self._places[number], self._used[number] = keys[key], self._round
        return True

    def look_up(self, sources: Points, destinations: Points) -> tuple[Floats, Floats]:
        """Return seconds and metres from each source to each destination: NaN if not known, infinite without a way."""
        return self.opened(sources, destinations)()

    def opened(self, sources: Points, destinations: Points) -> Callable[[], tuple[Floats, Floats]]:
        """Return what looks up, and may do so in another thread, whatever is written meanwhile."""
        rows, columns, tenths = self._numbers_of(sources), self._numbers_of(destinations), self._tenths
        return partial(_read, tenths, rows, columns)

    def write(self, sources: Points, destinations: Points, seconds: Floats, metres: Floats) -> None:
        """Keep what is told, (n_sources, n_destinations), between places that are in the book."""
        rows, columns = self._numbers_of(sources), self._numbers_of(destinations)
        told = np.ix_(rows >= 0, columns >= 0)
        target = np.ix_(rows[rows >= 0], columns[columns >= 0])
        # Seconds last: who reads beside it takes a pair for known by its seconds.
        for number, values in ((1, metres), (0, seconds)):
            within = np.isfinite(values[told])
            tenths = np.rint(np.where(within, values[told], 0.0) * _TENTHS)
            self._tenths[number][target] = np.where(within, tenths, _NO_WAY).astype(np.int32)

    def _numbers_of(self, places: Points) -> Numbers:
        return np.array([self._numbers.get(key, -1) for key in _keys(places)], np.int64)

    def _forget(self, left: int) -> None:
        """Keep the `left` places that were used last."""
        latest = np.argsort(-self._used[: len(self)], kind="stable")[:left]
        kept = np.sort(latest)
        names = list(self._numbers)
        self._tenths = np.ascontiguousarray(self._tenths[:, kept][:, :, kept])
        self._places, self._used = self._places[kept], self._used[kept]
        self._numbers = {names[old]: number for number, old in enumerate(kept.tolist())}

    def _grow(self, places: int) -> None:
        room = len(self._used)
        if places <= room:
            return
        more = min(self.most, max(_FIRST_PLACES, places, 2 * room))
        tenths = np.full((2, more, more), _UNKNOWN, np.int32)
        tenths[:, :room, :room] = self._tenths
        self._tenths = tenths
        self._places = np.vstack([self._places, np.zeros((more - room, 2))])
        self._used = np.concatenate([self._used, np.zeros(more - room, np.int64)])


def _read(tenths: Tenths, rows: Numbers, columns: Numbers) -> tuple[Floats, Floats]:
    seconds, metres = (np.full((len(rows), len(columns)), np.nan) for _ in range(2))
    kept, within = np.ix_(rows >= 0, columns >= 0), np.ix_(rows[rows >= 0], columns[columns >= 0])
    for told, values in zip(tenths, (seconds, metres), strict=True):
        found = told[within]
        plain = found / _TENTHS
        plain[found == _UNKNOWN] = np.nan
        plain[found == _NO_WAY] = np.inf
        values[kept] = plain
    return seconds, metres


def _keys(places: Points) -> Keys:
    whole = np.rint(places * _PER_DEGREE).astype(np.int64)
    keys: Keys = ((whole[:, 0] << 32) + whole[:, 1] + (1 << 31)).tolist()
    return keys
