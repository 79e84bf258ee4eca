"""Streets that always answer: the street engine while it lives, else an estimate marked degraded.

A watch asks the engine at short intervals, so that the loss and the return of streets are told even when nobody
drives; while it is lost, questions go straight to the estimate and wait for no deadline. Deadlines and intervals
follow wall time, whatever the operation's clock does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, Self

from backend_service.streets.live_streets import LiveStreets
from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.streets.street_engine import (
    Floats,
    MatchedPath,
    SnappedPoints,
    StreetEngine,
    StreetRoute,
)
from core.fleet.closure import Segment
from core.geodesy import Points
from core.refusals import Fault
from core.timekeeping import Clock
from core.travel import TravelMatrix
from core.vocabulary import Instant

log = logging.getLogger(__name__)


class OpensBeside(Protocol):
    """Opens streets beside those in force."""

    def __call__(
        self, closed: Collection[Segment], *, is_behind: bool = False
    ) -> AbstractAsyncContextManager[StreetEngine]:
        """Return streets where just these pieces are closed, to be asked inside; or raise a `Fault`."""
        ...


@dataclass(frozen=True, slots=True)
class StreetsState:
    """How streets stand: `degraded` or not, since which instant of the operation, and why."""

    degraded: bool
    since_at: Instant
    cause: str = ""


@dataclass(slots=True)
class StreetCounts:
    """How many questions were answered, how many of them by the estimate, and how often streets were lost.

    `failed_looks` counts looks at the engine that ended in a bug; it stays at 0.
    """

    answered: int = 0
    estimated: int = 0
    losses: int = 0
    failed_looks: int = 0


@dataclass(frozen=True, slots=True)
class WatchIntervals:
    """Seconds of wall time between two looks at the engine, while it lives and while it is lost."""

    live_seconds: float = 2.0
    lost_seconds: float = 0.25

    def __post_init__(self) -> None:
        if min(self.live_seconds, self.lost_seconds) <= 0:
            raise ValueError("an interval is above 0 seconds")


class SupervisedStreets:
    """Implements `StreetEngine` by an engine that may fail and an estimate that does not.

    Use as an async context manager: the watch runs inside. The state starts degraded, until the engine answers.

    Parameters
    ----------
    engine, estimate : StreetEngine
        The engine may raise a `Fault`; the estimate must not.
    clock : Clock
        The operation's time, for `StreetsState.since_at`.
    on_state_change : callable
        Called in the event loop with the new state, at each loss and each return.
    intervals : WatchIntervals

    Attributes
    ----------
    change_speeds : callable
        Has segments driven at other speeds from now on; see `TrafficStreets.change_speeds`.
    drive_at : callable
        Has segments driven at live speeds beside that; see `LiveStreets.drive_at`.
    live : LiveStreets or None
        What knows the streets with and without live speeds.
    with_closed : callable
        Opens streets to be asked beside these where just the pieces named are closed; see `LiveStreets.beside`.
    is_sketched : callable
        Says whether large tables are sketches at present; see `TabledStreets`.
    """

    def __init__(
        self,
        engine: StreetEngine,
        estimate: StreetEngine,
        clock: Clock,
        *,
        on_state_change: Callable[[StreetsState], None],
        intervals: WatchIntervals | None = None,
    ) -> None:
        self._engine = engine
        self._estimate = estimate
        self._clock = clock
        self._tell = on_state_change
        self._intervals = intervals or WatchIntervals()
        self._watch: asyncio.Task[None] | None = None
        self.state = StreetsState(degraded=True, since_at=clock.now(), cause="The street engine is starting.")
        self.counts = StreetCounts()
        self.change_speeds: Callable[[Sequence[SegmentSpeed]], Awaitable[None]] = _unchangeable
        self.drive_at: Callable[[Sequence[SegmentSpeed]], Awaitable[None]] = _unchangeable
        self.with_closed: OpensBeside = _no_copy
        self.live: LiveStreets | None = None
        self.is_sketched: Callable[[], bool] = _never

    async def __aenter__(self) -> Self:
        self._watch = asyncio.create_task(self._keep_watch(), name="streets watch")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return the engine's matrix, or the estimate's."""
        return await self._ask(lambda engine: engine.matrix(sources, destinations))

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the engine's route, or the estimate's."""
        return await self._ask(lambda engine: engine.route(points, annotate=annotate))

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Return the engine's matched path, or the estimate's."""
        return await self._ask(lambda engine: engine.match(fixes, times_at, accuracies_m))

    async def nearest(self, points: Points) -> SnappedPoints:
        """Return the engine's nearest places, or the estimate's."""
        return await self._ask(lambda engine: engine.nearest(points))

    async def ping(self) -> None:
        """Return at once: an answer is always to be had; `state` says of which kind."""

    async def look(self) -> None:
        """Look at the engine now, and tell if its state has changed."""
        try:
            await self._engine.ping()
        except Fault as fault:
            self._become(degraded=True, cause=fault.sentence)
        else:
            self._become(degraded=False)

    async def until_live(self, seconds: float = 30.0) -> None:
        """Return once the engine answers.

        Raises
        ------
        TimeoutError
            If it does not within `seconds` of wall time.
        """
        async with asyncio.timeout(seconds):
            while self.state.degraded:
                await self.look()
                await asyncio.sleep(self._intervals.lost_seconds if self.state.degraded else 0.0)

    async def _ask[Answer](self, question: Callable[[StreetEngine], Awaitable[Answer]]) -> Answer:
        self.counts.answered += 1
        if not self.state.degraded:
            try:
                return await question(self._engine)
            except Fault as fault:
                self._become(degraded=True, cause=fault.sentence)
        self.counts.estimated += 1
        return await question(self._estimate)

    def _become(self, *, degraded: bool, cause: str = "") -> None:
        if degraded == self.state.degraded:
            return
        self.state = StreetsState(degraded=degraded, since_at=self._clock.now(), cause=cause)
        if degraded:
            self.counts.losses += 1
            log.warning("streets lost, answering by estimate: %s", cause)
        else:
            log.info("streets are back")
        self._tell(self.state)

    async def _keep_watch(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:  # an outer wall: the watch goes on, and every tick that fails is logged and counted
                log.exception("looking at the street engine failed")
                self.counts.failed_looks += 1
            lost = self.state.degraded
            await asyncio.sleep(self._intervals.lost_seconds if lost else self._intervals.live_seconds)


def _never() -> bool:
    return False


def _no_copy(closed: Collection[Segment], *, is_behind: bool = False) -> AbstractAsyncContextManager[StreetEngine]:
    raise Fault("streets.no_copy", "There are no streets to try it on.")


async def _unchangeable(speeds: Sequence[SegmentSpeed]) -> None:
    raise Fault("streets.speeds_failed", "These streets have one speed for good.")
