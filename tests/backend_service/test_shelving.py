"""A service with a shelf asks both tiers, and tells its desks while the shelf is away."""

from __future__ import annotations

import asyncio
from pathlib import Path

from backend_service.event_log.volatile import VolatileEventLog
from backend_service.handlers.command_bus import CommandBus
from backend_service.settings import LEAST_DAYS, Settings
from backend_service.shelving import open_shelf, shelf_watch, shelved_before, tiered
from backend_service.storage.reading_archive import ReadingArchive
from backend_service.storage.tiered_readings import TieredReadings
from backend_service.workers.keeping_days import SHELF, KeepingDays
from core.projections.operation import Operation
from core.refusals import Fault
from core.timekeeping import SteppedClock

NOW_AT = 1_800_000_000.0


def test_without_a_shelf_there_is_one_tier_and_nothing_to_watch(tmp_path: Path) -> None:
    async def scenario() -> None:
        readings, clock = ReadingArchive(tmp_path / "readings"), SteppedClock(NOW_AT)
        assert open_shelf(Settings(data_dir=tmp_path)) is None
        assert tiered(readings, None, clock) is readings
        shelf = open_shelf(Settings(data_dir=tmp_path, shelf=str(tmp_path / "shelf")))
        assert isinstance(tiered(readings, shelf, clock), TieredReadings)
        assert shelved_before(clock)() == NOW_AT - LEAST_DAYS * 86_400.0
        await readings.close()

    asyncio.run(scenario())


def test_a_shelf_that_goes_and_comes_back_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = SteppedClock(NOW_AT)
        bus = CommandBus(VolatileEventLog(clock), Operation(), clock)
        bus.start()
        shelf = open_shelf(Settings(data_dir=tmp_path, shelf=str(tmp_path / "shelf")))
        keeping = KeepingDays([], shelf)
        [watch] = shelf_watch(bus, keeping, shelf)
        told: list[str] = []
        for is_there in (True, False, True):
            if is_there:
                (tmp_path / "shelf").mkdir(exist_ok=True)
            else:
                (tmp_path / "shelf").rmdir()
            try:
                await keeping.run_once(clock.now())
            except Fault as fault:
                told.append(fault.code)
            clock.step_to(clock.now() + 60.0)
            await watch.run_once(clock.now())
            told += ["degraded" for source in bus.operation.sources.degraded() if source.source == SHELF] or ["fine"]
        assert told == ["fine", "archive.unreachable", "degraded", "fine"]
        await bus.stop()

    asyncio.run(scenario())
