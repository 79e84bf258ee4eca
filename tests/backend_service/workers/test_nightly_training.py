"""Each night once, in the hour of the site that is for it; a failure is seen, and ends with the next that goes well."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from backend_service.workers.nightly_training import NightlyTraining, TrainingPolicy, run_aside
from core.refusals import Fault

ZONE = ZoneInfo("America/Santiago")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


class Trainings:
    """Notes when it was asked, and fails when told to."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.fault: Fault | None = None

    async def __call__(self, now: float) -> None:
        self.asked.append(now)
        if self.fault is not None:
            raise self.fault


def run(worker: NightlyTraining, *moments: str) -> None:
    for moment in moments:
        asyncio.run(worker.run_once(at(moment)))


def test_it_trains_once_a_night_in_its_hour() -> None:
    trainings = Trainings()
    worker = NightlyTraining(trainings, ZONE, TrainingPolicy(), at("2026-11-20T12:00"))
    run(worker, "2026-11-21T02:59", "2026-11-21T03:01", "2026-11-21T03:06", "2026-11-21T04:00", "2026-11-22T03:02")
    assert trainings.asked == [at("2026-11-21T03:01"), at("2026-11-22T03:02")]


def test_without_an_hour_it_never_trains() -> None:
    trainings = Trainings()
    worker = NightlyTraining(trainings, ZONE, TrainingPolicy(hour=None), at("2026-11-20T12:00"))
    run(worker, *(f"2026-11-21T{hour:02d}:30" for hour in range(24)))
    assert trainings.asked == []


def test_a_failure_is_seen_until_a_night_goes_well() -> None:
    trainings = Trainings()
    worker = NightlyTraining(trainings, ZONE, TrainingPolicy(), at("2026-11-20T12:00"))
    trainings.fault = Fault("eta.training_failed", "No memory.")
    run(worker, "2026-11-21T03:01")
    assert (worker.state.degraded, worker.state.since_at) == (True, at("2026-11-21T03:01"))
    trainings.fault = None
    run(worker, "2026-11-22T03:01")
    assert not worker.state.degraded


@pytest.mark.parametrize("status", [0, 3, 4])
def test_a_training_that_changes_nothing_ends_a_failure(status: int) -> None:
    endings = iter([1, status])

    async def trains(now: float) -> None:
        await run_aside([sys.executable, "-c", f"raise SystemExit({next(endings)})"], 30.0)

    worker = NightlyTraining(trains, ZONE, TrainingPolicy(), at("2026-11-20T12:00"))
    run(worker, "2026-11-21T03:01")
    assert worker.state.degraded
    run(worker, "2026-11-22T03:01")
    assert not worker.state.degraded


def test_a_training_that_ends_badly_says_why() -> None:
    with pytest.raises(Fault, match="status 1: no lessons"):
        asyncio.run(run_aside([sys.executable, "-c", "raise SystemExit('no lessons')"], 30.0))


def test_a_training_that_takes_too_long_is_ended() -> None:
    with pytest.raises(Fault, match="was ended"):
        asyncio.run(run_aside([sys.executable, "-c", "import time; time.sleep(60)"], 0.05))
