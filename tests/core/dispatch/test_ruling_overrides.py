"""Rulings that move orders are overrides: kept in the ledger, told a little later, taken back with their orders."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from core.commands import (
    AllowDriver,
    BringDriverBack,
    ClosePlace,
    DrawZones,
    ForbidDriver,
    HoldOrder,
    OverrideAssignment,
    PinOrder,
    ReportPickup,
    SetRoute,
    TakeDriverOut,
    UndoDecision,
)
from core.deciding import Context, Decision
from core.dispatch.changes import CloseStreet, CloseZone, Forbid, Hold, Reassign, RulingChange, TakeOut
from core.dispatch.commit_check import shown_of
from core.dispatch.decision import (
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
from core.dispatch.planning_events import carry_out
from core.dispatch.telling_drivers import orders_told, route_told
from core.dispatch.threats import is_left_alone
from core.events.dispatch_events import AssignmentRecommended
from core.fleet.zone import Zone
from core.orders.order import OrderState
from core.projections.operation import decode_operation, encode_operation
from core.refusals import Refusal, StateChanged
from core.streams import of_decision
from core.vocabulary import Actor, DriverId, OrderId, OverrideId, Position, RecommendationId, Role, ZoneId

DESK = Actor(role=Role.DISPATCHER, subject="rojas")
OTHER = Actor(role=Role.DISPATCHER, subject="soto")
STREET, CORNER = (11, 12), Position(-29.91, -71.25)
D1, D2, O1, O2 = DriverId("D-1"), DriverId("D-2"), OrderId("O-1"), OrderId("O-2")


@pytest.fixture
def lunch(scene: Any) -> Any:
    """Two drivers at work; O-1 and O-2 are with D-1 since ten seconds."""
    scene.driver("1"), scene.driver("2")
    scene.place("O-1"), scene.place("O-2")
    give(scene, D1, "O-1", "O-2")
    scene.now += 10.0
    return scene


def give(scene: Any, driver_id: DriverId, *names: str) -> None:
    decision = Decision()
    mine = scene.operation.fleet.route_of(driver_id).stops
    stops = (*mine, *(stop for name in names for stop in scene.stops(name)))
    carry_out(Context(scene.operation, DESK, scene.now), [plan(driver_id, *stops)], decision)
    scene.fold(decision, DESK)


def plan(driver_id: DriverId, *stops: Any) -> PlanChange:
    return PlanChange(driver_id=driver_id, plan_number=0, stops=stops)


def previewed(scene: Any, change: RulingChange, **more: Any) -> ImpactPreview:
    fields: dict[str, Any] = {
        "order_id": change.order_id,
        "driver_id": change.driver_id or DriverId(""),
        "recommended_driver_id": None,
        "computed_at": scene.now,
        "until_at": scene.now,
        "position": scene.operation.position,
        "based_on": {},
        "order_version": scene.order(change.order_id).version,
        "recommendation": Outcome(late_minutes=1.0),
        "as_is": Outcome(late_minutes=7.0),
        "change": change,
        "tell_after_s": 5.0,
    }
    return ImpactPreview(**fields | more)


def rule(scene: Any, preview: ImpactPreview, mode: OverrideMode = OverrideMode.AS_IS, **more: Any) -> Any:
    command = OverrideAssignment(
        change=preview.change, reason=ReasonCode.SAFETY, mode=mode, shown=shown_of(preview, mode), **more
    )
    segments = (STREET,) if isinstance(preview.change, CloseStreet) else ()
    return scene.do(command, DESK, preview=preview, segments=segments)


def taken_out(scene: Any, **more: Any) -> ImpactPreview:
    fields: dict[str, Any] = {"as_is_plans": (plan(D1),), "as_is_hands": {O1: None, O2: None}}
    return previewed(scene, TakeOut(order_id=O1, driver_id=D1, for_s=600.0), **fields | more)


def holders(scene: Any) -> list[DriverId | None]:
    return [scene.order(name).driver_id for name in ("O-1", "O-2")]


def returnable(scene: Any) -> list[OrderId]:
    back = giving_back(scene.operation, scene.operation.decisions.overrides[OverrideId("V-1")])
    return [one.order_id for one in back.orders]


def known(scene: Any, driver_id: DriverId) -> Any:
    """All that a driver's app can read."""
    told = orders_told(scene.operation, driver_id, scene.now)
    return route_told(scene.operation, driver_id, scene.now).stops, [(o.order_id, o.is_accepted) for o in told]


def test_driver_taken_out_is_an_entry_of_the_ledger_with_what_was_expected(lunch: Any) -> None:
    rule(lunch, taken_out(lunch), note="Flat tyre")
    [override] = lunch.operation.decisions.overrides.values()
    assert (override.reason, override.note, override.order_ids) == (ReasonCode.SAFETY, "Flat tyre", (O1, O2))
    assert (override.expected.late_minutes, override.expected_recommended.late_minutes) == (7.0, 1.0)
    assert holders(lunch) == [None, None]
    assert lunch.operation.fleet.drivers[D1].is_out(lunch.now)
    assert lunch.operation.fleet.route_of(D1).stops == ()


def test_nobody_hears_of_it_and_nobody_gets_the_orders_before_the_window_is_over(lunch: Any) -> None:
    before = known(lunch, D1)
    rule(lunch, taken_out(lunch))
    assert known(lunch, D1) == before
    assert is_left_alone(lunch.operation, lunch.order("O-1"), lunch.now)
    lunch.now += 5.0
    assert known(lunch, D1) == ((), [])
    assert not is_left_alone(lunch.operation, lunch.order("O-1"), lunch.now)


def test_undo_in_time_leaves_no_trace(lunch: Any) -> None:
    before = known(lunch, D1)
    rule(lunch, taken_out(lunch))
    lunch.now += 2.0
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert (holders(lunch), known(lunch, D1)) == ([D1, D1], before)
    assert not lunch.operation.fleet.drivers[D1].is_out(lunch.now)
    assert lunch.order("O-1").held_until is None


def test_undo_afterwards_gives_back_what_still_waits_and_leaves_what_was_given_away(lunch: Any) -> None:
    rule(lunch, taken_out(lunch))
    lunch.now += 60.0
    give(lunch, D2, "O-2")
    assert returnable(lunch) == [O1]
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK, restoring=(plan(D1, *lunch.stops("O-1")),))
    assert holders(lunch) == [D1, D2]
    assert not lunch.operation.fleet.drivers[D1].is_out(lunch.now)
    assert lunch.operation.decisions.undoable == []


def test_re_planned_the_orders_go_to_others_at_once(lunch: Any) -> None:
    plans = (plan(D1), plan(D2, *lunch.stops("O-1")))
    shown = taken_out(lunch, replanned=Outcome(), replanned_plans=plans, replanned_hands={O1: D2, O2: None})
    rule(lunch, shown, OverrideMode.REPLANNED)
    assert holders(lunch) == [D2, None]
    assert returnable(lunch) == [O1, O2]
    lunch.now += 2.0
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert holders(lunch) == [D1, D1]
    assert lunch.operation.fleet.route_of(D2).stops == ()


def test_driver_without_a_known_position_is_relieved_all_the_same(lunch: Any) -> None:
    rule(lunch, taken_out(lunch, as_is_plans=()))
    assert (holders(lunch), lunch.operation.fleet.route_of(D1).stops) == ([None, None], ())


def test_order_that_can_no_longer_leave_refuses_the_commit(lunch: Any) -> None:
    shown = taken_out(lunch, as_is_hands={O1: None, O2: None, OrderId("O-9"): None})
    with pytest.raises(Refusal) as refused:
        rule(lunch, shown)
    assert refused.value.code == "state.changed"
    assert holders(lunch) == [D1, D1]


def test_forbidden_driver_gives_the_order_back_and_undo_returns_it(lunch: Any) -> None:
    shown = previewed(
        lunch,
        Forbid(order_id=O1, driver_id=D1),
        as_is_plans=(plan(D1, *lunch.stops("O-2")),),
        as_is_hands={O1: None},
    )
    rule(lunch, shown)
    assert (holders(lunch), lunch.order("O-1").forbidden) == ([None, D1], (D1,))
    lunch.now += 2.0
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert (holders(lunch), lunch.order("O-1").forbidden) == ([D1, D1], ())


def test_forbidding_who_has_not_got_the_order_is_refused(lunch: Any) -> None:
    with pytest.raises(Refusal) as refused:
        rule(lunch, previewed(lunch, Forbid(order_id=O1, driver_id=D2)))
    assert refused.value.code == "state.changed"


@pytest.mark.parametrize("waits_s", [2.0, 60.0])
def test_what_was_pinned_to_the_driver_is_pinned_again_with_the_undo(lunch: Any, waits_s: float) -> None:
    lunch.do(PinOrder(order_id=O2), DESK)
    rule(lunch, taken_out(lunch))
    assert not lunch.order("O-2").is_pinned
    lunch.now += waits_s
    back = (plan(D1, *lunch.stops("O-1"), *lunch.stops("O-2")),)
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK, restoring=back)
    assert holders(lunch) == [D1, D1]
    assert [lunch.order(name).is_pinned for name in ("O-1", "O-2")] == [False, True]
    assert lunch.operation.decisions.undoable == [one for one in lunch.operation.decisions.undoable if one.ruling]


def test_driver_whom_somebody_else_took_out_since_stays_out(lunch: Any) -> None:
    rule(lunch, taken_out(lunch))
    lunch.now += 60.0
    lunch.do(BringDriverBack(driver_id=D1), DESK)
    lunch.now += 60.0
    lunch.do(TakeDriverOut(driver_id=D1, note="Accident"), OTHER)
    with pytest.raises(StateChanged):
        lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert lunch.operation.fleet.drivers[D1].is_out(lunch.now)
    position = lunch.operation.decisions.undoable[-1].ruling.position
    lunch.do(UndoDecision(ruling=position), DESK)
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert not lunch.operation.fleet.drivers[D1].is_out(lunch.now)


def test_taking_out_that_took_the_place_of_another_is_taken_back_to_it(lunch: Any) -> None:
    lunch.do(TakeDriverOut(driver_id=D1, note="Fuel", for_s=3600.0, keeps_orders=True), OTHER)
    stood = lunch.operation.fleet.drivers[D1].out_until_at
    lunch.now += 60.0
    rule(lunch, taken_out(lunch))
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert lunch.operation.fleet.drivers[D1].out_until_at == stood


def test_driver_whom_somebody_else_keeps_from_the_order_since_stays_kept_from_it(lunch: Any) -> None:
    kept = (plan(D1, *lunch.stops("O-2")),)
    rule(lunch, previewed(lunch, Forbid(order_id=O1, driver_id=D1), as_is_plans=kept, as_is_hands={O1: None}))
    lunch.now += 60.0
    lunch.do(AllowDriver(order_id=O1, driver_id=D1), DESK)
    lunch.do(ForbidDriver(order_id=O1, driver_id=D1, note="Quarrel"), OTHER)
    with pytest.raises(StateChanged):
        lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert lunch.order("O-1").forbidden == (D1,)


def test_zone_is_closed_over_its_waiting_orders_and_opened_by_undo(lunch: Any) -> None:
    ring = tuple(Position(lat, lon) for lat, lon in ((-31, -72), (-31, -70), (-29, -70), (-29, -72), (-31, -72)))
    lunch.do(DrawZones(zones=(Zone(zone_id=ZoneId("Z-1"), name="Centro", ring=ring),)))
    lunch.place("O-3")
    change = CloseZone(order_id=OrderId("O-3"), zone_id=ZoneId("Z-1"), for_s=1800.0)
    rule(lunch, previewed(lunch, change))
    assert lunch.operation.closures.zones(lunch.now) == {"Z-1"}
    assert is_left_alone(lunch.operation, lunch.order("O-3"), lunch.now)
    assert holders(lunch) == [D1, D1]
    with pytest.raises(Refusal):
        rule(lunch, previewed(lunch, change))
    lunch.now += 60.0
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert lunch.operation.closures.zones(lunch.now) == frozenset()


def street_closed(scene: Any, **more: Any) -> ImpactPreview:
    """D-1 comes two minutes later round the street."""
    later = tuple(
        replace(stop, arrives_at=stop.arrives_at + 120.0) for stop in scene.operation.fleet.route_of(D1).stops
    )
    change = CloseStreet(order_id=O1, position=CORNER, for_s=1800.0)
    return previewed(scene, change, **{"as_is_plans": (plan(D1, *later),)} | more)


def test_street_is_closed_with_the_times_round_it_and_opened_by_undo(lunch: Any) -> None:
    before, stops = known(lunch, D1), lunch.operation.fleet.route_of(D1).stops
    rule(lunch, street_closed(lunch))
    [closure] = lunch.operation.closures.in_force(lunch.now)
    assert (closure.position, closure.segments, closure.until_at) == (CORNER, (STREET,), lunch.now + 1800.0)
    assert holders(lunch) == [D1, D1]
    [override] = lunch.operation.decisions.overrides.values()
    assert (override.driver_id, override.previous_driver_id) == ("", D1)
    later = lunch.operation.fleet.route_of(D1).stops
    assert [stop.arrives_at for stop in later] == [stop.arrives_at + 120.0 for stop in stops]
    # Until the window is over the driver knows the former way, and after an undo within it nothing else ever.
    assert known(lunch, D1) == before
    lunch.now += 4.0
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert lunch.operation.closures.in_force(lunch.now) == []
    assert lunch.operation.fleet.route_of(D1).stops == stops
    assert known(lunch, D1) == before
    lunch.now += 60.0
    assert known(lunch, D1) == before


def test_undo_in_time_leaves_the_way_that_the_driver_knows(lunch: Any) -> None:
    route = lunch.operation.fleet.route_of(D1)
    way = (Position(-29.92, -71.25), CORNER, Position(-29.90, -71.25))
    lunch.do(SetRoute(driver_id=D1, plan_number=route.plan_number, stops=route.stops, distance_m=2200.0, geometry=way))
    rule(lunch, street_closed(lunch))
    assert lunch.operation.fleet.route_of(D1).geometry == ()
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert lunch.operation.fleet.route_of(D1).geometry == way
    assert route_told(lunch.operation, D1, lunch.now).geometry == way


def test_driver_hears_of_the_way_round_the_street_when_the_window_is_over(lunch: Any) -> None:
    rule(lunch, street_closed(lunch))
    lunch.now += 5.0
    assert known(lunch, D1)[0] == lunch.operation.fleet.route_of(D1).stops


def test_undo_opens_its_own_closure_and_leaves_those_beside_it(lunch: Any) -> None:
    lunch.do(ClosePlace(position=CORNER, note="Market", for_s=60.0), OTHER, segments=(STREET,))
    lunch.now += 60.0
    rule(lunch, street_closed(lunch))
    lunch.now += 10.0
    lunch.do(ClosePlace(position=CORNER, note="Crane", for_s=3600.0), OTHER, segments=(STREET,))
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert [closure.note for closure in lunch.operation.closures.in_force(lunch.now)] == ["Crane"]


def test_street_that_is_closed_already_is_not_closed_twice(lunch: Any) -> None:
    rule(lunch, street_closed(lunch))
    with pytest.raises(Refusal, match="closed already"):
        rule(lunch, street_closed(lunch))
    shown = street_closed(lunch)
    with pytest.raises(Refusal, match="closed already"):
        rule(lunch, replace(shown, change=replace(shown.change, position=Position(-29.9101, -71.25))))
    assert len(lunch.operation.closures.in_force(lunch.now)) == 1


def test_street_is_kept_under_an_order_that_somebody_brings(lunch: Any) -> None:
    lunch.place("O-3")
    waiting = CloseStreet(order_id=OrderId("O-3"), position=CORNER, for_s=1800.0)
    with pytest.raises(StateChanged):
        rule(lunch, previewed(lunch, waiting))
    preview = street_closed(lunch)
    with pytest.raises(Refusal, match="no street"):
        lunch.do(OverrideAssignment(change=preview.change, reason=ReasonCode.SAFETY), DESK, preview=preview)


def test_closing_a_street_is_no_word_against_what_is_proposed_for_its_order(lunch: Any) -> None:
    proposed = Recommendation(
        recommendation_id=RecommendationId("R-1"),
        order_id=O1,
        made_at=lunch.now,
        action=RecommendedAction.REASSIGN,
        driver_id=D2,
        promised_by_at=lunch.now,
        risk=RiskStage.ON_TRACK,
        confidence=Confidence(probability=0.9, stage=ConfidenceStage.GOOD),
        fallback=Fallback(driver_id=None, after_s=60.0, statement=Statement(code="fallback.pool")),
    )
    lunch.fold(Decision([(of_decision(O1), AssignmentRecommended(recommendation=proposed))]))
    rule(lunch, street_closed(lunch))
    [override] = lunch.operation.decisions.overrides.values()
    assert (override.recommendation_id, override.recommended_driver_id) == (None, None)
    assert lunch.operation.decisions.standing[O1] == proposed


def test_street_re_planned_moves_orders_and_gives_them_back_in_time(lunch: Any) -> None:
    first, second = (lunch.stops(name) for name in ("O-1", "O-2"))
    plans = (plan(D1, *first), plan(D2, *second))
    shown = street_closed(lunch, replanned=Outcome(), replanned_plans=plans, replanned_hands={O2: D2})
    rule(lunch, shown, OverrideMode.REPLANNED)
    assert holders(lunch) == [D1, D2]
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert (holders(lunch), lunch.operation.closures.in_force(lunch.now)) == ([D1, D1], [])


def test_street_stays_closed_where_a_driver_who_was_not_told_picks_up_what_he_lost(lunch: Any) -> None:
    first, second = (lunch.stops(name) for name in ("O-1", "O-2"))
    plans = (plan(D1, *first), plan(D2, *second))
    shown = street_closed(lunch, replanned=Outcome(), replanned_plans=plans, replanned_hands={O2: D2})
    rule(lunch, shown, OverrideMode.REPLANNED)
    lunch.do(ReportPickup(order_id=O2, driver_id=D1), Actor(role=Role.DRIVER, subject=D1))
    assert holders(lunch) == [D1, D1]
    [override] = lunch.operation.decisions.overrides.values()
    assert (override.undone_at, len(lunch.operation.closures.in_force(lunch.now))) == (None, 1)


def test_ruling_of_an_override_is_not_undone_by_itself_as_well(lunch: Any) -> None:
    rule(lunch, taken_out(lunch))
    assert [one.override_id for one in lunch.operation.decisions.undoable] == ["V-1"]


def test_ledger_with_rulings_survives_a_snapshot(lunch: Any) -> None:
    rule(lunch, taken_out(lunch))
    again = decode_operation(encode_operation(lunch.operation))
    assert again.decisions == lunch.operation.decisions
    assert not isinstance(again.decisions.overrides[OverrideId("V-1")].change, Reassign)
    assert lunch.order("O-1").state is OrderState.WAITING


def held(scene: Any, for_s: float = 1200.0) -> ImpactPreview:
    return previewed(scene, Hold(order_id=OrderId("O-3"), for_s=for_s), based_on={})


def test_long_hold_of_what_waits_is_an_entry_of_the_ledger_and_taken_back(lunch: Any) -> None:
    lunch.place("O-3")
    rule(lunch, held(lunch))
    [override] = lunch.operation.decisions.overrides.values()
    assert (override.order_id, override.expected.late_minutes, override.plans) == ("O-3", 7.0, ())
    assert lunch.order("O-3").held_until == lunch.now + 1200.0
    assert is_left_alone(lunch.operation, lunch.order("O-3"), lunch.now + 1100.0)
    lunch.now += 60.0
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert not is_left_alone(lunch.operation, lunch.order("O-3"), lunch.now)


def test_undoing_a_hold_brings_back_the_one_that_it_took_the_place_of(lunch: Any) -> None:
    lunch.place("O-3")
    lunch.do(HoldOrder(order_id=OrderId("O-3"), for_s=300.0), DESK)
    until_at = lunch.now + 300.0
    rule(lunch, held(lunch))
    lunch.now += 60.0
    lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert lunch.order("O-3").held_until == until_at


def test_what_somebody_held_anew_is_not_released_by_an_undo(lunch: Any) -> None:
    lunch.place("O-3")
    rule(lunch, held(lunch))
    lunch.now += 60.0
    lunch.do(HoldOrder(order_id=OrderId("O-3"), for_s=600.0), OTHER)
    with pytest.raises(StateChanged):
        lunch.do(UndoDecision(override_id=OverrideId("V-1")), DESK)
    assert lunch.order("O-3").held_until == lunch.now + 600.0


@pytest.mark.parametrize("seconds", [0.0, -1.0, 3601.0])
def test_hold_of_no_time_or_too_long_is_refused(lunch: Any, seconds: float) -> None:
    lunch.place("O-3")
    with pytest.raises(Refusal, match="up to an hour"):
        rule(lunch, held(lunch, seconds))


def test_order_that_got_a_driver_meanwhile_is_not_held(lunch: Any) -> None:
    with pytest.raises(StateChanged, match="has a driver by now"):
        rule(lunch, previewed(lunch, Hold(order_id=O1, for_s=600.0)))
