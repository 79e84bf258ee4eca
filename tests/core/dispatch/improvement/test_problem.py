"""Nonsense is refused with its reason before anything is planned, and compiled code follows what it calls."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from core.dispatch.improvement.compiled import dice_of, roll, stamped
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.problem import Prices, Problem
from core.dispatch.improvement.recreate import MANY
from core.dispatch.plan_check import broken_limits


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"deliver_from_at": [5.0], "deliver_until_at": [4.0]}, "a window of a delivery begins before it ends"),
        ({"ready_at": [np.nan]}, "a window of a pickup"),
        ({"load": [[-1.0]]}, "load is a number from 0 up"),
        ({"pickup_s": [np.nan]}, "pickup_s is a number from 0 up"),
        ({"load": [[1.0, 2.0]]}, "loads and capacities are in the same units"),
        ({"pickup_s": [1.0, 2.0]}, "columns of unlike lengths"),
        ({"delivery_place": [9]}, "there is no place 9"),
        ({"carrier": [3]}, "there is no vehicle 3"),
        ({"frozen": ((1,),)}, "order 0 is delivered before it was picked up"),
        ({"frozen": ((0,),), "carrier": [0]}, "order 0 is on board and still to be picked up"),
        ({"frozen": ((0, 0),)}, "a stop is frozen once"),
        ({"frozen": ((7,),)}, "a frozen stop is one of the problem's"),
        ({"frozen": ()}, "what is frozen is said for each vehicle"),
        ({"fleet": {"start_at": [np.inf]}}, "a vehicle starts at a known instant"),
    ],
)
def test_nonsense_is_refused_with_its_reason(lane: Any, columns: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        lane.problem([(0.0, 100.0)], **columns)


def test_a_price_is_from_zero_up() -> None:
    with pytest.raises(ValueError, match="late_per_s is a price from 0 up"):
        Prices(late_per_s=-1.0)


def many_vehicles(lane: Any, count: int, vehicles: int) -> Problem:
    dice = np.random.default_rng(1)
    orders = [tuple(pair) for pair in dice.uniform(0.0, 1000.0, (count, 2))]
    return lane.problem(orders, list(dice.uniform(0.0, 1000.0, vehicles)), prices=Prices(per_metre=1.0, duty_per_s=0.1))


@pytest.mark.parametrize("largest_regret", [0, 1_000_000])
def test_among_many_vehicles_every_order_finds_one(lane: Any, largest_regret: int) -> None:
    problem = many_vehicles(lane, 120, MANY + 10)
    made = improve(
        problem,
        lane.nothing(problem),
        seed=1,
        effort=Effort(30),
        clock=lambda: 0.0,
        largest_regret=largest_regret,
    )
    assert made.plan.unserved == ()
    assert broken_limits(problem, made.plan) == ()


def test_the_only_vehicle_that_may_is_found_though_it_is_far(lane: Any) -> None:
    problem = many_vehicles(lane, 80, MANY + 10)
    far = int(np.argmax(np.abs(problem.durations_s[problem.fleet.start_place, problem.work.pickup_place[0]])))
    problem.work.allowed[0] = np.arange(problem.fleet.count) == far
    made = improve(problem, lane.nothing(problem), seed=1, effort=Effort(30), clock=lambda: 0.0)
    assert made.plan.unserved == ()
    assert {0, 1} <= set(made.plan.routes[far])


def test_dice_are_the_same_for_a_seed_and_differ_between_seeds() -> None:
    first, again, other = dice_of(1), dice_of(1), dice_of(2)
    rolled = [[roll(dice) for _ in range(5)] for dice in (first, again, other)]
    assert rolled[0] == rolled[1] != rolled[2]
    assert all(0.0 <= number < 1.0 for row in rolled for number in row)


def made(source: str, **names: Any) -> Any:
    exec(source, names)
    return numba.njit(stamped(names["made"]))


def test_compiled_code_is_kept_under_what_it_and_its_callees_say() -> None:
    caller = "def made(x):\n    return inner(x)\n"
    once, twice = (made(f"def made(x):\n    return {factor} * x\n") for factor in (1.0, 2.0))
    names = [made(caller, inner=inner).py_func.__qualname__ for inner in (once, twice, once)]
    assert names[0] == names[2] != names[1]


def test_what_is_called_is_to_be_defined_before() -> None:
    with pytest.raises(NameError, match="later"):
        made("def made(x):\n    return later(x)\n")
