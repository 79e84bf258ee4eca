"""What a decision rests on is exact: along the drivers' routes, and from and to the orders in question."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from backend_service.streets.straight_line import SpeedByHour, StraightLineStreets
from backend_service.workers import sharpening
from backend_service.workers.planning import Planner
from backend_service.workers.sharpening import SMALL_CELLS, retimed, sharpened
from core.dispatch.candidates import points_of
from core.dispatch.decision import PlanChange
from core.dispatch.improvement.from_world import problem_of
from core.dispatch.policy import DispatchPolicy
from core.geodesy import METRES_PER_DEGREE, Points
from core.orders.order import OrderState
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId


class Noting(StraightLineStreets):
    """Straight streets at 10 m/s; `sketches` makes tables above so many cells take twice as long."""

    def __init__(self, town: Any, sketches: int = 10**9) -> None:
        super().__init__(town.clock, ZoneInfo("UTC"), SpeedByHour((10.0,) * 24, detour=1.0))
        self.asked: list[tuple[int, int]] = []
        self.sketches = sketches

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        self.asked.append((len(sources), len(destinations)))
        told = await super().matrix(sources, destinations)
        is_sketch = len(sources) * len(destinations) > self.sketches
        factor = 2.0 if is_sketch else 1.0
        return TravelMatrix(factor * told.durations_s, told.distances_m, degraded=False, as_of=0.0, is_sketch=is_sketch)


@pytest.fixture
def busy(town: Any) -> Any:
    """Two drivers with an order each, and one that waits."""
    town.driver("D-1", 0)
    town.driver("D-2", 10_000)
    town.order("O-1", 1_000, 2_000, driver_id="D-1", state=OrderState.ASSIGNED)
    town.order("O-2", 9_000, 8_000, driver_id="D-2", state=OrderState.ASSIGNED)
    town.order("O-3", 4_000, 6_000)
    return town


def sketched(town: Any) -> Any:
    """The world with a sketch in which every way takes for ever."""
    world = town.planner.world(town.now)
    points = points_of(world, world.orders, world.drivers)
    shape = (len(points.sources), len(points.destinations))
    matrix = TravelMatrix(np.full(shape, 9e9), np.full(shape, 9e9), degraded=False, as_of=0.0, is_sketch=True)
    return world.with_travel(TravelTable(matrix, points.sources, points.destinations))


def test_every_leg_that_the_order_may_bring_is_exact_and_no_other(busy: Any) -> None:
    world = sketched(busy)
    exact = asyncio.run(sharpened(Noting(busy), world, ["O-3"], list(world.drivers))).travel

    def seconds(a_m: float, b_m: float) -> float:
        return exact.duration_s(exact.row(busy.at(a_m)), exact.column(busy.at(b_m)))

    for a, b in (
        (0, 1_000),
        (1_000, 2_000),
        (0, 4_000),
        (2_000, 4_000),
        (6_000, 8_000),
        (4_000, 6_000),
        (10_000, 9_000),
    ):
        assert seconds(a, b) == pytest.approx(abs(a - b) / 10.0, abs=0.1)
    assert seconds(1_000, 8_000) == 9e9
    assert not exact.matrix.is_sketch


def test_exact_table_is_left_alone(busy: Any) -> None:
    world = sketched(busy)
    world = world.with_travel(world.travel.retold(TravelMatrix(*_two(world), degraded=False, as_of=0.0)))
    streets = Noting(busy)
    assert asyncio.run(sharpened(streets, world, ["O-3"], list(world.drivers))) is world
    assert streets.asked == []


def _two(world: Any) -> tuple[Any, Any]:
    return world.travel.matrix.durations_s.copy(), world.travel.matrix.distances_m.copy()


def test_order_is_priced_by_exact_times(busy: Any) -> None:
    """D-1 is done at 2,000 m: 4 km more, 400 s; D-2 is done at 8,000 m: 4 km to the kitchen and 2 km back."""
    planner = Planner(busy.bus, Noting(busy, sketches=20), busy.positions, DispatchPolicy(), busy.clock)
    order = busy.bus.operation.orders.orders["O-3"]
    _, pricing = asyncio.run(planner.priced(planner.world(busy.now), order))
    assert [candidate.option.insertion.extra_driving_s for candidate in pricing.possible] == pytest.approx(
        [400.0, 600.0], abs=1.0
    )


def test_questions_are_small_enough_to_be_answered_exactly() -> None:
    parts = list(sharpening._small(list(range(50)), list(range(30))))
    assert all(len(sources) * len(goals) <= SMALL_CELLS for sources, goals in parts)
    assert [source for sources, _ in parts for source in sources] == list(range(50))
    assert list(sharpening._small([1], [])) == []


def test_price_is_the_same_whether_all_driving_is_asked_for_or_what_it_needs(busy: Any) -> None:
    order = busy.bus.operation.orders.orders["O-3"]
    found, asked = [], []
    for is_sketched in (False, True):
        streets = Noting(busy)
        planner = Planner(busy.bus, streets, busy.positions, DispatchPolicy(), busy.clock)
        planner.is_sketched = partial(bool, is_sketched)
        _, pricing = asyncio.run(planner.priced(planner.world(busy.now), order))
        found.append([(c.driver_id, c.terms, c.total_money) for c in pricing.possible])
        asked.append(max(sources * goals for sources, goals in streets.asked))
    assert found[0] == found[1] != []
    assert asked[0] == 8 * 6 and asked[1] < asked[0]


def test_plan_is_timed_anew_on_a_table_of_its_drivers_alone(busy: Any) -> None:
    world = sketched(busy)
    plan = PlanChange(driver_id=DriverId("D-1"), plan_number=1, stops=())
    exact = asyncio.run(retimed(Noting(busy), world, [plan])).travel
    assert exact.matrix.durations_s.shape == (3, 2)
    assert exact.duration_s(exact.row(busy.at(0)), exact.column(busy.at(1_000))) == pytest.approx(100.0, abs=0.1)


def test_plan_with_an_order_picked_up_can_be_judged_on_the_table_of_its_drivers_alone(busy: Any) -> None:
    busy.order("O-4", 500, 3_000, driver_id="D-1", state=OrderState.ON_THE_WAY)
    world = sketched(busy)
    plan = PlanChange(driver_id=DriverId("D-1"), plan_number=1, stops=world.drivers[DriverId("D-1")].stops)
    exact = asyncio.run(retimed(Noting(busy), world, [plan]))
    touched = replace(exact, drivers={plan.driver_id: exact.drivers[plan.driver_id]})
    assert problem_of(touched, ()).orders == ("O-1", "O-4")


class Closed(Noting):
    """A sketch knows nothing of the street that was closed east of 5,500 m: ways across it are no ways."""

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        told = await super().matrix(sources, destinations)
        if told.is_sketch:
            return told
        from_beyond, to_beyond = (places[:, 1] * METRES_PER_DEGREE > 5_500.0 for places in (sources, destinations))
        seconds = np.where(np.not_equal.outer(from_beyond, to_beyond), np.inf, told.durations_s)
        return TravelMatrix(seconds, told.distances_m, degraded=False, as_of=0.0)


def test_match_knows_that_the_near_drivers_kitchen_lies_behind_a_closed_street(town: Any) -> None:
    town.driver("D-near", 6_000)
    town.driver("D-far", 0)
    order = town.order("O-1", 5_000, 4_000)
    streets = Closed(town, sketches=3)  # the match's table, of four places and two goals, is one
    planner = Planner(town.bus, streets, town.positions, DispatchPolicy(), town.clock)

    made, travel = asyncio.run(planner.match_of(planner.world(town.now), [order]))

    places = {place: number for number, place in enumerate(made.places)}
    assert travel[places[town.at(6_000)], places[town.at(5_000)]] == np.inf
    assert travel[places[town.at(0)], places[town.at(5_000)]] == pytest.approx(500.0, abs=1.0)


def test_what_a_match_asks_of_the_streets_is_bounded(town: Any) -> None:
    for number in range(30):
        town.driver(f"D-{number:02d}", 100 * number)
    orders = [town.order(f"O-{number:02d}", 90 * number, 5_000 + 7 * number) for number in range(60)]
    streets = Noting(town, sketches=400)
    planner = Planner(town.bus, streets, town.positions, DispatchPolicy(), town.clock)

    asyncio.run(planner.match_of(planner.world(town.now), orders))

    small = [cells for cells in streets.asked if cells[0] * cells[1] <= 400]
    assert len(small) == 2 * sharpening.FIRST_LEGS_KITCHENS
    assert sum(sources * goals for sources, goals in small) <= sharpening.FIRST_LEGS_KITCHENS * 10
