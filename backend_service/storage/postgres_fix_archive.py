"""Every accepted fix on PostgreSQL: one partition per UTC day of the fix's own time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString, Self

import numpy as np

from backend_service.storage import postgres_near_fixes
from backend_service.storage.day_files import Row, check_days
from backend_service.storage.fix_archive import DAYS_LOOKED_BACK, columns_of, rows_of
from backend_service.storage.group_writer import GroupWriter
from backend_service.storage.kept_days import FIX_ROWS, KeptDays
from backend_service.storage.near_fixes import Passage, Searched, Sighting
from backend_service.storage.postgres_connections import Connection, PostgresReaders
from backend_service.storage.postgres_day_tables import DAY_S, DayTable, DayTables, Part, newest_days, selected
from backend_service.storage.postgres_kept_days import DaysInPartitions
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant, VehicleId

FIXES = DayTable(
    kind="fixes",
    columns="device, vehicle, fix_at, received_at, arrived_wall_at, lat, lon, speed_mps, heading_deg, accuracy_m,"
    " is_valid",
    types=("text", "text", *("float8",) * 8, "bool"),
    definitions="""
        device text NOT NULL, vehicle text NOT NULL, fix_at float8 NOT NULL, received_at float8 NOT NULL,
        arrived_wall_at float8 NOT NULL, lat float8 NOT NULL, lon float8 NOT NULL, speed_mps float8,
        heading_deg float8, accuracy_m float8, is_valid boolean NOT NULL
    """,
    key="vehicle, fix_at, device",
    instant="fix_at",
)
_TRACK: LiteralString = (
    f"SELECT {FIXES.columns} FROM fixes WHERE vehicle = %s AND fix_at >= %s AND fix_at < %s ORDER BY fix_at"  # noqa: S608
)
# Hops from vehicle to vehicle along the primary key instead of reading the whole day.
_LATEST: LiteralString = f"""
WITH RECURSIVE hop(name) AS (
    SELECT min(vehicle) FROM {{day}}
    UNION ALL SELECT (SELECT min(vehicle) FROM {{day}} WHERE vehicle > name) FROM hop WHERE name IS NOT NULL
)
SELECT {FIXES.columns} FROM hop JOIN {{day}} ON vehicle = name
    AND fix_at = (SELECT max(fix_at) FROM {{day}} WHERE vehicle = name AND is_valid)
"""  # noqa: S608 - constants only


class PostgresFixArchive:
    """Keeps fixes durably and gives them back as columns; the same promises as `FixArchive`. Make one with `open`."""

    def __init__(self, url: str, days: DayTables) -> None:
        self._kept_days = DaysInPartitions(url, FIXES, FIX_ROWS, days.forget)
        self._readers = PostgresReaders(url, "fixes")
        self._writer: GroupWriter[Part, int] = GroupWriter(
            "fix-archive", days.commit, on_end=days.close, most_waiting=500, most_together=200
        )

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the archive in the database at `url`, or make an empty one; blocks.

        Raises
        ------
        Fault
            ``fixes.unavailable`` and the like.
        """
        return cls(url, DayTables(url, FIXES))

    async def append(self, batch: FixBatch) -> None:
        """Keep a batch, on disk when this returns.

        Raises
        ------
        Fault
            ``fixes.disk_full`` and the like, ``fixes.no_such_day`` for an instant beyond the calendar. Sending the
            batch again is safe.
        """
        if not len(batch):
            return
        check_days(batch.fix_at, "fixes")
        days = np.unique(np.floor(batch.fix_at / DAY_S)).astype(np.int64).tolist()
        await self._writer.write((days, rows_of(batch)))

    async def read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        """Return the vehicle's fixes in [`since_at`, `until_at`), oldest first; faults as in `append`."""
        return columns_of(await self._readers.rows(_TRACK, (vehicle_id, since_at, until_at)))

    async def latest_per_vehicle(self) -> FixBatch:
        """Return the newest valid fix of each vehicle in the last `DAYS_LOOKED_BACK` days that have any."""
        return await self._readers.run(_latest)

    async def seen_in(self, searched: Searched) -> list[Sighting]:
        """Return when vehicles were in a box; faults as in `append`."""
        return await self._readers.run(lambda connection: postgres_near_fixes.seen_in(connection, searched))

    async def around(self, passages: Sequence[Passage]) -> list[Row]:
        """Return the fixes of passages, narrowly, and some behind each; faults as in `append`."""
        return await self._readers.run(lambda connection: postgres_near_fixes.around(connection, passages))

    async def close(self) -> None:
        """Write what was handed in and let go of the connections."""
        await self._writer.close()
        await self._readers.close()

    def kept_days(self) -> KeptDays:
        """Return the days that have a partition."""
        return self._kept_days


def _latest(connection: Connection) -> FixBatch:
    newest: dict[str, tuple[Any, ...]] = {}
    for day in newest_days(connection, "fixes", DAYS_LOOKED_BACK):
        newest |= {row[1]: row for row in selected(connection, _LATEST, day)}
    return columns_of(newest[vehicle] for vehicle in sorted(newest))
