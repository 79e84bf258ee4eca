"""Only those parts of a better plan are kept that are worth it, and what belongs together stays together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.dispatch.improvement.parts import worthwhile
from core.dispatch.improvement.problem import NOBODY, Fleet, Plan, Prices, Problem, Work

METRES = np.array([0.0, 100.0, 1_000.0, 10_000.0])
"""Places on a line; every driver starts at the first, a metre costs 1."""


def problem(pickups: list[int], deliveries: list[int], vehicles: int) -> Problem:
    count, endless = len(pickups), np.full(len(pickups), np.inf)
    metres = np.abs(METRES[:, None] - METRES[None, :])
    nobody = np.full(count, NOBODY)
    fleet = Fleet(
        start_place=np.zeros(vehicles, np.int64),
        end_place=np.full(vehicles, NOBODY),
        start_at=np.zeros(vehicles),
        shift_ends_at=np.full(vehicles, 1e6),
        capacity=np.full((vehicles, 1), 9.0),
        skills=np.zeros((vehicles, 0), bool),
        max_orders=np.full(vehicles, 9),
    )
    work = Work(
        pickup_place=np.array(pickups),
        delivery_place=np.array(deliveries),
        ready_at=np.zeros(count),
        pickup_until_at=endless,
        deliver_from_at=np.zeros(count),
        deliver_until_at=endless,
        due_at=endless,
        waits_from_at=np.zeros(count),
        pickup_s=np.zeros(count),
        delivery_s=np.zeros(count),
        load=np.ones((count, 1)),
        skills=np.zeros((count, 0), bool),
        allowed=np.ones((count, vehicles), bool),
        carrier=nobody,
        bound_to=nobody,
        home=nobody,
        move_price=np.zeros(count),
        unserved_price=np.full(count, 1e6),
    )
    return Problem(metres / 10.0, metres, fleet, work, Prices(per_metre=1.0), ((),) * vehicles)


def test_part_that_saves_too_little_is_undone() -> None:
    """Both drivers deliver first and go back for the nearer order; the first saves 18,000 m, the second 1,800."""
    p = problem([1, 1, 1, 1], [3, 1, 2, 1], 2)
    before = Plan(((0, 1, 2, 3), (4, 5, 6, 7)))
    after = Plan(((2, 3, 0, 1), (6, 7, 4, 5)))
    assert worthwhile(p, before, after, 1_000.0).routes != before.routes
    kept = worthwhile(p, before, after, 5_000.0)
    assert kept.routes == ((2, 3, 0, 1), (4, 5, 6, 7))
    assert worthwhile(p, before, after, 20_000.0) == before


def test_drivers_who_exchange_an_order_are_one_part() -> None:
    """The second driver, who is at the far door anyway, takes the far order: dearer alone, cheaper together."""
    p = problem([1, 2], [3, 3], 2)
    before, after = Plan(((0, 1), (2, 3))), Plan(((), (0, 2, 1, 3)))
    kept = worthwhile(p, before, after, 1.0)
    assert kept == after
    assert worthwhile(p, before, after, 10_001.0) == before


def test_only_the_best_parts_are_kept_where_few_may_change_and_one_in_any_case() -> None:
    p = problem([1, 1, 1, 1], [3, 1, 2, 1], 2)
    before, after = Plan(((0, 1, 2, 3), (4, 5, 6, 7))), Plan(((2, 3, 0, 1), (6, 7, 4, 5)))
    for most in (0, 1):
        assert worthwhile(p, before, after, 1.0, most=most).routes == ((2, 3, 0, 1), (4, 5, 6, 7))
    assert worthwhile(p, before, after, 1.0, most=2) == after


@pytest.mark.parametrize("least", [1.0, 1e5])
def test_order_that_finds_a_place_is_worth_its_detour(least: float) -> None:
    p = problem([1, 1], [2, 3], 1)
    before, after = Plan(((0, 1),), (1,)), Plan(((0, 1, 2, 3),))
    assert worthwhile(p, before, after, least) == after
    assert worthwhile(p, after, before, least) == after


def test_nothing_changes_where_nothing_changed() -> None:
    p = problem([1], [2], 2)
    plan = Plan(((0, 1), ()))
    assert worthwhile(p, plan, replace(plan), 0.0) == plan
