"""Every accepted reading on PostgreSQL: one partition per UTC day of the reading's own time."""

from __future__ import annotations

from typing import Any, LiteralString, Self

import numpy as np

from backend_service.storage.day_files import check_days
from backend_service.storage.fix_archive import DAYS_LOOKED_BACK
from backend_service.storage.group_writer import GroupWriter
from backend_service.storage.kept_days import READING_ROWS, KeptDays
from backend_service.storage.postgres_connections import Connection, PostgresReaders
from backend_service.storage.postgres_day_tables import DAY_S, DayTable, DayTables, Part, newest_days, selected
from backend_service.storage.postgres_kept_days import DaysInPartitions
from backend_service.storage.reading_archive import Mark
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import Instant, VehicleId

READINGS = DayTable(
    kind="readings",
    columns="device, vehicle, channel, read_at, received_at, value, state",
    types=("text", "text", "text", "float8", "float8", "float8", "text"),
    definitions="""
        device text NOT NULL, vehicle text NOT NULL, channel text NOT NULL, read_at float8 NOT NULL,
        received_at float8 NOT NULL, value float8, state text NOT NULL
    """,
    key="vehicle, channel, read_at, device",
    instant="read_at",
)
# The first bound repeats what the mark says, so that days before it are not looked at.
_HISTORY: LiteralString = f"""
SELECT {READINGS.columns} FROM readings WHERE vehicle = %(vehicle)s AND channel = %(channel)s
    AND read_at >= %(since_at)s AND (read_at, device) > (%(since_at)s, %(device)s) AND read_at < %(until_at)s
ORDER BY read_at, device LIMIT %(limit)s
"""  # noqa: S608 - constants only
# Hops from channel to channel along the primary key instead of reading the whole day.
_LATEST: LiteralString = f"""
WITH RECURSIVE hop AS (
    (SELECT vehicle AS name, channel AS told FROM {{day}} ORDER BY vehicle, channel LIMIT 1)
    UNION ALL SELECT following.vehicle, following.channel FROM hop, LATERAL (
        SELECT vehicle, channel FROM {{day}} WHERE (vehicle, channel) > (name, told)
        ORDER BY vehicle, channel LIMIT 1) AS following
)
SELECT {READINGS.columns} FROM hop, LATERAL (
    SELECT * FROM {{day}} WHERE vehicle = name AND channel = told ORDER BY read_at DESC, device LIMIT 1) AS newest
"""  # noqa: S608 - constants only


class PostgresReadingArchive:
    """Keeps readings durably; the same promises as `ReadingArchive`. Make one with `open`."""

    def __init__(self, url: str, days: DayTables) -> None:
        self._kept_days = DaysInPartitions(url, READINGS, READING_ROWS, days.forget)
        self._readers = PostgresReaders(url, "readings")
        self._writer: GroupWriter[Part, int] = GroupWriter(
            "reading-archive", days.commit, on_end=days.close, most_waiting=500, most_together=200
        )

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the archive in the database at `url`, or make an empty one; blocks.

        Raises
        ------
        Fault
            ``readings.unavailable`` and the like.
        """
        return cls(url, DayTables(url, READINGS))

    async def append(self, batch: ReadingBatch) -> int:
        """Keep a batch, on disk when this returns, and return how many rows were new.

        Raises
        ------
        Fault
            ``readings.disk_full`` and the like, ``readings.no_such_day`` for an instant beyond the calendar. Sending
            the batch again is safe.
        """
        if not len(batch):
            return 0
        check_days(batch.read_at, "readings")
        days = np.unique(np.floor(batch.read_at / DAY_S)).astype(np.int64).tolist()
        return await self._writer.write((days, batch.rows()))

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
        first_at, device = after or (since_at, "")
        arguments = {
            "vehicle": vehicle_id,
            "channel": channel,
            "since_at": first_at,
            "device": device,
            "until_at": until_at,
            "limit": limit,
        }
        return ReadingBatch.of(await self._readers.rows(_HISTORY, arguments))

    async def latest_per_channel(self) -> ReadingBatch:
        """Return the newest reading of each vehicle's channel in the last `DAYS_LOOKED_BACK` days that have any."""
        return await self._readers.run(_latest)

    async def close(self) -> None:
        """Write what was handed in and let go of the connections."""
        await self._writer.close()
        await self._readers.close()

    def kept_days(self) -> KeptDays:
        """Return the days that have a partition."""
        return self._kept_days


def _latest(connection: Connection) -> ReadingBatch:
    newest: dict[tuple[str, str], Any] = {}
    for day in newest_days(connection, "readings", DAYS_LOOKED_BACK):
        newest |= {(row[1], row[2]): row for row in selected(connection, _LATEST, day)}
    return ReadingBatch.of(list(newest.values()))
