"""Puts the shelf together with what is kept: archives that also find what lies on it, and who tells that it is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from backend_service.handlers.command_bus import CommandBus
from backend_service.settings import LEAST_DAYS, Settings
from backend_service.storage.kept_days import DAY_S
from backend_service.storage.reading_archive import ReadingStore
from backend_service.storage.tiered_readings import TieredReadings
from backend_service.workers.keeping_days import SHELF, SHELF_EFFECT, KeepingDays
from backend_service.workers.source_watch import SourceWatch
from backend_service.workers.worker import Worker
from core.timekeeping import Clock
from core.vocabulary import Instant

if TYPE_CHECKING:
    from backend_service.storage.parquet_shelf import ParquetShelf


def open_shelf(settings: Settings) -> ParquetShelf | None:
    """Return the shelf there is to be, without asking it anything yet.

    Raises
    ------
    Refusal
        ``archive.tier_unsupported``.
    Fault
        ``archive.unwritable``.
    """
    if settings.shelf is None:
        return None
    from backend_service.storage.parquet_shelf import ParquetShelf  # Arrow costs 0.2 s of a start

    return ParquetShelf.open(settings.shelf)


def shelved_before(clock: Clock) -> Callable[[], Instant]:
    """Return what tells from which instant on nothing can lie on the shelf: days stay `LEAST_DAYS` in the archive."""
    return lambda: clock.now() - LEAST_DAYS * DAY_S


def tiered(readings: ReadingStore, shelf: ParquetShelf | None, clock: Clock) -> ReadingStore:
    """Return readings that are also found on the shelf, if there is one."""
    return readings if shelf is None else TieredReadings(readings, shelf, shelved_before(clock))


def shelf_watch(bus: CommandBus, keeping: KeepingDays, shelf: ParquetShelf | None) -> list[Worker]:
    """Return who tells the log that the shelf is away, if there is one."""
    return [] if shelf is None else [SourceWatch(bus, lambda: keeping.state, source=SHELF, effect=SHELF_EFFECT)]
