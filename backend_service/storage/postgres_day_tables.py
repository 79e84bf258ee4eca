"""Rows kept in one PostgreSQL partition per UTC day, filled by binary COPY; what `DayFiles` is for SQLite.

Rows go by COPY into a table of the connection's own and from there into the day, where a row whose key is there already
is ignored. Old days are dropped by dropping their partition. Not for the event loop: `commit` and `close` run in a
`GroupWriter`'s thread.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from backend_service.storage.day_files import Row, day_of
from backend_service.storage.postgres_connections import Connection, connect, fault_of, fetched

DAY_S = 86_400.0

type Part = tuple[Collection[int], Iterable[Row]]
"""The days of a call's rows, counted from 1970-01-01, and the rows."""

_DAYS: LiteralString = """
SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
WHERE inhparent = %s::regclass ORDER BY c.relname DESC
"""


@dataclass(frozen=True, slots=True)
class DayTable:
    """What is kept by day.

    Parameters
    ----------
    kind : names the table, its partitions and the faults (``<kind>.disk_full``)
    columns, types : names, comma-separated, and PostgreSQL types of a row
    definitions : the columns with their types and constraints
    key : columns that no two rows share, comma-separated
    instant : the column that says on which day a row is
    """

    kind: LiteralString
    columns: LiteralString
    types: tuple[LiteralString, ...]
    definitions: LiteralString
    key: LiteralString
    instant: LiteralString

    @property
    def schema(self) -> LiteralString:
        """Return what makes the table, still without a day."""
        return (
            f"CREATE TABLE IF NOT EXISTS {self.kind} ({self.definitions}, PRIMARY KEY ({self.key}))"
            f" PARTITION BY RANGE ({self.instant})"
        )

    @property
    def stage(self) -> LiteralString:
        """Return what makes the connection's own table."""
        return (
            f"CREATE TEMPORARY TABLE staged_{self.kind} (call integer, place integer, {self.definitions})"
            " ON COMMIT DELETE ROWS"
        )

    @property
    def staging(self) -> LiteralString:
        """Return what fills the connection's own table."""
        return f"COPY staged_{self.kind} (call, place, {self.columns}) FROM STDIN (FORMAT BINARY)"

    @property
    def keeping(self) -> LiteralString:
        """Return what keeps the staged rows and counts the new ones of each call.

        Of the same row sent twice the first counts, as if the calls had come one after the other.
        """
        return f"""
            WITH firsts AS (SELECT DISTINCT ON ({self.key}) * FROM staged_{self.kind}
                    ORDER BY {self.key}, call, place),
                kept AS (INSERT INTO {self.kind} ({self.columns}) SELECT {self.columns} FROM firsts
                    ON CONFLICT DO NOTHING RETURNING {self.key})
            SELECT call, count(*) FROM firsts JOIN kept USING ({self.key}) GROUP BY call
        """  # noqa: S608 - constants only


class DayTables:
    """Writes rows into the partitions of one `DayTable`, and makes those that are missing.

    Raises
    ------
    Fault
        ``<kind>.unavailable`` and the like, when made.
    """

    def __init__(self, url: str, table: DayTable) -> None:
        self._url = url
        self._table = table
        self._known_days: set[int] = set()
        self._connection = self._connected()

    def commit(self, calls: Sequence[Part]) -> list[int]:
        """Keep the rows of every call in one transaction; return how many rows of each were new.

        Raises
        ------
        Fault
            ``<kind>.disk_full`` and the like. Then nothing was kept.
        """
        if self._connection.closed:
            self._connection = self._connected()
        try:
            with self._connection.transaction():
                for number in sorted({number for days, _ in calls for number in days} - self._known_days):
                    make_day(self._connection, self._table, number)
                    self._known_days.add(number)
                self._stage(calls)
                kept = dict(fetched(self._connection, self._table.keeping, ()))
        except psycopg.Error as error:
            self._known_days.clear()
            raise fault_of(error, self._table.kind) from error
        return [kept.get(number, 0) for number in range(len(calls))]

    def forget(self, number: int) -> None:
        """Make the day of this number, counted from 1970-01-01, anew when it is wanted again: it was dropped."""
        self._known_days.discard(number)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _connected(self) -> Connection:
        connection = connect(self._url, self._table.kind)
        try:
            for statement in ("SET client_min_messages = warning", self._table.schema, self._table.stage):
                connection.execute(statement)
        except psycopg.Error as error:
            connection.close()
            raise fault_of(error, self._table.kind) from error
        return connection

    def _stage(self, calls: Sequence[Part]) -> None:
        with self._connection.cursor() as cursor, cursor.copy(self._table.staging) as copy:
            copy.set_types(("int4", "int4", *self._table.types))
            for number, (_, rows) in enumerate(calls):
                for place, row in enumerate(rows):
                    copy.write_row((number, place, *row))


def make_day(connection: Connection, table: DayTable, number: int) -> None:
    """Make the partition of a day, counted from 1970-01-01, if it is missing."""
    begins_at = number * DAY_S
    day = day_of(begins_at, table.kind).replace("-", "_")
    connection.execute(
        sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})").format(
            sql.Identifier(f"{table.kind}_{day}"),
            sql.Identifier(table.kind),
            sql.Literal(begins_at),
            sql.Literal(begins_at + DAY_S),
        )
    )


def day_number(table: DayTable, name: str) -> int | None:
    """Return the day of the partition of this name, counted from 1970-01-01; ``None`` if it is none of `table`."""
    found = re.fullmatch(rf"{table.kind}_(\d{{4}})_(\d{{2}})_(\d{{2}})", name)
    if found is None:
        return None
    return date(*map(int, found.groups())).toordinal() - date(1970, 1, 1).toordinal()


def newest_days(connection: Connection, kind: str, days: int) -> list[str]:
    """Return the partitions of the last days that have any, oldest first."""
    return [name for (name,) in reversed(fetched(connection, _DAYS, (kind,))[:days])]


def selected(connection: Connection, query: LiteralString, day: str, arguments: Sequence[Any] = ()) -> list[Row]:
    """Return the rows of a query over one partition, which it names ``{day}``."""
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(sql.SQL(query).format(day=sql.Identifier(day)), arguments).fetchall()
