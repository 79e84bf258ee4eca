"""Streets whose speeds change while they answer: closures, slow-downs, and back.

The prepared files are copied, customized with the new speeds beside the running engine, and opened by a second one;
when that answers, questions go to it and the first ends after its last answer. Customizing in place would corrupt the
engine that reads the files. About a second for a small city.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Self

from backend_service.streets.osrm import OsrmStreets
from backend_service.streets.osrm_process import OsrmProcess
from backend_service.streets.street_engine import (
    Floats,
    MatchedPath,
    SnappedPoints,
    StreetRoute,
    StreetsDown,
)
from backend_service.streets.street_import import contracted_file, osrm_program
from core.geodesy import Points
from core.refusals import Fault
from core.timekeeping import Clock
from core.travel import TravelMatrix

log = logging.getLogger(__name__)

READY_S = 30.0
"""Wall seconds that the new engine may take until it answers."""
LAST_ANSWER_S = 20.0
"""Wall seconds that the old engine is given for what it was asked."""
_LOOK_S = 0.05
_LAST = 15
"""The niceness of work that can wait."""


@dataclass(frozen=True, slots=True)
class SegmentSpeed:
    """How fast the piece between two neighbouring map nodes is driven in that direction; 0 closes it.

    Parameters
    ----------
    from_node, to_node : int
        OpenStreetMap node ids, as in `StreetSegments`.
    kmh : float
        Kilometres per hour.
    """

    from_node: int
    to_node: int
    kmh: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.kmh <= 300.0:
            raise ValueError(f"a speed is from 0 to 300 km/h, not {self.kmh}")


@dataclass(slots=True)
class _Running:
    """An engine on one set of files; `asking` counts the questions under way."""

    engine: OsrmStreets
    process: OsrmProcess
    stack: AsyncExitStack
    asking: int = 0
    is_idle: asyncio.Event = field(default_factory=asyncio.Event)


class TrafficStreets:
    """Implements `StreetEngine`; use as an async context manager.

    Attributes
    ----------
    changes : how often the speeds were changed

    Parameters
    ----------
    streets : Path
        The prepared files' common name, ending in ``.osrm``; never written to.
    clock : Clock
    log_file : Path
        What the engines and tools say is appended here.
    folder : Path
        Copies are made in here, and removed.
    """

    def __init__(self, streets: Path, clock: Clock, log_file: Path, folder: Path) -> None:
        self.changes = 0
        self._streets = streets
        self._clock = clock
        self._log_file = log_file
        self._folder = folder
        self._turn = asyncio.Lock()
        self._now: _Running | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    @property
    def process(self) -> OsrmProcess:
        """The process that answers at present."""
        return self._running().process

    async def __aenter__(self) -> Self:
        shutil.rmtree(self._folder, ignore_errors=True)  # left behind by one that was killed
        self._now = await self._opened(self._streets, AsyncExitStack())
        return self

    async def __aexit__(self, *_: object) -> None:
        running, self._now = self._now, None
        if running is not None:
            await running.stack.aclose()
        for leaving in self._leaving:
            leaving.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    async def change_speeds(self, speeds: Sequence[SegmentSpeed], *, is_behind: bool = False) -> None:
        """Drive these segments at these speeds from now on, and all others as prepared; none restores all.

        Questions are answered throughout, with the old speeds until it returns. With `is_behind` everybody else has
        the processor first.

        Raises
        ------
        Fault
            ``streets.speeds_failed``; the old speeds stay.
        """
        async with self._turn:
            stack = AsyncExitStack()
            try:
                streets = await self._customized(speeds, stack, _LAST if is_behind else 0) if speeds else self._streets
                after = await self._opened(streets, stack)
                await _until_new_speeds(after.engine)
            except BaseException:
                await stack.aclose()
                raise
            before, self._now = self._running(), after
            self.changes += 1
            leaving = asyncio.create_task(_left(before), name="streets that were")
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return driving times and distances; see `StreetEngine`."""
        async with self._asked() as engine:
            return await engine.matrix(sources, destinations)

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the quickest way; see `StreetEngine`."""
        async with self._asked() as engine:
            return await engine.route(points, annotate=annotate)

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Lay fixes onto streets; see `StreetEngine`."""
        async with self._asked() as engine:
            return await engine.match(fixes, times_at, accuracies_m)

    async def nearest(self, points: Points) -> SnappedPoints:
        """Return the nearest places on streets."""
        async with self._asked() as engine:
            return await engine.nearest(points)

    async def ping(self) -> None:
        """Return if the engine answers."""
        async with self._asked() as engine:
            await engine.ping()

    def _running(self) -> _Running:
        if self._now is None:
            raise StreetsDown("The street engine is not running.")
        return self._now

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[OsrmStreets]:
        running = self._running()
        running.asking += 1
        running.is_idle.clear()
        try:
            yield running.engine
        finally:
            running.asking -= 1
            if not running.asking:
                running.is_idle.set()

    async def _opened(self, streets: Path, stack: AsyncExitStack) -> _Running:
        process = await stack.enter_async_context(OsrmProcess(streets, self._log_file))
        engine = await stack.enter_async_context(OsrmStreets(process, self._clock))
        return _Running(engine, process, stack)

    async def _customized(self, speeds: Sequence[SegmentSpeed], stack: AsyncExitStack, niceness: int) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(prefix="speeds-", dir=self._folder))
        stack.callback(shutil.rmtree, aside, ignore_errors=True)
        await asyncio.to_thread(_copied, self._streets, aside)
        table = aside / "speeds.csv"
        lines = (f"{speed.from_node},{speed.to_node},{speed.kmh:g}\n" for speed in speeds)
        await asyncio.to_thread(table.write_text, "".join(lines))
        streets = aside / self._streets.name
        with self._log_file.open("ab") as said:
            tool = await asyncio.create_subprocess_exec(
                str(osrm_program("osrm-customize")),
                *("--threads", str(max(1, (os.cpu_count() or 1) // 2)), "--segment-speed-file", str(table)),
                str(streets),
                preexec_fn=partial(os.nice, niceness),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            try:
                status = await tool.wait()
            except BaseException:
                with suppress(ProcessLookupError):
                    tool.kill()
                raise
        if status != 0:
            raise Fault("streets.speeds_failed", f"osrm-customize failed ({status}); the old speeds stay.")
        return streets


def _copied(streets: Path, aside: Path) -> None:
    for source in streets.parent.glob(f"{streets.name}.*"):
        if source != contracted_file(streets):  # knows no other speeds
            shutil.copyfile(source, aside / source.name)


async def until_answering(engine: OsrmStreets, seconds: float = READY_S) -> None:
    """Return once an engine that was started answers.

    Raises
    ------
    TimeoutError
        If it does not within `seconds` of wall time.
    """
    async with asyncio.timeout(seconds):
        while True:
            with suppress(StreetsDown):
                await engine.ping()
                return
            await asyncio.sleep(_LOOK_S)


async def _until_new_speeds(engine: OsrmStreets) -> None:
    try:
        await until_answering(engine)
    except TimeoutError:
        raise Fault("streets.speeds_failed", "The engine with the new speeds does not answer; the old stay.") from None


async def _left(running: _Running) -> None:
    """End an engine after the last answer to what it was asked."""
    try:
        if running.asking:
            async with asyncio.timeout(LAST_ANSWER_S):
                await running.is_idle.wait()
    except TimeoutError:
        log.warning("streets that were replaced still had %d questions open", running.asking)
    finally:
        await running.stack.aclose()
