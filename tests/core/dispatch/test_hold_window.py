"""An override is in force at once, and told when its hold window is over; an undo in time leaves no trace."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from core.commands import (
    AcceptAssignment,
    AllowDriver,
    ForbidDriver,
    HoldOrder,
    OverrideAssignment,
    PinOrder,
    RefuseAssignment,
    ReportArrival,
    ReportFailure,
    ReportPickup,
    UndoDecision,
    UnpinOrder,
)
from core.deciding import Context, Decision
from core.dispatch.changes import Reassign, Resequence, Split, StopName
from core.dispatch.commit_check import shown_of
from core.dispatch.decision import ImpactPreview, Outcome, OverrideMode, PlanChange, ReasonCode
from core.dispatch.giving_back import giving_back
from core.dispatch.move_commands import ProposeDriverMove
from core.dispatch.overriding import OutcomeMoved
from core.dispatch.planning_events import carry_out
from core.dispatch.policy import DispatchPolicy
from core.dispatch.rationale import say
from core.dispatch.taking_back import undo_decision
from core.dispatch.telling_drivers import move_told, order_told, orders_told, route_told
from core.dispatch.threats import is_unreliable
from core.dispatch.world import world_of
from core.events.dispatch_events import AssignmentOverridden, OverrideUndone
from core.events.envelope import encode_event
from core.events.fleet_events import ShiftEnded
from core.events.order_events import OrderAssigned
from core.fleet.driver_move import DriverMove
from core.orders.order import OrderState
from core.projections.operation import decode_operation, encode_operation
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import of_driver, of_order
from core.vocabulary import PLATFORM, Actor, Position, Role
from tests.envelopes import fold_into

DESK = Actor(role=Role.DISPATCHER, subject="rojas")
ONE, TWO = Actor(role=Role.DRIVER, subject="D-1"), Actor(role=Role.DRIVER, subject="D-2")


def preview(scene: Any, change: Any, plans: tuple[PlanChange, ...], **more: Any) -> ImpactPreview:
    order = scene.order(change.order_id)
    fields: dict[str, Any] = {
        "order_id": order.order_id,
        "driver_id": change.driver_id or order.driver_id,
        "recommended_driver_id": None,
        "computed_at": scene.now,
        "until_at": scene.now,
        "position": scene.operation.position,
        "based_on": {p.driver_id: scene.operation.fleet.route_of(p.driver_id).plan_number for p in plans},
        "order_version": order.version,
        "recommendation": Outcome(),
        "as_is": Outcome(),
        "as_is_plans": plans,
        "change": change,
        "tell_after_s": 5.0,
    }
    return ImpactPreview(**fields | more)


def plan(driver_id: str, *stops: Any) -> PlanChange:
    return PlanChange(driver_id=driver_id, plan_number=0, stops=stops)


def commit(scene: Any, shown: ImpactPreview, **more: Any) -> Any:
    command = OverrideAssignment(
        change=shown.change,
        reason=ReasonCode.LOCAL_KNOWLEDGE,
        shown=shown_of(shown, more.get("mode", OverrideMode.AS_IS)),
        **more,
    )
    return scene.do(command, DESK, preview=shown)


def give_away(scene: Any) -> None:
    """Give O-1 from D-1 to D-2."""
    shown = preview(
        scene,
        Reassign(order_id="O-1", driver_id="D-2"),
        (plan("D-1", *scene.stops("O-3")), plan("D-2", *scene.stops("O-2"), *scene.stops("O-1"))),
    )
    commit(scene, shown)


@pytest.fixture
def told(scene: Any) -> Any:
    """D-1 has O-1 and O-3, D-2 has O-2; all accepted. Ten seconds ago."""
    scene.driver("1"), scene.driver("2")
    for order_id, driver in (("O-1", ONE), ("O-3", ONE), ("O-2", TWO)):
        scene.place(order_id)
        mine = tuple(stop for stop in scene.operation.fleet.route_of(driver.subject).stops)
        change = Reassign(order_id=order_id, driver_id=driver.subject)
        shown = preview(scene, change, (plan(driver.subject, *mine, *scene.stops(order_id)),), tell_after_s=0.0)
        commit(scene, shown)
        scene.do(AcceptAssignment(order_id=order_id, driver_id=driver.subject), driver)
    scene.now += 10.0
    return scene


def known(scene: Any, driver: Actor) -> Any:
    """All that a driver's app can read."""
    route = route_told(scene.operation, driver.subject, scene.now)
    return (
        route.plan_number,
        route.stops,
        [
            (order.order_id, order.driver_id, order.is_accepted, order.state)
            for order in orders_told(scene.operation, driver.subject, scene.now)
        ],
    )


def test_plans_change_at_once_and_drivers_hear_of_it_when_the_window_is_over(told: Any) -> None:
    before = known(told, ONE), known(told, TWO)
    give_away(told)
    assert told.order("O-1").driver_id == "D-2"
    assert (known(told, ONE), known(told, TWO)) == before
    told.now += 4.9
    assert (known(told, ONE), known(told, TWO)) == before
    told.now += 0.1
    assert [row[0] for row in known(told, ONE)[2]] == ["O-3"]
    assert [row[:3] for row in known(told, TWO)[2]] == [("O-1", "D-2", False), ("O-2", "D-2", True)]


def test_no_customer_of_a_held_override_is_told_before_the_drivers_are(told: Any) -> None:
    give_away(told)
    assert [told.operation.held.is_held(name, told.now) for name in ("O-1", "O-2", "O-3")] == [True] * 3
    assert not told.operation.held.is_held("O-1", told.now + 5.0)


def test_undo_in_time_leaves_no_trace_with_any_driver(told: Any) -> None:
    before = known(told, ONE), known(told, TWO)
    give_away(told)
    told.now += 3.0
    told.do(UndoDecision(override_id="V-4"), DESK)
    assert (known(told, ONE), known(told, TWO)) == before
    assert told.order("O-1").is_accepted
    told.now += 60.0
    assert (known(told, ONE), known(told, TWO)) == before


def test_undo_afterwards_asks_the_driver_again(told: Any) -> None:
    give_away(told)
    told.now += 6.0
    back = (plan("D-1", *told.stops("O-3"), *told.stops("O-1")),)
    told.do(UndoDecision(override_id="V-4"), DESK, restoring=back)
    assert ("O-1", "D-1", False, OrderState.ASSIGNED) in known(told, ONE)[2]


@pytest.fixture
def asked_to_wait(told: Any) -> Any:
    """D-3 has no work, and is on the way to wait elsewhere."""
    told.driver("3")
    move = DriverMove(
        move_id="M-1",
        driver_id="D-3",
        from_zone_id="centro",
        to_zone_id="puerto",
        target=Position(-29.95, -71.34),
        proposed_at=told.now,
        expires_at=told.now + 300.0,
        short=1.0,
        short_at=told.now + 1_800.0,
        spare=2.0,
        distance_m=2_000.0,
        way_minutes=5.0,
        covers_minutes=15.0,
    )
    told.do(ProposeDriverMove(move=move, is_automatic=True), PLATFORM)
    told.now += 5.0
    shown = preview(
        told,
        Reassign(order_id="O-1", driver_id="D-3"),
        (plan("D-1", *told.stops("O-3")), plan("D-3", *told.stops("O-1"))),
    )
    commit(told, shown)
    return told


def waits_at(scene: Any) -> str | None:
    move = move_told(scene.operation, "D-3", scene.now)
    return None if move is None else move.move_id


def test_who_was_asked_to_wait_elsewhere_knows_so_until_he_is_told_of_work(asked_to_wait: Any) -> None:
    assert asked_to_wait.operation.moves.of_driver("D-3") is None
    asked_to_wait.now += 4.9
    asked_to_wait.operation = decode_operation(encode_operation(asked_to_wait.operation))
    assert waits_at(asked_to_wait) == "M-1"
    asked_to_wait.now += 0.1
    assert waits_at(asked_to_wait) is None


def test_undo_in_time_lets_a_driver_wait_elsewhere_as_before(asked_to_wait: Any) -> None:
    asked_to_wait.now += 3.0
    asked_to_wait.do(UndoDecision(override_id="V-4"), DESK)
    assert (waits_at(asked_to_wait), list(asked_to_wait.operation.moves.under_way)) == ("M-1", ["D-3"])
    asked_to_wait.now += 60.0
    assert waits_at(asked_to_wait) == "M-1"
    assert asked_to_wait.operation.moves.counts.proposed == 1


def test_undo_afterwards_restores_no_cue(asked_to_wait: Any) -> None:
    asked_to_wait.now += 6.0
    back = (plan("D-1", *asked_to_wait.stops("O-3"), *asked_to_wait.stops("O-1")), plan("D-3"))
    asked_to_wait.do(UndoDecision(override_id="V-4"), DESK, restoring=back)
    assert (waits_at(asked_to_wait), asked_to_wait.operation.moves.of_driver("D-3")) == (None, None)


def test_work_given_in_the_window_ends_a_cue_whatever_is_undone(asked_to_wait: Any) -> None:
    asked_to_wait.place("O-4")
    given = OrderAssigned(order_id="O-4", driver_id="D-3")
    fold_into(asked_to_wait.operation, Decision([(of_order("O-4"), given)]), asked_to_wait.now)
    assert waits_at(asked_to_wait) == "M-1", "he is told of neither yet"
    asked_to_wait.do(UndoDecision(override_id="V-4"), DESK)
    assert (waits_at(asked_to_wait), asked_to_wait.operation.moves.of_driver("D-3")) == (None, None)


def test_a_shift_that_ends_in_the_window_ends_a_cue(asked_to_wait: Any) -> None:
    ended = ShiftEnded(driver_id="D-3")
    fold_into(asked_to_wait.operation, Decision([(of_driver("D-3"), ended)]), asked_to_wait.now)
    assert waits_at(asked_to_wait) is None
    asked_to_wait.do(UndoDecision(override_id="V-4"), DESK)
    assert asked_to_wait.operation.moves.of_driver("D-3") is None


def test_second_override_in_the_window_prolongs_it_and_its_undo_leaves_the_first(told: Any) -> None:
    before = known(told, ONE)
    give_away(told)
    told.now += 2.0
    shown = preview(
        told,
        Reassign(order_id="O-3", driver_id="D-2"),
        (plan("D-1"), plan("D-2", *told.stops("O-2"), *told.stops("O-1"), *told.stops("O-3"))),
    )
    commit(told, shown)
    told.now += 3.5
    assert known(told, ONE) == before
    told.do(UndoDecision(override_id="V-5"), DESK)
    assert [row[0] for row in known(told, ONE)[2]] == ["O-3"]


def test_window_goes_on_from_a_snapshot(told: Any) -> None:
    before = known(told, ONE)
    give_away(told)
    told.operation = decode_operation(encode_operation(told.operation))
    told.now += 4.0
    assert known(told, ONE) == before
    told.now += 1.0
    assert known(told, ONE) != before


def test_what_the_driver_does_before_being_told_is_taken_and_survives_an_undo(told: Any) -> None:
    give_away(told)
    told.do(ReportArrival(order_id="O-1", driver_id="D-1"), ONE)
    assert (told.order("O-1").driver_id, told.order("O-1").state) == ("D-2", OrderState.ASSIGNED)
    assert order_told(told.operation, "O-1", "D-1", told.now).state is OrderState.AT_PICKUP
    told.do(UndoDecision(override_id="V-4"), DESK)
    assert (told.order("O-1").driver_id, told.order("O-1").state) == ("D-1", OrderState.AT_PICKUP)


def test_goods_picked_up_before_the_driver_was_told_take_the_override_back(told: Any) -> None:
    give_away(told)
    told.do(ReportPickup(order_id="O-1", driver_id="D-1"), ONE)
    assert told.operation.decisions.overrides["V-4"].undone_by == "D-1"
    order = told.order("O-1")
    assert (order.driver_id, order.state) == ("D-1", OrderState.ON_THE_WAY)
    assert [s.order_id for s in told.operation.fleet.route_of("D-1").stops] == ["O-1", "O-3", "O-3"]
    assert {s.order_id for s in told.operation.fleet.route_of("D-2").stops} == {"O-2"}


def test_failure_before_the_driver_was_told_ends_the_order_for_both(told: Any) -> None:
    give_away(told)
    told.do(ReportFailure(order_id="O-1", driver_id="D-1", reason="address_unreachable"), ONE)
    assert told.order("O-1").state is OrderState.FAILED
    for driver in ("D-1", "D-2"):
        assert "O-1" not in {stop.order_id for stop in told.operation.fleet.route_of(driver).stops}


def test_refusal_before_the_driver_was_told_leaves_the_order_with_who_got_it(told: Any) -> None:
    give_away(told)
    told.do(RefuseAssignment(order_id="O-1", driver_id="D-1", reason="too_far"), ONE)
    assert told.order("O-1").driver_id == "D-2"
    assert [row[0] for row in known(told, ONE)[2]] == ["O-3"]


def test_who_gets_the_order_is_waited_for_from_being_told_on(told: Any) -> None:
    told.now += 55.0
    give_away(told)
    assert (told.order("O-1").assigned_at, told.order("O-1").asked_at) == (told.now, told.now + 5.0)
    policy = DispatchPolicy(accept_within_s=45.0)
    told.now += 49.0
    assert not is_unreliable(world_of(told.operation, {}, told.now, policy), told.order("O-1"))
    told.now += 2.0
    assert is_unreliable(world_of(told.operation, {}, told.now, policy), told.order("O-1"))
    told.now += 12.0
    change = Reassign(order_id="O-1", driver_id="D-1")
    commit(told, preview(told, change, (plan("D-2"), plan("D-1", *told.stops("O-1"))), tell_after_s=0.0))
    assert told.operation.decisions.answers.of_driver("D-2").offered == 1.0  # O-2: told of O-1 for 58 s only


def test_who_gets_the_order_cannot_act_on_it_before_being_told(told: Any) -> None:
    give_away(told)
    with pytest.raises(NotFound):
        told.do(AcceptAssignment(order_id="O-1", driver_id="D-2"), TWO)
    told.now += 5.0
    told.do(AcceptAssignment(order_id="O-1", driver_id="D-2"), TWO)
    assert told.order("O-1").is_accepted


def test_policy_of_no_seconds_tells_at_once(told: Any) -> None:
    change = Reassign(order_id="O-1", driver_id="D-2")
    commit(told, preview(told, change, (plan("D-2", *told.stops("O-1")),), tell_after_s=0.0))
    assert told.operation.held.plans == {} and [row[0] for row in known(told, ONE)[2]] == ["O-3"]


def test_who_looked_at_no_preview_tells_at_once(told: Any) -> None:
    shown = preview(told, Reassign(order_id="O-1", driver_id="D-2"), (plan("D-2", *told.stops("O-1")),))
    command = OverrideAssignment(change=shown.change, reason=ReasonCode.SAFETY)
    told.do(command, DESK, preview=shown)
    assert told.operation.held.plans == {}


# --- the other changes, by the same commit and undo ----------------------------------------------------------------


def swapped(scene: Any) -> ImpactPreview:
    stops = (*scene.stops("O-3"), *scene.stops("O-1"))
    names = tuple(StopName(order_id=stop.order_id, kind=stop.kind) for stop in stops)
    return preview(scene, Resequence(order_id="O-3", driver_id="D-1", stops=names), (plan("D-1", *stops),))


def former_sequence(scene: Any) -> tuple[PlanChange, ...]:
    """Plan what the undo of V-4 asks for."""
    back = giving_back(scene.operation, scene.operation.decisions.overrides["V-4"])
    stops = {(stop.order_id, stop.kind): stop for stop in scene.operation.fleet.route_of("D-1").stops}
    assert back.driver_id == "D-1"
    return (plan("D-1", *(stops[name.order_id, name.kind] for name in back.sequence)),)


def visits(scene: Any, driver_id: str) -> list[str]:
    return [f"{s.order_id}{s.kind.value[0]}" for s in scene.operation.fleet.route_of(driver_id).stops]


def test_stops_in_another_order_are_recorded_told_later_and_undone(told: Any) -> None:
    before = known(told, ONE)
    shown = swapped(told)
    commit(told, shown)
    assert visits(told, "D-1") == ["O-3p", "O-3d", "O-1p", "O-1d"]
    assert known(told, ONE) == before
    assert told.operation.decisions.overrides["V-4"].change == shown.change
    told.do(UndoDecision(override_id="V-4"), DESK)
    assert visits(told, "D-1") == ["O-1p", "O-1d", "O-3p", "O-3d"]
    assert known(told, ONE) == before


def test_undone_sequence_keeps_what_came_in_since_and_the_stop_a_driver_stands_at(told: Any) -> None:
    commit(told, swapped(told))
    told.now += 60.0
    told.place("O-4")
    stops = (*told.operation.fleet.route_of("D-1").stops, *told.stops("O-4"))
    commit(told, preview(told, Reassign(order_id="O-4", driver_id="D-1"), (plan("D-1", *stops),), tell_after_s=0.0))
    told.do(ReportArrival(order_id="O-3", driver_id="D-1"), ONE)
    told.do(UndoDecision(override_id="V-4"), DESK, restoring=former_sequence(told))
    assert visits(told, "D-1") == ["O-3p", "O-1p", "O-1d", "O-3d", "O-4p", "O-4d"]


def test_undone_sequence_leaves_a_driver_where_he_stands(told: Any) -> None:
    commit(told, swapped(told))
    told.now += 60.0
    told.do(ReportArrival(order_id="O-3", driver_id="D-1"), ONE)
    told.do(UndoDecision(override_id="V-4"), DESK, restoring=former_sequence(told))
    assert visits(told, "D-1") == ["O-3p", "O-1p", "O-1d", "O-3d"]
    assert told.operation.decisions.overrides["V-4"].undone_at == told.now


def test_same_sequence_is_no_change(told: Any) -> None:
    stops = told.operation.fleet.route_of("D-1").stops
    names = tuple(StopName(order_id=stop.order_id, kind=stop.kind) for stop in stops)
    shown = preview(told, Resequence(order_id="O-1", driver_id="D-1", stops=names), (plan("D-1", *stops),))
    with pytest.raises(Refusal) as refused:
        commit(told, shown)
    assert refused.value.code == "override.no_change"


def test_split_order_waits_alone_until_the_window_is_over_and_the_driver_is_kept_from_it(told: Any) -> None:
    before = known(told, ONE)
    commit(told, preview(told, Split(order_id="O-1"), (plan("D-1", *told.stops("O-3")),)))
    order = told.order("O-1")
    assert (order.state, order.driver_id, order.forbidden) == (OrderState.WAITING, None, ("D-1",))
    assert order.held_until == told.now + 5.0
    assert known(told, ONE) == before
    told.do(UndoDecision(override_id="V-4"), DESK)
    order = told.order("O-1")
    assert (order.driver_id, order.forbidden, order.held_until, order.is_accepted) == ("D-1", (), None, True)
    assert known(told, ONE) == before


def test_split_order_may_go_to_another_driver(told: Any) -> None:
    plans = (plan("D-1", *told.stops("O-3")), plan("D-2", *told.stops("O-2"), *told.stops("O-1")))
    commit(told, preview(told, Split(order_id="O-1", driver_id="D-2"), plans))
    assert (told.order("O-1").driver_id, told.order("O-1").forbidden) == ("D-2", ("D-1",))


def test_moved_outcome_is_refused_with_what_holds_now_and_the_record_says_on_which_state(told: Any) -> None:
    change = Reassign(order_id="O-1", driver_id="D-2")
    plans = (plan("D-1", *told.stops("O-3")), plan("D-2", *told.stops("O-2"), *told.stops("O-1")))
    shown = preview(told, change, plans)
    now = replace(shown, as_is=Outcome(promises_broken=1), position=shown.position)
    command = OverrideAssignment(change=change, reason=ReasonCode.SAFETY, shown=shown_of(shown, OverrideMode.AS_IS))
    with pytest.raises(OutcomeMoved) as refused:
        told.do(command, DESK, preview=now)
    assert refused.value.details == {"preview": now, "moved": "moved.promises"}
    told.do(command, DESK, preview=replace(shown, position=shown.position + 3))
    record = told.operation.decisions.overrides["V-4"]
    assert (record.shown_on, record.decided_on) == (shown.position, shown.position + 3)


# --- what came in between ------------------------------------------------------------------------------------------


def test_second_window_after_an_undo_leaves_the_plan_number_that_the_driver_knows(told: Any) -> None:
    before = known(told, ONE), known(told, TWO)
    give_away(told)
    told.do(UndoDecision(override_id="V-4"), DESK)
    give_away(told)
    assert (known(told, ONE), known(told, TWO)) == before
    told.do(UndoDecision(override_id="V-5"), DESK)
    assert (known(told, ONE), known(told, TWO)) == before


def test_order_that_comes_back_within_the_window_was_his_all_the_time(told: Any) -> None:
    before = known(told, ONE)
    give_away(told)
    told.do(ReportArrival(order_id="O-1", driver_id="D-1"), ONE)
    there = known(told, ONE)
    stops = (*told.stops("O-1"), *told.stops("O-3"))
    back = preview(told, Reassign(order_id="O-1", driver_id="D-1"), (plan("D-1", *stops), plan("D-2")))
    commit(told, back)
    assert known(told, ONE) == there != before
    told.now += 60.0
    assert known(told, ONE)[2] == there[2]


@pytest.mark.parametrize("for_s", [900.0, 4.0])
def test_hold_of_a_person_outlasts_an_override_that_frees_the_order_and_its_undo(told: Any, for_s: float) -> None:
    told.do(HoldOrder(order_id="O-1", for_s=for_s), DESK)
    held_until = told.order("O-1").held_until
    commit(told, preview(told, Split(order_id="O-1"), (plan("D-1", *told.stops("O-3")),)))
    assert told.order("O-1").held_until == told.now + max(5.0, for_s)
    told.now += 2.0
    told.do(UndoDecision(override_id="V-4"), DESK)
    assert told.order("O-1").held_until == held_until


def test_order_that_was_put_off_stays_so_after_an_override_was_taken_back(told: Any) -> None:
    until_at = told.now + 300.0
    told.operation.decisions.dismissed_until["O-1"] = until_at
    commit(told, preview(told, Split(order_id="O-1"), (plan("D-1", *told.stops("O-3")),)))
    told.do(UndoDecision(override_id="V-4"), DESK)
    assert told.operation.decisions.dismissed_until == {"O-1": until_at}


def test_order_pinned_since_is_not_taken_from_there(told: Any) -> None:
    give_away(told)
    told.now += 6.0
    told.do(PinOrder(order_id="O-1"), DESK)
    with pytest.raises(Refusal) as refused:
        told.do(UndoDecision(override_id="V-4"), DESK)
    assert refused.value.code == "undo.pinned"
    told.do(UnpinOrder(order_id="O-1"), DESK)
    told.do(UndoDecision(override_id="V-4"), DESK)
    assert told.order("O-1").driver_id is None  # nothing was planned to go back


def test_driver_kept_from_the_order_since_does_not_get_it_back(told: Any) -> None:
    give_away(told)
    told.now += 1.0
    told.do(ForbidDriver(order_id="O-1", driver_id="D-1", note="Quarrel"), DESK)
    told.do(UndoDecision(override_id="V-4"), DESK)
    assert told.order("O-1").driver_id is None


def test_split_does_not_lift_what_somebody_ruled_anew(told: Any) -> None:
    commit(told, preview(told, Split(order_id="O-1"), (plan("D-1", *told.stops("O-3")),)))
    told.now += 60.0
    told.do(AllowDriver(order_id="O-1", driver_id="D-1"), DESK)
    told.do(ForbidDriver(order_id="O-1", driver_id="D-1", note="Quarrel"), DESK)
    with pytest.raises(StateChanged):
        told.do(UndoDecision(override_id="V-4"), DESK)
    assert told.order("O-1").forbidden == ("D-1",)


def test_undo_planned_on_plans_that_moved_is_refused(told: Any) -> None:
    give_away(told)
    told.now += 6.0
    back = told.put_back((plan("D-1", *told.stops("O-3"), *told.stops("O-1")),))
    told.place("O-4")
    stops = (*told.operation.fleet.route_of("D-1").stops, *told.stops("O-4"))
    commit(told, preview(told, Reassign(order_id="O-4", driver_id="D-1"), (plan("D-1", *stops),), tell_after_s=0.0))
    context = Context(told.operation, DESK, told.now, put_back=back)
    with pytest.raises(StateChanged):
        undo_decision(context, UndoDecision(override_id="V-4"))


def test_undo_that_needs_plans_and_has_none_is_refused(told: Any) -> None:
    give_away(told)
    told.now += 6.0
    with pytest.raises(StateChanged):
        undo_decision(Context(told.operation, DESK, told.now), UndoDecision(override_id="V-4"))


def test_order_picked_up_while_it_was_decided_does_not_change_hands(told: Any) -> None:
    plans = (plan("D-1", *told.stops("O-3")), plan("D-2", *told.stops("O-2"), *told.stops("O-1")))
    shown = preview(told, Reassign(order_id="O-2", driver_id="D-2"), plans)
    told.do(ReportArrival(order_id="O-1", driver_id="D-1"), ONE)
    told.do(ReportPickup(order_id="O-1", driver_id="D-1"), ONE)
    with pytest.raises(StateChanged):
        carry_out(Context(told.operation, DESK, told.now), shown.as_is_plans, Decision())


# --- re-planned around, and other plans touched since --------------------------------------------------------------


def replanned_away(scene: Any) -> None:
    """Give O-1 from D-1 to D-2, for which O-2 goes from D-2 to D-3."""
    scene.driver("3")
    plans = (
        plan("D-1", *scene.stops("O-3")),
        plan("D-2", *scene.stops("O-1")),
        plan("D-3", *scene.stops("O-2")),
    )
    shown = preview(scene, Reassign(order_id="O-1", driver_id="D-2"), (), replanned=Outcome(), replanned_plans=plans)
    commit(scene, shown, mode=OverrideMode.REPLANNED)


def wanted(scene: Any) -> tuple[list[tuple[str, str | None, bool]], dict[str, str]]:
    back = giving_back(scene.operation, scene.operation.decisions.overrides["V-4"])
    orders = [(one.order_id, one.driver_id, one.waits) for one in back.orders]
    return orders, {one.order_id: one.why.code for one in back.stays}


def test_late_undo_gives_back_all_that_the_plans_around_moved(told: Any) -> None:
    replanned_away(told)
    told.now += 60.0
    told.place("O-4")
    change = Reassign(order_id="O-4", driver_id="D-3")
    stops = (*told.stops("O-2"), *told.stops("O-4"))
    commit(told, preview(told, change, (plan("D-3", *stops),), tell_after_s=0.0))

    assert wanted(told) == ([("O-1", "D-1", True), ("O-2", "D-2", False)], {})
    back = (
        plan("D-1", *told.stops("O-3"), *told.stops("O-1")),
        plan("D-2", *told.stops("O-2")),
        plan("D-3", *told.stops("O-4")),
    )
    told.do(UndoDecision(override_id="V-4"), DESK, restoring=back)
    assert [told.order(name).driver_id for name in ("O-1", "O-2", "O-4")] == ["D-1", "D-2", "D-3"]


def test_what_moved_on_since_stays_and_the_record_says_why(told: Any) -> None:
    replanned_away(told)
    told.now += 60.0
    three = Actor(role=Role.DRIVER, subject="D-3")
    told.do(ReportArrival(order_id="O-2", driver_id="D-3"), three)
    told.do(ReportPickup(order_id="O-2", driver_id="D-3"), three)

    assert wanted(told) == ([("O-1", "D-1", True)], {"O-2": "stays.on_board"})
    told.do(UndoDecision(override_id="V-4"), DESK, restoring=(plan("D-1", *told.stops("O-3"), *told.stops("O-1")),))
    assert told.order("O-2").driver_id == "D-3"
    undone = next(event for event in reversed(told.happened) if isinstance(event, OverrideUndone))
    assert [(one.order_id, say(one.why)) for one in undone.stays] == [("O-2", "Picked up by D-3")]


def test_what_does_not_fit_back_stays_where_it_is_and_the_order_itself_waits(told: Any) -> None:
    replanned_away(told)
    told.now += 60.0
    told.do(UndoDecision(override_id="V-4"), DESK, restoring=())
    assert [told.order(name).driver_id for name in ("O-1", "O-2")] == [None, "D-3"]


# --- the log ---------------------------------------------------------------------------------------------------------


def test_override_of_an_earlier_day_is_read_as_giving_the_order_to_its_driver() -> None:
    payload = {
        "override": {
            "override_id": "V-1",
            "order_id": "O-1",
            "driver_id": "D-2",
            "mode": "as_is",
            "reason": "safety",
            "decided_at": 1.0,
            "decided_by": "rojas",
        }
    }
    override = msgspec.convert(payload, AssignmentOverridden).override
    assert (override.change, override.tell_at, override.decided_on) == (None, None, 0)


def test_every_change_is_read_as_it_was_written(told: Any) -> None:
    commit(told, swapped(told))
    record = told.operation.decisions.overrides["V-4"]
    event = AssignmentOverridden(override=record)
    assert msgspec.msgpack.decode(encode_event(event), type=AssignmentOverridden) == event
