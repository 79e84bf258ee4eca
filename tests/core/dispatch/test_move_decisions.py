"""A cue to an idle driver is proposed once, accepted or dismissed by a person, and ends with work or in time."""

from __future__ import annotations

from typing import Any

import pytest

from core.commands import PauseDriver
from core.deciding import Context, Decision
from core.dispatch.decision import PlanChange
from core.dispatch.move_commands import AcceptDriverMove, DismissDriverMove, EndDriverMove, ProposeDriverMove
from core.dispatch.move_decisions import DISMISSED_FOR_S
from core.dispatch.planning_events import carry_out
from core.events.move_events import MoveEnd
from core.fleet.driver_move import DriverMove
from core.people.regions import only_in_regions
from core.projections.operation import decode_operation, encode_operation
from core.refusals import NotFound, Refusal
from core.vocabulary import PLATFORM, Actor, Position, Role

DESK = Actor(role=Role.DISPATCHER, subject="rojas")
HERE = Position(-29.9, -71.25)


def cue(scene: Any, name: str = "M-1") -> DriverMove:
    return DriverMove(
        move_id=name,
        driver_id="D-1",
        from_zone_id="centro",
        to_zone_id="puerto",
        target=HERE,
        proposed_at=scene.now,
        expires_at=scene.now + 300.0,
        short=1.0,
        short_at=scene.now + 1_800.0,
        spare=2.0,
        distance_m=2_000.0,
        way_minutes=5.0,
        covers_minutes=15.0,
    )


@pytest.fixture
def idle(scene: Any) -> Any:
    scene.driver("1")
    return scene


def propose(scene: Any, name: str = "M-1", **fields: Any) -> None:
    scene.do(ProposeDriverMove(move=cue(scene, name), **fields), PLATFORM)


def test_cue_stands_until_a_person_accepts_it(idle: Any) -> None:
    propose(idle)
    assert list(idle.operation.moves.standing) == ["D-1"]

    idle.do(AcceptDriverMove(move_id="M-1"), DESK)

    moves = idle.operation.moves
    assert (list(moves.standing), list(moves.under_way)) == ([], ["D-1"])
    assert decode_operation(encode_operation(idle.operation)).moves == moves


def test_policy_may_need_nobodys_yes(idle: Any) -> None:
    propose(idle, is_automatic=True)

    assert list(idle.operation.moves.under_way) == ["D-1"]


def test_dismissed_driver_is_left_alone_for_a_while(idle: Any) -> None:
    propose(idle)
    idle.do(DismissDriverMove(move_id="M-1"), DESK)

    assert idle.operation.moves.standing == {}
    assert idle.operation.moves.dismissed_until == {"D-1": idle.now + DISMISSED_FOR_S}


def test_driver_has_one_cue_at_most(idle: Any) -> None:
    propose(idle)
    propose(idle, "M-2")

    assert idle.operation.moves.standing["D-1"].move_id == "M-1"


def test_work_overtakes_a_cue(idle: Any) -> None:
    propose(idle)
    idle.place("O-1")
    decision, context = Decision(), Context(idle.operation, DESK, idle.now)
    carry_out(context, [PlanChange(driver_id="D-1", plan_number=0, stops=idle.stops("O-1"))], decision)
    idle.fold(decision, DESK)

    assert idle.operation.moves.standing == {}
    propose(idle, "M-2")
    assert idle.operation.moves.standing == {}


def test_expired_or_paused_is_refused(idle: Any) -> None:
    propose(idle)
    idle.do(PauseDriver(driver_id="D-1", reason="break"), DESK)

    with pytest.raises(Refusal) as refused:
        idle.do(AcceptDriverMove(move_id="M-1"), DESK)
    assert refused.value.code == "state.changed"
    with pytest.raises(NotFound):
        idle.do(AcceptDriverMove(move_id="M-9"), DESK)


def test_end_is_noted_once_and_counts_arrivals(idle: Any) -> None:
    propose(idle, is_automatic=True)
    idle.do(EndDriverMove(driver_id="D-1", move_id="M-1", reason=MoveEnd.ARRIVED), PLATFORM)
    idle.do(EndDriverMove(driver_id="D-1", move_id="M-1", reason=MoveEnd.ARRIVED), PLATFORM)

    moves = idle.operation.moves
    assert (moves.of_driver("D-1"), moves.counts.arrived, moves.counts.proposed) == (None, 1, 1)


def test_who_is_limited_to_regions_moves_drivers_of_these_only(idle: Any) -> None:
    propose(idle)

    only_in_regions(idle.operation, AcceptDriverMove(move_id="M-1"), frozenset({"centro"}))
    with pytest.raises(Refusal) as refused:
        only_in_regions(idle.operation, AcceptDriverMove(move_id="M-1"), frozenset({"puerto"}))
    assert refused.value.code == "access.region"
