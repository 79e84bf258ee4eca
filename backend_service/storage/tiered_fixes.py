"""Fixes of two tiers asked as one: the days that the archive keeps, and the days that lie on the shelf as Parquet.

The archive is asked first: a day is on the shelf before it leaves the archive, so that it is found in one of the two
whenever a question comes. What is in both counts once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from backend_service.storage.day_files import Row, day_of
from backend_service.storage.fix_archive import FixStore, columns_of
from backend_service.storage.kept_days import FIX_ROWS, KeptDays
from backend_service.storage.near_fixes import BEFORE_S, NARROW, Passage, Searched, Sighting
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant, VehicleId

if TYPE_CHECKING:
    from backend_service.storage.parquet_shelf import ParquetShelf


class TieredFixes:
    """Implements `FixStore` by an archive and a shelf.

    Parameters
    ----------
    shelved_before : tells the instant from which on nothing lies on the shelf: questions about the time after do not
        need it. Without it everything may lie there
    """

    def __init__(
        self, archive: FixStore, shelf: ParquetShelf, shelved_before: Callable[[], Instant] | None = None
    ) -> None:
        self._archive = archive
        self._shelf = shelf
        self._shelved_before = shelved_before

    async def append(self, batch: FixBatch) -> None:
        """Keep a batch in the archive, also of a day that lies on the shelf: it is put beside it later."""
        await self._archive.append(batch)

    async def read(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        """Return the vehicle's fixes in [`since_at`, `until_at`), oldest first.

        Raises
        ------
        Fault
            Of the archive; ``archive.damaged``, ``archive.unreachable``.
        """
        kept = await self._archive.read(vehicle_id, since_at, until_at)
        shelved = await asyncio.to_thread(self._shelved, vehicle_id, since_at, until_at)
        return kept if not len(shelved) else _once(FixBatch.concatenate([shelved, kept]))

    async def latest_per_vehicle(self) -> FixBatch:
        """Return the newest valid fix of each vehicle in the archive's newest days."""
        return await self._archive.latest_per_vehicle()

    async def seen_in(self, searched: Searched) -> list[Sighting]:
        """Return when vehicles were in a box; faults as in `read`."""
        kept = await self._archive.seen_in(searched)
        return kept + await asyncio.to_thread(self._seen_on_shelf, searched)

    async def around(self, passages: Sequence[Passage]) -> list[Row]:
        """Return the fixes of passages and some behind each, narrowly; faults as in `read`."""
        kept = await self._archive.around(passages)
        return kept + await asyncio.to_thread(self._around_on_shelf, passages)

    async def close(self) -> None:
        """Close the archive."""
        await self._archive.close()

    def kept_days(self) -> KeptDays:
        """Return the days that the archive keeps."""
        return self._archive.kept_days()

    def _shelved(self, vehicle_id: VehicleId, since_at: Instant, until_at: Instant) -> FixBatch:
        days = shelved_days(self._shelf, FIX_ROWS.kind, since_at, until_at, self._shelved_before)
        named = {"vehicle": vehicle_id}
        return columns_of(
            row for day in days for row in self._shelf.rows(FIX_ROWS, day, named, "fix_at", since_at, until_at)
        )

    def _seen_on_shelf(self, searched: Searched) -> list[Sighting]:
        box, since_at, until_at = searched.box, searched.since_at, searched.until_at
        wanted: list[tuple[str, str, Any]] = [
            *(("vehicle", ">=", searched.first), ("vehicle", "<=", searched.last)),
            *(("lat", ">=", box.south), ("lat", "<=", box.north), ("lon", ">=", box.west), ("lon", "<=", box.east)),
            *(("fix_at", ">=", since_at), ("fix_at", "<", until_at)),
        ]
        return [row[:2] for row in self._narrow_on_shelf(since_at, until_at, wanted)]

    def _around_on_shelf(self, passages: Sequence[Passage]) -> list[Row]:
        """Return all that the vehicles of passages did in the time around: whole days are read anyway."""
        if not passages:
            return []
        since_at = min(one.from_at for one in passages) - BEFORE_S
        until_at = max(one.ends_at for one in passages)
        names = {passage.vehicle for passage in passages}
        wanted = [("vehicle", "in", names), ("fix_at", ">=", since_at), ("fix_at", "<", until_at)]
        return list(self._narrow_on_shelf(since_at, until_at, wanted))

    def _narrow_on_shelf(
        self, since_at: Instant, until_at: Instant, wanted: list[tuple[str, str, Any]]
    ) -> Iterator[Row]:
        for day in shelved_days(self._shelf, FIX_ROWS.kind, since_at, until_at, self._shelved_before):
            table = self._shelf.table(FIX_ROWS.kind, day, NARROW, wanted)
            yield from zip(*(column.to_pylist() for column in table.columns), strict=True)


def shelved_days(
    shelf: ParquetShelf,
    kind: str,
    since_at: Instant,
    until_at: Instant,
    shelved_before: Callable[[], Instant] | None,
) -> list[str]:
    """Return the days on the shelf that hold anything of [`since_at`, `until_at`), oldest first.

    The shelf is not asked about a time of which nothing can lie there: while it is away, the present is still told.
    """
    if shelved_before is not None and since_at >= shelved_before():
        return []
    first, last = (day_of(instant, kind) for instant in (since_at, until_at))
    return [day for day in shelf.days(kind) if first <= day <= last]


def _once(batch: FixBatch) -> FixBatch:
    """Return a vehicle's fixes in order of time, each once."""
    order = np.lexsort((batch.device.astype(str), batch.fix_at))
    ordered = batch.select(order)
    repeats = np.zeros(len(ordered), dtype=np.bool_)
    repeats[1:] = (ordered.fix_at[1:] == ordered.fix_at[:-1]) & (ordered.device[1:] == ordered.device[:-1])
    return ordered.select(~repeats)
