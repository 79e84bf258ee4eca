"""The days of a table on PostgreSQL as whole things: what `DaysInFiles` is for SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import LiteralString

import psycopg
from psycopg import sql

from backend_service.storage.day_files import Row
from backend_service.storage.kept_days import DAY_S, ROWS_AT_ONCE, DayLayout, day_begins_at
from backend_service.storage.postgres_connections import Connection, connect, fault_of
from backend_service.storage.postgres_day_tables import DayTable, newest_days

LONGEST_WAIT_MS = 2_000
"""Whoever waits to drop a table holds up all who write: while a backup reads, the day stays."""

_EVERY_DAY = 100_000
_COUNT: LiteralString = "SELECT count(*) FROM {}"


class DaysInPartitions:
    """The partitions of a `DayTable`.

    Parameters
    ----------
    forget : told the number of a day that is gone, so that it is made anew if it is wanted again
    """

    def __init__(self, url: str, table: DayTable, layout: DayLayout, forget: Callable[[int], None]) -> None:
        self.layout = layout
        self._url = url
        self._table = table
        self._forget = forget

    def days(self) -> list[str]:
        """Return the days that have a partition, oldest first; faults as in `rows`."""
        try:
            with connect(self._url, self._table.kind) as connection:
                names = newest_days(connection, self._table.kind, _EVERY_DAY)
        except psycopg.Error as error:
            raise fault_of(error, self._table.kind) from error
        prefix = f"{self._table.kind}_"
        return [name.removeprefix(prefix).replace("_", "-") for name in names]

    def state_of(self, day: str) -> int:
        """Return how many rows the day has: a partition only ever gets more; faults as in `rows`."""
        try:
            with connect(self._url, self._table.kind) as connection:
                return self._count(connection, day)
        except psycopg.Error as error:
            raise fault_of(error, self._table.kind) from error

    def rows(self, day: str) -> Iterator[Row]:
        """Yield the rows of a day in the order of their keys.

        Raises
        ------
        Fault
            ``<kind>.unavailable`` and the like.
        """
        key = sql.SQL(", ").join(
            sql.SQL('{} COLLATE "C"').format(sql.Identifier(name))
            if name in self.layout.texts
            else sql.Identifier(name)
            for name in self.layout.key
        )
        columns = sql.SQL(", ").join(map(sql.Identifier, self.layout.columns))
        query = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(columns, self._partition(day), key)
        try:
            with (
                connect(self._url, self._table.kind) as connection,
                connection.transaction(),
                connection.cursor("kept_day", binary=True) as cursor,
            ):
                cursor.itersize = ROWS_AT_ONCE
                cursor.execute(query)
                yield from cursor
        except psycopg.Error as error:
            raise fault_of(error, self._table.kind) from error

    def drop(self, day: str, state: int) -> bool:
        """Drop the day's partition, unless it has other rows than when `state` was told; faults as in `rows`."""
        partition = self._partition(day)
        try:
            with connect(self._url, self._table.kind) as connection, connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT_MS}ms'")
                connection.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(partition))
                if self._count(connection, day) != state:
                    return False
                connection.execute(sql.SQL("DROP TABLE {}").format(partition))
        except psycopg.Error as error:
            raise fault_of(error, self._table.kind) from error
        self._forget(int(day_begins_at(day) // DAY_S))
        return True

    def _count(self, connection: Connection, day: str) -> int:
        (count,) = connection.execute(sql.SQL(_COUNT).format(self._partition(day))).fetchone() or (0,)
        return int(count)

    def _partition(self, day: str) -> sql.Identifier:
        return sql.Identifier(f"{self._table.kind}_{day.replace('-', '_')}")
