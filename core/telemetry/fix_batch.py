"""Fixes as columns: one numpy array per quantity, one row per fix, SI units.

Doors decode into this; everything after works on whole batches. Fixes are not events: they go to the archive and to
the live-position channel, and the log records what they meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

type Column = NDArray[np.float64]
type Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FixBatch:
    """Columns of n fixes.

    Parameters
    ----------
    device, vehicle : (n,) object, device and vehicle ids as ``str``
    fix_at, received_at : (n,) seconds since 1970-01-01 UTC, device clock and service clock (operation time)
    arrived_wall_at : (n,) wall-clock instant at which the door got it; measures latency only
    lat, lon : (n,) degrees, WGS 84
    speed_mps : (n,) m/s, nan = unknown
    heading_deg : (n,) degrees clockwise from north, nan = unknown
    accuracy_m : (n,) metres, 1 sigma, nan = unknown
    is_valid : (n,) the device's own word on whether it had a position
    satellites : (n,) how many it saw, nan = not told; ``None`` where no row tells it
    sequence : (n,) the device's own number of the fix, nan = not told; ``None`` where no row tells it

    The last two serve only to judge a fix; nothing keeps them. Most devices tell neither, and then they cost nothing.
    """

    device: NDArray[np.object_]
    vehicle: NDArray[np.object_]
    fix_at: Column
    received_at: Column
    arrived_wall_at: Column
    lat: Column
    lon: Column
    speed_mps: Column
    heading_deg: Column
    accuracy_m: Column
    is_valid: Mask
    satellites: Column | None = None
    sequence: Column | None = None

    def __len__(self) -> int:
        return len(self.fix_at)

    def select(self, rows: Mask | NDArray[np.intp] | slice) -> Self:
        """Return the rows that a mask, an index array or a slice names; a slice shares its columns with the batch."""
        told: list[Any] = [getattr(self, name) for name in _COLUMNS]
        chosen: list[Any] = [None if column is None else column[rows] for column in told]
        return type(self)(*chosen)

    def kept(self) -> Self:
        """Return the columns that are kept; the batch itself if there are no others."""
        if self.satellites is None and self.sequence is None:
            return self
        return replace(self, satellites=None, sequence=None)

    @classmethod
    def empty(cls) -> Self:
        """Return a batch of no fixes."""
        column = np.empty(0)
        names = np.empty(0, dtype=object)
        return cls(
            names, names, column, column, column, column, column, column, column, column, np.empty(0, dtype=np.bool_)
        )

    @classmethod
    def concatenate(cls, batches: Iterable[Self]) -> Self:
        """Return all rows of `batches` in order; of a single one that has any, that one itself."""
        filled = [batch for batch in batches if len(batch)]
        if not filled:
            return cls.empty()
        if len(filled) == 1:
            return filled[0]
        kept = [np.concatenate([getattr(batch, name) for batch in filled]) for name in KEPT_COLUMNS]
        return cls(*kept, *[_told_of(name, filled) for name in _COLUMNS[len(KEPT_COLUMNS) :]])


def _told_of(name: str, batches: Sequence[FixBatch]) -> Column | None:
    """Return a column that not every batch has: nan where it is missing, ``None`` if none has it."""
    columns: list[Column | None] = [getattr(batch, name) for batch in batches]
    if all(column is None for column in columns):
        return None
    return np.concatenate(
        [
            np.full(len(batch), np.nan) if column is None else column
            for batch, column in zip(batches, columns, strict=True)
        ]
    )


_COLUMNS = tuple(field.name for field in fields(FixBatch))
KEPT_COLUMNS = _COLUMNS[: _COLUMNS.index("satellites")]
"""The columns that archives and live positions hold."""
