"""The latest position of every vehicle in the types of the wire, with a number that says when each row last changed.

Sessions hold only the number up to which they have seen the table, so coalescing costs a slow desk's session one
integer, not a queue. One encoding is shared by all sessions that have seen equally much.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core import wire
from core.telemetry.fix_batch import FixBatch
from core.telemetry.live_rows import DTYPES, wire_columns

_FIRST_CAPACITY = 256


class LiveTable:
    """One row per vehicle, in the order in which they were first heard.

    `changes` counts updates; 0 means nothing was ever heard.
    """

    def __init__(self) -> None:
        self.changes = 0
        self._row_of: dict[str, int] = {}
        self._names: list[str] = []
        self._columns: dict[str, NDArray[np.generic]] = {
            name: np.zeros(_FIRST_CAPACITY, dtype=dtype) for name, dtype in DTYPES.items()
        }
        self._changed = np.zeros(_FIRST_CAPACITY, dtype=np.int64)
        self._encoded: tuple[int, int, bytes] = (-1, -1, b"")

    def __len__(self) -> int:
        return len(self._names)

    def update(self, batch: FixBatch) -> None:
        """Take rows that are the newest of their vehicle; of several of one vehicle the last in the batch stands."""
        if len(batch) == 0:
            return
        self.changes += 1
        rows = np.fromiter((self._row(str(name)) for name in batch.vehicle), dtype=np.intp, count=len(batch))
        self._grow_to(len(self._names))
        for name, column in wire_columns(batch).items():
            self._columns[name][rows] = column
        self._changed[rows] = self.changes

    def encoded_since(self, seen: int) -> bytes:
        """Return the message with every row that changed after `seen` (a former value of `changes`)."""
        if self._encoded[:2] != (seen, self.changes):
            self._encoded = (seen, self.changes, wire.encode(self._since(seen)))
        return self._encoded[2]

    def _since(self, seen: int) -> wire.Positions:
        rows = np.flatnonzero(self._changed[: len(self._names)] > seen)
        columns = {name: column[rows].tobytes() for name, column in self._columns.items()}
        return wire.Positions(vehicles=tuple(self._names[row] for row in rows), **columns)

    def _row(self, name: str) -> int:
        row = self._row_of.get(name)
        if row is None:
            row = self._row_of[name] = len(self._names)
            self._names.append(name)
        return row

    def _grow_to(self, rows: int) -> None:
        capacity = len(self._changed)
        if rows <= capacity:
            return
        capacity = max(rows, capacity * 2)
        for name, column in self._columns.items():
            self._columns[name] = _resized(column, capacity)
        self._changed = _resized(self._changed, capacity)


def _resized[T: np.generic](column: NDArray[T], capacity: int) -> NDArray[T]:
    larger = np.zeros(capacity, dtype=column.dtype)
    larger[: len(column)] = column
    return larger
