"""A fleet over Porto for `bench ingest`: vehicles that circle, gateways that send them in batches, fences, and flaws.

A gateway speaks for `VEHICLES_EACH` vehicles and sends the fixes that they made since its last batch. Everything
follows from a seed and an instant, so that a run can be repeated and no fix is made twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.geodesy import METRES_PER_DEGREE

SOUTH, NORTH, WEST, EAST = 41.10, 41.20, -8.70, -8.55
"""Porto's box, degrees: 11 by 12.6 km."""

VEHICLES_EACH = 20
_METRES_PER_DEGREE_EAST = METRES_PER_DEGREE * np.cos(np.radians((SOUTH + NORTH) / 2))
_CORNERS = 20

type _Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flaws:
    """What goes wrong on the way, as shares of 1: all of it is to be survived, none of it is to be refused."""

    missing_batches: float = 0.01
    late_batches: float = 0.05
    missing_fields: float = 0.10
    disordered_rows: float = 0.30


NO_FLAWS = Flaws(0.0, 0.0, 0.0, 0.0)


class WireFix(msgspec.Struct, omit_defaults=True, gc=False):
    """A row of the batch door."""

    vehicle: str
    fix_at: float
    lat: float
    lon: float
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None


class WireBatch(msgspec.Struct, gc=False):
    """A body of the batch door."""

    fixes: list[WireFix]


@dataclass(slots=True)
class Fleet:
    """Vehicles spread over Porto's box: a third circles on 100 to 800 m at 5 to 15 m/s, the others stand.

    Parameters
    ----------
    vehicles : int
        A multiple of `VEHICLES_EACH`.
    """

    vehicles: int
    seed: int = 1
    _circles: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        dice = np.random.default_rng(self.seed)
        low, high = (SOUTH, WEST, 100.0, 5.0, 0.0), (NORTH, EAST, 800.0, 15.0, 2.0 * np.pi)
        self._circles = dice.uniform(low, high, (self.vehicles, 5))
        self._circles[np.arange(self.vehicles) % 3 > 0, 3] = 0.0

    @property
    def gateways(self) -> int:
        """Return how many gateways send for it."""
        return self.vehicles // VEHICLES_EACH

    def names(self) -> list[str]:
        """Return the vehicles' ids."""
        return [vehicle_id(number) for number in range(self.vehicles)]

    def batch(self, gateway: int, due_at: float, every_s: float, rows: int) -> list[WireFix]:
        """Return the fixes that a gateway's vehicles made in the `every_s` seconds before `due_at`: in order of time.

        Parameters
        ----------
        rows : int
            A multiple of `VEHICLES_EACH`.
        """
        each = rows // VEHICLES_EACH
        numbers = np.tile(np.arange(VEHICLES_EACH) + gateway * VEHICLES_EACH, each)
        ages_s = np.repeat(np.arange(each)[::-1], VEHICLES_EACH) * (every_s / each)
        fix_at = np.asarray(due_at - ages_s, dtype=np.float64)
        lat, lon, speed_mps, heading_deg = self._at(numbers, fix_at)
        columns = (column.tolist() for column in (numbers, fix_at, lat, lon, speed_mps, heading_deg))
        fixes = zip(*columns, strict=True)
        return [WireFix(vehicle_id(number), at, north, east, v, h, 5.0) for number, at, north, east, v, h in fixes]

    def _at(self, numbers: NDArray[np.int64], at: _Column) -> tuple[_Column, _Column, _Column, _Column]:
        lat, lon, radius_m, speed_mps, phase = self._circles[numbers].T
        angle = phase + speed_mps / radius_m * np.mod(at, 1_000_000.0)
        lat = lat + radius_m * np.sin(angle) / METRES_PER_DEGREE
        lon = lon + radius_m * np.cos(angle) / _METRES_PER_DEGREE_EAST
        return lat, lon, speed_mps, np.degrees(-angle) % 360.0


def vehicle_id(number: int) -> str:
    """Return the id of a vehicle by its number."""
    return f"B-{number:05d}"


@dataclass(slots=True)
class FlawedWay:
    """What happens to batches between gateway and door: lost, swapped with the next, mixed up, fields left out."""

    flaws: Flaws
    seed: int = 2
    lost: int = 0
    _held: dict[int, list[WireFix]] = field(default_factory=dict)
    _dice: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._dice = np.random.default_rng(self.seed)

    def deliver(self, gateway: int, fixes: list[WireFix]) -> Iterator[list[WireFix]]:
        """Yield what arrives instead of a batch: nothing, itself, or itself and one that was late."""
        flaws, chance = self.flaws, self._dice.random()
        if chance < flaws.missing_batches:
            self.lost += 1
            return
        self._leave_out(fixes)
        self._mix_up(fixes)
        if gateway not in self._held and chance < flaws.missing_batches + flaws.late_batches:
            self._held[gateway] = fixes
            return
        yield fixes
        if (late := self._held.pop(gateway, None)) is not None:
            yield late

    def _leave_out(self, fixes: list[WireFix]) -> None:
        names = ("speed_mps", "heading_deg", "accuracy_m")
        for row, name in np.argwhere(self._dice.random((len(fixes), 3)) < self.flaws.missing_fields).tolist():
            setattr(fixes[row], names[name], None)

    def _mix_up(self, fixes: list[WireFix]) -> None:
        moved = np.flatnonzero(self._dice.random(len(fixes)) < self.flaws.disordered_rows)
        taken = [fixes[row] for row in self._dice.permutation(moved).tolist()]
        for row, fix in zip(moved.tolist(), taken, strict=True):
            fixes[row] = fix


def fence_drafts(count: int, seed: int = 3) -> Iterator[dict[str, object]]:
    """Yield fences over the box as the API takes them: circles and polygons by turns, radius 50 to 150 m."""
    dice = np.random.default_rng(seed)
    for number in range(count):
        lat, lon, radius_m = dice.uniform((SOUTH, WEST, 50.0), (NORTH, EAST, 150.0)).tolist()
        draft: dict[str, object] = {"name": f"fence {number}", "fence_id": f"F-{number:04d}"}
        if number % 2:
            angles = np.linspace(0.0, 2.0 * np.pi, _CORNERS, endpoint=False)
            ring = [
                {
                    "lat": lat + radius_m * float(np.sin(angle)) / METRES_PER_DEGREE,
                    "lon": lon + radius_m * float(np.cos(angle)) / float(_METRES_PER_DEGREE_EAST),
                }
                for angle in angles
            ]
            yield draft | {"ring": [*ring, ring[0]]}
        else:
            yield draft | {"centre": {"lat": lat, "lon": lon}, "radius_m": radius_m}
