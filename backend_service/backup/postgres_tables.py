"""Which tables of a service on PostgreSQL a backup holds, and how each is made in an empty database.

A test starts a service and asks the database for its tables: one that is neither kept nor made anew fails it.
"""

from __future__ import annotations

from typing import LiteralString

from psycopg import sql

from backend_service.event_log import postgres as event_log
from backend_service.people import postgres_accounts
from backend_service.storage import postgres_fix_archive, postgres_reading_archive
from backend_service.storage.postgres_connections import Connection
from backend_service.storage.postgres_day_tables import DayTable, day_number, make_day
from backend_service.storage.tables import metadata

LOG_TABLES = ("log_head", "events", "commands", "audit_leaves")
ACCOUNT_TABLES = ("people", "sessions", "withdrawn_tokens")
"""Taken only with the secrets: a password's hash can be guessed at leisure."""

DAY_TABLES: tuple[DayTable, ...] = (postgres_fix_archive.FIXES, postgres_reading_archive.READINGS)
MADE_ANEW = frozenset({"alembic_version", *metadata.tables})
"""Lists, which are written again from the log."""

_SCHEMAS: tuple[LiteralString, ...] = (
    event_log.SCHEMA,
    postgres_accounts.SCHEMA,
    *(table.schema for table in DAY_TABLES),
)


def make_tables(connection: Connection) -> None:
    """Make every table that is missing, the days apart."""
    connection.execute("SET LOCAL client_min_messages = warning")
    for schema in _SCHEMAS:
        connection.execute(schema)


def make_partition(connection: Connection, name: str) -> None:
    """Make the partition of a day, such as ``fixes_2025_11_20``, if it is missing and `name` is one's."""
    for table in DAY_TABLES:
        number = day_number(table, name)
        if number is not None:
            make_day(connection, table, number)


def is_kept(name: str) -> bool:
    """Tell whether a backup may hold a table of this name."""
    return name in {*LOG_TABLES, *ACCOUNT_TABLES} or any(day_number(table, name) is not None for table in DAY_TABLES)


def kept_tables(connection: Connection, *, with_secrets: bool) -> list[str]:
    """Return the names of what is there to be kept, partitions by themselves, oldest first."""
    names = [*LOG_TABLES, *(ACCOUNT_TABLES if with_secrets else ())]
    there = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
    ).fetchall()
    found = sorted(name for (name,) in there)
    days = [name for name in found if any(day_number(table, name) is not None for table in DAY_TABLES)]
    return [name for name in names if name in found] + days


def columns_of(connection: Connection, table: str) -> tuple[str, ...]:
    """Return the columns of a table in their order."""
    described = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(sql.Identifier(table))).description
    return tuple(column.name for column in described or ())
