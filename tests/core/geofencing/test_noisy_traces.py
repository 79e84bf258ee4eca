"""Thousands of vehicles at a fence's edge, a fix each second with an error of 10 to 15 m: one event each."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.geodesy import LocalPlane
from core.geofencing.crossings import CrossingDetector
from core.geofencing.fence import CrossingKind, Fence
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import FenceId, Position

START_AT = 1_800_000_000.0
VEHICLES, SECONDS = 2_000, 180
PLANE = LocalPlane(41.15, -8.61)


def block(size_m: float) -> Fence:
    """Return a square fence with a corner in the plane's origin and its southern edge along the x axis."""
    corners = np.array([[0.0, 0.0], [size_m, 0.0], [size_m, size_m], [0.0, size_m], [0.0, 0.0]])
    ring = tuple(Position(float(lat), float(lon)) for lat, lon in PLANE.to_points(corners))
    return Fence(fence_id=FenceId("F-1"), name="Block", ring=ring)


def fixes(metres: np.ndarray, second: int, sigma_m: np.ndarray) -> FixBatch:
    names = np.array([f"V-{number:04d}" for number in range(VEHICLES)], dtype=object)
    points, unknown = PLANE.to_points(metres), np.full(VEHICLES, np.nan)
    now = np.full(VEHICLES, START_AT + second)
    lat, lon = np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    return FixBatch(names, names, now, now, now, lat, lon, unknown, unknown, sigma_m, np.ones(VEHICLES, dtype=np.bool_))


def events(speed_mps: float, seed: int) -> Counter[tuple[str, CrossingKind]]:
    """Return what is told of vehicles on the edge, to each side of it up to 15 m, that go along it."""
    dice, told = np.random.default_rng(seed), Counter[tuple[str, CrossingKind]]()
    sigma_m = dice.uniform(10.0, 15.0, VEHICLES)
    place = np.stack([dice.uniform(50.0, 900.0, VEHICLES), dice.uniform(-15.0, 15.0, VEHICLES)], axis=-1)
    detector = CrossingDetector([block(4_000.0)])
    for second in range(SECONDS):
        noise = dice.normal(0.0, 1.0, (VEHICLES, 2)) * sigma_m[:, None]
        for crossing in detector.advance(fixes(place + noise, second, sigma_m)):
            told[crossing.vehicle_id, crossing.kind] += 1
        place[:, 0] += speed_mps
    return told


@pytest.mark.parametrize("speed_mps", [0.0, 12.0], ids=["parked", "driving along the edge"])
def test_drifting_around_an_edge_is_one_event_for_each_vehicle(speed_mps: float) -> None:
    told = events(speed_mps, seed=3)
    assert {kind for _, kind in told} == {CrossingKind.ENTERED}
    assert set(told.values()) == {1}
    # Within three minutes nearly all of them have had two fixes in a row inside.
    assert len(told) > 0.95 * VEHICLES
