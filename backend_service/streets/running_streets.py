"""A prepared city's streets, running: process, questions, memory, estimate and watch put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from backend_service.streets.city import City
from backend_service.streets.contracted_streets import ContractedStreets
from backend_service.streets.live_streets import LiveStreets
from backend_service.streets.remembered_streets import RememberedStreets
from backend_service.streets.segment_speeds import SegmentSpeed, speeds_closing
from backend_service.streets.straight_line import StraightLineStreets
from backend_service.streets.street_engine import StreetEngine
from backend_service.streets.supervised_streets import StreetsState, SupervisedStreets
from backend_service.streets.tabled_streets import TabledStreets
from backend_service.streets.traffic_streets import TrafficStreets
from core.fleet.closure import Segment
from core.timekeeping import Clock


@asynccontextmanager
async def running_streets(
    city: City, clock: Clock, log_file: Path, *, on_state_change: Callable[[StreetsState], None]
) -> AsyncIterator[SupervisedStreets]:
    """Run a city's streets inside; they answer by estimate until the engine is there.

    Parameters
    ----------
    city : City
    clock : Clock
        The operation's time.
    log_file : Path
        What the street engine says is appended here; its folder must exist.
    on_state_change : callable
        Called in the event loop at each loss and each return, the first return included.
    """
    estimate = StraightLineStreets(clock, city.time_zone)
    closings, driven = (log_file.parent / f"{log_file.stem}-{what}" for what in ("speeds", "live-speeds"))
    async with (
        TrafficStreets(city.streets, clock, log_file, closings) as plain,
        LiveStreets(plain, lambda: TrafficStreets(city.streets, clock, log_file, driven)) as engine,
        ContractedStreets(city.streets, clock, log_file) as contracted,
    ):
        tabled = TabledStreets(engine, contracted, clock)
        remembered = RememberedStreets(tabled)

        async def change_speeds(speeds: Sequence[SegmentSpeed]) -> None:
            await engine.change_speeds(speeds)
            await tabled.speeds_changed()
            remembered.forget()

        async def drive_at(speeds: Sequence[SegmentSpeed]) -> None:
            try:
                await engine.drive_at(speeds)
            finally:
                await tabled.speeds_changed()
                remembered.forget()

        def with_closed(
            closed: Collection[Segment], *, is_behind: bool = False
        ) -> AbstractAsyncContextManager[StreetEngine]:
            return engine.beside(speeds_closing(closed), is_behind=is_behind)

        watched = SupervisedStreets(remembered, estimate, clock, on_state_change=on_state_change)
        watched.change_speeds, watched.drive_at, watched.live = change_speeds, drive_at, engine
        watched.with_closed = with_closed
        watched.is_sketched = lambda: tabled.is_sketched
        async with watched as streets:
            yield streets
