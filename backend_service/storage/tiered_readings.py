"""Readings of two tiers asked as one: the days that the archive keeps, and the days that lie on the shelf as Parquet.

A page is made of the first readings of both: whatever lies beyond the last one of a tier's own page lies beyond the
page of both. What is in both counts once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from backend_service.storage.day_files import Row
from backend_service.storage.kept_days import READING_ROWS, KeptDays
from backend_service.storage.reading_archive import Mark, ReadingStore
from backend_service.storage.tiered_fixes import shelved_days
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import Instant, VehicleId

if TYPE_CHECKING:
    from backend_service.storage.parquet_shelf import ParquetShelf


class TieredReadings:
    """Implements `ReadingStore` by an archive and a shelf.

    Parameters
    ----------
    shelved_before : tells the instant from which on nothing lies on the shelf
    """

    def __init__(self, archive: ReadingStore, shelf: ParquetShelf, shelved_before: Callable[[], Instant]) -> None:
        self._archive = archive
        self._shelf = shelf
        self._shelved_before = shelved_before

    async def append(self, batch: ReadingBatch) -> int:
        """Keep a batch in the archive, also of a day that lies on the shelf: it is put beside it later."""
        return await self._archive.append(batch)

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
        """Return at most `limit` readings in [`since_at`, `until_at`), oldest first, from behind `after` on.

        Raises
        ------
        Fault
            Of the archive; ``archive.damaged``, ``archive.unreachable``.
        """
        kept = await self._archive.read(vehicle_id, channel, since_at, until_at, limit=limit, after=after)
        behind = after or (since_at, "")
        shelved = await asyncio.to_thread(self._shelved, vehicle_id, channel, behind, until_at, limit)
        if not shelved:
            return kept
        both: dict[Mark, Any] = {_mark(row): row for row in (*kept.rows(), *shelved)}
        return ReadingBatch.of([both[mark] for mark in sorted(both)[:limit]])

    async def latest_per_channel(self) -> ReadingBatch:
        """Return the newest reading of each vehicle's channel in the archive's newest days."""
        return await self._archive.latest_per_channel()

    async def close(self) -> None:
        """Close the archive."""
        await self._archive.close()

    def kept_days(self) -> KeptDays:
        """Return the days that the archive keeps."""
        return self._archive.kept_days()

    def _shelved(self, vehicle_id: VehicleId, channel: str, behind: Mark, until_at: Instant, limit: int) -> list[Any]:
        named = {"vehicle": vehicle_id, "channel": channel}
        found: list[Any] = []
        for day in shelved_days(self._shelf, READING_ROWS.kind, behind[0], until_at, self._shelved_before):
            if len(found) >= limit:
                break
            rows = self._shelf.rows(READING_ROWS, day, named, "read_at", behind[0], until_at)
            found += [_numbered(row) for row in rows if _mark(row) > behind]
        return found


def _mark(row: Row) -> Mark:
    """Return where a reading stands among those of its channel."""
    return row[3], row[0]


def _numbered(row: Row) -> Row:
    return (*row[:5], float("nan") if row[5] is None else row[5], row[6])
