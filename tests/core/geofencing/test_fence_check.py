"""Which fences are refused, why and where."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.commands import DrawGeofence, RecordCrossing, RecordDwell
from core.events.envelope import decode_event
from core.events.geofence_events import GeofenceDrawn, GeofenceDwelt
from core.geofencing.active_hours import ActiveHours, Weekday
from core.geofencing.fence import DESK_ROLES, CrossingKind, Fence, FenceKind, FenceTrigger
from core.geofencing.fence_check import check_fence
from core.refusals import Refusal
from core.vocabulary import FenceId, Position, Role, VehicleId

O = Position(-29.9, -71.25)


def ring(*corners: tuple[float, float]) -> tuple[Position, ...]:
    """Return a closed ring of (north, east) thousandths of a degree from O."""
    placed = [Position(O.lat + north / 1000.0, O.lon + east / 1000.0) for north, east in corners]
    return (*placed, placed[0])


SQUARE = ring((0, 0), (0, 10), (10, 10), (10, 0))
HOLE = ring((2, 2), (2, 4), (4, 4), (4, 2))
CIRCLE: dict[str, Any] = {"centre": O, "radius_m": 100.0}


def fence(**fields: Any) -> Fence:
    return Fence(**{"fence_id": FenceId("F-1"), "name": "Yard"} | fields)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (FenceKind.POLYGON, {"ring": SQUARE, "holes": (HOLE,)}),
        (FenceKind.CIRCLE, CIRCLE),
        (FenceKind.CORRIDOR, {"line": SQUARE[:3], "width_m": 40.0}),
    ],
)
def test_each_kind_of_shape_can_be_drawn(kind: FenceKind, fields: dict[str, Any]) -> None:
    drawn = fence(**fields)
    check_fence(drawn)
    assert drawn.kind is kind


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("geofence.name_required", {"name": " ", **CIRCLE}),
        ("geofence.one_shape", {}),
        ("geofence.one_shape", {"ring": SQUARE, **CIRCLE}),
        ("geofence.one_shape", {"holes": (HOLE,), **CIRCLE}),
        ("geofence.too_many_corners", {"line": tuple(O for _ in range(2001)), "width_m": 10.0}),
        ("geofence.radius_out_of_range", {"centre": O, "radius_m": 0.0}),
        ("geofence.radius_out_of_range", {"centre": O, "radius_m": float("nan")}),
        ("geofence.line_too_short", {"line": (O, O), "width_m": 10.0}),
        ("geofence.width_out_of_range", {"line": SQUARE[:2], "width_m": 1.0}),
        ("geofence.ring_not_closed", {"ring": SQUARE[:-1]}),
        ("geofence.hole_outside", {"ring": SQUARE, "holes": (ring((8, 8), (8, 12), (9, 12), (9, 8)),)}),
        ("geofence.holes_overlap", {"ring": SQUARE, "holes": (HOLE, HOLE)}),
        ("geofence.holes_cut_apart", {"ring": SQUARE, "holes": (ring((5, 0), (6, 5), (5, 10), (4, 5)),)}),
        ("geofence.too_large", {"ring": ring((0, 0), (0, 6000), (6000, 6000))}),
        ("geofence.out_of_reach", {"centre": Position(89.0, 0.0), "radius_m": 50.0}),
        ("geofence.out_of_range", {"leave_margin_m": -1.0, **CIRCLE}),
        ("geofence.out_of_range", {"dwell_s": float("inf"), **CIRCLE}),
        ("geofence.out_of_range", {"confirm_fixes": 0, **CIRCLE}),
        ("geofence.hours_malformed", {"hours": (ActiveHours(weekdays=()),), **CIRCLE}),
        ("geofence.hours_malformed", {"hours": (ActiveHours(from_min=1440),), **CIRCLE}),
        ("geofence.hours_malformed", {"hours": (ActiveHours(weekdays=(Weekday.MONDAY,) * 2),), **CIRCLE}),
        ("geofence.groups_malformed", {"groups": ("",), **CIRCLE}),
        ("geofence.tells_nobody", {"tells": (Role.DRIVER,), **CIRCLE}),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(code: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        check_fence(fence(**fields))
    assert caught.value.code == code


@pytest.mark.parametrize(("holes", "number"), [(False, 0), (True, 1)])
def test_a_ring_that_crosses_itself_is_refused_with_the_place(*, holes: bool, number: int) -> None:
    # The two long edges of this bow tie meet in its middle, 5 thousandths north and east.
    bow = ring((1, 1), (9, 9), (9, 1), (1, 9))
    with pytest.raises(Refusal) as caught:
        check_fence(fence(ring=SQUARE, holes=(bow,)) if holes else fence(ring=bow))
    assert caught.value.code == "geofence.crosses_itself"
    assert caught.value.details == {
        "lat": pytest.approx(O.lat + 0.005),
        "lon": pytest.approx(O.lon + 0.005),
        "ring": number,
    }


def test_a_fence_recorded_by_an_older_tower_reads_with_the_defaults() -> None:
    old = {"fence_id": "F-1", "name": "Yard", "purpose": "depot", "trigger": "both", "associated_with": None}
    old |= {"ring": [], "centre": [-29.9, -71.25], "radius_m": 80.0, "leave_margin_m": 20.0, "confirm_fixes": 3}
    event = decode_event("GeofenceDrawn", 1, msgspec.msgpack.encode({"fence": old}))
    assert isinstance(event, GeofenceDrawn)
    assert (event.fence.holes, event.fence.hours, event.fence.groups) == ((), (), ())
    assert (event.fence.dwell_s, event.fence.tells) == (0.0, DESK_ROLES)


def test_the_same_drawing_twice_is_one_event(scene: Any) -> None:
    scene.do(DrawGeofence(fence=fence(**CIRCLE)))
    scene.do(DrawGeofence(fence=fence(**CIRCLE)))
    assert len(scene.happened) == 1


def test_a_stay_is_told_once(scene: Any) -> None:
    scene.do(DrawGeofence(fence=fence(dwell_s=60.0, **CIRCLE)))
    vehicle = VehicleId("V-1")
    entry = RecordCrossing(
        fence_id=FenceId("F-1"), vehicle_id=vehicle, is_entry=True, position=O, occurred_at=scene.now
    )
    scene.do(entry)
    dwell = RecordDwell(fence_id=FenceId("F-1"), vehicle_id=vehicle, position=O, entered_at=scene.now)
    scene.do(dwell)
    scene.do(dwell)
    assert [type(event) for event in scene.happened].count(GeofenceDwelt) == 1
    assert scene.operation.fences.inside[FenceId("F-1")][vehicle].dwelt_at == scene.now


@pytest.mark.parametrize(
    ("trigger", "dwell_s", "told"),
    [
        (FenceTrigger.ENTER, 0.0, {CrossingKind.ENTERED}),
        (FenceTrigger.EXIT, 60.0, {CrossingKind.EXITED, CrossingKind.DWELT}),
        (FenceTrigger.BOTH, 0.0, {CrossingKind.ENTERED, CrossingKind.EXITED}),
    ],
)
def test_a_fence_tells_of_what_it_was_asked(trigger: FenceTrigger, dwell_s: float, told: set[CrossingKind]) -> None:
    drawn = fence(trigger=trigger, dwell_s=dwell_s, **CIRCLE)
    assert {kind for kind in CrossingKind if drawn.tells_of(kind)} == told
