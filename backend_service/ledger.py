"""What is kept, opened on a data directory or a database: the log and its audit trail, snapshots, fixes, readings."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend_service.audit.audit_trail import AuditTrail
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.log import AuditedLog
from backend_service.event_log.subject_keys import SubjectKeys
from backend_service.handlers.command_bus import fold
from backend_service.settings import Settings
from backend_service.shelving import open_shelf, shelved_before, tiered
from backend_service.storage.directory_lock import DirectoryLock
from backend_service.storage.fix_archive import FixArchive, FixStore
from backend_service.storage.read_model import open_read_model
from backend_service.storage.reading_archive import ReadingArchive, ReadingStore
from backend_service.storage.snapshots import Snapshots
from backend_service.storage.table_projection import TableProjection
from backend_service.storage.tiered_fixes import TieredFixes
from backend_service.workers.keeping_days import KeepingDays, Purpose
from core.projections.operation import Operation
from core.timekeeping import Clock

if TYPE_CHECKING:
    from backend_service.storage.parquet_shelf import ParquetShelf

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is kept: the log and its audit trail, snapshots, fixes, and the state folded from the log."""

    log: AuditedLog
    trail: AuditTrail
    snapshots: Snapshots
    archive: FixStore
    operation: Operation
    keys: SubjectKeys
    shelf: ParquetShelf | None = None

    async def newest_snapshot(self) -> Operation | None:
        """Return the state that the newest snapshot holds, if there is one that fits the log."""
        return await self.snapshots.newest(await self.log.head())


async def open_ledger(settings: Settings, clock: Clock, wall: Clock, stack: AsyncExitStack) -> Ledger:
    """Open what is kept and fold the log; what was opened is closed with `stack`.

    Raises
    ------
    Fault
        ``data.in_use``, ``log.corrupt``, ``keys.master_missing``: with what to do.
    """
    stack.enter_context(DirectoryLock.take(settings.data_dir))
    settings.logs_dir.mkdir(parents=True, exist_ok=True)
    keys = SubjectKeys.open(settings.data_dir / "keys.sqlite", settings.secrets_dir / "subjects.key")
    stack.callback(keys.close)
    log = await _open_log(settings, wall, keys)
    stack.push_async_callback(log.close)
    trail = await AuditTrail.open(
        settings.data_dir, log, wall, outside=settings.audit_copy_dir, accept_loss=settings.accept_loss
    )
    stack.push_async_callback(trail.close)
    snapshots = Snapshots(settings.data_dir / "snapshots", log.log_id, keys)
    operation = await fold(log, await snapshots.newest(await log.head(), accept_loss=settings.accept_loss))
    shelf = open_shelf(settings)
    archive = await _open_archive(settings)
    stack.push_async_callback(archive.close)
    logger.info("log %s at position %d", log.log_id, operation.position)
    fixes = archive if shelf is None else TieredFixes(archive, shelf, shelved_before(clock))
    return Ledger(log, trail, snapshots, fixes, operation, keys, shelf)


async def open_readings(settings: Settings, ledger: Ledger, clock: Clock, stack: AsyncExitStack) -> ReadingStore:
    """Open what is kept of channels; it is closed with `stack`."""
    readings = tiered(await _open_reading_archive(settings), ledger.shelf, clock)
    stack.push_async_callback(readings.close)
    return readings


def open_tables(settings: Settings, ledger: Ledger, stack: AsyncExitStack) -> TableProjection:
    """Open the lists that are made of the log; they are closed with `stack`."""
    engine = open_read_model(settings.database or f"sqlite:///{settings.data_dir / 'read_model.sqlite'}")
    stack.callback(engine.dispose)
    return TableProjection(engine, ledger.log.log_id, ledger.operation, ledger.keys)


def keeping_days(settings: Settings, ledger: Ledger, readings: ReadingStore) -> KeepingDays:
    """Return who drops the days of fixes and readings that have been kept long enough."""
    purposes = (
        Purpose(ledger.archive.kept_days(), settings.keep_fixes_days),
        Purpose(readings.kept_days(), settings.keep_readings_days),
    )
    return KeepingDays(purposes, ledger.shelf)


async def _open_log(settings: Settings, wall: Clock, keys: SubjectKeys) -> AuditedLog:
    if settings.database is not None:
        from backend_service.event_log.postgres import PostgresEventLog  # its driver costs 0.13 s of a start

        return await PostgresEventLog.open(settings.database, wall, keys)
    return await EmbeddedEventLog.open(settings.log_path, wall, keys)


async def _open_archive(settings: Settings) -> FixStore:
    if settings.database is not None:
        from backend_service.storage.postgres_fix_archive import PostgresFixArchive

        return await asyncio.to_thread(PostgresFixArchive.open, settings.database)
    return FixArchive(settings.fixes_dir)


async def _open_reading_archive(settings: Settings) -> ReadingStore:
    if settings.database is not None:
        from backend_service.storage.postgres_reading_archive import PostgresReadingArchive

        return await asyncio.to_thread(PostgresReadingArchive.open, settings.database)
    return ReadingArchive(settings.data_dir / "readings")
