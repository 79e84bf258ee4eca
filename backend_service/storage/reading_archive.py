"""Every accepted reading, one SQLite file per UTC day of its own time, as fixes are kept.

A device has one reading per channel and instant: a repeated one is ignored, so senders may retry at will. Old days are
dropped by deleting their file.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from pathlib import Path
from typing import Protocol

from backend_service.storage.day_files import DayFiles, day_of
from backend_service.storage.fix_archive import DAYS_LOOKED_BACK
from backend_service.storage.group_writer import GroupWriter
from backend_service.storage.kept_days import READING_ROWS, DaysInFiles, KeptDays
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import Instant, VehicleId

_COLUMNS = "device, vehicle, channel, read_at, received_at, value, state"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS readings (
    device TEXT NOT NULL, vehicle TEXT NOT NULL, channel TEXT NOT NULL, read_at REAL NOT NULL,
    received_at REAL NOT NULL, value REAL, state TEXT NOT NULL, PRIMARY KEY (vehicle, channel, read_at, device)
) WITHOUT ROWID
"""
_INSERT = f"INSERT OR IGNORE INTO readings ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_HISTORY = f"""
SELECT {_COLUMNS} FROM readings WHERE vehicle = ? AND channel = ? AND (read_at, device) > (?, ?) AND read_at < ?
ORDER BY read_at, device LIMIT ?
"""  # noqa: S608
# Hops from channel to channel along the primary key instead of reading the whole day.
_NEXT_CHANNEL = "SELECT vehicle, channel FROM readings WHERE (vehicle, channel) > (?, ?) ORDER BY 1, 2 LIMIT 1"
_NEWEST = f"""
SELECT {_COLUMNS} FROM readings WHERE vehicle = ? AND channel = ? ORDER BY read_at DESC, device LIMIT 1
"""  # noqa: S608

type _Row = tuple[str, str, str, float, float, float, str]
type _Days = dict[str, list[_Row]]
type Mark = tuple[Instant, str]
"""Where a page of history ended: the time of a reading and its device."""


class ReadingStore(Protocol):
    """What keeps readings, wherever: `tests/backend_service/storage` holds the contract suite."""

    async def append(self, batch: ReadingBatch) -> int:
        """Keep a batch, on disk when this returns; return how many rows were new. Raises a `Fault` if it cannot."""
        ...

    async def read(
        self,
        vehicle_id: VehicleId,
        channel: str,
        since_at: Instant,
        until_at: Instant,
        *,
        limit: int,
        after: Mark | None,
    ) -> ReadingBatch:
        """Return at most `limit` readings in [`since_at`, `until_at`), oldest first, from behind `after` on."""
        ...

    async def latest_per_channel(self) -> ReadingBatch:
        """Return the newest reading of each vehicle's channel in the last `DAYS_LOOKED_BACK` days that have any."""
        ...

    async def close(self) -> None:
        """Write what was handed in and let go of the storage."""
        ...

    def kept_days(self) -> KeptDays:
        """Return the days that are kept, as whole things."""
        ...


class ReadingArchive:
    """Keeps readings durably in SQLite files and gives them back as columns.

    Parameters
    ----------
    directory : holds ``readings-YYYY-MM-DD.sqlite``
    """

    def __init__(self, directory: Path) -> None:
        self._days = DayFiles(directory, "readings", schema=_SCHEMA, insert=_INSERT)
        self._writer: GroupWriter[_Days, int] = GroupWriter(
            "reading-archive",
            lambda calls: self._days.commit(calls, lambda rows: rows),
            on_end=self._days.close,
            most_waiting=500,
            most_together=200,
        )

    async def append(self, batch: ReadingBatch) -> int:
        """Keep a batch, on disk when this returns; return how many rows were new.

        Raises
        ------
        Fault
            ``readings.disk_full`` and the like. Rows of the batch may have been kept then; sending it again is safe.
        """
        return await self._writer.write(_by_day(batch)) if len(batch) else 0

    async def read(
        self,
        vehicle_id: VehicleId,
        channel: str,
        since_at: Instant,
        until_at: Instant,
        *,
        limit: int,
        after: Mark | None,
    ) -> ReadingBatch:
        """Return at most `limit` readings in [`since_at`, `until_at`), oldest first, from behind `after` on."""
        return await asyncio.to_thread(self._read, vehicle_id, channel, after or (since_at, ""), until_at, limit)

    async def latest_per_channel(self) -> ReadingBatch:
        """Return the newest reading of each vehicle's channel in the last `DAYS_LOOKED_BACK` days that have any."""
        return await asyncio.to_thread(self._latest)

    async def close(self) -> None:
        """Write what was handed in and let go of the files."""
        await self._writer.close()

    def kept_days(self) -> KeptDays:
        """Return the days that have a file."""
        return DaysInFiles(self._days, READING_ROWS)

    def _read(self, vehicle_id: VehicleId, channel: str, after: Mark, until_at: Instant, limit: int) -> ReadingBatch:
        rows: list[_Row] = []
        for file in self._days.between(after[0], until_at):
            if len(rows) < limit:
                arguments = (vehicle_id, channel, *after, until_at, limit - len(rows))
                rows += self._days.select(file, _HISTORY, arguments)
        return _columns(rows)

    def _latest(self) -> ReadingBatch:
        newest: dict[tuple[str, str], _Row] = {}
        for file in self._days.newest(DAYS_LOOKED_BACK):
            newest |= {(row[1], row[2]): row for row in self._newest_in(file)}
        return _columns(list(newest.values()))

    def _newest_in(self, file: Path) -> list[_Row]:
        newest: list[_Row] = []
        channel = ("", "")
        with self._days.reading(file) as database:
            while database and (channel := database.execute(_NEXT_CHANNEL, channel).fetchone()) is not None:
                newest.append(database.execute(_NEWEST, channel).fetchone())
        return newest


def _by_day(batch: ReadingBatch) -> _Days:
    days: _Days = defaultdict(list)
    for row in batch.rows():
        days[day_of(row[3], "readings")].append(row)  # sqlite3 stores nan as NULL
    return days


def _columns(rows: list[_Row]) -> ReadingBatch:
    return ReadingBatch.of([(*row[:5], float("nan") if row[5] is None else row[5], row[6]) for row in rows])
