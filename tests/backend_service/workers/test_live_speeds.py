"""What the fleet measures goes to the street engine where enough changed; a failure leaves plain streets, visibly."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC

import numpy as np
import pytest

from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.workers.live_speeds import LiveSpeeds
from core.eta.fleet_traffic import FleetTraffic
from core.eta.ground import Ground
from core.eta.street_speeds import LiveSpeedsPolicy, StreetPieces
from core.geodesy import METRES_PER_DEGREE
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch

NOON = 1_781_524_800.0
GROUND = Ground(0.0, 0.0)


class Engine:
    """Notes the speeds it is given, and fails when told to."""

    def __init__(self) -> None:
        self.given: list[Sequence[SegmentSpeed]] = []
        self.fault: Fault | None = None

    async def drive_at(self, speeds: Sequence[SegmentSpeed]) -> None:
        if self.fault is not None:
            raise self.fault
        self.given.append(speeds)


def street() -> StreetPieces:
    """Return a street of fifty pieces to the east, one after the other within a square."""
    nodes = np.array([[number, number + 1] for number in range(50)])
    ends = np.array([[50.0, 200.0 + 2.0 * number] for number in range(51)]) / METRES_PER_DEGREE
    return StreetPieces.of(GROUND, nodes, ends[:-1], ends[1:])


def drive(traffic: FleetTraffic, after_s: float, mps: float, vehicles: int = 8) -> None:
    for second in range(0, 121, 10):
        names = np.array([f"V{after_s:.0f}-{number}" for number in range(vehicles)], dtype=object)
        at, none = np.full(vehicles, NOON + after_s + second), np.full(vehicles, np.nan)
        east = np.full(vehicles, mps * second / METRES_PER_DEGREE)
        north = np.full(vehicles, 50.0 / METRES_PER_DEGREE)
        speed, heading = np.full(vehicles, mps), np.full(vehicles, 90.0)
        valid = np.ones(vehicles, dtype=np.bool_)
        traffic.observe(FixBatch(names, names, at, at, at, north, east, speed, heading, none, valid))


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def traffic() -> FleetTraffic:
    return FleetTraffic(GROUND, UTC)


@pytest.fixture
def worker(engine: Engine, traffic: FleetTraffic) -> LiveSpeeds:
    return LiveSpeeds(traffic, street, engine.drive_at, LiveSpeedsPolicy(), now=NOON)


def test_measured_pieces_are_driven_so_and_only_a_change_is_told_again(
    worker: LiveSpeeds, engine: Engine, traffic: FleetTraffic
) -> None:
    asyncio.run(worker.run_once(NOON))
    drive(traffic, 0.0, 4.0)
    for second in (120.0, 180.0):
        asyncio.run(worker.run_once(NOON + second))
    (given,) = engine.given
    assert (given[0].from_node, given[0].to_node, given[0].kmh) == (0, 1, pytest.approx(16.0, abs=0.5))
    assert len(given) == 50


def test_speeds_that_are_known_no_longer_are_taken_back(
    worker: LiveSpeeds, engine: Engine, traffic: FleetTraffic
) -> None:
    drive(traffic, 0.0, 4.0)
    asyncio.run(worker.run_once(NOON + 120.0))
    asyncio.run(worker.run_once(NOON + 2400.0))
    assert [len(given) for given in engine.given] == [50, 0]


def test_what_fails_is_seen_and_tried_again(worker: LiveSpeeds, engine: Engine, traffic: FleetTraffic) -> None:
    drive(traffic, 0.0, 4.0)
    engine.fault = Fault("streets.speeds_failed", "No room.")
    asyncio.run(worker.run_once(NOON + 120.0))
    assert (worker.state.degraded, worker.state.since_at) == (True, NOON + 120.0)
    engine.fault = None
    asyncio.run(worker.run_once(NOON + 180.0))
    assert not worker.state.degraded
    assert len(engine.given) == 1
