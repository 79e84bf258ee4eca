"""Fixes as columns: one numpy array per quantity, one row per fix, SI units.

Doors decode into this; everything after works on whole batches. Fixes are not events: they go to the archive and to
the live-position channel, and the log records what they meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self

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

    def __len__(self) -> int:
        return len(self.fix_at)

    def select(self, rows: Mask | NDArray[np.intp] | slice) -> Self:
        """Return the rows that a mask, an index array or a slice names; a slice shares its columns with the batch."""
        return type(self)(*[getattr(self, name)[rows] for name in _COLUMNS])

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
        return cls(*[np.concatenate([getattr(batch, name) for batch in filled]) for name in _COLUMNS])


_COLUMNS = tuple(field.name for field in fields(FixBatch))
