"""Streets whose large tables hold at a thousand open orders: from a book, the rest from the engine for large tables.

Small questions, ways, and everything in a city without such an engine go to the streets behind, which know traffic and
closed streets. While there are any of these, a large table is a sketch: times of free streets, made longer by what is
lost in each part of the city, measured between a few places whenever the speeds change.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from backend_service.streets.book_of_times import BookOfTimes
from backend_service.streets.slowness import Slowness
from backend_service.streets.street_engine import Floats, MatchedPath, SnappedPoints, StreetEngine, StreetRoute
from core.geodesy import Points
from core.refusals import Fault
from core.timekeeping import Clock
from core.travel import TravelMatrix

log = logging.getLogger(__name__)

SMALL_CELLS = 400
"""A table of up to so many cells is small: the streets behind answer it within 20 ms."""
SAMPLE = 40
"""Places between which slowness is measured: 0.1 s."""
AT_ONCE = 200
"""Rows asked for at once, 0.1 s: small questions get in between, and what came so far is kept, whoever gives up."""
LARGE_CELLS = 20_000
"""More cells than that are worked on beside the event loop, and asked for one part after the other."""
_FEW = 2
"""Questions of a table below that under way at once: one for each thread of the engine."""


type Rows = NDArray[np.intp]


class Tables(Protocol):
    """Answers large tables, or not."""

    @property
    def is_prepared(self) -> bool:
        """Say whether it can be asked at all."""
        ...

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return driving times and distances, or raise a `Fault`."""
        ...


class DrivenStreets(StreetEngine, Protocol):
    """Streets that know whether anything on them is driven otherwise than prepared; see `LiveStreets`."""

    @property
    def is_free(self) -> bool:
        """Say whether every street is driven as it was prepared."""
        ...


class TabledStreets:
    """Implements `StreetEngine`.

    Attributes
    ----------
    failures : how often the engine for large tables did not answer

    Parameters
    ----------
    streets : DrivenStreets
    tables : Tables
    clock : Clock
    book : BookOfTimes, optional
    """

    def __init__(self, streets: DrivenStreets, tables: Tables, clock: Clock, book: BookOfTimes | None = None) -> None:
        self.failures = 0
        self.book = BookOfTimes() if book is None else book
        self._streets = streets
        self._tables = tables
        self._clock = clock
        self._measuring = asyncio.Lock()
        self._slowness: Slowness | None = None
        self._is_prepared = tables.is_prepared

    @property
    def is_sketched(self) -> bool:
        """Say whether large tables are sketches at present."""
        return self._is_prepared and not self._streets.is_free

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return driving times and distances; a sketch if there are many and streets are not free."""
        if not self._is_prepared or len(sources) * len(destinations) <= SMALL_CELLS:
            return await self._streets.matrix(sources, destinations)
        try:
            return await self._tabled(sources, destinations)
        except Fault as fault:
            self.failures += 1
            log.warning("asked without tables: %s", fault.sentence)
            return await self._streets.matrix(sources, destinations)

    async def speeds_changed(self) -> None:
        """Measure anew what is lost to traffic, because speeds changed or streets were closed or opened."""
        if self._streets.is_free or not len(self.book):
            self._slowness = None
            return
        try:
            self._slowness = await self._measured(self.book.places)
        except Fault as fault:
            self._slowness = None
            log.warning("slowness is not known yet: %s", fault.sentence)

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the quickest way; see `StreetEngine`."""
        return await self._streets.route(points, annotate=annotate)

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Lay fixes onto streets; see `StreetEngine`."""
        return await self._streets.match(fixes, times_at, accuracies_m)

    async def nearest(self, points: Points) -> SnappedPoints:
        """Return the nearest places on streets."""
        return await self._streets.nearest(points)

    async def ping(self) -> None:
        """Return if the streets behind answer: tables are not needed to live."""
        await self._streets.ping()

    async def _tabled(self, sources: Points, destinations: Points) -> TravelMatrix:
        free = await self._free(sources, destinations)
        if self._streets.is_free:
            return free
        async with self._measuring:
            slowness = self._slowness = self._slowness or await self._measured(destinations)
        return await _aside(free.durations_s.size, partial(_slowed, free, slowness, sources, destinations))

    async def _free(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return the times of free streets; where something is driven to is kept, for it stays there."""
        if not self.book.admit(destinations):
            return await self._tables.matrix(sources, destinations)
        cells = len(sources) * len(destinations)
        seconds, metres = await _aside(cells, self.book.opened(sources, destinations))
        turns = asyncio.Semaphore(_FEW if cells <= LARGE_CELLS else 1)

        async def ask(rows: Rows, columns: Rows) -> None:
            async with turns:
                told = await self._tables.matrix(sources[rows], destinations[columns])
            self.book.write(sources[rows], destinations[columns], told.durations_s, told.distances_m)
            seconds[np.ix_(rows, columns)], metres[np.ix_(rows, columns)] = told.durations_s, told.distances_m

        asked = _unknown(np.isnan(seconds))
        parts = [(rows[at : at + AT_ONCE], columns) for rows, columns in asked for at in range(0, len(rows), AT_ONCE)]
        await asyncio.gather(*(ask(*part) for part in parts))
        return TravelMatrix(seconds, metres, degraded=False, as_of=self._clock.now())

    async def _measured(self, places: Points) -> Slowness:
        """Return what is lost between some of the places, spread evenly over the list of them."""
        distinct = np.unique(places, axis=0)
        chosen = distinct[np.unique(np.linspace(0, len(distinct) - 1, SAMPLE).astype(int))]
        now = await self._streets.matrix(chosen, chosen)
        free = await self._tables.matrix(chosen, chosen)
        return Slowness.measured(chosen, now.durations_s, free.durations_s)


async def _aside[Found](cells: int, work: Callable[[], Found]) -> Found:
    """Return what `work` on so many cells comes to, without holding up the event loop."""
    return await asyncio.to_thread(work) if cells > LARGE_CELLS else work()


def _slowed(free: TravelMatrix, slowness: Slowness, sources: Points, destinations: Points) -> TravelMatrix:
    """Return a sketch of the times with traffic."""
    seconds = free.durations_s * slowness.factors(sources, destinations)
    return TravelMatrix(seconds, free.distances_m, degraded=False, as_of=free.as_of, is_sketch=True)


def _unknown(missing: NDArray[np.bool_]) -> list[tuple[Rows, Rows]]:
    """Return rows and columns to ask for: those rows that know less than half, then what is left, by columns."""
    asked = []
    rows = np.flatnonzero(2 * missing.sum(axis=1) > missing.shape[1])
    if len(rows):
        asked.append((rows, np.flatnonzero(missing[rows].any(axis=0))))
    rest = missing.copy()
    rest[rows] = False
    columns = np.flatnonzero(rest.any(axis=0))
    if len(columns):
        asked.append((np.flatnonzero(rest[:, columns].any(axis=1)), columns))
    return asked
