"""Planned breaks: which there are, which one is due, what counts as taken, and what no shift can hold."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.commands import EndShift, GiveBreakTurn, PauseDriver, PlanBreaks, ResumeDriver, StartShift
from core.fleet.fleet import Driver, PlannedBreak
from core.fleet.planned_break import BreakRule, back_at, breaks_of, due_break, due_breaks
from core.refusals import Refusal
from core.vocabulary import PLATFORM, Actor, DriverId, Role, VehicleId

D1 = DriverId("D-1")
DESK = Actor(role=Role.DISPATCHER, subject="rojas")
RULE = BreakRule(by_s=3 * 3600.0, window_s=3600.0, length_s=1800.0)


def a_break(from_s: float, until_s: float, length_s: float = 1800.0, since_at: float = 0.0) -> PlannedBreak:
    return PlannedBreak(earliest_at=since_at + from_s, latest_at=since_at + until_s, length_s=length_s)


def on_shift(**fields: Any) -> Driver:
    """A driver on shift from 0 to 6 h."""
    shift: dict[str, Any] = {"is_on_shift": True, "shift_started_at": 0.0, "shift_ends_at": 21_600.0}
    return Driver(driver_id=D1, person=None, **{**shift, **fields})


def test_the_rule_makes_one_break_for_who_works_longer() -> None:
    assert breaks_of(on_shift(), RULE) == (a_break(7_200.0, 10_800.0),)
    assert breaks_of(on_shift(shift_ends_at=10_800.0), RULE) == ()
    assert breaks_of(on_shift(shift_ends_at=11_000.0), RULE) == (a_break(5_600.0, 9_200.0),), "it ends in the shift"
    assert breaks_of(on_shift(is_on_shift=False), RULE) == ()
    assert breaks_of(on_shift(), None) == ()


def test_the_rules_break_begins_in_its_turn_and_never_later_than_the_rule_has_it() -> None:
    assert breaks_of(on_shift(break_turn_s=1_800.0), RULE) == (a_break(9_000.0, 10_800.0),)
    assert breaks_of(on_shift(break_turn_s=9_999.0), RULE) == (a_break(10_800.0, 10_800.0),)
    own = (a_break(9_000.0, 9_600.0),)
    assert breaks_of(on_shift(breaks=own, break_turn_s=1_800.0), RULE) == own, "what a person planned has no turn"


def test_who_rests_of_his_own_before_his_turn_has_had_the_break() -> None:
    driver = on_shift(break_turn_s=1_800.0, pauses=(7_300.0,))
    assert due_breaks(driver, RULE) == ()
    assert due_breaks(replace(driver, pauses=(7_100.0,)), RULE) == (a_break(9_000.0, 10_800.0),), "too early to be it"


def test_a_turn_is_given_once_in_a_shift(scene: Any) -> None:
    actor = scene.driver("1")
    scene.do(GiveBreakTurn(driver_id=D1, turn_s=1_800.0))
    assert scene.do(GiveBreakTurn(driver_id=D1, turn_s=600.0)).events == []
    assert scene.operation.fleet.drivers[D1].break_turn_s == 1_800.0
    with pytest.raises(Refusal):
        scene.driver("2"), scene.do(GiveBreakTurn(driver_id=DriverId("D-2"), turn_s=-1.0))
    scene.do(EndShift(driver_id=D1), actor)
    scene.do(StartShift(driver_id=D1, vehicle_id=VehicleId("V-1"), ends_at=scene.now + 3600.0), actor)
    assert scene.operation.fleet.drivers[D1].break_turn_s is None


def test_breaks_that_were_set_hold_in_place_of_the_rule() -> None:
    own = (a_break(9_000.0, 9_600.0), a_break(3_000.0, 3_600.0))
    assert breaks_of(on_shift(breaks=own), RULE) == (own[1], own[0])


def test_a_pause_takes_the_first_break_whose_time_has_come() -> None:
    first, second = a_break(3_000.0, 3_600.0), a_break(9_000.0, 9_600.0)
    driver = on_shift(breaks=(first, second))
    assert due_break(driver) == first
    assert due_break(replace(driver, pauses=(2_000.0,))) == first, "too early to be it"
    assert due_breaks(replace(driver, pauses=(2_000.0, 3_100.0))) == (second,)
    assert due_break(replace(driver, pauses=(4_000.0, 9_000.0))) is None, "a late one is one too"


def test_who_is_on_a_planned_break_is_back_when_it_is_over() -> None:
    driver = on_shift(breaks=(a_break(3_000.0, 3_600.0),))
    assert back_at(replace(driver, is_paused=True, pauses=(3_200.0,))) == 5_000.0
    assert back_at(replace(driver, is_paused=True, pauses=(2_000.0,))) is None
    assert back_at(replace(driver, pauses=(3_200.0,))) is None


def test_a_shift_begins_with_breaks_and_the_desk_sets_others(scene: Any) -> None:
    driver = scene.driver("1")
    scene.do(EndShift(driver_id=D1), driver)
    noon = a_break(3600.0, 7200.0, since_at=scene.now)
    ends_at = scene.now + 6 * 3600.0
    scene.do(StartShift(driver_id=D1, vehicle_id=VehicleId("V-1"), ends_at=ends_at, breaks=(noon,)), driver)
    assert scene.operation.fleet.drivers[D1].breaks == (noon,)

    later = a_break(7200.0, 9000.0, since_at=scene.now)
    assert scene.do(PlanBreaks(driver_id=D1, breaks=(later,)), DESK).events
    assert not scene.do(PlanBreaks(driver_id=D1, breaks=(later,)), DESK).events, "that is so already"
    assert scene.operation.fleet.drivers[D1].breaks == (later,)

    scene.do(EndShift(driver_id=D1), driver)
    scene.do(StartShift(driver_id=D1, vehicle_id=VehicleId("V-1"), ends_at=ends_at), driver)
    assert scene.operation.fleet.drivers[D1].breaks == (), "another shift has breaks of its own"


def test_pauses_of_a_shift_are_remembered_with_who_began_them(scene: Any) -> None:
    driver = scene.driver("1")
    scene.do(PauseDriver(driver_id=D1, is_planned=True), driver)
    assert not scene.operation.fleet.drivers[D1].is_paused_by_plan, "only the platform begins one that is due"
    scene.do(ResumeDriver(driver_id=D1), driver)
    scene.now += 600.0
    scene.do(PauseDriver(driver_id=D1, is_planned=True), PLATFORM)
    assert scene.operation.fleet.drivers[D1].is_paused_by_plan
    assert scene.operation.fleet.drivers[D1].pauses == (scene.now - 600.0, scene.now)


@pytest.mark.parametrize(
    ("code", "breaks"),
    [
        ("break.length_out_of_range", [(3600.0, 7200.0, 0.0)]),
        ("break.length_out_of_range", [(3600.0, 7200.0, 20_000.0)]),
        ("break.window_reversed", [(7200.0, 3600.0, 1800.0)]),
        ("break.outside_shift", [(-7200.0, -3600.0, 1800.0)]),
        ("break.outside_shift", [(18_000.0, 21_000.0, 1800.0)]),
        ("break.overlapping", [(3600.0, 7200.0, 1800.0), (8000.0, 9000.0, 600.0)]),
        ("break.too_many", [(1000.0 * k, 1000.0 * k, 60.0) for k in range(7)]),
    ],
)
def test_breaks_that_no_shift_can_hold_are_refused(
    scene: Any, code: str, breaks: list[tuple[float, float, float]]
) -> None:
    scene.driver("1")
    made = tuple(a_break(*one, since_at=scene.now) for one in breaks)
    with pytest.raises(Refusal) as refused:
        scene.do(PlanBreaks(driver_id=D1, breaks=made), DESK)
    assert refused.value.code == code


def test_who_is_not_on_shift_has_no_breaks_to_plan(scene: Any) -> None:
    driver = scene.driver("1")
    scene.do(EndShift(driver_id=D1), driver)
    with pytest.raises(Refusal) as refused:
        scene.do(PlanBreaks(driver_id=D1, breaks=()), DESK)
    assert refused.value.code == "driver.not_on_shift"
