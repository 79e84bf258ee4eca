"""Loss, return, memory: how the wrappers round a street engine behave, with an engine that can be switched off."""

import asyncio
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from backend_service.streets.remembered_streets import RememberedStreets
from backend_service.streets.straight_line import SpeedByHour, StraightLineStreets
from backend_service.streets.street_engine import (
    Floats,
    MatchedPath,
    NoWay,
    SnappedPoints,
    StreetRoute,
    StreetsDown,
)
from backend_service.streets.supervised_streets import StreetsState, SupervisedStreets
from core.geodesy import Points
from core.timekeeping import SteppedClock
from core.travel import TravelMatrix

POINTS = np.array([[-29.90, -71.25], [-29.91, -71.26]])
UTC = ZoneInfo("UTC")


class SwitchedStreets:
    """An engine whose every way takes 60 s and 500 m, while it is on; it counts what it is asked."""

    def __init__(self) -> None:
        self.on = True
        self.asked = 0

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        await self.ping()
        shape = (len(sources), len(destinations))
        return TravelMatrix(np.full(shape, 60.0), np.full(shape, 500.0), degraded=False, as_of=self.asked)

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        await self.ping()
        if points[0, 0] > 0:
            raise NoWay("No street leads through these points.")
        return StreetRoute(60.0, 500.0, points, np.array([60.0]), np.array([500.0]), False, self.asked)

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        await self.ping()
        return MatchedPath((fixes,), np.ones(1), fixes, 60.0, 500.0, False, self.asked)

    async def nearest(self, points: Points) -> SnappedPoints:
        await self.ping()
        return SnappedPoints(points, np.zeros(len(points)), False, self.asked)

    async def ping(self) -> None:
        self.asked += 1
        if not self.on:
            raise StreetsDown("The street engine is switched off.")


class World:
    def __init__(self) -> None:
        self.clock = SteppedClock(100.0)
        self.engine = SwitchedStreets()
        self.told: list[StreetsState] = []
        estimate = StraightLineStreets(self.clock, UTC, SpeedByHour())
        self.streets = SupervisedStreets(self.engine, estimate, self.clock, on_state_change=self.told.append)


def test_streets_are_degraded_until_the_engine_has_answered() -> None:
    world = World()
    assert asyncio.run(world.streets.matrix(POINTS, POINTS)).degraded
    asyncio.run(world.streets.look())
    assert not asyncio.run(world.streets.matrix(POINTS, POINTS)).degraded
    assert world.told == [StreetsState(degraded=False, since_at=100.0)]


def test_loss_is_told_with_its_cause_and_every_question_is_still_answered() -> None:
    async def scenario(world: World) -> None:
        await world.streets.look()
        world.engine.on = False
        world.clock.step_to(160.0)
        answers = [
            await world.streets.route(POINTS),
            await world.streets.matrix(POINTS, POINTS),
            await world.streets.nearest(POINTS),
            await world.streets.match(POINTS, np.arange(2.0), np.ones(2)),
        ]
        assert all(answer.degraded for answer in answers)
        assert world.told[1:] == [StreetsState(True, 160.0, "The street engine is switched off.")]
        assert (world.streets.counts.answered, world.streets.counts.estimated, world.streets.counts.losses) == (4, 4, 1)
        assert world.engine.asked == 2  # the look and the first question; the others did not wait for it

    asyncio.run(scenario(World()))


def test_watch_finds_the_return_without_any_question() -> None:
    async def scenario(world: World) -> None:
        world.engine.on = False
        async with world.streets, asyncio.timeout(30):
            while world.engine.asked < 2:
                await asyncio.sleep(0.01)
            assert world.told == []  # it has been degraded from the start
            world.engine.on = True
            while not world.told:
                await asyncio.sleep(0.01)
        assert world.told == [StreetsState(degraded=False, since_at=100.0)]

    asyncio.run(scenario(World()))


def test_no_way_is_an_answer_and_no_loss() -> None:
    async def scenario(world: World) -> None:
        await world.streets.look()
        with pytest.raises(NoWay):
            await world.streets.route(-POINTS)
        assert not world.streets.state.degraded

    asyncio.run(scenario(World()))


def test_same_question_is_asked_once() -> None:
    async def scenario(engine: SwitchedStreets) -> None:
        streets = RememberedStreets(engine)
        first = await streets.matrix(POINTS, POINTS)
        assert await streets.matrix(POINTS + 1e-7, POINTS) is first
        assert await streets.matrix(POINTS + 1e-4, POINTS) is not first
        assert await streets.route(POINTS) is await streets.route(POINTS)
        assert engine.asked == 3
        streets.forget()
        assert await streets.matrix(POINTS, POINTS) is not first

    asyncio.run(scenario(SwitchedStreets()))


def test_memory_is_bounded_and_keeps_what_was_used_last() -> None:
    async def scenario(engine: SwitchedStreets) -> None:
        streets = RememberedStreets(engine, answers=2, cells=4)
        a, b, c = POINTS, POINTS + 1, POINTS + 2
        for points in (a, b, a, c):  # b goes when c comes
            await streets.matrix(points, points)
        assert engine.asked == 3
        await streets.matrix(a, a)
        assert engine.asked == 3
        await streets.matrix(b, b)
        assert engine.asked == 4
        large = np.concatenate([a, b])
        await streets.matrix(large, large)
        await streets.matrix(large, large)
        assert engine.asked == 6

    asyncio.run(scenario(SwitchedStreets()))


def test_memory_never_answers_for_a_lost_engine_by_a_ping() -> None:
    async def scenario(engine: SwitchedStreets) -> None:
        streets = RememberedStreets(engine)
        await streets.ping()
        engine.on = False
        with pytest.raises(StreetsDown):
            await streets.ping()

    asyncio.run(scenario(SwitchedStreets()))
