"""Pieces of street are driven as quickly as the fleet drove in their squares and direction, where it drove enough."""

from __future__ import annotations

from datetime import UTC

import numpy as np
import pytest

from core.eta.fleet_traffic import FleetTraffic
from core.eta.ground import Ground
from core.eta.street_speeds import LiveSpeedsPolicy, StreetPieces, is_worth_changing, measured_speeds
from core.geodesy import METRES_PER_DEGREE
from core.telemetry.fix_batch import FixBatch

NOON = 1_781_524_800.0
GROUND = Ground(0.0, 0.0)
POLICY = LiveSpeedsPolicy()


def eastward(traffic: FleetTraffic, vehicles: int, mps: float) -> None:
    """Have vehicles drive east along the equator for two minutes, a fix every ten seconds."""
    for second in range(0, 121, 10):
        names = np.array([f"V{number}" for number in range(vehicles)], dtype=object)
        at, none = np.full(vehicles, NOON + second), np.full(vehicles, np.nan)
        east = np.full(vehicles, mps * second / METRES_PER_DEGREE)
        north = np.full(vehicles, 50.0 / METRES_PER_DEGREE)
        speed, heading = np.full(vehicles, mps), np.full(vehicles, 90.0)
        valid = np.ones(vehicles, dtype=np.bool_)
        traffic.observe(FixBatch(names, names, at, at, at, north, east, speed, heading, none, valid))


def pieces() -> StreetPieces:
    """Return a street of 100 m that was driven, in both directions, and one that nobody drove."""
    nodes = np.array([[1, 2], [2, 1], [8, 9]])
    west, east, far = (np.array([50.0, x]) / METRES_PER_DEGREE for x in (200.0, 300.0, 9000.0))
    starts, ends = np.array([west, east, far]), np.array([east, west, far + east])
    return StreetPieces.of(GROUND, nodes, starts, ends)


def test_speed_is_what_the_fleet_drove_in_that_direction() -> None:
    traffic = FleetTraffic(GROUND, UTC)
    eastward(traffic, 8, 4.0)
    speeds = measured_speeds(traffic, pieces(), NOON + 120.0, POLICY)
    # 4 m/s with what the engine adds at turns itself: 4 / 0.9 between them.
    assert speeds[0] == pytest.approx(4.0 / 0.9, abs=0.1)
    assert np.isnan(speeds[1:]).all()


def test_too_little_driving_measures_nothing() -> None:
    traffic = FleetTraffic(GROUND, UTC)
    eastward(traffic, 1, 4.0)  # 25 s in the square
    assert np.isnan(measured_speeds(traffic, pieces(), NOON + 120.0, POLICY)).all()


def test_a_change_is_worth_it_where_enough_pieces_are_driven_otherwise() -> None:
    was = np.full(100, 10.0)
    slower, hardly = was.copy(), was * 0.9
    slower[:40] = 7.9
    gone = was.copy()
    gone[:40] = np.nan
    assert is_worth_changing(was, slower, POLICY)
    assert is_worth_changing(was, gone, POLICY)
    assert not is_worth_changing(was, hardly, POLICY)
    slower[0] = 10.0
    assert not is_worth_changing(was, slower, POLICY)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="15 minutes"):
        LiveSpeedsPolicy(minutes=30)
