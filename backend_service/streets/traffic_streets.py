"""Streets whose speeds change while they answer: closures, slow-downs, and back.

The prepared files are copied, customized with the new speeds beside the running engine, and opened by a second one;
when that answers, questions go to it and the first ends after its last answer. Customizing in place would corrupt the
engine that reads the files. About a second for a small city.

A second engine may also be asked beside the one in force, to see what other speeds would lead to. It is kept for a
while, and when just these speeds are put in force, it is the one that answers from then on.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self

from backend_service.streets.engines_beside import LAST, EnginesBeside
from backend_service.streets.osrm import OsrmStreets
from backend_service.streets.osrm_process import OsrmProcess, dying_with
from backend_service.streets.running_engine import RunningEngine
from backend_service.streets.segment_speeds import SegmentSpeed
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

READY_S = 30.0
"""Wall seconds that the new engine may take until it answers."""
_LOOK_S = 0.05


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
        self._now: RunningEngine | None = None
        self._speeds: frozenset[SegmentSpeed] = frozenset()
        self._leaving: set[asyncio.Task[None]] = set()
        self._beside = EnginesBeside(self._made)

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
        await self._beside.end()
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
            wanted = frozenset(speeds)
            after = await self._beside.taken_up(wanted) or await self._made(speeds, LAST if is_behind else 0)
            before, self._now, self._speeds = self._running(), after, wanted
            self.changes += 1
            leaving = asyncio.create_task(before.leave(), name="streets that were")
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    def beside(
        self, speeds: Sequence[SegmentSpeed], *, is_behind: bool = False
    ) -> AbstractAsyncContextManager[OsrmStreets]:
        """Ask a second engine at these speeds inside; the one in force goes on as it is.

        It is kept for a minute, so that asking again, and putting these speeds in force, costs nothing. With
        `is_behind` everybody else has the processor first, and it ends at once: it is for work in the background.
        Where just these speeds are in force it is the engine in force that is asked.

        Raises
        ------
        Fault
            ``streets.speeds_failed``.
        """
        wanted, running = frozenset(speeds), self._running()
        return running.asked() if wanted == self._speeds else self._beside.asked(wanted, is_behind=is_behind)

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

    def _running(self) -> RunningEngine:
        if self._now is None:
            raise StreetsDown("The street engine is not running.")
        return self._now

    def _asked(self) -> AbstractAsyncContextManager[OsrmStreets]:
        return self._running().asked()

    async def _made(self, speeds: Sequence[SegmentSpeed], niceness: int) -> RunningEngine:
        """Return an engine at these speeds that answers."""
        stack = AsyncExitStack()
        try:
            streets = await self._customized(speeds, stack, niceness) if speeds else self._streets
            made = await self._opened(streets, stack)
            await _until_new_speeds(made.engine)
        except OSError as error:
            await stack.aclose()
            raise Fault("streets.speeds_failed", f"The streets cannot be copied ({error}); the old stay.") from error
        except BaseException:
            await stack.aclose()
            raise
        return made

    async def _opened(self, streets: Path, stack: AsyncExitStack) -> RunningEngine:
        process = await stack.enter_async_context(OsrmProcess(streets, self._log_file))
        engine = await stack.enter_async_context(OsrmStreets(process, self._clock))
        return RunningEngine(engine, process, stack)

    async def _customized(self, speeds: Sequence[SegmentSpeed], stack: AsyncExitStack, niceness: int) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(prefix="speeds-", dir=self._folder))
        stack.callback(shutil.rmtree, aside, ignore_errors=True)
        await _to_its_end(asyncio.to_thread(_copied, self._streets, aside))
        table = aside / "speeds.csv"
        lines = (f"{speed.from_node},{speed.to_node},{speed.kmh:g}\n" for speed in speeds)
        await asyncio.to_thread(table.write_text, "".join(lines))
        streets = aside / self._streets.name
        with self._log_file.open("ab") as said:
            tool = await asyncio.create_subprocess_exec(
                str(osrm_program("osrm-customize")),
                *("--threads", str(max(1, (os.cpu_count() or 1) // 2)), "--segment-speed-file", str(table)),
                str(streets),
                preexec_fn=_behind(niceness),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )
            try:
                status = await tool.wait()
            except BaseException:
                with suppress(ProcessLookupError):
                    tool.kill()
                await tool.wait()
                raise
        if status != 0:
            raise Fault("streets.speeds_failed", f"osrm-customize failed ({status}); the old speeds stay.")
        return streets


def _behind(niceness: int) -> Callable[[], None]:
    """Return what the tool does before it begins: it lets others go first, and ends with the service."""
    dying = dying_with(os.getpid())

    def prepare() -> None:
        os.nice(niceness)
        if dying is not None:
            dying()

    return prepare


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Await work of a thread, also when given up: it would go on writing into a folder that is being removed."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


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
