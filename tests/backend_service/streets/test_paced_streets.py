"""Driving times are stretched by how drives come out; distances, and estimates without streets, stay."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend_service.streets.paced_streets import PacedStreets
from core.geodesy import Points
from core.travel import TravelMatrix

PLACES = np.array([[0.0, 0.0], [0.0, 0.01]])
SECONDS = np.array([[0.0, 100.0], [np.inf, 0.0]])


@dataclass
class TableStreets:
    """Knows one matrix."""

    is_degraded: bool = False

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        return TravelMatrix(SECONDS.copy(), 10.0 * SECONDS, degraded=self.is_degraded, as_of=1.0, is_sketch=True)


def asked(pace: float, *, is_degraded: bool = False) -> TravelMatrix:
    streets: Any = TableStreets(is_degraded)
    paced = PacedStreets(streets)
    paced.pace = lambda: pace
    return asyncio.run(paced.matrix(PLACES, PLACES))


def test_drives_take_as_many_times_as_long_as_they_came_out() -> None:
    answer = asked(1.25)

    assert answer.durations_s.tolist() == [[0.0, 125.0], [np.inf, 0.0]]
    assert answer.distances_m.tolist() == (10.0 * SECONDS).tolist()
    assert (answer.is_sketch, answer.degraded, answer.as_of) == (True, False, 1.0)


def test_estimate_without_streets_is_left_as_it_is() -> None:
    assert asked(1.25, is_degraded=True).durations_s.tolist() == SECONDS.tolist()
