"""Overtime is for what is on board: no vehicle picks up after its last pickup, by the search and by the plain walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.dispatch.improvement.compiled import dice_of
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.insertion import best_place
from core.dispatch.improvement.kept_problem import KeptProblem, decoded, encoded
from core.dispatch.improvement.left_out import Why, why_left_out
from core.dispatch.improvement.packing import packed
from core.dispatch.improvement.problem import Plan, Problem
from core.dispatch.improvement.routes import empty_routes, filled, first_breach
from core.dispatch.plan_check import Broken, Limit, broken_limits
from core.dispatch.plan_price import route_price

type Possible = Callable[[Problem, Plan, int, int], Iterator[float]]

FAR = 1e12


def closing(problem: Problem, seed: int) -> Problem:
    """The problem with a last pickup for most vehicles, some before anything is ready."""
    dice, count = np.random.default_rng(seed), problem.fleet.count
    last = np.where(dice.random(count) < 0.2, np.inf, 1e9 + dice.uniform(0.0, 4000.0, count))
    return replace(problem, fleet=replace(problem.fleet, last_pickup_at=last))


def test_no_pickup_after_the_last_one_whatever_overtime_there_is(lane: Any) -> None:
    problem = lane.problem([(0.0, 100.0), (200.0, 300.0)], fleet={"last_pickup_at": [150.0]})

    assert broken_limits(problem, Plan(((0, 1),), (1,))) == ()
    assert broken_limits(problem, Plan(((0, 1, 2, 3),))) == (Broken(Limit.SHIFT, 0, by=50.0),)


def test_goods_that_are_ready_too_late_are_not_waited_for(lane: Any) -> None:
    problem = lane.problem([(0.0, 100.0)], fleet={"last_pickup_at": [150.0]}, ready_at=[160.0])
    improved = improve(problem, lane.nothing(problem), seed=1, effort=Effort(iterations=20), clock=lambda: 0.0)

    assert improved.plan == Plan(((),), (0,))
    assert why_left_out(problem, improved.plan) == {0: Why.SHIFT}
    assert broken_limits(problem, Plan(((0, 1),))) == (Broken(Limit.SHIFT, 0, by=10.0),)


@pytest.mark.parametrize(("last_s", "is_given"), [(199.0, False), (200.0, True)])
def test_search_puts_no_pickup_and_pushes_none_beyond_it(lane: Any, last_s: float, is_given: bool) -> None:
    problem = lane.problem([(200.0, 300.0)], fleet={"last_pickup_at": [last_s]})
    improved = improve(problem, lane.nothing(problem), seed=1, effort=Effort(iterations=50), clock=lambda: 0.0)

    assert improved.plan.routes == (((0, 1),) if is_given else ((),))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_improved_plans_pick_up_in_time(any_problem: Callable[[int], Problem], seed: int) -> None:
    problem = closing(any_problem(seed), seed)
    nothing = Plan(tuple(() for _ in range(problem.fleet.count)))

    improved = improve(problem, nothing, seed=seed, effort=Effort(iterations=150), clock=lambda: 0.0)

    late = {found.vehicle for found in broken_limits(problem, improved.plan) if found.limit is Limit.SHIFT}
    assert {(vehicle, "shift") for vehicle in late} <= set(improved.eased)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
@example(seed=701)
def test_best_place_is_the_cheapest_that_the_plain_walk_lets_pass(
    any_problem: Callable[[int], Problem], possible: Possible, seed: int
) -> None:
    problem = closing(any_problem(seed), seed)
    nothing = Plan(tuple(() for _ in range(problem.fleet.count)))
    improved = improve(problem, nothing, seed=seed, effort=Effort(iterations=20), clock=lambda: 0.0)
    plan = improved.plan
    if improved.eased or broken_limits(problem, plan) or not plan.unserved:
        return
    p = packed(problem)
    routes = empty_routes(p)
    filled(p, routes, plan)
    for vehicle, route in enumerate(plan.routes):
        assert first_breach(p, routes, vehicle) < 0
        for order in plan.unserved:
            tried = list(possible(problem, plan, vehicle, order))
            if not p.allowed[order, vehicle]:
                assert tried == []
                continue
            price, i, _ = best_place(p, routes, order, vehicle, FAR, 0.0, dice_of(1))
            assert (not tried) == (i < 0)
            if tried:
                extra = min(tried) - route_price(problem, vehicle, route)
                assert price == pytest.approx(extra, rel=1e-9, abs=1e-4)


def test_kept_problem_keeps_them_and_one_without_them_its_form(lane: Any) -> None:
    def kept(problem: Problem) -> bytes:
        return encoded(KeptProblem(problem, lane.nothing(problem), ("D-1",), ("O-1",), 10, 0.0, 1))  # type: ignore[arg-type]

    closing = lane.problem([(0.0, 100.0)], fleet={"last_pickup_at": [150.0]})
    assert decoded(kept(closing)).problem.fleet.last_pickup_at.tolist() == [150.0]
    assert b"last_pickup_at" not in kept(lane.problem([(0.0, 100.0)]))


@pytest.mark.parametrize("last", [[np.nan], [1.0, 2.0]])
def test_last_pickups_that_mean_nothing_are_refused(lane: Any, last: Any) -> None:
    with pytest.raises(ValueError):
        lane.problem([(0.0, 100.0)], fleet={"last_pickup_at": last})
