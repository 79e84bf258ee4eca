"""Days that are over as Parquet files: one file a day, whole or not at all, and proved before it counts.

A file is written beside its place, read back and compared by number of rows and digest, and only then takes its name.
So whatever a crash leaves is either nothing, a draft that the next run overwrites, or a day that is whole. Rows lie in
the order of their keys, vehicle first, so that a question about one vehicle reads a few row groups of a day. Where the
files are is a place's: a folder (`shelf_folder`) or a bucket of object storage (`shelf_bucket`).
"""

from __future__ import annotations

import hashlib
import heapq
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched, groupby
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from backend_service.storage.day_files import Row
from backend_service.storage.kept_days import ROWS_AT_ONCE, DayLayout, Holding, KeptDays
from backend_service.storage.shelf_bucket import BucketPlace, what_failed
from backend_service.storage.shelf_folder import FolderPlace
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


class ShelfPlace(Protocol):
    """Where files of days are; every method raises `OSError` where it cannot do what it says, but `discard`."""

    def address_of(self, name: str) -> str:
        """Return where a file is, or would be, for people."""
        ...

    def look(self) -> None:
        """Make sure that the place is there, and see anew what lies there."""
        ...

    def names(self) -> list[str]:
        """Return the files there are, but for drafts."""
        ...

    def is_away(self, error: OSError) -> bool:
        """Say whether an error is the place's, not a file's."""
        ...

    def open(self, name: str) -> pa.NativeFile:
        """Return a file for reading."""
        ...

    def write(self, draft: str) -> pa.NativeFile:
        """Return a new file for writing; it need not be there before it is closed."""
        ...

    def settle(self, draft: str, name: str) -> None:
        """Give a draft its name, as a whole or not at all; there for good when this returns."""
        ...

    def discard(self, draft: str) -> None:
        """Delete a draft, if it is there and can be."""
        ...


class ParquetShelf:
    """Keeps days as ``<kind>-YYYY-MM-DD.parquet`` at a place."""

    def __init__(self, place: ShelfPlace) -> None:
        self._place = place

    @classmethod
    def open(cls, address: str, variables: Mapping[str, str] = os.environ) -> Self:
        """Return the shelf at a path, a ``file://`` address, or ``s3://bucket/prefix``; nothing is asked of it yet.

        Parameters
        ----------
        variables : the environment, where a bucket's endpoint and region are

        Raises
        ------
        Refusal
            ``archive.tier_unsupported`` for any other kind of address.
        Fault
            ``archive.unwritable``.
        """
        scheme, separator, rest = address.partition("://")
        if separator and scheme == "s3" and rest.strip("/") and not set("@?#") & set(rest):
            return cls(BucketPlace(rest, variables))
        if separator and scheme != "file":
            sentence = "Days are put into a folder, or into s3://bucket/prefix, whose keys stand in the environment."
            raise Refusal("archive.tier_unsupported", sentence)
        try:
            return cls(FolderPlace(Path(rest if separator else address).expanduser()))
        except OSError as error:
            raise Fault("archive.unwritable", f"{address} cannot be made ({error.strerror}).") from None

    def look(self) -> None:
        """Make sure that the shelf is there, and see anew which days lie on it.

        Raises
        ------
        Fault
            ``archive.unreachable``.
        """
        try:
            self._place.look()
        except OSError as error:
            raise self._unreachable(error) from error

    def days(self, kind: str) -> list[str]:
        """Return the days on the shelf, oldest first; faults as in `look`."""
        try:
            names = self._place.names()
        except OSError as error:
            raise self._unreachable(error) from error
        days = (name.removesuffix(".parquet").removeprefix(f"{kind}-") for name in names if name.startswith(f"{kind}-"))
        return sorted(days)

    def take_over(self, kept: KeptDays, day: str) -> Holding:
        """Put a day that a store keeps on the shelf, beside what is there of it already, and return what it holds now.

        Raises
        ------
        Fault
            ``archive.disk_full``, ``archive.unwritable``, ``archive.damaged``, ``archive.unreachable``. Then the shelf
            is as it was.
        """
        layout = kept.layout
        if day not in self.days(layout.kind):
            return self._put(layout, day, kept.rows(day))
        there = self.holding(layout, day)
        if there == _tallied(layout, kept.rows(day)):
            return there
        return self._put(layout, day, _joined(layout, self._all_rows(layout, day), kept.rows(day)))

    def holding(self, layout: DayLayout, day: str) -> Holding:
        """Read a day's file through and return what it holds.

        Raises
        ------
        Fault
            ``archive.damaged`` if it cannot be read or does not hold what it says, ``archive.unreachable``.
        """
        return self._proved(layout, file_of(layout.kind, day))

    def rows(
        self, layout: DayLayout, day: str, named: Mapping[str, str], instant: str, since_at: Instant, until_at: Instant
    ) -> list[Row]:
        """Return rows of a day, in order.

        Parameters
        ----------
        named : what words its columns have to hold, such as the vehicle's
        instant : the column that lies in [`since_at`, `until_at`)

        Raises
        ------
        Fault
            ``archive.damaged``, ``archive.unreachable``.
        """
        wanted: list[tuple[str, str, Any]] = [(column, "==", word) for column, word in named.items()]
        wanted += [(instant, ">=", since_at), (instant, "<", until_at)]
        table = self.table(layout.kind, day, layout.columns, wanted)
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def table(self, kind: str, day: str, columns: Iterable[str], wanted: list[tuple[str, str, Any]]) -> pa.Table:
        """Return some columns of the rows of a day that meet conditions, in order; faults as in `rows`."""
        name = file_of(kind, day)
        try:
            with self._place.open(name) as file:
                return pq.read_table(file, columns=list(columns), filters=wanted, use_threads=False)
        except (OSError, pa.ArrowException) as error:
            raise self._unreadable(name, error) from error

    def _all_rows(self, layout: DayLayout, day: str) -> Iterator[Row]:
        name = file_of(layout.kind, day)
        try:
            with self._place.open(name) as file:
                for part in _parts(layout, pq.ParquetFile(file)):
                    yield from zip(*(column.to_pylist() for column in part.columns), strict=True)
        except (OSError, pa.ArrowException) as error:
            raise self._unreadable(name, error) from error

    def _put(self, layout: DayLayout, day: str, rows: Iterable[Row]) -> Holding:
        name = file_of(layout.kind, day)
        draft = f".{name}.partial"
        try:
            with self._place.write(draft) as sink:
                written = _write(layout, sink, rows)
            if self._proved(layout, draft) != written:
                raise self._damaged(name, "what was read back is not what was written")
            self._place.settle(draft, name)
        except OSError as error:
            if self._place.is_away(error):
                raise self._unreachable(error) from error
            said = f"{self._place.address_of(name)} cannot be written ({error.strerror or error})."
            raise Fault("archive.unwritable", said) from error
        finally:
            self._place.discard(draft)
        return written

    def _proved(self, layout: DayLayout, name: str) -> Holding:
        tally = _Tally(layout)
        try:
            with self._place.open(name) as source:
                file = pq.ParquetFile(source)
                for part in _parts(layout, file):
                    tally.add(part)
                told = file.metadata.metadata or {}
        except (OSError, pa.ArrowException) as error:
            raise self._unreadable(name, error) from error
        held = tally.holding()
        if (told.get(_ROWS.encode()), told.get(_DIGEST.encode())) != (str(held.rows).encode(), held.digest.encode()):
            raise self._damaged(name, "it does not hold what it says")
        return held

    def _unreadable(self, name: str, error: OSError | pa.ArrowException) -> Fault:
        if isinstance(error, OSError) and self._place.is_away(error):
            return self._unreachable(error)
        return self._damaged(name, str(error))

    def _unreachable(self, error: OSError) -> Fault:
        failed = what_failed(error) if self._place.is_away(error) else error.strerror or "no answer"
        return Fault(
            "archive.unreachable",
            f"The shelf {self._place.address_of('')} cannot be used ({failed}). Days stay in the archive meanwhile.",
        )

    def _damaged(self, name: str, why: str) -> Fault:
        where = self._place.address_of(name)
        return Fault("archive.damaged", f"{where} is damaged ({why}). Put back a copy of it, or remove it.")


def file_of(kind: str, day: str) -> str:
    """Return the name of a day's file."""
    return f"{kind}-{day}.parquet"


def schema_of(layout: DayLayout) -> pa.Schema:
    """Return the columns of a layout as Parquet's."""
    kinds = {name: pa.string() for name in layout.texts} | {name: pa.bool_() for name in layout.flags}
    return pa.schema([(name, kinds.get(name, pa.float64())) for name in layout.columns])


def _write(layout: DayLayout, sink: pa.NativeFile, rows: Iterable[Row]) -> Holding:
    tally, schema = _Tally(layout), schema_of(layout)
    with pq.ParquetWriter(sink, schema, compression="zstd", write_statistics=True) as writer:
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


def _parts(layout: DayLayout, file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    yield from file.iter_batches(ROWS_AT_ONCE, columns=list(layout.columns), use_threads=False)


def _joined(layout: DayLayout, there: Iterator[Row], more: Iterator[Row]) -> Iterator[Row]:
    """Yield the rows of both in order, of those with one key the one that is there already."""
    flags = [layout.columns.index(name) for name in layout.flags]
    both = heapq.merge(there, (_typed(row, flags) for row in more), key=layout.key_of)
    for _, same in groupby(both, key=layout.key_of):
        yield next(same)


def _typed(row: Row, flags: list[int]) -> Row:
    return tuple(bool(value) if number in flags else value for number, value in enumerate(row))
