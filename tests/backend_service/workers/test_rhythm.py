"""When workers run: at their beat, when wanted, and on after the clock was put back."""

from __future__ import annotations

import asyncio

import pytest

from backend_service.workers.rhythm import Rhythm

NOW = 1_795_190_400.0


class Counting:
    """Runs every five seconds, and when it is wanted."""

    name = "counting"
    every_s = 5.0

    def __init__(self) -> None:
        self.ran_at: list[float] = []
        self.is_called_for = False

    async def run_once(self, now: float) -> None:
        self.ran_at.append(now)
        self.is_called_for = False

    def is_wanted(self, now: float) -> bool:
        return self.is_called_for


@pytest.fixture
def worker() -> Counting:
    return Counting()


@pytest.fixture
def rhythm(worker: Counting) -> Rhythm:
    rhythm = Rhythm([worker])
    rhythm.begin(NOW)
    return rhythm


def _look(rhythm: Rhythm, *instants: float) -> None:
    for instant in instants:
        asyncio.run(rhythm.run_due(instant))


def test_a_worker_runs_at_its_beat(rhythm: Rhythm, worker: Counting) -> None:
    _look(rhythm, NOW, NOW + 1.0, NOW + 4.9, NOW + 5.0)

    assert worker.ran_at == [NOW, NOW + 5.0]


def test_a_worker_that_is_wanted_does_not_wait(rhythm: Rhythm, worker: Counting) -> None:
    _look(rhythm, NOW)
    worker.is_called_for = True
    _look(rhythm, NOW + 1.0, NOW + 2.0)

    assert worker.ran_at == [NOW, NOW + 1.0]


def test_a_clock_that_is_put_back_stops_no_worker(rhythm: Rhythm, worker: Counting) -> None:
    _look(rhythm, NOW, NOW - 3600.0, NOW - 3599.0, NOW - 3595.0)

    assert worker.ran_at == [NOW, NOW - 3600.0, NOW - 3595.0]
