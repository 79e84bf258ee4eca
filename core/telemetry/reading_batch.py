"""Readings as columns: one numpy array per quantity, one row per reading of one channel, in the catalogue's units.

Like fixes they are no events: they go to an archive of their own, and the log records what they meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.telemetry.fix_batch import Column, Mask


@dataclass(frozen=True, slots=True)
class ReadingBatch:
    """Columns of n readings.

    Parameters
    ----------
    device, vehicle, channel : (n,) object, ids and full channel names as ``str``; no device is ``""``
    read_at, received_at : (n,) seconds since 1970-01-01 UTC, device clock and service clock (operation time)
    value : (n,) in the channel's unit, nan for a state
    state : (n,) object, a word of the channel's states, ``""`` for a number
    """

    device: NDArray[np.object_]
    vehicle: NDArray[np.object_]
    channel: NDArray[np.object_]
    read_at: Column
    received_at: Column
    value: Column
    state: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.read_at)

    def select(self, rows: Mask | NDArray[np.intp]) -> Self:
        """Return the rows that a mask or an index array names."""
        return replace(self, **{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @classmethod
    def of(cls, rows: Sequence[tuple[str, str, str, float, float, float, str]]) -> Self:
        """Return the batch of rows written in the order of the columns."""
        columns = list(zip(*rows, strict=True)) or [()] * len(fields(cls))
        kinds = (object, object, object, np.float64, np.float64, np.float64, object)
        return cls(*(np.array(column, dtype=kind) for column, kind in zip(columns, kinds, strict=True)))

    def rows(self) -> list[tuple[str, str, str, float, float, float, str]]:
        """Return the rows in the order of the columns."""
        return list(zip(*(getattr(self, field.name).tolist() for field in fields(self)), strict=True))
