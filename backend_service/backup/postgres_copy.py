"""The tables of a service on PostgreSQL, copied as of one instant while it writes.

One REPEATABLE READ transaction sees everything as of its first query; the rows leave it by binary COPY, a file for each
table and each day. The tables are locked against being dropped meanwhile, which hinders no writer (as pg_dump does).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

from backend_service.backup.manifest import KeptTable
from backend_service.backup.postgres_tables import columns_of, kept_tables
from backend_service.storage.postgres_connections import Connection, connect, fault_of
from core.refusals import Fault

FOLDER = "database"

type Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a log goes: its last position, and how many of its entries are audited."""

    log_id: str
    position: int
    audited: int


class DatabaseAtAnInstant:
    """What the database holds as of one instant. Make one with `open`."""

    def __init__(self, connection: Connection, *, with_secrets: bool) -> None:
        self._connection = connection
        self._tables = kept_tables(connection, with_secrets=with_secrets)

    @classmethod
    @contextmanager
    def open(cls, url: str, *, with_secrets: bool) -> Iterator[Self]:
        """Look at the database at `url` inside.

        Raises
        ------
        Fault
            ``backup.no_log`` if no service has kept anything there; ``backup.*`` as in `fault_of`.
        """
        connection = connect(url, "backup", read_only=True)
        try:
            connection.execute("SET statement_timeout = 0")  # a table may be large
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            database = cls(connection, with_secrets=with_secrets)
            database._hold()
            yield database
        except psycopg.Error as error:
            raise fault_of(error, "backup") from error
        finally:
            connection.close()

    def extent(self) -> Extent:
        """Return how far the log goes."""
        row = self._connection.execute("SELECT log_id, position, leaves FROM log_head").fetchone()
        assert row is not None, "a log that was opened has a head"
        return Extent(*row)

    def copy(self, draft: Path, say: Say) -> tuple[KeptTable, ...]:
        """Write a file for each table below `draft`, and return what there is."""
        (draft / FOLDER).mkdir(mode=0o700)
        return tuple(self._copy_table(name, draft, say) for name in self._tables)

    def _hold(self) -> None:
        """Keep what was found from being dropped."""
        if "log_head" not in self._tables:
            raise Fault("backup.no_log", "There is no log in that database. Name the one that the service uses.")
        names = sql.SQL(", ").join(map(sql.Identifier, self._tables))
        self._connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))

    def _copy_table(self, name: str, draft: Path, say: Say) -> KeptTable:
        columns = columns_of(self._connection, name)
        leaving = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT BINARY)").format(
            sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        file = draft / FOLDER / f"{name}.copy"
        file.touch(mode=0o600)
        with self._connection.cursor() as cursor:
            with file.open("wb") as written, cursor.copy(leaving) as rows:
                for part in rows:
                    written.write(part)
            kept = KeptTable(name, columns, cursor.rowcount)
        say(f"{name}: {kept.rows} rows")
        return kept
