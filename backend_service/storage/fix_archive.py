"""Every accepted fix, one SQLite file per UTC day of the fix's own time.

Columns go in by executemany in one transaction per group of callers (WAL, synchronous=FULL). A device has one fix per
instant: a repeated one is ignored, so senders may retry at will. Old days are dropped by deleting their file.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from backend_service.storage.day_files import DayFiles, day_of
from backend_service.storage.group_writer import GroupWriter
from backend_service.storage.kept_days import FIX_ROWS, DaysInFiles, KeptDays
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant, VehicleId

DAY_S = 86_400.0
DAYS_LOOKED_BACK = 3

_COLUMNS = (
    "device, vehicle, fix_at, received_at, arrived_wall_at, lat, lon, speed_mps, heading_deg, accuracy_m, is_valid"
)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS fixes (
    device TEXT NOT NULL, vehicle TEXT NOT NULL, fix_at REAL NOT NULL, received_at REAL NOT NULL,
    arrived_wall_at REAL NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL, speed_mps REAL, heading_deg REAL,
    accuracy_m REAL, is_valid INTEGER NOT NULL, PRIMARY KEY (vehicle, fix_at, device)
) WITHOUT ROWID
"""
_INSERT = f"INSERT OR IGNORE INTO fixes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_TRACK = f"SELECT {_COLUMNS} FROM fixes WHERE vehicle = ? AND fix_at >= ? AND fix_at < ? ORDER BY fix_at"  # noqa: S608
# Hops from vehicle to vehicle along the primary key instead of reading the whole day.
_LATEST = f"""
WITH RECURSIVE hop(name) AS (
    SELECT min(vehicle) FROM fixes
    UNION ALL SELECT (SELECT min(vehicle) FROM fixes WHERE vehicle > name) FROM hop WHERE name IS NOT NULL
)
SELECT {_COLUMNS} FROM hop JOIN fixes ON vehicle = name
    AND fix_at = (SELECT max(fix_at) FROM fixes WHERE vehicle = name AND is_valid) ORDER BY vehicle
"""  # noqa: S608

type _Days = dict[str, FixBatch]
"""Rows by the UTC day of their fix."""


class FixStore(Protocol):
    """What keeps fixes, wherever: `tests/backend_service/storage` holds the contract suite."""

    async def append(self, batch: FixBatch) -> int:
        """Keep a batch, on disk when this returns; return how many rows were new. Raises a `Fault` if it cannot."""
        ...

    async def read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        """Return the vehicle's fixes in [`since_at`, `until_at`), oldest first."""
        ...

    async def latest_per_vehicle(self) -> FixBatch:
        """Return the newest valid fix of each vehicle in the last `DAYS_LOOKED_BACK` days that have any."""
        ...

    async def close(self) -> None:
        """Write what was handed in and let go of the storage."""
        ...

    def kept_days(self) -> KeptDays:
        """Return the days that are kept, as whole things."""
        ...


class FixArchive:
    """Keeps fixes durably in SQLite files and gives them back as columns.

    Parameters
    ----------
    directory : holds ``fixes-YYYY-MM-DD.sqlite``
    """

    def __init__(self, directory: Path) -> None:
        self._days = DayFiles(directory, "fixes", schema=_SCHEMA, insert=_INSERT)
        self._writer: GroupWriter[_Days, int] = GroupWriter(
            "fix-archive",
            lambda calls: self._days.commit(calls, rows_of),
            on_end=self._days.close,
            most_waiting=500,
            most_together=200,
        )

    async def append(self, batch: FixBatch) -> int:
        """Keep a batch; on disk when this returns.

        Returns
        -------
        int
            How many rows were new; the others were there already.

        Raises
        ------
        Fault
            ``fixes.disk_full`` and the like, ``fixes.no_such_day`` for an instant beyond the calendar. Rows of
            the batch may have been kept then; sending it again is safe.
        """
        return await self._writer.write(_by_day(batch)) if len(batch) else 0

    async def read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        """Return the vehicle's fixes in [`since_at`, `until_at`), oldest first; faults as in `append`."""
        return await asyncio.to_thread(self._read, vehicle_id, since_at, until_at)

    async def latest_per_vehicle(self) -> FixBatch:
        """Return the newest valid fix of each vehicle in the last `DAYS_LOOKED_BACK` days that have any."""
        return await asyncio.to_thread(self._latest)

    async def close(self) -> None:
        """Write what was handed in and let go of the files."""
        await self._writer.close()

    def kept_days(self) -> KeptDays:
        """Return the days that have a file."""
        return DaysInFiles(self._days, FIX_ROWS)

    def _read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        files = self._days.between(since_at, until_at)
        arguments = (vehicle_id, since_at, until_at)
        return columns_of(row for file in files for row in self._days.select(file, _TRACK, arguments))

    def _latest(self) -> FixBatch:
        newest: dict[str, tuple[Any, ...]] = {}
        for file in self._days.newest(DAYS_LOOKED_BACK):
            newest |= {row[1]: row for row in self._days.select(file, _LATEST, ())}
        return columns_of(newest.values())


def _by_day(batch: FixBatch) -> _Days:
    day_numbers = np.floor(batch.fix_at / DAY_S)
    numbers = np.unique(day_numbers).tolist()
    days = [day_of(number * DAY_S, "fixes") for number in numbers]
    if len(days) == 1:
        return {days[0]: batch}
    return {day: batch.select(day_numbers == number) for day, number in zip(days, numbers, strict=True)}


def rows_of(batch: FixBatch) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a batch, columns in the order of `FixBatch`; sqlite3 stores nan as NULL."""
    return zip(
        batch.device.tolist(),
        batch.vehicle.tolist(),
        batch.fix_at.tolist(),
        batch.received_at.tolist(),
        batch.arrived_wall_at.tolist(),
        batch.lat.tolist(),
        batch.lon.tolist(),
        batch.speed_mps.tolist(),
        batch.heading_deg.tolist(),
        batch.accuracy_m.tolist(),
        batch.is_valid.tolist(),
        strict=True,
    )


def columns_of(rows: Iterable[tuple[Any, ...]]) -> FixBatch:
    """Return the batch of rows as `rows_of` yields them; ``None`` reads as nan."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        return FixBatch.empty()
    device, vehicle, *figures, is_valid = columns
    fix_at, received_at, arrived_wall_at, lat, lon, speed, heading, accuracy = (
        np.array(figure, dtype=np.float64) for figure in figures
    )
    return FixBatch(
        device=np.array(device, dtype=object),
        vehicle=np.array(vehicle, dtype=object),
        fix_at=fix_at,
        received_at=received_at,
        arrived_wall_at=arrived_wall_at,
        lat=lat,
        lon=lon,
        speed_mps=speed,
        heading_deg=heading,
        accuracy_m=accuracy,
        is_valid=np.array(is_valid, dtype=np.bool_),
    )
