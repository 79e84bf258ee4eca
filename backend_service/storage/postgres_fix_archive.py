"""Every accepted fix on PostgreSQL: one partition per UTC day of the fix's own time, filled by binary COPY.

Rows go by COPY into a table of the connection's own and from there into the day, where a fix that is there already is
ignored. Old days are dropped by dropping their partition.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString, Self

import numpy as np
import psycopg
from psycopg import sql

from backend_service.storage.day_files import day_of
from backend_service.storage.fix_archive import DAY_S, DAYS_LOOKED_BACK, columns_of, rows_of
from backend_service.storage.group_writer import GroupWriter
from backend_service.storage.postgres_connections import Connection, PostgresReaders, connect, fault_of, fetched
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant, VehicleId

_COLUMNS: LiteralString = (
    "device, vehicle, fix_at, received_at, arrived_wall_at, lat, lon, speed_mps, heading_deg, accuracy_m, is_valid"
)
_TYPES = ("int4", "int4", "text", "text", *("float8",) * 8, "bool")
_FIGURES: LiteralString = """
    device text NOT NULL, vehicle text NOT NULL, fix_at float8 NOT NULL, received_at float8 NOT NULL,
    arrived_wall_at float8 NOT NULL, lat float8 NOT NULL, lon float8 NOT NULL, speed_mps float8, heading_deg float8,
    accuracy_m float8, is_valid boolean NOT NULL
"""
_SCHEMA: LiteralString = (
    f"CREATE TABLE IF NOT EXISTS fixes ({_FIGURES}, PRIMARY KEY (vehicle, fix_at, device)) PARTITION BY RANGE (fix_at)"
)
_STAGE: LiteralString = (
    f"CREATE TEMPORARY TABLE staged_fixes (call integer, place integer, {_FIGURES}) ON COMMIT DELETE ROWS"
)
# Of the same fix sent twice the first counts, as if the calls had come one after the other.
_KEEP: LiteralString = f"""
WITH firsts AS (SELECT DISTINCT ON (vehicle, fix_at, device) * FROM staged_fixes
        ORDER BY vehicle, fix_at, device, call, place),
    kept AS (INSERT INTO fixes ({_COLUMNS}) SELECT {_COLUMNS} FROM firsts
        ON CONFLICT DO NOTHING RETURNING vehicle, fix_at, device)
SELECT call, count(*) FROM firsts JOIN kept USING (vehicle, fix_at, device) GROUP BY call
"""  # noqa: S608 - constants only
_TRACK: LiteralString = (
    f"SELECT {_COLUMNS} FROM fixes WHERE vehicle = %s AND fix_at >= %s AND fix_at < %s ORDER BY fix_at"  # noqa: S608
)
# Hops from vehicle to vehicle along the primary key instead of reading the whole day.
_LATEST: LiteralString = f"""
WITH RECURSIVE hop(name) AS (
    SELECT min(vehicle) FROM {{day}}
    UNION ALL SELECT (SELECT min(vehicle) FROM {{day}} WHERE vehicle > name) FROM hop WHERE name IS NOT NULL
)
SELECT {_COLUMNS} FROM hop JOIN {{day}} ON vehicle = name
    AND fix_at = (SELECT max(fix_at) FROM {{day}} WHERE vehicle = name AND is_valid)
"""  # noqa: S608 - constants only
_DAYS: LiteralString = """
SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
WHERE inhparent = 'fixes'::regclass ORDER BY c.relname DESC
"""


class PostgresFixArchive:
    """Keeps fixes durably and gives them back as columns; the same promises as `FixArchive`. Make one with `open`."""

    def __init__(self, url: str, writer: Connection) -> None:
        self._url = url
        self._connection = writer
        self._days: set[str] = set()
        self._readers = PostgresReaders(url, "fixes")
        self._writer: GroupWriter[FixBatch, int] = GroupWriter(
            "fix-archive", self._commit, on_end=lambda: self._connection.close(), most_waiting=500, most_together=200
        )

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the archive in the database at `url`, or make an empty one; blocks.

        Raises
        ------
        Fault
            ``fixes.unavailable`` and the like.
        """
        return cls(url, _writer(url))

    async def append(self, batch: FixBatch) -> int:
        """Keep a batch, on disk when this returns, and return how many rows were new.

        Raises
        ------
        Fault
            ``fixes.disk_full`` and the like, ``fixes.no_such_day`` for an instant beyond the calendar. Sending the
            batch again is safe.
        """
        if not len(batch):
            return 0
        for instant in (batch.fix_at.min(), batch.fix_at.max()):
            day_of(float(instant), "fixes")
        return await self._writer.write(batch)

    async def read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        """Return the vehicle's fixes in [`since_at`, `until_at`), oldest first; faults as in `append`."""
        return columns_of(await self._readers.rows(_TRACK, (vehicle_id, since_at, until_at)))

    async def latest_per_vehicle(self) -> FixBatch:
        """Return the newest valid fix of each vehicle in the last `DAYS_LOOKED_BACK` days that have any."""
        return await self._readers.run(_latest)

    async def close(self) -> None:
        """Write what was handed in and let go of the connections."""
        await self._writer.close()
        await self._readers.close()

    def _commit(self, calls: Sequence[FixBatch]) -> list[int]:
        if self._connection.closed:
            self._connection = _writer(self._url)
        try:
            with self._connection.transaction():
                for number in np.unique(np.floor(np.concatenate([batch.fix_at for batch in calls]) / DAY_S)):
                    self._make_day(float(number) * DAY_S)
                _stage(self._connection, calls)
                kept = dict(fetched(self._connection, _KEEP, ()))
        except psycopg.Error as error:
            self._days.clear()
            raise fault_of(error, "fixes") from error
        return [kept.get(number, 0) for number in range(len(calls))]

    def _make_day(self, begins_at: Instant) -> None:
        name = f"fixes_{day_of(begins_at, 'fixes').replace('-', '_')}"
        if name in self._days:
            return
        self._connection.execute(
            sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF fixes FOR VALUES FROM ({}) TO ({})").format(
                sql.Identifier(name), sql.Literal(begins_at), sql.Literal(begins_at + DAY_S)
            )
        )
        self._days.add(name)


def _writer(url: str) -> Connection:
    connection = connect(url, "fixes")
    try:
        for statement in ("SET client_min_messages = warning", _SCHEMA, _STAGE):
            connection.execute(statement)
    except psycopg.Error as error:
        connection.close()
        raise fault_of(error, "fixes") from error
    return connection


def _stage(connection: Connection, calls: Sequence[FixBatch]) -> None:
    into: LiteralString = f"COPY staged_fixes (call, place, {_COLUMNS}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        copy.set_types(_TYPES)
        for number, batch in enumerate(calls):
            for place, row in enumerate(rows_of(batch)):
                copy.write_row((number, place, *row))


def _latest(connection: Connection) -> FixBatch:
    newest: dict[str, tuple[Any, ...]] = {}
    for (day,) in reversed(fetched(connection, _DAYS, ())[:DAYS_LOOKED_BACK]):
        with connection.cursor(binary=True) as cursor:
            found = cursor.execute(sql.SQL(_LATEST).format(day=sql.Identifier(day))).fetchall()
        newest |= {row[1]: row for row in found}
    return columns_of(newest[vehicle] for vehicle in sorted(newest))
