"""What verification looks at: one consistent view of the records and leaves of a log, wherever it is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString, Protocol, Self

import psycopg

from backend_service.event_log.stored_record import COLUMNS
from backend_service.storage import postgres_connections, sqlite_faults

_LEAVES: LiteralString = "SELECT leaf_index, position, leaf_hash FROM audit_leaves ORDER BY leaf_index"
_RECORDS: LiteralString = f"SELECT {COLUMNS}, digest FROM events ORDER BY position"  # noqa: S608 - constants only
_RECORD: LiteralString = f"SELECT {COLUMNS}, digest FROM events WHERE position = "  # noqa: S608 - constants only
_PAGE = 2_000


class Evidence(Protocol):
    """A context manager; inside it what is read is of one instant. Every method may raise a `Fault`."""

    def leaves(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield (leaf index, position, leaf hash) by leaf index."""
        ...

    def records(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows of `COLUMNS` and the digest, by position."""
        ...

    def record(self, position: int) -> Iterator[tuple[Any, ...]]:
        """Yield the row at a position, as in `records`; nothing where there is none."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class SqliteEvidence:
    """Reads the embedded log's file without changing it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        try:
            uri = f"{self._path.resolve().as_uri()}?mode=ro"
            self._connection = sqlite3.connect(uri, uri=True, isolation_level=None)
            self._connection.execute("BEGIN")
        except sqlite3.Error as error:
            raise sqlite_faults.fault_of(error, "log") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def leaves(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield (leaf index, position, leaf hash) by leaf index."""
        for index, position, leaf in self._rows(_LEAVES):
            yield index, position, bytes(leaf)

    def records(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows of `COLUMNS` and the digest, by position."""
        return self._rows(_RECORDS)

    def record(self, position: int) -> Iterator[tuple[Any, ...]]:
        """Yield the row at a position, as in `records`; nothing where there is none."""
        return self._rows(_RECORD + "?", position)

    def _rows(self, sql: str, *arguments: int) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._connection.execute(sql, arguments)
        except sqlite3.Error as error:
            raise sqlite_faults.fault_of(error, "log") from error


class PostgresEvidence:
    """Reads the log in the database at `url`, a page at a time."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> Self:
        self._connection = postgres_connections.connect(self._url, "log", read_only=True)
        try:
            self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        except psycopg.Error as error:
            self._connection.close()
            raise postgres_connections.fault_of(error, "log") from error
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def leaves(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield (leaf index, position, leaf hash) by leaf index."""
        for index, position, leaf in self._rows("leaves", _LEAVES):
            yield index, position, bytes(leaf)

    def records(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows of `COLUMNS` and the digest, by position."""
        return self._rows("records", _RECORDS)

    def record(self, position: int) -> Iterator[tuple[Any, ...]]:
        """Yield the row at a position, as in `records`; nothing where there is none."""
        return self._rows("record", _RECORD + "%s", position)

    def _rows(self, name: str, sql: LiteralString, *arguments: int) -> Iterator[tuple[Any, ...]]:
        try:
            with self._connection.cursor(name) as cursor:
                cursor.itersize = _PAGE
                yield from cursor.execute(sql, arguments or None, binary=True)
        except psycopg.Error as error:
            raise postgres_connections.fault_of(error, "log") from error
