"""Lets go of days that are older than they are kept, after they were put on the shelf, if there is one.

One day after the other, each in a thread: put away, proved, dropped. A day to which more came meanwhile stays until the
next run. What fails is told and tried again; no day is dropped that is not where it should be.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend_service.storage.kept_days import DAY_S, KeptDays, Shelf, day_begins_at
from core.refusals import Fault
from core.vocabulary import Instant

logger = logging.getLogger(__name__)

SHELF = "shelf"
SHELF_EFFECT = "Days that are over cannot be put away; they stay, and take room. Tracks of days put away are not told."
AGAIN_AFTER_S = 60.0
"""What failed on the shelf is tried again so soon."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is kept for how long.

    Parameters
    ----------
    kept : the days of a store
    for_days : how many whole UTC days after its end a day is kept, 0 for ever
    """

    kept: KeptDays
    for_days: float

    def is_over(self, day: str, now: Instant) -> bool:
        """Say whether a day has been kept long enough."""
        return self.for_days > 0.0 and day_begins_at(day) + DAY_S <= now - self.for_days * DAY_S


@dataclass(slots=True)
class DayCounts:
    """By kind since the start of the process: days dropped, rows put on the shelf, days that could not be dropped."""

    dropped: Counter[str] = field(default_factory=Counter)
    shelved_rows: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class ShelfState:
    """Whether days cannot be put on the shelf, and since when that is so."""

    degraded: bool
    since_at: Instant


class KeepingDays:
    """A worker.

    Parameters
    ----------
    purposes : what is kept for how long
    shelf : where days go before they are dropped, ``None`` where they just go
    """

    name = "days"
    every_s = 3_600.0

    def __init__(self, purposes: Sequence[Purpose], shelf: Shelf | None) -> None:
        self.counts = DayCounts()
        self.state = ShelfState(degraded=False, since_at=0.0)
        self._purposes = purposes
        self._shelf = shelf
        self._ran_at: Instant = 0.0

    def is_wanted(self, now: Instant) -> bool:
        """Say whether the shelf failed, and it is time to try again."""
        return self.state.degraded and now - self._ran_at >= AGAIN_AFTER_S

    async def run_once(self, now: Instant) -> None:
        """Let go of every day that is over; one that fails holds up no other, but a shelf that is away holds up all.

        Raises
        ------
        Fault
            The last one that was met.
        """
        self._ran_at = now
        try:
            if self._shelf is not None:
                await asyncio.to_thread(self._shelf.look)
            await self._let_all_go(now)
        except Fault:
            self._note(now, degraded=self._shelf is not None)
            raise
        self._note(now, degraded=False)

    def _note(self, now: Instant, *, degraded: bool) -> None:
        if degraded != self.state.degraded:
            self.state = ShelfState(degraded, now)

    async def _let_all_go(self, now: Instant) -> None:
        last: Fault | None = None
        for purpose in self._purposes:
            try:
                days = [day for day in await asyncio.to_thread(purpose.kept.days) if purpose.is_over(day, now)]
            except Fault as fault:
                last = fault
                continue
            for day in days:
                try:
                    await asyncio.to_thread(self._let_go, purpose.kept, day)
                except Fault as fault:
                    self.counts.failed[purpose.kept.layout.kind] += 1
                    last = fault
        if last is not None:
            raise last

    def _let_go(self, kept: KeptDays, day: str) -> None:
        kind, state = kept.layout.kind, kept.state_of(day)
        if self._shelf is not None:
            holding = self._shelf.take_over(kept, day)
            self.counts.shelved_rows[kind] += holding.rows
            logger.info("%s of %s are on the shelf: %d rows, %s", kind, day, holding.rows, holding.digest[:12])
        if kept.drop(day, state):
            self.counts.dropped[kind] += 1
            logger.info("%s of %s were dropped", kind, day)
        else:
            logger.info("%s of %s stay until the next run: more came in", kind, day)
