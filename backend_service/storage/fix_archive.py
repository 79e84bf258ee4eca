"""Every accepted fix, one SQLite file per UTC day of the fix's own time.

Batches land first as they come (`Landing`; WAL, synchronous=FULL), and are acknowledged then. Now and then what has
landed is put in order, vehicle by vehicle, into the days' tables: many fixes of a vehicle go to one page. Whoever reads
has that done before. A device has one fix per instant: a repeated one is ignored, so senders may retry at will, and
what was put in order twice after a crash is there once. Old days are dropped by deleting their file.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from backend_service.storage import near_in_files
from backend_service.storage.day_files import DayFiles, Row, check_days, day_of
from backend_service.storage.group_writer import GroupWriter
from backend_service.storage.kept_days import FIX_ROWS, DaysInFiles, KeptDays
from backend_service.storage.landing import FOLDER, Landing, landed_in, remove
from backend_service.storage.near_fixes import Passage, Searched, Sighting
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant, VehicleId

logger = logging.getLogger(__name__)

DAY_S = 86_400.0
DAYS_LOOKED_BACK = 3
ORDERED_EVERY_S = 60.0
ORDERED_ROWS = 250_000
"""What has landed is put in order after so long, and when it is so much: of 5,000 vehicles, 50 fixes each then."""

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

_TAKEN_OUT = 1_000

type _Days = dict[str, FixBatch]
"""Rows by the UTC day of their fix."""


class FixStore(Protocol):
    """What keeps fixes, wherever: `tests/backend_service/storage` holds the contract suite."""

    async def append(self, batch: FixBatch) -> None:
        """Keep a batch, on disk when this returns. Raises a `Fault` if it cannot."""
        ...

    async def read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        """Return the vehicle's fixes in [`since_at`, `until_at`), oldest first."""
        ...

    async def latest_per_vehicle(self) -> FixBatch:
        """Return the newest valid fix of each vehicle in the last `DAYS_LOOKED_BACK` days that have any."""
        ...

    async def seen_in(self, searched: Searched) -> list[Sighting]:
        """Return when vehicles were in a box, in any order."""
        ...

    async def around(self, passages: Sequence[Passage]) -> list[Row]:
        """Return (vehicle, fix_at, lat, lon, accuracy_m) of the fixes of passages, and of `AFTER` behind each.

        In any order; some may be there twice, or be of the time around.
        """
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
        self._landing = Landing(directory / FOLDER)
        self._writer: GroupWriter[FixBatch, None] = GroupWriter(
            "fix-archive", self._land, on_end=lambda: None, most_waiting=500, most_together=200
        )
        self._ordering = threading.Lock()
        self._is_much = threading.Event()
        self._is_closed = False
        self._orderly = threading.Thread(target=self._put_in_order_now_and_then, name="fix-archive-order", daemon=True)
        self._orderly.start()

    async def append(self, batch: FixBatch) -> None:
        """Keep a batch; on disk when this returns.

        Raises
        ------
        Fault
            ``fixes.disk_full`` and the like, ``fixes.no_such_day`` for an instant beyond the calendar. Nothing of the
            batch was kept then.
        """
        if not len(batch):
            return
        check_days(batch.fix_at, "fixes")
        await self._writer.write(batch)

    async def read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        """Return the vehicle's fixes in [`since_at`, `until_at`), oldest first; faults as in `append`."""
        return await asyncio.to_thread(self._read, vehicle_id, since_at, until_at)

    async def latest_per_vehicle(self) -> FixBatch:
        """Return the newest valid fix of each vehicle in the last `DAYS_LOOKED_BACK` days that have any."""
        return await asyncio.to_thread(self._latest)

    async def seen_in(self, searched: Searched) -> list[Sighting]:
        """Return when vehicles were in a box; faults as in `append`."""
        return await asyncio.to_thread(self._seen_in, searched)

    async def around(self, passages: Sequence[Passage]) -> list[Row]:
        """Return the fixes of passages, narrowly, and some behind each; faults as in `append`."""
        return await asyncio.to_thread(near_in_files.around, self._days, passages)

    async def close(self) -> None:
        """Write what was handed in, put it in order and let go of the files."""
        await self._writer.close()
        self._is_closed = True
        self._is_much.set()
        await asyncio.to_thread(self._orderly.join)

    def kept_days(self) -> KeptDays:
        """Return the days that have a file."""
        return _DaysInOrder(self._days, self._put_in_order)

    def _land(self, batches: Sequence[FixBatch]) -> Sequence[None]:
        self._landing.commit(batches)
        if self._landing.rows >= ORDERED_ROWS:
            self._is_much.set()
        return [None] * len(batches)

    def _put_in_order_now_and_then(self) -> None:
        try:
            while not self._is_closed:
                self._is_much.wait(ORDERED_EVERY_S)
                self._is_much.clear()
                self._put_in_order_if_possible()
            self._put_in_order_if_possible()
        finally:
            self._days.close()

    def _put_in_order_if_possible(self) -> None:
        try:
            self._put_in_order()
        except Fault as fault:  # what has landed stays on disk, and is tried again
            logger.warning("What has landed is not in order yet: %s", fault.sentence)
        except Exception:  # the thread's outer wall
            logger.exception("What has landed could not be put in order")

    def _put_in_order(self) -> None:
        """Bring everything that has landed to its days; raises a `Fault` if that cannot be, and loses nothing then."""
        with self._ordering:
            for file in self._landing.close_off():
                landed = FixBatch.concatenate(landed_in(file))
                if len(landed):
                    self._days.commit([_by_day(landed)], _rows_in_order)
                remove(file)

    def _read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        self._put_in_order()
        files = self._days.between(since_at, until_at)
        arguments = (vehicle_id, since_at, until_at)
        return columns_of(row for file in files for row in self._days.select(file, _TRACK, arguments))

    def _seen_in(self, searched: Searched) -> list[Sighting]:
        self._put_in_order()
        return near_in_files.seen_in(self._days, searched)

    def _latest(self) -> FixBatch:
        self._put_in_order()
        newest: dict[str, tuple[Any, ...]] = {}
        for file in self._days.newest(DAYS_LOOKED_BACK):
            newest |= {row[1]: row for row in self._days.select(file, _LATEST, ())}
        return columns_of(newest.values())


class _DaysInOrder(DaysInFiles):
    """The days that have a file, after what has landed was brought to them."""

    def __init__(self, files: DayFiles, put_in_order: Callable[[], None]) -> None:
        super().__init__(files, FIX_ROWS)
        self._put_in_order = put_in_order

    def days(self) -> list[str]:
        """Return the days that have a file, oldest first."""
        self._put_in_order()
        return super().days()

    def rows(self, day: str) -> Iterator[Row]:
        """Yield the rows of a day in the order of their keys."""
        self._put_in_order()
        return super().rows(day)


def _rows_in_order(batch: FixBatch) -> Iterator[tuple[Any, ...]]:
    """Yield rows vehicle by vehicle, oldest first, and those of one instant as they came."""
    names = batch.vehicle.tolist()
    ranks = {name: rank for rank, name in enumerate(sorted(set(names)))}
    order = np.lexsort((batch.fix_at, np.fromiter((ranks[name] for name in names), np.int32, len(names))))
    for first in range(0, len(order), _TAKEN_OUT):
        yield from rows_of(batch.select(order[first : first + _TAKEN_OUT]))


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
