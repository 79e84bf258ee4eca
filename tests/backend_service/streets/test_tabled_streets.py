"""Large tables come from the book and the engine for them; small ones, and all in a city without it, from behind."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from backend_service.streets.book_of_times import BookOfTimes
from backend_service.streets.straight_line import SpeedByHour, StraightLineStreets
from backend_service.streets.street_engine import StreetsDown
from backend_service.streets.tabled_streets import TabledStreets
from core.geodesy import Points
from core.timekeeping import SteppedClock
from core.travel import TravelMatrix

CLOCK = SteppedClock(1_795_176_000.0)


def grid(count: int, *, lon: float = -8.6) -> Points:
    """So many places along a street to the north, 111 m apart."""
    return np.column_stack([41.0 + 0.001 * np.arange(count), np.full(count, lon)])


class Driven(StraightLineStreets):
    """Straight streets at 10 m/s, slowed down by a factor; what is asked is noted."""

    def __init__(self) -> None:
        super().__init__(CLOCK, ZoneInfo("UTC"), SpeedByHour((10.0,) * 24, detour=1.0))
        self.slowed = 1.0
        self.asked: list[tuple[int, int]] = []

    @property
    def is_free(self) -> bool:
        return self.slowed == 1.0

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        self.asked.append((len(sources), len(destinations)))
        free = await super().matrix(sources, destinations)
        return TravelMatrix(self.slowed * free.durations_s, free.distances_m, degraded=False, as_of=0.0)


@dataclass
class Tables:
    """The free streets, as the engine for large tables knows them."""

    is_prepared: bool = True
    is_down: bool = False
    streets: Driven = field(default_factory=Driven)

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        if self.is_down:
            raise StreetsDown("down")
        return await self.streets.matrix(sources, destinations)


@dataclass
class Scene:
    behind: Driven
    tables: Tables
    streets: TabledStreets

    def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        return asyncio.run(self.streets.matrix(sources, destinations))


@pytest.fixture
def scene() -> Scene:
    behind, tables = Driven(), Tables()
    return Scene(behind, tables, TabledStreets(behind, tables, CLOCK))


def test_small_question_goes_to_the_streets_behind(scene: Scene) -> None:
    scene.matrix(grid(20), grid(20))
    assert scene.behind.asked == [(20, 20)]
    assert scene.tables.streets.asked == []


def test_large_question_is_asked_once_and_then_known(scene: Scene) -> None:
    first = scene.matrix(grid(40), grid(40))
    again = scene.matrix(grid(40), grid(40))
    assert scene.tables.streets.asked == [(40, 40)]
    assert not again.is_sketch
    np.testing.assert_allclose(again.durations_s, first.durations_s, atol=0.05)
    assert again.durations_s[0, 39] == pytest.approx(39 * 11.12, abs=0.1)


def test_only_new_places_and_what_moves_are_asked_for(scene: Scene) -> None:
    stops, drivers = grid(40), grid(5, lon=-8.61)
    scene.matrix(stops, stops)
    scene.matrix(np.vstack([drivers, grid(42)]), grid(42))
    # Five drivers and two new stops to all; forty stops to the two new ones.
    assert scene.tables.streets.asked[1:] == [(7, 42), (40, 2)]
    scene.matrix(np.vstack([drivers + 0.002, grid(42)]), grid(42))
    assert scene.tables.streets.asked[3:] == [(5, 42)]


def test_table_of_streets_that_are_not_free_is_a_sketch_close_to_the_truth(scene: Scene) -> None:
    scene.matrix(grid(40), grid(40))
    scene.behind.slowed = 2.0
    asyncio.run(scene.streets.speeds_changed())
    asked = len(scene.tables.streets.asked)

    table = scene.matrix(grid(40), grid(40))
    assert table.is_sketch
    assert table.durations_s[0, 39] == pytest.approx(2 * 39 * 11.12, rel=0.02)
    assert len(scene.tables.streets.asked) == asked

    scene.behind.slowed = 1.0
    asyncio.run(scene.streets.speeds_changed())
    assert not scene.matrix(grid(40), grid(40)).is_sketch


def test_slowness_is_measured_by_the_first_question_where_nothing_was_known_before(scene: Scene) -> None:
    scene.behind.slowed = 3.0
    asyncio.run(scene.streets.speeds_changed())
    assert scene.matrix(grid(30), grid(30)).durations_s[0, 29] == pytest.approx(3 * 29 * 11.12, rel=0.02)


def test_streets_behind_answer_while_the_engine_for_tables_does_not(scene: Scene) -> None:
    scene.tables.is_down = True
    table = scene.matrix(grid(40), grid(40))
    assert scene.streets.failures == 1
    assert table.durations_s[0, 1] == pytest.approx(11.12, abs=0.1)
    scene.behind.slowed = 2.0
    asyncio.run(scene.streets.speeds_changed())
    assert not scene.matrix(grid(40), grid(40)).is_sketch


def test_city_without_such_an_engine_is_asked_as_ever(scene: Scene) -> None:
    streets = TabledStreets(scene.behind, Tables(is_prepared=False), CLOCK)
    asyncio.run(streets.matrix(grid(40), grid(40)))
    assert scene.behind.asked == [(40, 40)]


def test_question_larger_than_the_book_is_answered_without_it(scene: Scene) -> None:
    streets = TabledStreets(scene.behind, scene.tables, CLOCK, BookOfTimes(most=30))
    for _ in range(2):
        asyncio.run(streets.matrix(grid(40), grid(40)))
    assert scene.tables.streets.asked == [(40, 40), (40, 40)]
    assert len(streets.book) == 0


def test_everything_else_is_asked_of_the_streets_behind(scene: Scene) -> None:
    async def play() -> Any:
        await scene.streets.ping()
        two = grid(2)
        matched = await scene.streets.match(two, np.array([0.0, 10.0]), np.ones(2))
        return await scene.streets.route(two), await scene.streets.nearest(two), matched

    route, nearest, matched = asyncio.run(play())
    assert route.distance_m == pytest.approx(111.2, abs=0.1)
    assert len(nearest.points) == 2
    assert matched.distance_m == route.distance_m
