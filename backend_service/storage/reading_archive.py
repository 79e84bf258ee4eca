"""Every accepted reading, one SQLite file per UTC day of its own time, as fixes are kept.

A device has one reading per channel and instant: a repeated one is ignored, so senders may retry at will. Old days are
dropped by deleting their file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from backend_service.storage.fix_archive import DAYS_LOOKED_BACK, DAYS_OPEN
from backend_service.storage.group_writer import GroupWriter
from backend_service.storage.sqlite_faults import fault_of
from core.refusals import Fault
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


class ReadingArchive:
    """Keeps readings durably and gives them back as columns.

    Parameters
    ----------
    directory : holds ``readings-YYYY-MM-DD.sqlite``
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._open_days: OrderedDict[str, sqlite3.Connection] = OrderedDict()
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._writer: GroupWriter[_Days, int] = GroupWriter(
            "reading-archive", self._commit, on_end=self._close_days, most_waiting=500, most_together=200
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

    def _commit(self, calls: Sequence[_Days]) -> list[int]:
        kept = [0] * len(calls)
        for day in sorted({day for call in calls for day in call}):
            parts = [(number, call[day]) for number, call in enumerate(calls) if day in call]
            try:
                for number, count in self._commit_day(day, parts):
                    kept[number] += count
            except sqlite3.Error as error:
                raise fault_of(error, "readings") from error
        return kept

    def _commit_day(self, day: str, parts: list[tuple[int, list[_Row]]]) -> list[tuple[int, int]]:
        database = self._database_of(day)
        database.execute("BEGIN IMMEDIATE")
        try:
            counts = [(number, database.executemany(_INSERT, rows).rowcount) for number, rows in parts]
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
        return counts

    def _database_of(self, day: str) -> sqlite3.Connection:
        if day in self._open_days:
            self._open_days.move_to_end(day)
            return self._open_days[day]
        path = self._directory / f"readings-{day}.sqlite"
        path.touch(mode=0o600)
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL"):
                database.execute(f"PRAGMA {pragma}").fetchall()
            database.execute(_SCHEMA)
        except sqlite3.Error:
            database.close()
            raise
        self._open_days[day] = database
        if len(self._open_days) > DAYS_OPEN:
            self._open_days.popitem(last=False)[1].close()
        return database

    def _close_days(self) -> None:
        while self._open_days:
            self._open_days.popitem()[1].close()

    def _read(self, vehicle_id: VehicleId, channel: str, after: Mark, until_at: Instant, limit: int) -> ReadingBatch:
        first, last = f"readings-{_day(after[0])}", f"readings-{_day(until_at)}"
        rows: list[_Row] = []
        for file in self._files():
            if first <= file.stem <= last and len(rows) < limit:
                arguments = (vehicle_id, channel, *after, until_at, limit - len(rows))
                rows += _select(file, _HISTORY, arguments)
        return _columns(rows)

    def _latest(self) -> ReadingBatch:
        newest: dict[tuple[str, str], _Row] = {}
        for file in self._files()[-DAYS_LOOKED_BACK:]:
            newest |= {(row[1], row[2]): row for row in _newest_in(file)}
        return _columns(list(newest.values()))

    def _files(self) -> list[Path]:
        return sorted(self._directory.glob("readings-*.sqlite"))


def _by_day(batch: ReadingBatch) -> _Days:
    days: _Days = defaultdict(list)
    for row in batch.rows():
        days[_day(row[3])].append(row)  # sqlite3 stores nan as NULL
    return days


def _day(instant: Instant) -> str:
    try:
        return datetime.fromtimestamp(instant, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise Fault("readings.no_such_day", f"{instant} is no instant of the calendar.") from error


def _newest_in(file: Path) -> list[_Row]:
    newest: list[_Row] = []
    channel = ("", "")
    try:
        with _opened(file) as database:
            while _has_table(database) and (channel := database.execute(_NEXT_CHANNEL, channel).fetchone()) is not None:
                newest.append(database.execute(_NEWEST, channel).fetchone())
    except sqlite3.Error as error:
        raise fault_of(error, "readings") from error
    return newest


def _has_table(database: sqlite3.Connection) -> bool:
    """Say whether the file came as far as its table: a power cut may have left it empty."""
    return database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'readings'").fetchone() is not None


def _select(file: Path, sql: str, arguments: tuple[Any, ...]) -> list[_Row]:
    try:
        with _opened(file) as database:
            return database.execute(sql, arguments).fetchall() if _has_table(database) else []
    except sqlite3.Error as error:
        raise fault_of(error, "readings") from error


def _opened(file: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None))


def _columns(rows: list[_Row]) -> ReadingBatch:
    return ReadingBatch.of([(*row[:5], float("nan") if row[5] is None else row[5], row[6]) for row in rows])
