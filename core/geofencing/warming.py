"""The compiled rules of crossing, compiled once: some seconds on a machine's first run, little later."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from core.geofencing.crossings import CrossingDetector, Inside
from core.geofencing.fence import Fence
from core.geofencing.fence_speeds import FenceSpeeds
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import FenceId, Position, VehicleId

_NOWHERE = Position(0.0, 0.0)


def warm_up() -> None:
    """Compile what judging fixes takes, or load what was compiled before, by judging a drive of three fixes."""
    fence = Fence(fence_id=FenceId("F"), name="F", centre=_NOWHERE, radius_m=100.0)
    drive, detector = _drive(-0.01, 0.0, 0.01), CrossingDetector([fence])
    detector.resume({FenceId("F"): [Inside(vehicle_id=VehicleId("V"), entered_at=0.0)]}, _drive(0.0))
    detector.set_fences([fence])
    detector.advance(drive)
    FenceSpeeds([replace(fence, speed_limit_mps=1.0)]).at(["V"] * len(drive), drive.fix_at, drive.lat, drive.lon, {})


def _drive(*lat: float) -> FixBatch:
    count = len(lat)
    name, at, figure = np.array(["V"] * count, dtype=object), np.linspace(0.0, 30.0, count), np.zeros(count)
    is_valid = np.ones(count, dtype=np.bool_)
    return FixBatch(name, name, at, at, at, np.array(lat), figure, figure, figure, figure, is_valid)
