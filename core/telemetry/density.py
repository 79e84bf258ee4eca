"""Positions made coarse for analytics: how many fixes and vehicles were in which square of the ground, in which time.

No device, no vehicle, no way of anybody is left in it: a place is a square some hundreds of metres wide, a time a
quarter of an hour, and a square in which fewer than `LEAST_VEHICLES` were seen is left out, because one vehicle alone
in a square at night is somebody on the way home (k-anonymity, Sweeney 2002).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Instant

SQUARE_DEG = 0.005
SLOT_S = 900.0
LEAST_VEHICLES = 3

type _Square = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class DensityRow:
    """One square in one time.

    Parameters
    ----------
    from_at : when the time begins
    lat, lon : the middle of the square, degrees
    fixes, vehicles : how many
    mean_speed_mps : over the fixes that told one, nan if none did
    """

    from_at: Instant
    lat: float
    lon: float
    fixes: int
    vehicles: int
    mean_speed_mps: float


@dataclass(slots=True)
class _Sum:
    fixes: int = 0
    vehicles: int = 0
    speeds: int = 0
    speed_mps: float = 0.0


class Density:
    """Adds up the fixes of one vehicle after the other.

    Parameters
    ----------
    square_deg, slot_s : how coarse
    least_vehicles : squares with fewer are left out
    """

    def __init__(
        self, *, square_deg: float = SQUARE_DEG, slot_s: float = SLOT_S, least_vehicles: int = LEAST_VEHICLES
    ) -> None:
        if min(square_deg, slot_s, least_vehicles) <= 0:
            raise ValueError("squares, times and vehicles are more than 0")
        self._square_deg, self._slot_s, self._least = square_deg, slot_s, least_vehicles
        self._sums: dict[_Square, _Sum] = {}

    def add(self, track: FixBatch) -> None:
        """Take in all fixes of one vehicle; those without a position say nothing."""
        track = track.select(track.is_valid)
        if not len(track):
            return
        cells = np.stack(
            [
                np.floor(track.fix_at / self._slot_s),
                np.floor(track.lat / self._square_deg),
                np.floor(track.lon / self._square_deg),
            ],
            -1,
        ).astype(np.int64)
        squares, of_row = np.unique(cells, axis=0, return_inverse=True)
        of_row = of_row.reshape(-1)
        tells = np.isfinite(track.speed_mps)
        fixes = np.bincount(of_row, minlength=len(squares))
        speeds = np.bincount(of_row[tells], minlength=len(squares))
        sums = np.bincount(of_row[tells], weights=track.speed_mps[tells], minlength=len(squares))
        for (slot, row, column), count, told, speed in zip(
            squares.tolist(), fixes.tolist(), speeds.tolist(), sums.tolist(), strict=True
        ):
            one = self._sums.setdefault((slot, row, column), _Sum())
            one.fixes += count
            one.vehicles += 1
            one.speeds += told
            one.speed_mps += speed

    def rows(self) -> Iterator[DensityRow]:
        """Yield the squares that enough vehicles were in, by time, then from south to north and west to east."""
        for (slot, row, column), one in sorted(self._sums.items()):
            if one.vehicles >= self._least:
                yield DensityRow(
                    from_at=slot * self._slot_s,
                    lat=round((row + 0.5) * self._square_deg, 7),
                    lon=round((column + 0.5) * self._square_deg, 7),
                    fixes=one.fixes,
                    vehicles=one.vehicles,
                    mean_speed_mps=one.speed_mps / one.speeds if one.speeds else float("nan"),
                )
