"""Fills an empty database with the tables of a backup: all of them in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from backend_service.backup.manifest import KeptTable
from backend_service.backup.postgres_copy import FOLDER
from backend_service.backup.postgres_tables import is_kept, kept_tables, make_partition, make_tables
from backend_service.event_log.postgres import take_lock
from backend_service.storage.postgres_connections import Connection, connect, fault_of
from core.refusals import Fault

_PART_BYTES = 1_048_576


@contextmanager
def filled_database(url: str, draft: Path, tables: Sequence[KeptTable]) -> Iterator[None]:
    """Fill the database at `url` from the files below `draft`; kept only if what is inside ends well.

    Raises
    ------
    Fault
        ``restore.not_empty`` if something is kept there, ``log.in_use`` if a service runs on it, ``backup.unreadable``
        for a file that does not hold what the manifest says; ``restore.*`` as in `fault_of`. Then it is as it was.
    """
    connection = connect(url, "restore")
    try:
        connection.execute("SET statement_timeout = 0")  # a table may be large
        take_lock(connection)
        with connection.transaction():
            _require_empty(connection)
            make_tables(connection)
            for table in tables:
                _fill(connection, draft, table)
            yield
    except psycopg.DataError as error:
        said = str(error).partition("\n")[0]
        raise Fault("backup.unreadable", f"The backup cannot be read ({said}). Nothing was restored.") from error
    except psycopg.Error as error:
        raise fault_of(error, "restore") from error
    finally:
        connection.close()


def _require_empty(connection: Connection) -> None:
    there = kept_tables(connection, with_secrets=True)
    if there:
        raise Fault(
            "restore.not_empty",
            f"The database holds {', '.join(there[:3])} already, and nothing is overwritten. Name an empty one.",
        )


def _fill(connection: Connection, draft: Path, table: KeptTable) -> None:
    if not is_kept(table.name):
        raise Fault("backup.unreadable", f"The backup holds a table {table.name} that this version does not know.")
    make_partition(connection, table.name)
    entering = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    with connection.cursor() as cursor:
        with (draft / FOLDER / f"{table.name}.copy").open("rb") as rows, cursor.copy(entering) as copy:
            while part := rows.read(_PART_BYTES):
                copy.write(part)
        if cursor.rowcount != table.rows:
            raise Fault("backup.unreadable", f"{table.name} holds {cursor.rowcount} rows instead of {table.rows}.")
