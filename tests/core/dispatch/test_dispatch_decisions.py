"""Recommendations and overrides: published, accepted, refused when stale, and taken back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from core.commands import (
    AcceptAssignment,
    AcceptRecommendation,
    DismissRecommendation,
    HoldOrder,
    OverrideAssignment,
    PauseDriver,
    RecommendAssignment,
    ReportArrival,
    ReviseReadiness,
    TakeDriverOut,
    UndoDecision,
)
from core.dispatch.changes import Reassign
from core.dispatch.decision import (
    Alternative,
    Breach,
    Confidence,
    ConfidenceStage,
    Fallback,
    ImpactPreview,
    Outcome,
    OverrideMode,
    PlanChange,
    ReasonCode,
    Recommendation,
    RecommendedAction,
    RiskStage,
    Statement,
)
from core.dispatch.giving_back import giving_back
from core.dispatch.threats import is_outdated
from core.orders.order import OrderState
from core.refusals import Refusal, StateChanged
from core.vocabulary import Actor, DriverId, OrderId, RecommendationId, Role

DESK = Actor(role=Role.DISPATCHER, subject="rojas")
ONE, TWO = DriverId("D-1"), DriverId("D-2")


def proposal(scene, driver_id: DriverId = ONE, *, is_automatic: bool = False, number: int = 1) -> Recommendation:
    order = scene.order("O-1")
    return Recommendation(
        recommendation_id=RecommendationId(f"R-{number}"),
        order_id=OrderId("O-1"),
        made_at=scene.now,
        action=RecommendedAction.ASSIGN,
        driver_id=driver_id,
        current_driver_id=order.driver_id,
        promised_by_at=order.promise.by_at,
        risk=RiskStage.ON_TRACK,
        confidence=Confidence(probability=0.95, stage=ConfidenceStage.HIGH),
        alternatives=(Alternative(driver_id=driver_id, rank=1, plan=scene.stops("O-1")),),
        is_automatic=is_automatic,
        fallback=Fallback(driver_id=None, after_s=60, statement=Statement(code="fallback.pool")),
        based_on={driver_id: scene.operation.fleet.route_of(driver_id).plan_number},
        order_version=order.version,
    )


def preview(scene, driver_id: DriverId = TWO, **more) -> ImpactPreview:
    order = scene.order("O-1")
    return ImpactPreview(
        order_id=order.order_id,
        driver_id=driver_id,
        change=Reassign(order_id=order.order_id, driver_id=driver_id),
        recommended_driver_id=ONE,
        computed_at=scene.now,
        until_at=scene.now + 3600,
        position=scene.operation.position,
        based_on={driver_id: scene.operation.fleet.route_of(driver_id).plan_number},
        order_version=order.version,
        recommendation=Outcome(),
        as_is=Outcome(late_minutes=3),
        as_is_plans=(PlanChange(driver_id=driver_id, plan_number=0, stops=scene.stops("O-1")),),
        **more,
    )


def override(shown: ImpactPreview, **changed) -> OverrideAssignment:
    fields = {
        "change": shown.change,
        "reason": ReasonCode.LOCAL_KNOWLEDGE,
        "based_on": shown.based_on,
        "order_version": shown.order_version,
    }
    return OverrideAssignment(**{**fields, **changed})


@pytest.fixture
def ready(scene):
    """Two drivers on shift and one waiting order."""
    scene.driver("1"), scene.driver("2")
    scene.place("O-1")
    return scene


def test_a_clear_case_is_assigned_by_itself(ready):
    ready.do(RecommendAssignment(recommendation=proposal(ready, is_automatic=True)))
    assert (ready.order("O-1").state, ready.order("O-1").driver_id) == (OrderState.ASSIGNED, ONE)
    assert ready.operation.decisions.counts.auto_assigned == 1
    assert len(ready.operation.fleet.route_of(ONE).stops) == 2


def test_a_doubtful_case_waits_for_a_person_who_accepts(ready):
    ready.do(RecommendAssignment(recommendation=proposal(ready)))
    assert ready.order("O-1").driver_id is None
    ready.do(AcceptRecommendation(recommendation_id=RecommendationId("R-1")), DESK)
    assert ready.order("O-1").driver_id == ONE
    assert ready.operation.decisions.standing == {}


@pytest.mark.parametrize(
    ("planted", "constraint"),
    [
        (PauseDriver(driver_id=ONE), "not_paused"),
        (TakeDriverOut(driver_id=ONE, note="flat tyre"), "not_taken_out"),
    ],
)
def test_accepting_is_refused_when_the_driver_may_not_take_it_any_more(ready, planted, constraint):
    ready.do(RecommendAssignment(recommendation=proposal(ready)))
    ready.do(planted, DESK)
    with pytest.raises(Refusal) as refused:
        ready.do(AcceptRecommendation(recommendation_id=RecommendationId("R-1")), DESK)
    assert (refused.value.code, refused.value.details["constraint"]) == ("recommendation.not_possible", constraint)
    assert ready.order("O-1").driver_id is None


def test_a_newer_proposal_takes_the_place_of_the_standing_one(ready):
    ready.do(RecommendAssignment(recommendation=proposal(ready)))
    ready.do(RecommendAssignment(recommendation=proposal(ready, TWO, number=2)))
    assert ready.operation.decisions.standing["O-1"].recommendation_id == "R-2"
    with pytest.raises(StateChanged):
        ready.do(AcceptRecommendation(recommendation_id=RecommendationId("R-1")), DESK)


def test_accepting_is_refused_when_the_drivers_plan_moved(ready):
    ready.do(RecommendAssignment(recommendation=proposal(ready)))
    ready.place("O-2")
    other = proposal(ready, number=2)
    plan = (Alternative(driver_id=ONE, rank=1, plan=ready.stops("O-2")),)
    fields = {name: getattr(other, name) for name in other.__struct_fields__}
    fields |= {"order_id": OrderId("O-2"), "alternatives": plan, "is_automatic": True}
    ready.do(RecommendAssignment(recommendation=Recommendation(**fields)))
    with pytest.raises(StateChanged, match="D-1"):
        ready.do(AcceptRecommendation(recommendation_id=RecommendationId("R-1")), DESK)


@pytest.mark.parametrize("begun", [AcceptAssignment, ReportArrival])
def test_accepting_is_refused_when_the_driver_set_off_to_another_stop_since(ready, begun):
    ready.do(RecommendAssignment(recommendation=proposal(ready, is_automatic=True)))
    ready.place("O-2")
    plan = (*ready.stops("O-2"), *ready.stops("O-1"))
    ready.do(RecommendAssignment(recommendation=of_second(ready, plan)))
    made = ready.operation.decisions.standing["O-2"]
    assert not is_outdated(ready.operation, made)
    ready.do(begun(order_id=OrderId("O-1"), driver_id=ONE), Actor(role=Role.DRIVER, subject=ONE))
    assert is_outdated(ready.operation, made)
    with pytest.raises(StateChanged, match="D-1"):
        ready.do(AcceptRecommendation(recommendation_id=made.recommendation_id), DESK)
    ready.do(RecommendAssignment(recommendation=of_second(ready, (*plan[2:], *plan[:2]))))
    ready.do(AcceptRecommendation(recommendation_id=made.recommendation_id), DESK)
    assert ready.order("O-2").driver_id == ONE


def of_second(ready, plan) -> Recommendation:
    made = replace(proposal(ready, number=2), order_id=OrderId("O-2"), current_driver_id=None)
    alternatives = (Alternative(driver_id=ONE, rank=1, plan=plan),)
    return replace(made, alternatives=alternatives, order_version=ready.order("O-2").version)


def test_a_proposal_made_on_an_older_order_is_refused(ready):
    made = proposal(ready)
    ready.do(ReviseReadiness(order_id=OrderId("O-1"), ready_at=ready.now + 600), DESK)
    with pytest.raises(StateChanged):
        ready.do(RecommendAssignment(recommendation=made))


def test_an_override_records_what_was_recommended_and_moves_the_order(ready):
    ready.do(RecommendAssignment(recommendation=proposal(ready)))
    shown = preview(ready)
    ready.do(override(shown, note="bridge closed"), DESK, preview=shown)
    record = ready.operation.decisions.overrides["V-1"]
    assert (record.recommended_driver_id, record.driver_id, record.decided_by) == (ONE, TWO, "rojas")
    assert record.expected == shown.as_is
    assert ready.order("O-1").driver_id == TWO


def test_an_override_on_a_state_that_moved_is_refused(ready):
    shown = preview(ready)
    ready.do(ReviseReadiness(order_id=OrderId("O-1"), ready_at=ready.now + 600), DESK)
    with pytest.raises(StateChanged):
        ready.do(override(shown), DESK, preview=shown)
    stale_plan = override(preview(ready), based_on={TWO: 7})
    with pytest.raises(StateChanged):
        ready.do(stale_plan, DESK, preview=preview(ready))


def test_an_override_that_breaks_a_hard_limit_is_refused(ready):
    breach = Breach(constraint="capacity_volume", statement=Statement(code="breach.capacity_volume"))
    shown = preview(ready, breaches=(breach,))
    with pytest.raises(Refusal) as refused:
        ready.do(override(shown), DESK, preview=shown)
    assert refused.value.details == {"constraint": "capacity_volume"}


def test_other_as_a_reason_needs_a_note(ready):
    shown = preview(ready)
    with pytest.raises(Refusal) as refused:
        ready.do(override(shown, reason=ReasonCode.OTHER), DESK, preview=shown)
    assert refused.value.code == "override.note_required"


def test_undoing_an_override_of_a_waiting_order_lets_it_wait_again(ready):
    shown = preview(ready)
    ready.do(override(shown), DESK, preview=shown)
    undo = UndoDecision(override_id="V-1")
    ready.do(undo, DESK)
    order = ready.order("O-1")
    assert (order.driver_id, order.state) == (None, OrderState.WAITING)
    assert ready.operation.fleet.route_of(TWO).stops == ()
    assert ready.operation.decisions.overrides["V-1"].undone_by == "rojas"
    with pytest.raises(Refusal) as refused:
        ready.do(undo, DESK)
    assert refused.value.code == "undo.undone_already"


def test_undoing_an_override_gives_the_order_back_to_who_had_it(ready):
    ready.do(RecommendAssignment(recommendation=proposal(ready, is_automatic=True)))
    shown = preview(ready)
    ready.do(override(shown), DESK, preview=shown)
    assert ready.operation.fleet.route_of(ONE).stops == ()
    back = (PlanChange(driver_id=ONE, plan_number=2, stops=ready.stops("O-1")),)
    ready.do(UndoDecision(override_id="V-1"), DESK, restoring=back)
    assert ready.order("O-1").driver_id == ONE
    assert ready.operation.fleet.route_of(TWO).stops == ()
    assert len(ready.operation.fleet.route_of(ONE).stops) == 2


def test_undoing_a_replanned_override_restores_every_plan(ready):
    ready.do(RecommendAssignment(recommendation=proposal(ready, is_automatic=True)))
    shown = preview(
        ready,
        replanned=Outcome(),
        replanned_plans=(
            PlanChange(driver_id=TWO, plan_number=0, stops=ready.stops("O-1")),
            PlanChange(driver_id=ONE, plan_number=1, stops=()),
        ),
    )
    ready.do(override(shown, mode=OverrideMode.REPLANNED), DESK, preview=shown)
    assert ready.order("O-1").driver_id == TWO
    [record] = ready.operation.decisions.overrides.values()
    before = giving_back(ready.operation, record).as_before
    assert {name: len(stops) for name, stops in before.items()} == {ONE: 2, TWO: 0}
    ready.do(UndoDecision(override_id="V-1"), DESK, restoring=record.replaced)
    assert ready.order("O-1").driver_id == ONE
    assert len(ready.operation.fleet.route_of(ONE).stops) == 2
    assert ready.operation.fleet.route_of(TWO).stops == ()


def test_undoing_an_acceptance_is_a_new_recorded_change(ready):
    ready.do(RecommendAssignment(recommendation=proposal(ready)))
    ready.do(AcceptRecommendation(recommendation_id=RecommendationId("R-1")), DESK)
    ready.do(UndoDecision(recommendation_id=RecommendationId("R-1")), DESK)
    assert ready.order("O-1").state is OrderState.WAITING
    assert [type(event).__name__ for event in ready.happened[-3:]] == [
        "AssignmentUndone",
        "OrderUnassigned",
        "RoutePlanned",
    ]


def test_hold_and_not_now_take_the_proposal_away(ready):
    ready.do(RecommendAssignment(recommendation=proposal(ready)))
    ready.do(HoldOrder(order_id=OrderId("O-1"), for_s=120), DESK)
    assert ready.operation.decisions.standing == {}
    assert ready.order("O-1").held_until == ready.now + 120
    ready.do(RecommendAssignment(recommendation=proposal(ready, number=2)))
    dismiss = DismissRecommendation(recommendation_id=RecommendationId("R-2"), reason="")
    with pytest.raises(Refusal):
        ready.do(dismiss, DESK)
    ready.do(DismissRecommendation(recommendation_id=RecommendationId("R-2"), reason="cook asked"), DESK)
    assert ready.operation.decisions.dismissed_until == {"O-1": ready.now + 300}
