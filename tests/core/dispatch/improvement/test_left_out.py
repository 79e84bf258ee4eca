"""Each order without a place is told with the first limit that nobody keeps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.left_out import Why, why_left_out
from core.dispatch.improvement.problem import Plan, Problem


def reason(lane: Any, problem: Problem) -> Why:
    """Why order 0 is left out of the improved plan."""
    made = improve(problem, lane.nothing(problem), seed=1, effort=Effort(20), clock=lambda: 0.0)
    return why_left_out(problem, made.plan)[0]


@pytest.mark.parametrize(
    ("why", "columns"),
    [
        (Why.ALLOWED, {"allowed": [[False, False]]}),
        (Why.ALLOWED, {"allowed": [[True, False]], "bound_to": [1]}),
        (Why.SKILLS, {"skills": [[True]]}),
        (Why.CAPACITY, {"load": [[11.0]]}),
        (Why.WINDOW, {"pickup_until_at": [49.0]}),
        (Why.WINDOW, {"deliver_until_at": [149.0]}),
        (Why.SHIFT, {"fleet": {"shift_ends_at": [149.0, 169.0]}}),
        (Why.SHIFT, {"fleet": {"shift_ends_at": [150.0, 170.0], "end_place": [0, 1]}}),
    ],
)
def test_the_first_limit_that_nobody_keeps_is_named(lane: Any, why: Why, columns: dict[str, Any]) -> None:
    # Vehicles at 0 and -20 m, an order from 50 to 150 m: delivered at 150 and 170.
    assert reason(lane, lane.problem([(50.0, 150.0)], [0.0, -20.0], **columns)) is why


@pytest.mark.parametrize(("until_at", "why"), [(0.0, Why.BREAK), (50.0, Why.BREAK), (150.0, Why.NO_ROOM)])
def test_break_in_between_is_named_and_one_behind_is_not(lane: Any, until_at: float, why: Why) -> None:
    # From 50 to 150 m in time for 155 s; a break of 10 s that begins by 0 or 50 s makes it 160 s, behind it does not.
    rest = {"break_vehicle": [0], "break_from_at": [0.0], "break_until_at": [until_at], "break_s": [10.0]}
    problem = lane.problem([(50.0, 150.0)], [0.0], deliver_until_at=[155.0], fleet=rest)
    left = why_left_out(problem, Plan(((1,),), (0,)))
    assert left == {0: why}


def test_no_way_is_named(lane: Any) -> None:
    problem = lane.problem([(50.0, 150.0)], [0.0])
    problem = replace(problem, durations_s=np.where(np.eye(3, dtype=bool), 0.0, np.inf))
    assert reason(lane, problem) is Why.REACHABLE


def test_without_vehicles_there_is_none(lane: Any) -> None:
    assert reason(lane, lane.problem([(0.0, 100.0)], [])) is Why.NO_VEHICLE


def test_where_others_are_in_the_way_there_is_no_room(lane: Any) -> None:
    # Either order fits alone, both do not before the shift ends; the one that may be left out is the cheaper one.
    problem = lane.problem([(0.0, 100.0), (0.0, -100.0)], fleet={"shift_ends_at": [120.0]}, unserved_price=[1e6, 1e7])
    assert reason(lane, problem) is Why.NO_ROOM
