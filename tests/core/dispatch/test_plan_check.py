"""A planted breach of each hard limit is found and named, and a sound plan has none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.dispatch.improvement.problem import NOBODY, Fleet, Plan, Prices, Problem, Work
from core.dispatch.plan_check import Broken, Limit, broken_limits
from core.dispatch.plan_price import plan_price

SOUND = Plan(((0, 1, 7), (2, 3)), unserved=(2,))
"""Order 0 with vehicle 0, order 1 with vehicle 1, order 2 left out; stop 7 is vehicle 0's break."""


def problem(**columns: Any) -> Problem:
    """Two vehicles at 0 m and three orders from 0 to 100 m at 1 m/s; every limit has room for `SOUND`."""
    metres = np.array([[0.0, 100.0], [100.0, 0.0]])
    fleet = Fleet(
        start_place=np.array([0, 0]),
        end_place=np.array([NOBODY, 0]),
        start_at=np.zeros(2),
        shift_ends_at=np.array([400.0, 400.0]),
        capacity=np.full((2, 2), 5.0),
        skills=np.ones((2, 1), bool),
        max_orders=np.array([2, 2]),
        break_vehicle=np.array([0]),
        break_from_at=np.array([50.0]),
        break_until_at=np.array([200.0]),
        break_s=np.array([60.0]),
    )
    work = Work(
        pickup_place=np.array([0, 0, 0]),
        delivery_place=np.array([1, 1, 1]),
        ready_at=np.array([10.0, 10.0, 10.0]),
        pickup_until_at=np.array([30.0, 30.0, 30.0]),
        deliver_from_at=np.zeros(3),
        deliver_until_at=np.array([130.0, 130.0, 130.0]),
        due_at=np.array([100.0, 100.0, 100.0]),
        waits_from_at=np.zeros(3),
        pickup_s=np.full(3, 10.0),
        delivery_s=np.full(3, 20.0),
        load=np.full((3, 2), 2.0),
        skills=np.ones((3, 1), bool),
        allowed=np.ones((3, 2), bool),
        carrier=np.full(3, NOBODY),
        bound_to=np.full(3, NOBODY),
        home=np.array([0, 0, NOBODY]),
        move_price=np.full(3, 7.0),
        unserved_price=np.full(3, 1000.0),
    )
    prices = Prices(per_metre=1.0, per_vehicle=50.0, duty_per_s=0.1, late_per_s=2.0, late_growth_per_s2=0.1)
    frozen = columns.pop("frozen", ((), ()))
    of_fleet = {name: np.array(column) for name, column in columns.items() if name in Fleet.__dataclass_fields__}
    of_work = {name: np.array(column) for name, column in columns.items() if name in Work.__dataclass_fields__}
    return Problem(metres, metres, replace(fleet, **of_fleet), replace(work, **of_work), prices, frozen)


def limits(found: tuple[Broken, ...]) -> set[Limit]:
    return {broken.limit for broken in found}


def test_a_sound_plan_breaks_nothing() -> None:
    assert broken_limits(problem(), SOUND) == ()


@pytest.mark.parametrize(
    ("limit", "plan"),
    [
        (Limit.KNOWN, Plan(((0, 1, 7), (2, 99)), (2,))),
        (Limit.KNOWN, Plan(((0, 1, 7),), (1, 2))),
        (Limit.ONCE, Plan(((0, 1, 7), (2, 3, 3)), (2,))),
        (Limit.ONCE, Plan(((0, 1, 7), (2, 3)), (1, 2))),
        (Limit.LOST, Plan(((0, 1, 7), (2, 3)))),
        (Limit.PAIRING, Plan(((0, 3, 7), (2, 1)), (2,))),
        (Limit.PRECEDENCE, Plan(((1, 0, 7), (2, 3)), (2,))),
        (Limit.BREAK, Plan(((0, 1), (2, 3)), (2,))),
        (Limit.BREAK, Plan(((0, 1), (2, 3, 7)), (2,))),
    ],
)
def test_a_broken_sequence_is_named(limit: Limit, plan: Plan) -> None:
    assert limit in limits(broken_limits(problem(), plan))


@pytest.mark.parametrize(
    ("limit", "columns"),
    [
        (Limit.CAPACITY, {"load": [[2.0, 6.0], [2.0, 2.0], [2.0, 2.0]]}),
        (Limit.CAPACITY, {"load": [[2.0, 2.0], [2.0, 2.0], [2.0, 4.0]], "carrier": [-1, -1, 0]}),
        (Limit.WINDOW, {"deliver_until_at": [119.0, 130.0, 130.0]}),
        (Limit.WINDOW, {"pickup_until_at": [-1.0, 30.0, 30.0], "ready_at": [-5.0, 10.0, 10.0]}),
        (Limit.BREAK, {"break_until_at": [139.0]}),
        (Limit.SHIFT, {"shift_ends_at": [199.0, 400.0]}),
        (Limit.SHIFT, {"shift_ends_at": [400.0, 239.0]}),
        (Limit.SKILLS, {"skills": [[True], [False]]}),
        (Limit.ALLOWED, {"allowed": [[False, True], [True, True], [True, True]]}),
        (Limit.PINNED, {"bound_to": [-1, 0, -1]}),
        (Limit.CARRIER, {"carrier": [1, -1, -1]}),
        (Limit.LOST, {"carrier": [-1, -1, 1]}),
        (Limit.FROZEN, {"frozen": ((0, 7), ())}),
        (Limit.MAX_ORDERS, {"max_orders": [0, 2]}),
    ],
)
def test_a_broken_limit_is_named(limit: Limit, columns: dict[str, Any]) -> None:
    if limit is Limit.SKILLS:
        made = problem()
        made = replace(made, fleet=replace(made.fleet, skills=np.array(columns["skills"])))
    else:
        made = problem(**columns)
    assert limit in limits(broken_limits(made, SOUND))


def test_a_place_without_a_way_is_named() -> None:
    made = problem()
    made = replace(made, durations_s=np.array([[0.0, np.inf], [100.0, 0.0]]))
    assert limits(broken_limits(made, SOUND)) == {Limit.REACHABLE}


def test_by_how_much_a_limit_is_broken_is_said() -> None:
    # Ready at 10, picked up until 20, 100 s of driving: there at 120.
    assert broken_limits(problem(deliver_until_at=[113.0, 130.0, 130.0]), SOUND) == (
        Broken(Limit.WINDOW, vehicle=0, number=1, by=7.0),
    )


def test_a_plan_costs_what_its_parts_cost() -> None:
    # Vehicle 0: 100 m, 50 for going out, 140 s on duty (the break behind the last stop is none), 20 s late: 40 + 40.
    # Vehicle 1: 100 m there and 100 back, 50, 240 s on duty, 20 s late, and 7 for order 1, which was vehicle 0's.
    first = 100.0 + 50.0 + 14.0 + 80.0
    second = 200.0 + 50.0 + 24.0 + 80.0 + 7.0
    assert plan_price(problem(), SOUND) == pytest.approx(first + second + 1000.0)
