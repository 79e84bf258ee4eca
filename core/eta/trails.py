"""The last minutes of every vehicle as columns: how far it came, how long it stood, and what streets said of its way.

Fixes become *steps*, the driving between two fixes of a vehicle in a row. A vehicle at a stop makes none: what it does
there says nothing about traffic. A trail keeps running sums at marks some seconds apart, so that any window of time is
the difference of two rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from core.eta.recent_flow import Column
from core.geodesy import Metres
from core.vocabulary import Instant

type Rows = NDArray[np.int64]

MARKS = 64
MARK_S = 8.0
LONGEST_STEP_S = 31.0
FASTEST_MPS = 40.0
STANDING_MPS = 1.0
MOVED_M = 15.0
"""A shorter move tells no heading: it may be the receiver's noise."""

LEFT_M = 100.0
"""So far from where a vehicle was said to have arrived, it has left again, whether or not anybody said so."""

_NEVER = -np.inf
_COLUMNS = 9


class Sum(IntEnum):
    """The columns of a mark."""

    AT = 0
    EAST = 1
    NORTH = 2
    METRES = 3
    SECONDS = 4
    STOOD_S = 5
    USUAL_S = 6
    TAKEN_S = 7
    STREET_S = 8


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Driving between fixes, all (n,) or (n, 2): to where, over which metres east and north, and how long it took.

    `rows` are the vehicles' numbers, `heading_rad` clockwise from north.
    """

    rows: Rows
    at: Column
    ends: Metres
    moves: Metres
    seconds: Column
    heading_rad: Column
    is_standing: NDArray[np.bool_]

    @property
    def metres(self) -> Column:
        """The lengths, metres."""
        return np.hypot(self.moves[:, 0], self.moves[:, 1])


class Trails:
    """Knows vehicles by the numbers that `rows_of` gives them."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._marks = np.empty((0, MARKS, _COLUMNS))
        self._head = np.empty(0, dtype=np.int64)
        self.last = np.empty((0, _COLUMNS))
        self.speed_mps = np.empty(0)
        self._heading_rad = np.empty(0)
        self.began_at = np.empty(0)
        self.is_at_stop = np.empty(0, dtype=np.bool_)
        self._stops = np.empty((0, 2))

    def rows_of(self, vehicles: Sequence[str]) -> Rows:
        """Return the vehicles' numbers, (n,); one never met gets the next."""
        try:
            return np.array([self._rows[name] for name in vehicles], dtype=np.int64)
        except KeyError:  # one that was never met
            rows = np.array([self._rows.setdefault(name, len(self._rows)) for name in vehicles], dtype=np.int64)
        while len(self._rows) > len(self.last):
            self._grow(max(64, len(self.last)))
        return rows

    def set_off(self, rows: Rows, at: Instant) -> None:
        """Note that vehicles left a stop: their next windows begin here."""
        self.is_at_stop[rows] = False
        self.began_at[rows] = at

    def arrived(self, rows: Rows) -> None:
        """Note that vehicles stand at a stop."""
        self.is_at_stop[rows] = True
        self._stops[rows] = self.last[rows, Sum.EAST : Sum.NORTH + 1]

    def answered(self, rows: Rows, street_s: Column) -> None:
        """Keep what streets said of the remaining way, seconds (n,), with the place it was asked from."""
        newest = (self._head[rows] - 1) % MARKS
        is_marked = self._marks[rows, newest, Sum.AT] == self.last[rows, Sum.AT]
        self._marks[rows[is_marked], newest[is_marked], Sum.STREET_S] = street_s[is_marked]
        self._mark(rows[~is_marked])
        fresh = rows[~is_marked]
        self._marks[fresh, (self._head[fresh] - 1) % MARKS, Sum.STREET_S] = street_s[~is_marked]

    def steps(self, rows: Rows, at: Column, places: Metres, speed_mps: Column, heading_deg: Column) -> Steps:
        """Take in fixes, ordered by vehicle, then by time, and return what was driven since the fixes before.

        A fix that is not newer than the vehicle's last says nothing new here.
        """
        newer = at > self.last[rows, Sum.AT]
        rows, at, places = rows[newer], at[newer], places[newer]
        speed_mps, heading_deg = speed_mps[newer], heading_deg[newer]
        self._leave(rows, at, places)
        follows = np.r_[False, rows[1:] == rows[:-1]] if len(rows) else np.empty(0, dtype=np.bool_)
        before = np.where(follows[:, None], np.roll(places, 1, axis=0), self.last[rows, Sum.EAST : Sum.NORTH + 1])
        seconds = at - np.where(follows, np.roll(at, 1), self.last[rows, Sum.AT])
        moves = places - before
        metres = np.hypot(moves[:, 0], moves[:, 1])
        counts = (seconds <= LONGEST_STEP_S) & (metres < FASTEST_MPS * seconds) & ~self.is_at_stop[rows]
        speed_mps = np.where(np.isfinite(speed_mps), speed_mps, metres / np.maximum(seconds, 1.0))
        told = np.where(np.isfinite(heading_deg), np.radians(heading_deg), self._heading_rad[rows])
        heading = np.where(metres < MOVED_M, told, np.arctan2(moves[:, 0], moves[:, 1]))
        self.last[rows, Sum.AT] = at
        self.last[rows, Sum.EAST : Sum.NORTH + 1] = places
        self.speed_mps[rows] = speed_mps
        self._heading_rad[rows] = heading
        return Steps(
            rows[counts],
            at[counts],
            places[counts],
            moves[counts],
            seconds[counts],
            heading[counts],
            speed_mps[counts] < STANDING_MPS,
        )

    def count(self, steps: Steps, usual_s: Column) -> None:
        """Add steps to the running sums; `usual_s` (n,) is how long such a step takes here as a rule."""
        moved = steps.metres > 3.0 * STANDING_MPS * MARK_S
        np.add.at(self.last[:, Sum.METRES], steps.rows, steps.metres)
        np.add.at(self.last[:, Sum.SECONDS], steps.rows, steps.seconds)
        np.add.at(self.last[:, Sum.STOOD_S], steps.rows, np.where(steps.is_standing, steps.seconds, 0.0))
        np.add.at(self.last[:, Sum.USUAL_S], steps.rows, np.where(moved, usual_s, 0.0))
        np.add.at(self.last[:, Sum.TAKEN_S], steps.rows, np.where(moved, steps.seconds, 0.0))

    def mark(self, rows: Rows) -> None:
        """Keep the sums of vehicles whose last mark is some seconds old."""
        rows = np.unique(rows)
        newest = self._marks[rows, (self._head[rows] - 1) % MARKS, Sum.AT]
        self._mark(rows[self.last[rows, Sum.AT] >= newest + MARK_S])

    def since(self, rows: Rows, now: Instant, seconds: float) -> tuple[Column, Column]:
        """Return the sums (n, columns) of `seconds` ago, or of when the vehicle set off, and of now."""
        earliest = np.maximum(now - seconds, self.began_at[rows])
        instants = self._marks[rows, :, Sum.AT]
        return self._at_marks(rows, np.where(instants >= earliest[:, None], instants, np.inf)), self.last[rows]

    def street_since(self, rows: Rows, now: Instant, seconds: float) -> tuple[Column, Column]:
        """Return instant and seconds (n,) of the oldest answer of streets in a window; not a number without one."""
        earliest = np.maximum(now - seconds, self.began_at[rows])
        marks = self._marks[rows]
        counts = (marks[:, :, Sum.AT] >= earliest[:, None]) & np.isfinite(marks[:, :, Sum.STREET_S])
        found = self._at_marks(rows, np.where(counts, marks[:, :, Sum.AT], np.inf))
        has = counts.any(axis=1)
        return np.where(has, found[:, Sum.AT], np.nan), np.where(has, found[:, Sum.STREET_S], np.nan)

    def _leave(self, rows: Rows, at: Column, places: Metres) -> None:
        away = places - self._stops[rows]
        has_left = self.is_at_stop[rows] & (np.hypot(away[:, 0], away[:, 1]) > LEFT_M)
        self.is_at_stop[rows[has_left]] = False
        self.began_at[rows[has_left]] = at[has_left]

    def _at_marks(self, rows: Rows, instants: Column) -> Column:
        oldest = np.argmin(instants, axis=1)
        has = np.isfinite(instants[np.arange(len(rows)), oldest])
        found: Column = np.where(has[:, None], self._marks[rows, oldest], self.last[rows])
        return found

    def _mark(self, rows: Rows) -> None:
        self._marks[rows, self._head[rows] % MARKS] = self.last[rows]
        self._head[rows] += 1

    def _grow(self, more: int) -> None:
        fresh = np.zeros((more, MARKS, _COLUMNS))
        fresh[:, :, Sum.AT] = _NEVER
        fresh[:, :, Sum.STREET_S] = np.nan
        self._marks = np.concatenate([self._marks, fresh])
        self.last = np.concatenate([self.last, fresh[:, 0]])
        self._head = np.concatenate([self._head, np.zeros(more, dtype=np.int64)])
        self._heading_rad = np.concatenate([self._heading_rad, np.zeros(more)])
        self.speed_mps = np.concatenate([self.speed_mps, np.full(more, np.nan)])
        self.began_at = np.concatenate([self.began_at, np.full(more, _NEVER)])
        self._stops = np.concatenate([self._stops, np.zeros((more, 2))])
        self.is_at_stop = np.concatenate([self.is_at_stop, np.zeros(more, dtype=np.bool_)])
