"""Fences by lot over Porto, vehicles that drive among them, and vehicles that stand at an edge by noisy receivers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geodesy import METRES_PER_DEGREE
from core.geofencing.fence import Fence
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import FenceId, Position

BATCH = 1_000
VEHICLES = 5_000
EVERY_S = 5.0
START_AT = 1_800_000_000.0

SOUTH, WEST, NORTH, EAST = 40.981, -8.795, 41.399, -8.358
"""The box of the metropolitan area of Porto in OpenStreetMap: 46 by 37 km."""

_PER_LON = METRES_PER_DEGREE * np.cos(np.radians((SOUTH + NORTH) / 2.0))

type Rings = NDArray[np.float64]
"""(fences, vertices + 1, 2): latitudes and longitudes, closed."""


def rings_by_lot(fences: int, vertices: int, dice: np.random.Generator) -> Rings:
    """Return closed rings of uneven outline, of 100 to 300 m, anywhere in the box."""
    lat, lon = dice.uniform(SOUTH, NORTH, fences), dice.uniform(WEST, EAST, fences)
    radius_m = dice.uniform(100.0, 300.0, (fences, 1)) * dice.uniform(0.85, 1.15, (fences, vertices))
    angle = np.linspace(0.0, 2.0 * np.pi, vertices, endpoint=False)
    north = lat[:, None] + radius_m * np.sin(angle) / METRES_PER_DEGREE
    east = lon[:, None] + radius_m * np.cos(angle) / _PER_LON
    rings = np.stack([north, east], axis=-1)
    return np.concatenate([rings, rings[:, :1]], axis=1)


def fences_of(rings: Rings) -> Iterator[Fence]:
    """Yield rings as fences with the margin and the confirmation of any fence."""
    for number, ring in enumerate(rings.tolist()):
        corners = tuple(Position(lat, lon) for lat, lon in ring)
        yield Fence(fence_id=FenceId(f"F-{number}"), name=f"F-{number}", ring=corners)


def traffic(rounds: int, dice: np.random.Generator) -> list[FixBatch]:
    """Return batches of fixes of vehicles at 3 to 30 m/s that turn now and then, a fix each 5 s."""
    lat, lon = dice.uniform(SOUTH, NORTH, VEHICLES), dice.uniform(WEST, EAST, VEHICLES)
    speed, heading = dice.uniform(3.0, 30.0, VEHICLES), dice.uniform(0.0, 2.0 * np.pi, VEHICLES)
    names = np.array([f"V-{number:05d}" for number in range(VEHICLES)], dtype=object)
    batches: list[FixBatch] = []
    for number in range(rounds):
        fixes = _fixes(names, START_AT + EVERY_S * number, lat, lon, np.full(VEHICLES, 8.0))
        batches.extend(fixes.select(np.arange(first, first + BATCH)) for first in range(0, VEHICLES, BATCH))
        heading += np.where(dice.random(VEHICLES) < 0.1, dice.uniform(-np.pi, np.pi, VEHICLES), 0.0)
        is_beyond = (lat < SOUTH) | (lat > NORTH) | (lon < WEST) | (lon > EAST)
        homewards = np.arctan2((SOUTH + NORTH) / 2.0 - lat, (WEST + EAST) / 2.0 - lon)
        heading = np.where(is_beyond, homewards, heading)
        lat = lat + EVERY_S * speed * np.sin(heading) / METRES_PER_DEGREE
        lon = lon + EVERY_S * speed * np.cos(heading) / _PER_LON
    return batches


def _fixes(
    names: NDArray[np.object_],
    at: float,
    lat: NDArray[np.float64],
    lon: NDArray[np.float64],
    accuracy_m: NDArray[np.float64],
) -> FixBatch:
    count = len(names)
    now, unknown = np.full(count, at), np.full(count, np.nan)
    is_valid = np.ones(count, dtype=np.bool_)
    return FixBatch(names, names, now, now, now, lat, lon, unknown, unknown, accuracy_m, is_valid)


@dataclass(frozen=True, slots=True)
class Edge:
    """Vehicles at the straight edge of a large block, up to 15 m to each side of it, standing or driving along it.

    Parameters
    ----------
    vehicles, seconds : so many, a fix a second each
    speed_mps : along the edge
    """

    vehicles: int
    seconds: int
    speed_mps: float

    def block(self) -> Fence:
        """Return the fence: its southern edge lies on the box's middle latitude."""
        lat, size = (SOUTH + NORTH) / 2.0, 0.1
        corners = ((lat, WEST), (lat, EAST), (lat + size, EAST), (lat + size, WEST), (lat, WEST))
        return Fence(fence_id=FenceId("F-edge"), name="Edge", ring=tuple(Position(*corner) for corner in corners))

    def fixes(self, dice: np.random.Generator) -> Iterator[FixBatch]:
        """Yield a batch a second; errors are normal, of 10 to 15 m for each receiver, which says so."""
        names = np.array([f"V-{number:05d}" for number in range(self.vehicles)], dtype=object)
        sigma_m = dice.uniform(10.0, 15.0, self.vehicles)
        north_m, east_m = dice.uniform(-15.0, 15.0, self.vehicles), dice.uniform(1e3, 2e4, self.vehicles)
        for second in range(self.seconds):
            error_m = dice.normal(0.0, 1.0, (2, self.vehicles)) * sigma_m
            lat = (SOUTH + NORTH) / 2.0 + (north_m + error_m[0]) / METRES_PER_DEGREE
            lon = WEST + (east_m + self.speed_mps * second + error_m[1]) / _PER_LON
            yield _fixes(names, START_AT + second, lat, lon, sigma_m)
