"""Days that are over as Parquet files in a folder: one file a day, whole or not at all, and proved before it counts.

A file is written beside its place, synced, read back and compared by number of rows and digest, and only then takes its
name. So whatever a crash leaves is either nothing, a draft that the next run overwrites, or a day that is whole. Rows
lie in the order of their keys, vehicle first, so that a question about one vehicle reads a few row groups of a day.
"""

from __future__ import annotations

import hashlib
import heapq
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import batched, groupby
from pathlib import Path
from typing import Any, Self

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from backend_service.storage.day_files import Row
from backend_service.storage.durable_files import sync_names
from backend_service.storage.kept_days import ROWS_AT_ONCE, DayLayout, Holding, KeptDays
from core.refusals import Fault, Refusal
from core.vocabulary import Instant

_ROWS, _DIGEST = "tower.rows", "tower.sha256"


class _Tally:
    """Counts and digests rows in parts, column by column; how they are cut into parts makes no difference."""

    def __init__(self, layout: DayLayout) -> None:
        self._columns = [hashlib.sha256() for _ in layout.columns]
        self._rows = 0

    def add(self, part: pa.RecordBatch) -> None:
        """Take in the next rows."""
        self._rows += part.num_rows
        for digest, column in zip(self._columns, part.columns, strict=True):
            if pa.types.is_string(column.type):
                digest.update("".join(f"{text}\0" for text in column.to_pylist()).encode())
            else:
                figures = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
                digest.update(np.where(np.isnan(figures), np.nan, figures).tobytes())

    def holding(self) -> Holding:
        """Return what was taken in so far."""
        whole = hashlib.sha256(b"".join(digest.digest() for digest in self._columns))
        return Holding(self._rows, whole.hexdigest())


class ParquetShelf:
    """Keeps days as ``<kind>-YYYY-MM-DD.parquet`` in a folder.

    Parameters
    ----------
    folder : made if it is missing
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @classmethod
    def open(cls, address: str) -> Self:
        """Return the shelf at a path, or at a ``file://`` address.

        Raises
        ------
        Refusal
            ``archive.tier_unsupported`` for any other kind of address.
        Fault
            ``archive.unwritable``.
        """
        scheme, separator, rest = address.partition("://")
        if separator and scheme != "file":
            raise Refusal(
                "archive.tier_unsupported",
                f"Days are put on a folder only. {scheme}:// needs the packages fsspec and "
                f"{'s3fs' if scheme == 's3' else 'its driver for ' + scheme}, which are not part of Tower: mount it.",
            )
        try:
            return cls(Path(rest if separator else address).expanduser())
        except OSError as error:
            raise Fault("archive.unwritable", f"{address} cannot be made ({error.strerror}).") from None

    def path_of(self, kind: str, day: str) -> Path:
        """Return where a day is, or would be."""
        return self._folder / f"{kind}-{day}.parquet"

    def days(self, kind: str) -> list[str]:
        """Return the days on the shelf, oldest first."""
        return sorted(file.stem.removeprefix(f"{kind}-") for file in self._folder.glob(f"{kind}-*.parquet"))

    def take_over(self, kept: KeptDays, day: str) -> Holding:
        """Put a day that a store keeps on the shelf, beside what is there of it already, and return what it holds now.

        Raises
        ------
        Fault
            ``archive.disk_full``, ``archive.unwritable``, ``archive.damaged``. Then the shelf is as it was.
        """
        layout = kept.layout
        path = self.path_of(layout.kind, day)
        if not path.exists():
            return self._put(layout, path, kept.rows(day))
        there = self.holding(layout, day)
        if there == _tallied(layout, kept.rows(day)):
            return there
        return self._put(layout, path, _joined(layout, self._all_rows(layout, path), kept.rows(day)))

    def holding(self, layout: DayLayout, day: str) -> Holding:
        """Read a day's file through and return what it holds.

        Raises
        ------
        Fault
            ``archive.damaged`` if it cannot be read or does not hold what it says.
        """
        return _proved(layout, self.path_of(layout.kind, day))

    def rows(
        self, layout: DayLayout, day: str, vehicle_id: str, instant: str, since_at: Instant, until_at: Instant
    ) -> list[Row]:
        """Return a vehicle's rows of a day of which the column `instant` is in [`since_at`, `until_at`), in order.

        Raises
        ------
        Fault
            ``archive.damaged``.
        """
        path = self.path_of(layout.kind, day)
        if not path.exists():
            return []
        wanted = [("vehicle", "==", vehicle_id), (instant, ">=", since_at), (instant, "<", until_at)]
        try:
            table = pq.read_table(path, columns=list(layout.columns), filters=wanted, use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(path, str(error)) from error
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def _all_rows(self, layout: DayLayout, path: Path) -> Iterator[Row]:
        for part in _parts(layout, path):
            yield from zip(*(column.to_pylist() for column in part.columns), strict=True)

    def _put(self, layout: DayLayout, path: Path, rows: Iterable[Row]) -> Holding:
        draft = path.with_name(f".{path.name}.partial")
        try:
            written = _write(layout, draft, rows)
            _sync(draft)
            if _proved(layout, draft) != written:
                raise _damaged(path, "what was read back is not what was written")
            draft.replace(path)
            sync_names(self._folder)
        except OSError as error:
            raise Fault("archive.unwritable", f"{path} cannot be written ({error.strerror or error}).") from error
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
        return written


def schema_of(layout: DayLayout) -> pa.Schema:
    """Return the columns of a layout as Parquet's."""
    kinds = {name: pa.string() for name in layout.texts} | {name: pa.bool_() for name in layout.flags}
    return pa.schema([(name, kinds.get(name, pa.float64())) for name in layout.columns])


def _write(layout: DayLayout, draft: Path, rows: Iterable[Row]) -> Holding:
    tally, schema = _Tally(layout), schema_of(layout)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.close(descriptor)
    with pq.ParquetWriter(draft, schema, compression="zstd", write_statistics=True) as writer:
        for part in batched(rows, ROWS_AT_ONCE):
            columns = _columns(layout, part)
            batch = pa.RecordBatch.from_arrays(
                [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
            )
            tally.add(batch)
            writer.write_batch(batch)
        held = tally.holding()
        writer.add_key_value_metadata({_ROWS: str(held.rows), _DIGEST: held.digest})
    return held


def _columns(layout: DayLayout, rows: tuple[Row, ...]) -> list[list[Any]]:
    columns = [list(column) for column in zip(*rows, strict=True)]
    for name in layout.flags:
        number = layout.columns.index(name)
        columns[number] = list(map(bool, columns[number]))
    return columns


def _tallied(layout: DayLayout, rows: Iterable[Row]) -> Holding:
    tally, schema = _Tally(layout), schema_of(layout)
    for part in batched(rows, ROWS_AT_ONCE):
        tally.add(pa.RecordBatch.from_pydict(dict(zip(layout.columns, _columns(layout, part), strict=True)), schema))
    return tally.holding()


def _parts(layout: DayLayout, path: Path) -> Iterator[pa.RecordBatch]:
    try:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches(ROWS_AT_ONCE, columns=list(layout.columns), use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, str(error)) from error


def _proved(layout: DayLayout, path: Path) -> Holding:
    tally = _Tally(layout)
    for part in _parts(layout, path):
        tally.add(part)
    told = pq.read_metadata(path).metadata or {}
    held = tally.holding()
    if (told.get(_ROWS.encode()), told.get(_DIGEST.encode())) != (str(held.rows).encode(), held.digest.encode()):
        raise _damaged(path, "it does not hold what it says")
    return held


def _joined(layout: DayLayout, there: Iterator[Row], more: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows of both in order, of those with one key the one that is there already."""
    flags = [layout.columns.index(name) for name in layout.flags]
    both = heapq.merge(there, (_typed(row, flags) for row in more), key=layout.key_of)
    for _, same in groupby(both, key=layout.key_of):
        yield next(same)


def _typed(row: Row, flags: list[int]) -> Row:
    return tuple(bool(value) if number in flags else value for number, value in enumerate(row))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged(path: Path, why: str) -> Fault:
    return Fault("archive.damaged", f"{path} is damaged ({why}). Put back a copy of it, or remove it to do without.")
