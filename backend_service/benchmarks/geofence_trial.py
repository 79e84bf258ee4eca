"""How long a fence's trial on the days past takes: an archive of a week is made, and fences are tried on it."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from backend_service.benchmarks.geofence_town import EAST, NORTH, SOUTH, START_AT, WEST
from backend_service.benchmarks.report import Figure, Row
from backend_service.clocks import WallClock
from backend_service.handlers.fence_questions import FenceQuestions
from backend_service.storage.fix_archive import FixArchive
from backend_service.streets.straight_line import StraightLineStreets
from core.fleet.fleet import Vehicle
from core.geodesy import METRES_PER_DEGREE
from core.geofencing.fence import Fence
from core.operations import FenceTrialled, TryGeofence
from core.projections.operation import Operation
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import FenceId, Position, VehicleId

VEHICLES, DAYS, EVERY_S, DAY_S = 1_000, 7, 10.0, 86_400.0
REACH_M = 6_000.0
"""Vehicles stay so near the middle: a town of 12 by 12 km."""

_MIDDLE = Position((SOUTH + NORTH) / 2.0, (WEST + EAST) / 2.0)
_RADII_M = (150.0, 1_000.0)


def tried(fixes: int, runs: int, dice: np.random.Generator) -> list[Row]:
    """Return how long trials take on an archive of so many fixes."""
    with tempfile.TemporaryDirectory(prefix="tower-trial-") as folder:
        return asyncio.run(_tried(Path(folder), fixes, runs, dice))


async def _tried(folder: Path, fixes: int, runs: int, dice: np.random.Generator) -> list[Row]:
    archive = FixArchive(folder)
    try:
        for batch in _week(fixes // (VEHICLES * DAYS), dice):
            await archive.append(batch)
        archive.kept_days().days()  # what has landed is in its place from here on
        return [await _trial(archive, radius_m, fixes, runs) for radius_m in _RADII_M]
    finally:
        await archive.close()


async def _trial(archive: FixArchive, radius_m: float, fixes: int, runs: int) -> Row:
    operation = Operation()
    for name in map(VehicleId, _names()):
        operation.fleet.vehicles[name] = Vehicle(vehicle_id=name, plate=name)
    clock = SteppedClock(START_AT + DAYS * DAY_S)
    zone = ZoneInfo("Europe/Lisbon")
    streets = StraightLineStreets(clock, zone)
    questions = FenceQuestions(lambda: operation, archive, streets, zone, clock=clock, wall=WallClock())
    fence = Fence(fence_id=FenceId("trial"), name="trial", centre=_MIDDLE, radius_m=radius_m)
    took_s: list[float] = []
    seen = await questions.trial(TryGeofence(fence=fence))
    for _ in range(runs):
        begun = time.perf_counter()
        seen = await questions.trial(TryGeofence(fence=fence))
        took_s.append(time.perf_counter() - begun)
    return _row(radius_m, fixes, took_s, seen)


def _row(radius_m: float, fixes: int, took_s: list[float], seen: FenceTrialled) -> Row:
    return Row(
        case=f"trial of a circle of {radius_m:,.0f} m on {fixes:,} fixes of {VEHICLES:,} vehicles in {DAYS} days",
        figures=(
            Figure.of("answered in", "s", took_s),
            Figure.of("vehicles looked at", "", [float(seen.vehicles)]),
            Figure.of("fixes judged", "", [float(seen.fixes)]),
            Figure.of("entries found", "", [float(seen.entered)]),
        ),
    )


def _names() -> list[str]:
    return [f"V-{number:05d}" for number in range(VEHICLES)]


def _week(each: int, dice: np.random.Generator) -> Iterator[FixBatch]:
    """Yield the fixes of each day, vehicle after vehicle: so many each, at up to 20 m/s through the town."""
    names, per_lon = np.array(_names(), dtype=object), METRES_PER_DEGREE * np.cos(np.radians(_MIDDLE.lat))
    for day in range(DAYS):
        for some in np.array_split(names, 20):
            shape = (len(some), each)
            heading = np.cumsum(dice.normal(0.0, 0.3, shape), axis=1) + dice.uniform(0.0, 2.0 * np.pi, (len(some), 1))
            way = EVERY_S * dice.uniform(0.0, 20.0, shape)
            begin = dice.uniform(0.0, 4.0 * REACH_M, (2, len(some), 1))
            north = _folded(begin[0] + np.cumsum(way * np.sin(heading), axis=1))
            east = _folded(begin[1] + np.cumsum(way * np.cos(heading), axis=1))
            at = np.tile(START_AT + DAY_S * day + EVERY_S * np.arange(each), len(some))
            vehicle, unknown = np.repeat(some, each), np.full(at.shape, np.nan)
            lat = _MIDDLE.lat + north.ravel() / METRES_PER_DEGREE
            lon = _MIDDLE.lon + east.ravel() / per_lon
            accuracy = np.full(at.shape, 8.0)
            yield FixBatch(vehicle, vehicle, at, at, at, lat, lon, unknown, unknown, accuracy, accuracy > 0.0)


def _folded(metres: np.ndarray) -> np.ndarray:
    """Return ways that turn back at the town's edge."""
    folded: np.ndarray = np.abs(metres % (4.0 * REACH_M) - 2.0 * REACH_M) - REACH_M
    return folded
