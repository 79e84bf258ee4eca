"""What history says otherwise, compared with what is recorded; and what of it changes who is inside now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from core.commands import DrawGeofence, RecordCrossing, RecordDwell
from core.events.geofence_events import GeofenceEntered, GeofencePresenceCorrected
from core.geofencing.correction_commands import CorrectPresence, RecordPastCrossing, RefuteCrossing
from core.geofencing.corrections import SAME_S, Begun, Known, Recorded, begun, compared, differs
from core.geofencing.crossings import CrossingDetector, FenceCrossing, Inside
from core.geofencing.fence import CrossingKind, Fence
from core.projections.fence_picture import Stay
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import FenceId, Position, VehicleId

type Fixes = Callable[..., FixBatch]
NOW_AT = 1_800_000_000.0
O = Position(-29.9, -71.25)
METRE = 1.0 / 111_195.0
F, V = FenceId("F-1"), VehicleId("V-1")
IN, OUT, STAYS = CrossingKind.ENTERED, CrossingKind.EXITED, CrossingKind.DWELT


def found(kind: CrossingKind, at: float, fence: FenceId = F) -> FenceCrossing:
    return FenceCrossing(fence, V, kind, O, at, is_late=False, seen_at=at)


def known(kind: CrossingKind, at: float, fence: FenceId = F, entered_at: float | None = None) -> Known:
    return Known(fence, kind, at, entered_at)


def test_what_nobody_knows_is_missing_and_what_nobody_finds_unfounded() -> None:
    finds = [found(IN, 100.0), found(OUT, 200.0), found(IN, 300.0, FenceId("F-2"))]
    knows = [known(IN, 101.0), known(OUT, 200.0), known(OUT, 300.0, FenceId("F-2"))]
    missing, unfounded = compared(finds, knows)
    assert missing == [finds[0], finds[2]]
    assert unfounded == [knows[0], knows[2]]


def test_who_is_inside_at_the_beginning_is_who_is_now_without_what_happened_since() -> None:
    stays = {FenceId(name): Stay(entered_at=at) for name, at in (("long", 10.0), ("since", 150.0))}
    since = [
        known(IN, 11.0, FenceId("long")),
        known(IN, 150.0, FenceId("since")),
        known(OUT, 120.0, FenceId("left")),
        known(STAYS, 130.0, FenceId("stayed"), entered_at=20.0),
        known(OUT, 140.0, FenceId("stayed")),
        known(IN, 160.0, FenceId("back")),
        known(OUT, 170.0, FenceId("back")),
    ]
    recorded = Recorded({(one.fence_id, one.kind, one.at): one for one in since})
    assert set(begun(recorded, stays, 100.0)) == {
        Begun(FenceId("long"), 11.0, has_dwelt=False),
        Begun(FenceId("left"), 100.0, has_dwelt=True),
        Begun(FenceId("stayed"), 20.0, has_dwelt=False),
    }


@pytest.mark.parametrize(
    ("stay", "inside", "is_other"),
    [
        (None, None, False),
        (Stay(entered_at=0.0), None, True),
        (None, Inside(V, 0.0), True),
        (Stay(entered_at=0.0), Inside(V, SAME_S), False),
        (Stay(entered_at=0.0), Inside(V, SAME_S + 1.0), True),
        (Stay(entered_at=0.0, dwelt_at=60.0), Inside(V, 0.0), True),
        (Stay(entered_at=0.0, dwelt_at=60.0), Inside(V, 0.0, has_dwelt=True), False),
    ],
)
def test_the_picture_is_corrected_where_it_is_another(stay: Stay | None, inside: Inside | None, is_other: bool) -> None:
    assert differs(stay, inside) is is_other


def drawn(scene: Any) -> Any:
    fence = Fence(fence_id=F, name="Depot", centre=O, radius_m=100.0)
    scene.do(DrawGeofence(fence=fence))
    return scene


def past(scene: Any, kind: CrossingKind) -> RecordPastCrossing:
    return RecordPastCrossing(
        fence_id=F,
        vehicle_id=V,
        kind=kind,
        position=O,
        occurred_at=scene.now,
        is_late=True,
        entered_at=scene.now,
    )


def test_the_past_leaves_who_is_inside_alone(scene: Any) -> None:
    drawn(scene).do(RecordCrossing(fence_id=F, vehicle_id=V, is_entry=True, position=O, occurred_at=scene.now))
    stay = scene.operation.fences.inside[F][V]
    for kind in (IN, STAYS, OUT):
        scene.do(past(scene, kind))
    assert scene.operation.fences.inside[F] == {V: stay}
    assert [one.is_entry for one in scene.operation.fences.crossings] == [True, True, False]
    assert (scene.operation.fences.entered, scene.operation.fences.dwelt, scene.operation.fences.exited) == (2, 1, 1)
    assert scene.happened[-1].is_history


def test_the_past_names_the_driver_only_of_his_own_shift(scene: Any) -> None:
    scene.driver("1")
    began_at, named = scene.now, []
    for at in (began_at - 60.0, began_at + 60.0):
        drawn(scene).do(replace(past(scene, IN), occurred_at=at))
        named.append(scene.happened[-1].driver_id)
    assert named == [None, "D-1"]


def test_a_refuted_crossing_stands_no_more_and_recorded_again_is_another(scene: Any) -> None:
    drawn(scene).do(past(scene, IN))
    scene.do(RefuteCrossing(fence_id=F, vehicle_id=V, kind=IN, crossed_at=scene.now))
    assert scene.operation.fences.crossings == []
    assert (scene.operation.fences.entered, scene.operation.fences.refuted) == (1, 1)


def test_presence_is_corrected_both_ways_and_only_if_it_is_another(scene: Any) -> None:
    inside = CorrectPresence(fence_id=F, vehicle_id=V, entered_at=scene.now - 60.0)
    drawn(scene).do(inside)
    scene.do(inside)
    assert [type(event) for event in scene.happened].count(GeofencePresenceCorrected) == 1
    assert scene.operation.fences.inside[F] == {V: Stay(entered_at=scene.now - 60.0, is_late=True)}
    for _ in range(2):
        scene.do(CorrectPresence(fence_id=F, vehicle_id=V, entered_at=None))
    assert scene.operation.fences.inside[F] == {}
    assert [type(event) for event in scene.happened].count(GeofencePresenceCorrected) == 2


def test_a_stay_that_goes_on_keeps_when_it_began_and_whether_that_came_late(scene: Any) -> None:
    drawn(scene).do(RecordCrossing(fence_id=F, vehicle_id=V, is_entry=True, position=O, occurred_at=scene.now))
    dwelt_at = scene.now + 50.0
    scene.do(CorrectPresence(fence_id=F, vehicle_id=V, entered_at=scene.now - 20.0, dwelt_at=dwelt_at))
    stay = scene.operation.fences.inside[F][V]
    assert stay == Stay(entered_at=scene.now, is_late=False, dwelt_at=dwelt_at)


def test_what_an_older_tower_recorded_touches_who_is_inside(scene: Any) -> None:
    drawn(scene).do(RecordCrossing(fence_id=F, vehicle_id=V, is_entry=True, position=O, occurred_at=scene.now))
    scene.do(RecordDwell(fence_id=F, vehicle_id=V, position=O, entered_at=scene.now))
    assert isinstance(scene.happened[1], GeofenceEntered)
    assert not scene.happened[1].is_history
    assert scene.operation.fences.inside[F][V].dwelt_at is not None


def drive(fixes: Fixes, *metres_north: float, start: int = 0) -> FixBatch:
    return fixes(
        *({"lat": O.lat + m * METRE, "fix_at": NOW_AT + 5.0 * (start + k)} for k, m in enumerate(metres_north))
    )


def circle(name: str = "F-1", **changes: Any) -> Fence:
    return replace(Fence(fence_id=FenceId(name), name=name, centre=O, radius_m=100.0), **changes)


def test_rows_older_than_the_newest_are_named(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    detector.advance(drive(fixes, 300, start=2))
    detector.advance(drive(fixes, 300, 300, 300, 300))
    assert detector.older.tolist() == [True, True, False, False]
    assert (detector.newest_at("V-1"), detector.newest_at("V-2")) == (NOW_AT + 15.0, float("-inf"))


def test_a_detector_takes_over_what_fuller_history_shows(fixes: Fixes) -> None:
    """Outside, then inside at 10 s, by the fixes that came; by all of them inside since 5 s and leaving since 15 s."""
    now = CrossingDetector([circle(), circle("F-2", radius_m=50.0)])
    now.advance(drive(fixes, 300))
    now.advance(drive(fixes, 20, 300, start=2))
    past = CrossingDetector(now.index)
    past.advance(drive(fixes, 300, 20, 20, 300))
    now.take_over("V-1", past, lambda fence_id: fence_id == F)
    assert now.inside("V-1").keys() == {F}
    assert now.inside("V-1")[F].entered_at == NOW_AT + 5.0
    told = now.advance(drive(fixes, 300, start=4))
    assert [(one.fence_id, one.kind, one.occurred_at - NOW_AT) for one in told] == [(F, OUT, 15.0)]


def test_taking_over_ends_what_history_does_not_show_and_leaves_other_fences_alone(fixes: Fixes) -> None:
    now = CrossingDetector([circle(), circle("F-2")])
    now.advance(drive(fixes, 20, start=0))
    now.advance(drive(fixes, 20, start=2))
    past = CrossingDetector(now.index)
    past.advance(drive(fixes, 20, 300, 20))
    now.take_over("V-1", past, lambda fence_id: fence_id == F)
    assert now.inside("V-1").keys() == {"F-2"}
    assert [one.fence_id for one in now.advance(drive(fixes, 20, start=3))] == [F]
