"""Fixes near a place, out of all that are kept: what a fence that is only tried has to be judged by.

Two questions, so that the archive is read once and narrowly: when were vehicles seen in a box, and what are the fixes
of those times? The box is wider than the fence by `BESIDE_M`, so that it holds an end of every way through the fence
that is shorter than twice as much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from core.geodesy import METRES_PER_DEGREE
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant

BESIDE_M = 1_000.0
TOGETHER_S = 330.0
"""Fixes in the box that are no further apart belong to one passage: what lies between is read with them."""

BEFORE_S = 90.0
"""The fix before a passage is read with it, unless it is older: the way from there may have run through the fence."""

AFTER = 6
"""Fixes behind a passage that are read with it: they show that the vehicle left, also where some are inaccurate."""


NARROW = ("vehicle", "fix_at", "lat", "lon", "accuracy_m")
"""The columns that fixes are read by."""


class Box(NamedTuple):
    """Degrees."""

    south: float
    west: float
    north: float
    east: float

    def widened(self, metres: float) -> Box:
        """Return the box with so much more on each side."""
        high = metres / METRES_PER_DEGREE
        wide = high / np.cos(np.radians(max(abs(self.south), abs(self.north))))
        return Box(self.south - high, self.west - wide, self.north + high, self.east + wide)


@dataclass(frozen=True, slots=True)
class Searched:
    """What is searched: the vehicles from `first` to `last` by id, in [`since_at`, `until_at`), in a box."""

    box: Box
    first: str
    last: str
    since_at: Instant
    until_at: Instant


type Sighting = tuple[str, Instant]
"""A vehicle, and when it was in the box."""


class Passage(NamedTuple):
    """A vehicle, and from when until when it was in the box now and then, before the `searched` time was over."""

    vehicle: str
    from_at: Instant
    until_at: Instant
    ends_at: Instant


def passages_of(sightings: Iterable[Sighting], searched: Searched) -> list[Passage]:
    """Return the passages that sightings make, by vehicle, then by time."""
    return list(_passages(sorted(sightings), searched))


def _passages(ordered: list[Sighting], searched: Searched) -> Iterator[Passage]:
    start = 0
    for number, (vehicle, at) in enumerate(ordered):
        following = ordered[number + 1] if number + 1 < len(ordered) else None
        if following is None or following[0] != vehicle or following[1] - at > TOGETHER_S:
            yield Passage(vehicle, ordered[start][1], at, searched.until_at)
            start = number + 1


def narrow_batch(rows: Iterable[tuple[Any, ...]]) -> FixBatch:
    """Return rows of the columns `NARROW` as a batch by vehicle, then by time; what was read twice is there twice.

    What is not among them is not known: there is no device, and the fixes count as received when they were made.
    """
    columns = list(zip(*rows, strict=True))
    if not columns:
        return FixBatch.empty()
    numbers = {name: number for number, name in enumerate(sorted(set(columns[0])))}
    fix_at, lat, lon, accuracy_m = (np.array(column, dtype=np.float64) for column in columns[1:])
    order = np.lexsort((fix_at, np.fromiter(map(numbers.__getitem__, columns[0]), np.int64, len(fix_at))))
    vehicle, at = np.array(columns[0], dtype=object)[order], fix_at[order]
    unknown = np.full(len(at), np.nan)
    is_valid = np.ones(len(at), dtype=np.bool_)
    return FixBatch(vehicle, vehicle, at, at, at, lat[order], lon[order], unknown, unknown, accuracy_m[order], is_valid)
