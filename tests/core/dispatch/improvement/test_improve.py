"""Whatever the problem: plans keep the limits, lose nothing, move nothing that is frozen, and can be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dispatch.improvement.easing import eased
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.problem import Plan, Problem
from core.dispatch.plan_check import Broken, Limit, broken_limits
from core.dispatch.plan_price import plan_price

type MakesProblem = Callable[[int], Problem]

SEEDS = st.integers(0, 100_000)


def stopped_clock() -> float:
    return 0.0


def started(problem: Problem, seed: int) -> Plan:
    """A plan in force that may be nonsense: orders shuffled over vehicles, each delivered right after its pickup."""
    dice = np.random.default_rng(seed)
    routes: list[list[int]] = [list(route) for route in problem.frozen]
    frozen = {stop // 2 for route in problem.frozen for stop in route}
    for order in dice.permutation(problem.work.count).tolist():
        if order not in frozen and dice.random() < 0.8:
            routes[int(dice.integers(0, problem.fleet.count))] += [2 * order, 2 * order + 1]
    return Plan(tuple(map(tuple, routes)))


def avoidable(problem: Problem, plan: Plan, made: Plan) -> list[Broken]:
    """What a plan breaks, without stops that must be visited though no way leads there."""
    given = eased(problem, plan)
    cut_off = {vehicle for vehicle, limit in given.moved if limit == "reachable"}
    return [b for b in broken_limits(given.problem, made) if b.limit is not Limit.REACHABLE or b.vehicle not in cut_off]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(SEEDS, st.booleans(), st.booleans())
def test_no_plan_breaks_a_limit_or_loses_an_order(
    any_problem: MakesProblem, seed: int, from_nothing: bool, fewest: bool
) -> None:
    problem = any_problem(seed)
    plan = Plan(((),) * problem.fleet.count) if from_nothing else started(problem, seed)
    made = improve(problem, plan, seed=seed, effort=Effort(60), clock=stopped_clock, fewest_vehicles=fewest)
    assert avoidable(problem, plan, made.plan) == []


@settings(max_examples=100, deadline=None, derandomize=True)
@given(SEEDS)
def test_the_price_is_what_the_plan_costs(any_problem: MakesProblem, seed: int) -> None:
    problem = any_problem(seed)
    made = improve(problem, started(problem, seed), seed=seed, effort=Effort(60), clock=stopped_clock)
    if not any(limit == "reachable" for _, limit in made.eased):
        assert made.price == pytest.approx(plan_price(problem, made.plan), rel=1e-6)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SEEDS)
def test_frozen_stops_stay_at_the_head(any_problem: MakesProblem, seed: int) -> None:
    problem = any_problem(seed)
    made = improve(problem, started(problem, seed), seed=seed, effort=Effort(60), clock=stopped_clock)
    for route, frozen in zip(made.plan.routes, problem.frozen, strict=True):
        assert route[: len(frozen)] == frozen


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SEEDS)
def test_same_problem_seed_and_budget_make_the_same_plan(any_problem: MakesProblem, seed: int) -> None:
    problem = any_problem(seed)
    plan = started(problem, seed)
    first, second = (improve(problem, plan, seed=seed, effort=Effort(80), clock=stopped_clock) for _ in range(2))
    assert first == second


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SEEDS)
def test_a_plan_at_a_deadline_of_zero_is_feasible(any_problem: MakesProblem, seed: int) -> None:
    problem = any_problem(seed)
    plan = started(problem, seed)
    made = improve(problem, plan, seed=1, effort=Effort(1000, seconds=0.0), clock=stopped_clock)
    assert made.iterations == 0
    assert avoidable(problem, plan, made.plan) == []


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SEEDS)
def test_the_plan_never_costs_more_than_the_one_in_force(any_problem: MakesProblem, seed: int) -> None:
    problem = any_problem(seed)
    made = improve(problem, started(problem, seed), seed=seed, effort=Effort(60), clock=stopped_clock)
    assert made.price <= made.first_price


class Ticking:
    """A clock that goes on by an uneven step each time it is asked."""

    def __init__(self) -> None:
        self._steps: Iterator[int] = count(1)
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 0.001 * (next(self._steps) % 7)
        return self._now


def test_a_run_cut_by_the_clock_is_repeated_exactly_from_its_marks(
    any_problem: MakesProblem, no_clock: Callable[[], float]
) -> None:
    problem = any_problem(3)
    plan = started(problem, 3)
    cut = improve(problem, plan, seed=5, effort=Effort(10_000, seconds=0.05), clock=Ticking(), fewest_vehicles=True)
    again = improve(problem, plan, seed=5, effort=Effort(10_000, marks=cut.marks), clock=no_clock, fewest_vehicles=True)
    assert 0 < cut.iterations < 10_000
    assert again == cut


def test_an_order_moves_only_if_that_saves_more_than_its_price(lane: Any) -> None:
    # Driver 0 stands 300 m from the pickup, driver 1 at it: moving the order saves 300 of driving.
    for move_price, carrier in ((299.0, 1), (301.0, 0)):
        problem = lane.problem([(300.0, 400.0)], [0.0, 300.0], home=[0], move_price=[move_price])
        made = improve(problem, Plan(((0, 1), ())), seed=1, effort=Effort(50), clock=stopped_clock)
        assert made.plan.routes[carrier] == (0, 1)


def test_goods_on_board_stay_with_their_driver(lane: Any) -> None:
    problem = lane.problem([(0.0, 900.0)], [0.0, 900.0], carrier=[0])
    made = improve(problem, Plan(((), ())), seed=1, effort=Effort(50), clock=stopped_clock)
    assert made.plan == Plan(((1,), ()))


def test_fewer_vehicles_come_before_a_shorter_way(lane: Any) -> None:
    # Two drivers each beside an order would drive 20 m together, one alone drives 10 + 80 + 10.
    problem = lane.problem([(0.0, 10.0), (90.0, 100.0)], [0.0, 90.0])
    shortest = improve(problem, lane.nothing(problem), seed=1, effort=Effort(60), clock=stopped_clock)
    fewest = improve(
        problem, lane.nothing(problem), seed=1, effort=Effort(60), clock=stopped_clock, fewest_vehicles=True
    )
    assert (shortest.price, fewest.price) == (20.0, 100.0)
    assert sum(map(bool, fewest.plan.routes)) == 1


def test_a_break_is_taken_within_its_window(lane: Any) -> None:
    # Stops at 0, 100 and 200 m; the break may begin from second 50 to 150: at the stop at 100 m.
    fleet = {"break_vehicle": [0], "break_from_at": [50.0], "break_until_at": [150.0], "break_s": [30.0]}
    problem = lane.problem([(0.0, 100.0), (100.0, 200.0)], fleet=fleet)
    made = improve(problem, lane.nothing(problem), seed=1, effort=Effort(50), clock=stopped_clock)
    assert broken_limits(problem, made.plan) == ()
    assert made.plan.routes[0].index(5) in (2, 3)


def test_what_a_late_driver_has_on_board_is_delivered_and_nothing_is_added(lane: Any) -> None:
    # The shift ends at 50 and the delivery on board is 100 s away: it is made, the order beside the way is not taken.
    problem = lane.problem(
        [(0.0, 100.0), (100.0, 120.0)], carrier=[0, -1], fleet={"shift_ends_at": [50.0]}, delivery_s=[5.0, 5.0]
    )
    made = improve(problem, lane.nothing(problem), seed=1, effort=Effort(50), clock=stopped_clock)
    assert made.plan == Plan(((1,),), unserved=(1,))
    assert made.eased == ((0, "shift"),)


def test_no_vehicles_leave_every_order_out(lane: Any) -> None:
    problem = lane.problem([(0.0, 100.0)], [])
    made = improve(problem, Plan(()), seed=1, effort=Effort(50), clock=stopped_clock)
    assert made.plan == Plan((), unserved=(0,))


def test_no_orders_leave_the_vehicles_where_they_are(lane: Any) -> None:
    problem = lane.problem([], [0.0])
    assert improve(problem, Plan(((),)), seed=1, effort=Effort(50), clock=stopped_clock).plan == Plan(((),))


def test_growing_lateness_is_spread_over_customers(lane: Any) -> None:
    # Both customers at 100 m, promised at 60 and 80; serving either first costs the same way. Growing lateness counts.
    prices = replace(lane.prices, late_growth_per_s2=1.0)
    problem = lane.problem([(0.0, 100.0), (0.0, 100.0)], prices=prices, due_at=[60.0, 80.0], delivery_s=[30.0, 30.0])
    made = improve(problem, lane.nothing(problem), seed=1, effort=Effort(50), clock=stopped_clock)
    # First 100 - 60 = 40 late, then 130 - 80 = 50: 1600 + 2500; the other way round 20 and 70: 400 + 4900.
    assert made.price == pytest.approx(100.0 + 1600.0 + 2500.0)


def test_an_effort_is_from_zero_up() -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        Effort(-1)
