"""Street engines beside the one in force, at speeds that somebody wants to know the outcome of; kept for a while.

Who looks at what closing a street would do looks again, and commits: the streets are customized once for all of it.
Few are kept, for each takes memory, and all end with the service.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from backend_service.streets.osrm import OsrmStreets
from backend_service.streets.running_engine import RunningEngine
from backend_service.streets.segment_speeds import SegmentSpeed
from core.refusals import Fault

KEPT_S = 60.0
"""Wall seconds that an engine is kept after the last question."""
MOST_KEPT = 2
"""So many are kept, the last used, and so many people look at further ones at once; others wait for their turn."""
SOON, LAST = 5, 15
"""The niceness of work that somebody looks at a screen for, and of work that can wait."""

type Speeds = frozenset[SegmentSpeed]
type MakesEngine = Callable[[Sequence[SegmentSpeed], int], Coroutine[Any, Any, RunningEngine]]
"""Returns an engine at these speeds, customized at a niceness."""


@dataclass(slots=True)
class _Beside:
    """An engine that is being made or there, and how many ask it; it is let go some time after its last use."""

    speeds: Speeds
    made: asyncio.Task[RunningEngine]
    users: int = 0
    goes: asyncio.TimerHandle | None = None

    @property
    def has_failed(self) -> bool:
        """Say whether it was not to be had."""
        return self.made.done() and (self.made.cancelled() or self.made.exception() is not None)

    def stay(self) -> None:
        """Let it not go by itself."""
        if self.goes is not None:
            self.goes.cancel()


class EnginesBeside:
    """Makes, keeps and ends them.

    Parameters
    ----------
    make : callable
    """

    def __init__(self, make: MakesEngine) -> None:
        self._make = make
        self._there: list[_Beside] = []
        self._making: set[asyncio.Task[RunningEngine]] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(MOST_KEPT)

    @asynccontextmanager
    async def asked(self, speeds: Speeds, *, is_behind: bool = False) -> AsyncIterator[OsrmStreets]:
        """Ask an engine at these speeds inside; see `TrafficStreets.beside`."""
        async with nullcontext() if is_behind else self._turns:
            one = self._begun(speeds, LAST if is_behind else SOON)
            try:
                running = await asyncio.shield(one.made)
                async with running.asked() as engine:
                    yield engine
            finally:
                one.users -= 1
                if one in self._there and not one.users:
                    kept_s = 0.0 if is_behind or one.has_failed else KEPT_S
                    one.goes = asyncio.get_running_loop().call_later(kept_s, self._let_go, one)

    async def taken_up(self, speeds: Speeds) -> RunningEngine | None:
        """Return the engine that has just these speeds, which is the caller's then; ``None`` if there is none."""
        found = next((one for one in self._there if one.speeds == speeds), None)
        if found is None:
            return None
        found.stay()
        found.users += 1
        try:
            running = await asyncio.shield(found.made)
            await running.engine.ping()
        except Fault:
            self._let_go(found)
            return None
        except BaseException:
            self._let_go(found)
            raise
        self._there.remove(found)
        return running

    async def end(self) -> None:
        """End all of them now, whoever asks."""
        there, self._there = self._there, []
        for one in there:
            one.stay()
        for task in (*self._making, *self._leaving):
            task.cancel()
        await asyncio.gather(*self._making, *self._leaving, return_exceptions=True)
        for one in there:
            if not one.has_failed:
                await one.made.result().stack.aclose()

    def _begun(self, speeds: Speeds, niceness: int) -> _Beside:
        """Return the engine at these speeds with one user more, begun now if there is none."""
        known = next((one for one in self._there if one.speeds == speeds and not one.has_failed), None)
        if known is None:
            idle = [one for one in self._there if not one.users]
            for one in idle[: max(0, len(idle) + 1 - MOST_KEPT)]:
                self._let_go(one)
            made = asyncio.create_task(self._make(tuple(speeds), niceness), name="streets beside")
            self._making.add(made)
            made.add_done_callback(self._making.discard)
            known = _Beside(speeds, made)
        else:
            self._there.remove(known)
        self._there.append(known)
        known.stay()
        known.users += 1
        return known

    def _let_go(self, one: _Beside) -> None:
        """End an engine after the last answer to what it was asked."""
        self._there.remove(one)
        one.stay()
        leaving = asyncio.create_task(_left(one), name="streets beside that were")
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)


async def _left(one: _Beside) -> None:
    one.made.cancel()
    try:
        await asyncio.wait([one.made])
    finally:
        if one.made.done() and not one.has_failed:
            await one.made.result().leave()
