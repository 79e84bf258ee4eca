"""Fixes put behind the last ones of their vehicle, in order of time: what driving is judged on.

Each vehicle has two lanes. In the first are fixes that are newer than all before; in the second what comes late, such
as the buffer of a tracker that was under ground, which follows on what came late before it. So history is judged once,
when it comes, and never mixed with the present.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from core.telemetry.fix_batch import Column, FixBatch, Mask

type Rows = NDArray[np.int64]

TAIL = 3
"""So many fixes of a lane are remembered: a change between two is confirmed by one before and one after."""


class Of(IntEnum):
    """The columns of a remembered fix."""

    AT = 0
    LAT = 1
    LON = 2
    SPEED_MPS = 3
    HEADING_DEG = 4


@dataclass(frozen=True, slots=True)
class Run:
    """Fixes with those before them, ordered by lane, then by time; all (n,) but `fixes`.

    Parameters
    ----------
    lanes : numbers of lanes; an even one is a vehicle's present, the odd one behind it its past
    fixes : (n, 5) as in `Of`
    received_at : seconds UTC, nan where a fix was remembered
    is_fresh : whether it is of this batch
    """

    lanes: Rows
    fixes: Column
    received_at: Column
    is_fresh: Mask

    def follows(self, steps: int) -> Mask:
        """Say which rows have at least `steps` rows of their own lane before them: (n,)."""
        mask = np.zeros(len(self.lanes), dtype=np.bool_)
        mask[steps:] = self.lanes[steps:] == self.lanes[:-steps]
        return mask


class Lanes:
    """Remembers the last fixes of every vehicle."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.names: list[str] = []
        self._tails = np.empty((0, TAIL, len(Of)))

    def numbers_of(self, vehicles: list[str]) -> Rows:
        """Return the vehicles' numbers, of which twice is a lane: (n,); a new one gets the next."""
        for name in dict.fromkeys(vehicles).keys() - self._numbers.keys():
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return np.fromiter(map(self._numbers.__getitem__, vehicles), np.int64, len(vehicles))

    def extend(self, batch: FixBatch) -> Run:
        """Take in fixes ordered by vehicle, then by time, and return them behind the last ones of their lanes."""
        vehicles = self.numbers_of(batch.vehicle.tolist())
        self._grow()
        is_past = batch.fix_at <= self._tails[2 * vehicles, -1, Of.AT]
        lanes = 2 * vehicles + is_past
        fixes = np.stack([batch.fix_at, batch.lat, batch.lon, batch.speed_mps, batch.heading_deg], -1)
        used, firsts = np.unique(lanes, return_index=True)
        tails = self._tails[used].reshape(-1, len(Of))
        owners = np.repeat(used, TAIL)
        precedes = np.isfinite(tails[:, Of.AT]) & (tails[:, Of.AT] < np.repeat(batch.fix_at[firsts], TAIL))
        run = _ordered(
            np.concatenate([owners[precedes], lanes]),
            np.concatenate([tails[precedes], fixes]),
            np.concatenate([np.full(int(precedes.sum()), np.nan), batch.received_at]),
        )
        self._remember(run, used)
        return run

    def _remember(self, run: Run, used: Rows) -> None:
        ends = np.searchsorted(run.lanes, used, side="right")
        starts = np.searchsorted(run.lanes, used, side="left")
        self._tails[used] = np.nan
        self._tails[used, :, Of.AT] = -np.inf
        for back in range(TAIL):
            has = ends - starts > back
            self._tails[used[has], TAIL - 1 - back] = run.fixes[ends[has] - 1 - back]

    def _grow(self) -> None:
        missing = 2 * len(self.names) - len(self._tails)
        if missing > 0:
            more = np.full((max(missing, 128, len(self._tails)), TAIL, len(Of)), np.nan)
            more[:, :, Of.AT] = -np.inf
            self._tails = np.concatenate([self._tails, more])


def _ordered(lanes: Rows, fixes: Column, received_at: Column) -> Run:
    order = np.lexsort((fixes[:, Of.AT], lanes))
    received_at = received_at[order]
    return Run(lanes[order], fixes[order], received_at, np.isfinite(received_at))
