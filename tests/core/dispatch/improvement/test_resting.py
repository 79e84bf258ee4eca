"""The search knows of planned breaks what the plain walk knows: the same times, the same price, no break too late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dispatch.improvement.compiled import dice_of
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.insertion import best_place
from core.dispatch.improvement.kept_problem import KeptProblem, decoded, digest_of, encoded
from core.dispatch.improvement.packing import packed
from core.dispatch.improvement.problem import Plan, Prices, Problem
from core.dispatch.improvement.routes import empty_routes, filled, first_breach
from core.dispatch.plan_check import Limit, broken_limits
from core.dispatch.plan_price import plan_price, route_price

type Possible = Callable[[Problem, Plan, int, int], Iterator[float]]

INF = float("inf")
FAR = 1e12
WITHOUT_BREAKS = {
    name: np.zeros(0, kind)
    for name, kind in (("break_vehicle", int), ("break_from_at", float), ("break_until_at", float), ("break_s", float))
}


def resting(problem: Problem, seed: int) -> Problem:
    """The problem with a rest for some vehicles in place of its breaks."""
    dice, count = np.random.default_rng(seed), problem.fleet.count
    from_at = 1e9 + dice.uniform(0.0, 2500.0, count)
    rests = np.column_stack([from_at, from_at + dice.uniform(0.0, 2500.0, count), dice.uniform(10.0, 900.0, count)])
    rests[dice.random(count) < 0.3] = INF, INF, 0.0
    return replace(problem, fleet=replace(problem.fleet, **WITHOUT_BREAKS, rests=rests))


def test_driver_rests_between_two_trips_and_not_within_one(lane: Any) -> None:
    # Trips 0-100 and 200-300 by one vehicle at 1 m/s; it may rest from 50 s on, and has goods on board until 100 s.
    problem = lane.problem([(0.0, 100.0), (200.0, 300.0)], fleet={"rests": [[50.0, 100.0, 60.0]]})
    timed = replace(problem, prices=Prices(per_metre=1.0, duty_per_s=1.0, late_per_s=1.0))
    due = replace(timed, work=replace(timed.work, due_at=np.array([100.0, 300.0])))
    plan = Plan(((0, 1, 2, 3),))

    assert broken_limits(due, plan) == ()
    # 300 m, 300 s of work without the rest, and the second customer 60 s late.
    assert route_price(due, 0, plan.routes[0]) == pytest.approx(300.0 + 300.0 + 60.0)
    assert [broken.limit for broken in broken_limits(due, Plan(((0, 2, 1, 3),)))] == [Limit.REST]


@pytest.mark.parametrize(("until_s", "is_given"), [(99.0, False), (100.0, True)])
def test_search_gives_no_order_that_pushes_the_rest_beyond_its_window(
    lane: Any, until_s: float, is_given: bool
) -> None:
    problem = lane.problem([(0.0, 100.0)], fleet={"rests": [[50.0, until_s, 60.0]]})
    improved = improve(problem, lane.nothing(problem), seed=1, effort=Effort(iterations=50), clock=lambda: 0.0)
    assert improved.plan.routes == (((0, 1),) if is_given else ((),))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_improved_plans_keep_rests_and_cost_what_a_plain_walk_says(
    any_problem: Callable[[int], Problem], seed: int
) -> None:
    problem = resting(any_problem(seed), seed)
    nothing = Plan(tuple(() for _ in range(problem.fleet.count)))

    improved = improve(problem, nothing, seed=seed, effort=Effort(iterations=150), clock=lambda: 0.0)

    eased = set(improved.eased)
    kept = {Limit.SHIFT: "shift", Limit.REST: "rest", Limit.WINDOW: "window", Limit.CAPACITY: "capacity"}
    names = {**kept, Limit.MAX_ORDERS: "max_orders", Limit.REACHABLE: "reachable"}
    for broken in broken_limits(problem, improved.plan):
        assert (broken.vehicle, names.get(broken.limit)) in eased, broken
    if not eased:
        assert improved.price == pytest.approx(plan_price(problem, improved.plan), rel=1e-9)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_best_place_is_the_cheapest_that_the_plain_walk_lets_pass(
    any_problem: Callable[[int], Problem], possible: Possible, seed: int
) -> None:
    problem = resting(any_problem(seed), seed)
    nothing = Plan(tuple(() for _ in range(problem.fleet.count)))
    plan = improve(problem, nothing, seed=seed, effort=Effort(iterations=20), clock=lambda: 0.0).plan
    if broken_limits(problem, plan) or not plan.unserved:
        return
    p = packed(problem)
    routes = empty_routes(p)
    filled(p, routes, plan)
    for vehicle, route in enumerate(plan.routes):
        assert first_breach(p, routes, vehicle) < 0
        assert routes.cost[vehicle] == pytest.approx(route_cost(problem, vehicle, route), rel=1e-9, abs=1e-6)
        if problem.fleet.rests[vehicle, 0] == INF:
            continue
        for order in plan.unserved:
            if not p.allowed[order, vehicle]:
                continue
            price, i, j = best_place(p, routes, order, vehicle, FAR, 0.0, dice_of(1))
            tried = list(possible(problem, plan, vehicle, order))
            best = min(tried, default=None)
            assert (best is None) == (i < 0)
            if best is not None:
                before = route_price(problem, vehicle, route)
                assert price == pytest.approx(best - before, rel=1e-9, abs=1e-4)
                after = (*route[:i], 2 * order, *route[i:j], 2 * order + 1, *route[j:])
                assert best == pytest.approx(route_price(problem, vehicle, after), rel=1e-9)


def route_cost(problem: Problem, vehicle: int, route: tuple[int, ...]) -> float:
    """What the search keeps as the cost of a route: without the price of the vehicle and of moved orders."""
    if not route:
        return 0.0
    moved = [stop // 2 for stop in route if stop % 2 and problem.work.home[stop // 2] not in (-1, vehicle)]
    fixed = problem.prices.per_vehicle + sum(float(problem.work.move_price[order]) for order in moved)
    return route_price(problem, vehicle, route) - fixed


def test_kept_problem_keeps_its_rests_and_one_without_them_its_digest(lane: Any) -> None:
    plain = lane.problem([(0.0, 100.0)])
    resting = lane.problem([(0.0, 100.0)], fleet={"rests": [[50.0, 100.0, 60.0]]})

    def kept(problem: Problem) -> KeptProblem:
        return KeptProblem(problem, lane.nothing(problem), ("D-1",), ("O-1",), 10, 0.0, 1)

    again = decoded(encoded(kept(resting)))
    assert again.problem.fleet.rests.tolist() == [[50.0, 100.0, 60.0]]
    assert digest_of(again) == digest_of(kept(resting))
    assert b"rests" not in encoded(kept(plain))
    assert decoded(encoded(kept(plain))).problem.fleet.rests.shape == (0, 3)


@pytest.mark.parametrize("rests", [[[50.0, 100.0]], [[100.0, 50.0, 60.0]], [[50.0, 100.0, -1.0]]])
def test_rests_that_mean_nothing_are_refused(lane: Any, rests: Any) -> None:
    with pytest.raises(ValueError):
        lane.problem([(0.0, 100.0)], fleet={"rests": rests})
