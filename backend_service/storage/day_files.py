"""Rows kept in one SQLite file per UTC day: opened when needed, written together, read without holding the writer.

What `FixArchive` and `ReadingArchive` have in common; what a row is, and what is asked of the files, is theirs. Not for
the event loop: the writer's part runs in a `GroupWriter`'s thread, the reader's in any.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import batched, chain
from pathlib import Path
from typing import Any

from backend_service.storage.sqlite_faults import fault_of
from core.refusals import Fault
from core.telemetry.fix_batch import Column
from core.vocabulary import Instant

DAYS_OPEN = 4
ROWS_PER_STATEMENT = 250
# Rows of thousands of vehicles go to as many pages: these have to stay in memory (32 MB), and a page that is written
# again and again goes from the log to the file now and then only. With SQLite's own 2 and 4 MB half as many rows fit.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-32768", "wal_autocheckpoint=8000")

type Row = tuple[Any, ...]


class DayFiles:
    """The files ``<kind>-YYYY-MM-DD.sqlite`` of a directory.

    Parameters
    ----------
    kind : names the files, their one table, and the faults (``<kind>.disk_full``)
    schema, insert : SQL that makes the table where it is missing, and that keeps one row
    """

    def __init__(self, directory: Path, kind: str, *, schema: str, insert: str) -> None:
        self._directory = directory
        self._kind = kind
        self._schema = schema
        self._insert = insert
        self._insert_many = _repeated(insert, ROWS_PER_STATEMENT)
        self._open_days: OrderedDict[str, sqlite3.Connection] = OrderedDict()
        self._changes: Counter[str] = Counter()
        self._writing = threading.Lock()
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def commit[Part](self, calls: Sequence[Mapping[str, Part]], rows_of: Callable[[Part], Iterable[Row]]) -> list[int]:
        """Keep every call's parts by day, one transaction a day; return how many rows of each call were new.

        Raises
        ------
        Fault
            ``<kind>.disk_full`` and the like. Days before the one that failed have been kept then.
        """
        kept = [0] * len(calls)
        for day in sorted({day for call in calls for day in call}):
            parts = [(number, rows_of(call[day])) for number, call in enumerate(calls) if day in call]
            try:
                with self._writing:
                    self._changes[day] += 1
                    counts = self._commit_day(day, parts)
                for number, count in counts:
                    kept[number] += count
            except sqlite3.Error as error:
                raise fault_of(error, self._kind) from error
        return kept

    def close(self) -> None:
        """Let go of the files that are open for writing."""
        while self._open_days:
            self._open_days.popitem()[1].close()

    def newest(self, days: int) -> list[Path]:
        """Return the files of the last days that have any, oldest first."""
        return self.files()[-days:]

    def path_of(self, day: str) -> Path:
        """Return where a day's file is, or would be."""
        return self._directory / f"{self._kind}-{day}.sqlite"

    def changes(self, day: str) -> int:
        """Return how many commits added to a day since the start of the process."""
        return self._changes[day]

    def drop(self, day: str, changes: int) -> bool:
        """Delete a day's file; return ``False`` if more was added to it than `changes` says: then it stays."""
        with self._writing:
            if self._changes[day] != changes:
                return False
            database = self._open_days.pop(day, None)
            if database is not None:
                database.close()
            for suffix in ("", "-wal", "-shm"):
                self.path_of(day).with_name(self.path_of(day).name + suffix).unlink(missing_ok=True)
        return True

    def between(self, since_at: Instant, until_at: Instant) -> list[Path]:
        """Return the files of the days from `since_at` to `until_at`, oldest first; errors as in `day_of`."""
        first, last = (f"{self._kind}-{day_of(instant, self._kind)}" for instant in (since_at, until_at))
        return [file for file in self.files() if first <= file.stem <= last]

    def select(self, file: Path, sql: str, arguments: Row) -> list[Row]:
        """Return what a file answers; nothing if a power cut left it without its table."""
        with self.reading(file) as database:
            return [] if database is None else database.execute(sql, arguments).fetchall()

    @contextmanager
    def reading(self, file: Path) -> Iterator[sqlite3.Connection | None]:
        """Open a file for reading inside; ``None`` if it is gone, or a power cut left it without its table."""
        if not file.exists():
            yield None
            return
        try:
            database = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
            try:
                table = database.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (self._kind,)).fetchone()
                yield database if table else None
            finally:
                database.close()
        except sqlite3.Error as error:
            raise fault_of(error, self._kind) from error

    def _commit_day(self, day: str, parts: list[tuple[int, Iterable[Row]]]) -> list[tuple[int, int]]:
        database = self._database_of(day)
        database.execute("BEGIN IMMEDIATE")
        try:
            counts = [(number, self._insert_all(database, rows)) for number, rows in parts]
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
        return counts

    def _insert_all(self, database: sqlite3.Connection, rows: Iterable[Row]) -> int:
        """Keep rows, many by one statement: after each the interpreter is the event loop's until it lets go."""
        new = 0
        for some in batched(rows, ROWS_PER_STATEMENT):
            if len(some) == ROWS_PER_STATEMENT:
                new += database.execute(self._insert_many, tuple(chain.from_iterable(some))).rowcount
            else:
                new += database.executemany(self._insert, some).rowcount
        return new

    def _database_of(self, day: str) -> sqlite3.Connection:
        if day in self._open_days:
            self._open_days.move_to_end(day)
            return self._open_days[day]
        path = self.path_of(day)
        path.touch(mode=0o600)
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                database.execute(f"PRAGMA {pragma}").fetchall()
            database.execute(self._schema)
        except sqlite3.Error:
            database.close()
            raise
        self._open_days[day] = database
        if len(self._open_days) > DAYS_OPEN:
            self._open_days.popitem(last=False)[1].close()
        return database

    def files(self) -> list[Path]:
        """Return the files of all days, oldest first."""
        return sorted(self._directory.glob(f"{self._kind}-*.sqlite"))


def _repeated(insert: str, times: int) -> str:
    """Return ``INSERT ... VALUES (...)`` with its row of question marks so many times."""
    head, values, row = insert.partition("VALUES ")
    return head + values + ", ".join([row] * times)


def check_days(instants: Column, kind: str) -> None:
    """Raise the fault of `day_of` unless all instants, (n,) with n >= 1, are of the calendar."""
    for instant in (instants.min(), instants.max()):
        day_of(float(instant), kind)


def day_of(instant: Instant, kind: str) -> str:
    """Return the UTC day of an instant as ISO 8601; raises the fault ``<kind>.no_such_day`` beyond the calendar."""
    try:
        return datetime.fromtimestamp(instant, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise Fault(f"{kind}.no_such_day", f"{instant} is no instant of the calendar.") from error
