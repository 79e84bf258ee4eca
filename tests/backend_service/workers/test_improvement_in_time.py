"""A re-plan is over in time: late driving times put it off, sketches are made exact, large operations go in parts."""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend_service.streets.straight_line import SpeedByHour, StraightLineStreets
from backend_service.workers.improvement import MOST_PUT_OFF, Improvement, nearby
from backend_service.workers.planning import Planner
from core.commands import AdoptPlan, RecordSource
from core.dispatch.policy import DispatchPolicy
from core.geodesy import Points
from core.orders.order import OrderState
from core.travel import TravelMatrix

SMALL = 20
"""Cells of a table that is exact here: the table of one driver's four stops."""


class Sketching(StraightLineStreets):
    """Straight streets at 10 m/s; large tables are sketches that take `factor` times as long, or never come."""

    def __init__(self, town: Any, factor: float = 1.0) -> None:
        super().__init__(town.clock, ZoneInfo("UTC"), SpeedByHour((10.0,) * 24, detour=1.0))
        self.factor = factor
        self.is_late = False
        self.is_exact_late = False

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        is_large = len(sources) * len(destinations) > SMALL
        if self.is_late if is_large else self.is_exact_late:
            await asyncio.Event().wait()
        told = await super().matrix(sources, destinations)
        factor = self.factor if is_large else 1.0
        return TravelMatrix(factor * told.durations_s, told.distances_m, degraded=False, as_of=0.0, is_sketch=is_large)


@pytest.fixture
def crossed(town: Any) -> Any:
    """Two drivers who each pass the other's kitchen."""
    town.driver("D-1", 0)
    town.driver("D-2", 10_000)
    for name, pickup_m, delivery_m, driver in (("O-1", 9_000, 9_500, "D-1"), ("O-2", 1_000, 500, "D-2")):
        town.order(name, pickup_m, delivery_m, driver_id=driver, state=OrderState.ASSIGNED, is_accepted=True)
    return town


class Hurrying:
    """A wall clock on which three seconds pass between two looks."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        self.at += 3.0
        return self.at


def worker(town: Any, streets: Sketching, *, search: Any = None, wall: Any = None, **values: Any) -> Improvement:
    policy = DispatchPolicy(**{"improve_may_move": 1, "improve_iterations": 400, **values})
    planner = Planner(town.bus, streets, town.positions, policy, wall or town.clock)
    return Improvement(town.bus, planner, search=search, travel_s=0.02, grace_s=0.02)


def adopted(town: Any) -> list[Any]:
    return [c.improvement for c in town.bus.commands if isinstance(c, AdoptPlan)]


def degraded(town: Any) -> list[bool]:
    return [c.is_degraded for c in town.bus.commands if isinstance(c, RecordSource)]


def test_plan_found_on_a_sketch_is_in_force_with_exact_times(crossed: Any) -> None:
    """D-2 is at 10,000 m and gets O-1: 1,000 m to its kitchen, that is 100 s and not the sketch's 300."""
    asyncio.run(worker(crossed, Sketching(crossed, factor=3.0)).run_once(crossed.now))

    [made] = adopted(crossed)
    [plan] = [plan for plan in made.plans if plan.driver_id == "D-2"]
    assert plan.stops[0].arrives_at - crossed.now == pytest.approx(100.0, abs=0.5)
    assert {moved.order_id for moved in made.moved} == {"O-1", "O-2"}


def test_plan_that_is_not_worth_it_by_exact_times_is_dropped(crossed: Any) -> None:
    """Swapping saves 16 km: 1,600 s of driving, 4,800 s in the sketch, of which a part pays for a gain of an hour."""
    asyncio.run(worker(crossed, Sketching(crossed, factor=1.0), improve_gain_minutes=120.0).run_once(crossed.now))
    assert adopted(crossed) == []
    asyncio.run(worker(crossed, Sketching(crossed, factor=9.0), improve_gain_minutes=120.0).run_once(crossed.now))
    assert adopted(crossed) == []


def test_plan_is_in_force_on_the_sketch_where_exact_times_are_late(crossed: Any) -> None:
    streets = Sketching(crossed, factor=2.0)
    streets.is_exact_late = True
    improvement = worker(crossed, streets, wall=Hurrying())
    asyncio.run(improvement.run_once(crossed.now))
    assert improvement.unchecked == 1
    assert len(adopted(crossed)) == 1


def test_late_driving_times_put_the_search_off_and_are_said_when_they_stay_late(crossed: Any) -> None:
    streets = Sketching(crossed)
    streets.is_late = True
    improvement = worker(crossed, streets)
    for _ in range(MOST_PUT_OFF - 1):
        asyncio.run(improvement.run_once(crossed.now))
    assert (improvement.put_off, improvement.failures, degraded(crossed)) == (MOST_PUT_OFF - 1, 0, [])

    asyncio.run(improvement.run_once(crossed.now))
    assert (improvement.put_off, improvement.failures, degraded(crossed)) == (0, 1, [True])


def test_driving_times_that_come_again_end_the_putting_off(crossed: Any) -> None:
    streets = Sketching(crossed)
    improvement = worker(crossed, streets)
    for streets.is_late in (True, False):
        asyncio.run(improvement.run_once(crossed.now))
    assert (improvement.put_off, improvement.failures) == (0, 0)
    assert len(adopted(crossed)) == 1


def test_search_that_is_late_is_dropped_and_said_when_it_still_hangs(crossed: Any) -> None:
    released = threading.Event()
    wall, hangs = Hurrying(), lambda *_: released.wait(10.0)
    improvement = worker(crossed, Sketching(crossed), search=hangs, wall=wall, improve_s=0.02)

    async def play() -> None:
        await improvement.run_once(crossed.now)
        assert (improvement.put_off, improvement.failures, degraded(crossed)) == (1, 0, [])
        await improvement.run_once(crossed.now + 30.0)
        released.set()

    asyncio.run(play())
    assert (improvement.failures, degraded(crossed), adopted(crossed)) == (1, [True], [])


def test_large_operation_is_improved_around_one_driver_after_another(town: Any) -> None:
    """Five drivers a kilometre apart with two orders each; four orders are a part."""
    for number in range(5):
        town.driver(f"D-{number}", 1_000 * number)
        for name in ("a", "b"):
            town.order(f"O-{number}{name}", 0, 500, driver_id=f"D-{number}", state=OrderState.ASSIGNED)
    world = town.planner.world(town.now)

    assert nearby(world, 10, 3) is world
    assert set(nearby(world, 4, 0).drivers) == {"D-0", "D-1"}
    assert set(nearby(world, 4, 4).drivers) == {"D-4", "D-3"}
    covered = {name for turn in range(5) for name in nearby(world, 4, turn).drivers}
    assert covered == set(world.drivers)
