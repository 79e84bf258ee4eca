"""Rulings that move nothing are taken back by Ctrl+Z like any decision: by the opposite ruling, while they hold."""

from __future__ import annotations

from typing import Any

import pytest

from core.commands import (
    AllowDriver,
    BringDriverBack,
    ClosePlace,
    DrawZones,
    EndShift,
    ForbidDriver,
    HoldOrder,
    PauseDriver,
    PinOrder,
    PlanBreaks,
    ReleaseOrder,
    ReopenPlace,
    ResumeDriver,
    StartShift,
    TakeDriverOut,
    UndoDecision,
    UnpinOrder,
)
from core.deciding import Context, Decision
from core.dispatch.decision import PlanChange
from core.dispatch.planning_events import carry_out
from core.dispatch.rulings import ruling_of
from core.dispatch.undoing_rulings import opposite_of
from core.events.dispatch_events import RulingUndone
from core.events.fleet_events import BreaksPlanned
from core.fleet.fleet import PlannedBreak
from core.fleet.zone import Zone
from core.projections.operation import decode_operation, encode_operation
from core.refusals import Refusal
from core.vocabulary import PLATFORM, Actor, DriverId, OrderId, Position, Role, VehicleId, ZoneId
from tests.envelopes import envelope_of

DESK = Actor(role=Role.DISPATCHER, subject="rojas")
D1, D2, O1 = DriverId("D-1"), DriverId("D-2"), OrderId("O-1")
RING = tuple(Position(lat, lon) for lat, lon in ((-31, -72), (-31, -70), (-29, -70), (-29, -72), (-31, -72)))


@pytest.fixture
def lunch(scene: Any) -> Any:
    """Two drivers at work in a zone; O-1 is with D-1."""
    scene.driver("1"), scene.driver("2")
    scene.do(DrawZones(zones=(Zone(zone_id=ZoneId("Z-1"), name="Centro", ring=RING),)))
    scene.place("O-1")
    decision = Decision()
    given = PlanChange(driver_id=D1, plan_number=0, stops=scene.stops("O-1"))
    carry_out(Context(scene.operation, DESK, scene.now), [given], decision)
    scene.fold(decision)
    return scene


def ruled(scene: Any) -> Any:
    """All that rulings change."""
    order = scene.order("O-1")
    drivers = [driver.is_out(scene.now) for driver in scene.operation.fleet.drivers.values()]
    held = order.held_until is not None and order.held_until > scene.now
    breaks = scene.operation.fleet.drivers[D2].breaks
    return order.is_pinned, order.forbidden, held, drivers, breaks, scene.operation.closures.zones(scene.now)


def undo(scene: Any) -> Decision:
    scene.now += 1.0
    position = scene.operation.decisions.undoable[-1].ruling.position
    return scene.do(UndoDecision(ruling=position), DESK)


NOON_AT = 1_800_000_000.0
OUT = TakeDriverOut(driver_id=D2, note="Fuel", for_s=600.0)
NOON, LATER = (
    PlannedBreak(earliest_at=NOON_AT + from_s, latest_at=NOON_AT + from_s + 1800.0, length_s=1800.0)
    for from_s in (3600.0, 7200.0)
)
CLOSED = ClosePlace(zone_id=ZoneId("Z-1"), note="Flooded", for_s=600.0)


@pytest.mark.parametrize(
    ("before", "ruling"),
    [
        ((), PinOrder(order_id=O1)),
        ((PinOrder(order_id=O1),), UnpinOrder(order_id=O1)),
        ((), ForbidDriver(order_id=O1, driver_id=D2, note="Quarrel")),
        ((ForbidDriver(order_id=O1, driver_id=D2, note="Quarrel"),), AllowDriver(order_id=O1, driver_id=D2)),
        ((), HoldOrder(order_id=O1, for_s=600.0)),
        ((HoldOrder(order_id=O1, for_s=600.0),), ReleaseOrder(order_id=O1)),
        ((), OUT),
        ((OUT,), BringDriverBack(driver_id=D2)),
        ((), PlanBreaks(driver_id=D2, breaks=(NOON,))),
        ((PlanBreaks(driver_id=D2, breaks=(NOON,)),), PlanBreaks(driver_id=D2, breaks=(LATER, NOON))),
        ((PlanBreaks(driver_id=D2, breaks=(NOON,)),), PlanBreaks(driver_id=D2, breaks=())),
        ((), CLOSED),
        ((CLOSED,), None),
    ],
)
def test_ruling_is_taken_back_by_its_opposite(lunch: Any, before: tuple[Any, ...], ruling: Any) -> None:
    for earlier in before:
        lunch.do(earlier, DESK)
    lunch.now += 1.0
    stood = ruled(lunch)
    [closure_id] = lunch.operation.closures.closures or [""]
    lunch.do(ruling or ReopenPlace(closure_id=closure_id), DESK)
    assert ruled(lunch) != stood

    decision = undo(lunch)

    assert ruled(lunch) == stood
    assert isinstance(decision.events[0][1], RulingUndone)
    assert decision.events[0][1].is_audited
    assert len(lunch.operation.decisions.undoable) == len(before)
    again = decode_operation(encode_operation(lunch.operation))
    assert again.decisions == lunch.operation.decisions


@pytest.mark.parametrize("first_s", [600.0, 3600.0, None])
@pytest.mark.parametrize("second_s", [1200.0, None])
def test_second_taking_out_is_taken_back_to_the_first(lunch: Any, first_s: Any, second_s: Any) -> None:
    lunch.do(TakeDriverOut(driver_id=D2, note="Fuel", for_s=first_s), DESK)
    stood = lunch.operation.fleet.drivers[D2].out_until_at
    lunch.now += 60.0
    lunch.do(TakeDriverOut(driver_id=D2, note="Accident", for_s=second_s), DESK)
    undo(lunch)
    driver = lunch.operation.fleet.drivers[D2]
    assert (driver.is_out(lunch.now), driver.out_until_at) == (True, stood)
    undo(lunch)
    assert not lunch.operation.fleet.drivers[D2].is_out(lunch.now)


@pytest.mark.parametrize("second_s", [300.0, 1200.0])
def test_second_hold_is_taken_back_to_the_first(lunch: Any, second_s: float) -> None:
    lunch.do(HoldOrder(order_id=O1, for_s=600.0), DESK)
    stood = lunch.order("O-1").held_until
    lunch.now += 60.0
    lunch.do(HoldOrder(order_id=O1, for_s=second_s), DESK)
    undo(lunch)
    assert lunch.order("O-1").held_until == stood
    undo(lunch)
    assert lunch.order("O-1").held_until is None


def test_first_that_ran_out_meanwhile_does_not_come_back(lunch: Any) -> None:
    lunch.do(HoldOrder(order_id=O1, for_s=120.0), DESK)
    lunch.do(TakeDriverOut(driver_id=D2, note="Fuel", for_s=120.0), DESK)
    lunch.do(HoldOrder(order_id=O1, for_s=1200.0), DESK)
    lunch.do(TakeDriverOut(driver_id=D2, note="Accident", for_s=1200.0), DESK)
    lunch.now += 180.0
    undo(lunch), undo(lunch)
    assert lunch.order("O-1").held_until is None
    assert not lunch.operation.fleet.drivers[D2].is_out(lunch.now)


def test_what_does_not_hold_any_more_is_not_taken_back(lunch: Any) -> None:
    lunch.do(PinOrder(order_id=O1), DESK)
    lunch.now += 1.0
    lunch.do(UnpinOrder(order_id=O1), Actor(role=Role.DISPATCHER, subject="soto"))
    first = lunch.operation.decisions.undoable[0].ruling.position
    with pytest.raises(Refusal) as refused:
        lunch.do(UndoDecision(ruling=first), DESK)
    assert refused.value.code == "state.changed"


def test_what_ran_out_has_no_opposite_any_more(lunch: Any) -> None:
    lunch.do(HoldOrder(order_id=O1, for_s=120.0), DESK)
    ruling = lunch.operation.decisions.undoable[-1].ruling
    assert opposite_of(lunch.operation, ruling, lunch.now + 119.0) is not None
    assert opposite_of(lunch.operation, ruling, lunch.now + 120.0) is None


def test_nothing_is_undone_twice_and_the_platform_rules_nothing(lunch: Any) -> None:
    lunch.do(PinOrder(order_id=O1), DESK)
    position = lunch.operation.decisions.undoable[-1].ruling.position
    undo(lunch)
    with pytest.raises(Refusal) as refused:
        lunch.do(UndoDecision(ruling=position), DESK)
    assert refused.value.code == "ruling.not_found"
    lunch.now += 1.0
    lunch.do(PinOrder(order_id=O1), PLATFORM)
    assert lunch.operation.decisions.undoable == []


def test_breaks_are_put_back_until_one_of_them_has_begun(lunch: Any) -> None:
    lunch.do(PlanBreaks(driver_id=D2, breaks=(NOON,)), DESK)
    lunch.do(PlanBreaks(driver_id=D2, breaks=(LATER,)), DESK)
    ruling = lunch.operation.decisions.undoable[-1].ruling
    lunch.now = NOON.earliest_at
    lunch.do(PauseDriver(driver_id=D2), PLATFORM)
    assert opposite_of(lunch.operation, ruling, lunch.now) is not None, "too early to be the one that was set"
    lunch.do(ResumeDriver(driver_id=D2), PLATFORM)
    lunch.now = LATER.earliest_at
    lunch.do(PauseDriver(driver_id=D2), PLATFORM)
    assert opposite_of(lunch.operation, ruling, lunch.now) is None


def test_breaks_of_another_shift_stay_as_they_are(lunch: Any) -> None:
    lunch.do(PlanBreaks(driver_id=D2, breaks=(NOON,)), DESK)
    ruling = lunch.operation.decisions.undoable[-1].ruling
    lunch.now += 60.0
    lunch.do(EndShift(driver_id=D2), PLATFORM)
    assert opposite_of(lunch.operation, ruling, lunch.now) is None
    again = StartShift(driver_id=D2, vehicle_id=VehicleId("V-2"), ends_at=lunch.now + 6 * 3600.0, breaks=(NOON,))
    lunch.do(again, PLATFORM)
    assert opposite_of(lunch.operation, ruling, lunch.now) is None


def test_breaks_set_in_earlier_days_are_not_offered() -> None:
    recorded = BreaksPlanned(driver_id=D2, breaks=(NOON,))
    assert ruling_of(envelope_of(recorded), recorded) is None
