"""Who entered, who left, and what is only jitter. One degree of latitude is 111,195 m; the fence is 100 m around O."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.geofencing.active_hours import ActiveHours
from core.geofencing.crossings import CrossingDetector, FenceCrossing, Inside
from core.geofencing.fence import CrossingKind, Fence, FenceTrigger
from core.telemetry.fix_batch import FixBatch
from core.telemetry.pipeline import Surroundings, sift
from core.telemetry.plausibility import PlausibilityLimits
from core.vocabulary import FenceId, Position, VehicleId

type Fixes = Callable[..., FixBatch]
NOW_AT = 1_800_000_000.0
O = Position(-29.9, -71.25)
METRE = 1.0 / 111_195.0


def circle(**changes: Any) -> Fence:
    return Fence(**{"fence_id": FenceId("F-1"), "name": "Depot", "centre": O, "radius_m": 100.0} | changes)


def drive(fixes: Fixes, *metres_north: float, vehicle: str = "V-1", every_s: float = 5.0, start: int = 0) -> FixBatch:
    """Return fixes at these distances north of O, one each `every_s`, received when they were made."""
    at = [NOW_AT + every_s * (start + k) for k in range(len(metres_north))]
    return fixes(
        *(
            {"vehicle": vehicle, "lat": O.lat + m * METRE, "fix_at": t, "received_at": t}
            for m, t in zip(metres_north, at, strict=True)
        )
    )


WORDS = {CrossingKind.ENTERED: "in", CrossingKind.EXITED: "out", CrossingKind.DWELT: "stays"}


def said(crossings: Iterable[FenceCrossing]) -> list[tuple[str, float]]:
    return [(WORDS[c.kind], c.occurred_at - NOW_AT) for c in crossings]


def test_two_fixes_inside_make_an_entry_at_the_first(fixes: Fixes) -> None:
    found = CrossingDetector([circle()]).advance(drive(fixes, 300, 90, 50, 20))
    assert said(found) == [("in", 5.0)]
    assert found[0].vehicle_id == "V-1"


def test_one_stray_fix_inside_is_no_entry(fixes: Fixes) -> None:
    assert said(CrossingDetector([circle()]).advance(drive(fixes, 200, 90, 200, 90, 200))) == []


def test_leaving_counts_only_beyond_the_margin(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    detector.advance(drive(fixes, 50, 50))
    assert said(detector.advance(drive(fixes, 110, 120, 125, start=2))) == []
    assert said(detector.advance(drive(fixes, 135, 150, start=5))) == [("out", 25.0)]


def test_a_streak_goes_on_across_batches(fixes: Fixes) -> None:
    detector = CrossingDetector([circle(confirm_fixes=3)])
    assert said(detector.advance(drive(fixes, 50))) == []
    assert said(detector.advance(drive(fixes, 50, start=1))) == []
    assert said(detector.advance(drive(fixes, 50, start=2))) == [("in", 0.0)]


def test_old_fixes_rewrite_nothing(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    detector.advance(drive(fixes, 50, 50, start=10))
    assert said(detector.advance(drive(fixes, 400, 400, 400))) == []


def test_a_fast_vehicle_that_passes_between_two_fixes_entered_and_left(fixes: Fixes) -> None:
    # From 300 m south to 300 m north in 30 s: in after 200 m (10 s), out after 400 m (20 s).
    found = CrossingDetector([circle()]).advance(drive(fixes, -300, 300, every_s=30.0))
    assert [(kind, round(at, 1)) for kind, at in said(found)] == [("in", 10.0), ("out", 20.0)]


def test_nobody_knows_the_way_across_a_long_silence(fixes: Fixes) -> None:
    assert said(CrossingDetector([circle()]).advance(drive(fixes, -300, 300, every_s=300.0))) == []


@pytest.mark.parametrize(("trigger", "kinds"), [(FenceTrigger.ENTER, ["in"]), (FenceTrigger.EXIT, ["out"])])
def test_only_the_wanted_trigger_is_an_event(fixes: Fixes, trigger: FenceTrigger, kinds: list[str]) -> None:
    found = CrossingDetector([circle(trigger=trigger)]).advance(drive(fixes, 300, 50, 50, 300, 300))
    assert [kind for kind, _ in said(found)] == kinds


def test_buffered_fixes_make_late_crossings(fixes: Fixes) -> None:
    rows = [{"lat": O.lat, "fix_at": NOW_AT - 600 + k, "received_at": NOW_AT} for k in range(2)]
    assert [crossing.is_late for crossing in CrossingDetector([circle()]).advance(fixes(*rows))] == [True]


def test_a_tracker_that_reports_each_70_s_crosses_in_time(fixes: Fixes) -> None:
    """What confirms an entry or a way through is heard at once, however long ago its beginning was."""
    found = CrossingDetector([circle()]).advance(drive(fixes, 300, 50, 50, every_s=70.0))
    assert [(crossing.occurred_at - NOW_AT, crossing.is_late) for crossing in found] == [(70.0, False)]
    through = CrossingDetector([circle()]).advance(drive(fixes, -1100, 150, every_s=70.0))
    assert [crossing.is_late for crossing in through] == [False, False]
    assert {crossing.seen_at - NOW_AT for crossing in through} == {70.0}


def test_a_restart_remembers_who_is_inside(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    inside = Inside(vehicle_id=VehicleId("V-1"), entered_at=NOW_AT - 60.0)
    detector.resume({FenceId("F-1"): [inside]}, drive(fixes, 50))
    assert said(detector.advance(drive(fixes, 50, 50, start=1))) == []
    assert said(detector.advance(drive(fixes, 300, 300, start=3))) == [("out", 15.0)]


def test_a_restart_remembers_who_is_inside_and_was_not_heard_for_days(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    inside = Inside(vehicle_id=VehicleId("V-1"), entered_at=NOW_AT - 1e6)
    detector.resume({FenceId("F-1"): [inside]}, FixBatch.empty())
    assert said(detector.advance(drive(fixes, 300, 300))) == [("out", 0.0)]


def test_a_retired_fence_says_nothing_more(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    detector.advance(drive(fixes, 50, 50))
    detector.set_fences([])
    assert said(detector.advance(drive(fixes, 300, 300, start=2))) == []


def test_a_new_drawing_keeps_who_is_inside(fixes: Fixes) -> None:
    detector = CrossingDetector([circle(fence_id=FenceId("F-0"), radius_m=5000.0), circle()])
    assert len(detector.advance(drive(fixes, 50, 50))) == 2
    detector.set_fences([circle(radius_m=120.0), circle(fence_id=FenceId("F-9"), radius_m=60.0)])
    found = detector.advance(drive(fixes, 40, 40, 300, 300, start=2))
    assert [(c.fence_id, WORDS[c.kind]) for c in found] == [("F-9", "in"), ("F-1", "out"), ("F-9", "out")]


def square(north: float, east: float, size: float) -> tuple[Position, ...]:
    """Return a ring, metres from O."""
    corners = ((0.0, 0.0), (0.0, size), (size, size), (size, 0.0), (0.0, 0.0))
    return tuple(
        Position(O.lat + (north + n) * METRE, O.lon + (east + e) * METRE / np.cos(np.radians(O.lat)))
        for n, e in corners
    )


def test_a_hole_is_outside(fixes: Fixes) -> None:
    fence = Fence(
        fence_id=FenceId("F-2"),
        name="Yard",
        ring=square(-500.0, -500.0, 1000.0),
        holes=(square(-100.0, -100.0, 200.0),),
        leave_margin_m=20.0,
    )
    # In through the south, out into the hole, in again on its other side.
    found = CrossingDetector([fence]).advance(drive(fixes, -600, -400, -300, 0, 10, 200, 300))
    assert said(found) == [("in", 5.0), ("out", 15.0), ("in", 25.0)]


def test_a_corridor_is_as_wide_as_drawn(fixes: Fixes) -> None:
    line = (Position(O.lat, O.lon - 0.01), Position(O.lat, O.lon + 0.01))
    fence = Fence(fence_id=FenceId("F-3"), name="Avenida", line=line, width_m=40.0, leave_margin_m=25.0)
    found = CrossingDetector([fence]).advance(drive(fixes, 60, 25, 19, 19, 44, 44, 46, 46))
    assert said(found) == [("in", 10.0), ("out", 30.0)]


def test_an_inaccurate_fix_is_not_judged(fixes: Fixes) -> None:
    batch = drive(fixes, 300, 50, 50, 50, 300, 300)
    batch.accuracy_m[:] = (5.0, 60.0, 5.0, np.nan, 60.0, 60.0)
    assert said(CrossingDetector([circle(accuracy_limit_m=50.0)]).advance(batch)) == [("in", 10.0)]


def test_leaving_by_inaccurate_fixes_counts_beyond_their_doubt(fixes: Fixes) -> None:
    batch = drive(fixes, 50, 50, 190, 190, 210, 210)
    batch.accuracy_m[:] = 20.0  # five sigmas are 100 m, more than the margin of 30 m
    assert said(CrossingDetector([circle()]).advance(batch)) == [("in", 0.0), ("out", 20.0)]


def test_a_stay_that_is_long_enough_after_the_hours_is_not_told(fixes: Fixes) -> None:
    fence = circle(dwell_s=90.0, hours=(ActiveHours(from_min=8 * 60, until_min=8 * 60 + 1),))
    assert said(CrossingDetector([fence]).advance(drive(fixes, 50, 50, 50, 50, every_s=40.0))) == [("in", 0.0)]


def test_a_stay_is_told_once_after_its_time(fixes: Fixes) -> None:
    detector = CrossingDetector([circle(dwell_s=12.0)])
    found = list(detector.advance(drive(fixes, 50, 50, 50, 50, 50, 300, 300, 50, 50)))
    assert said(found) == [("in", 0.0), ("stays", 15.0), ("out", 25.0), ("in", 35.0)]
    assert found[1].entered_at == NOW_AT


def test_a_restart_tells_of_a_stay_that_went_on(fixes: Fixes) -> None:
    detector = CrossingDetector([circle(dwell_s=60.0)])
    stays = [Inside(vehicle_id=VehicleId(v), entered_at=NOW_AT - 55.0, has_dwelt=v == "V-2") for v in ("V-1", "V-2")]
    latest = [drive(fixes, 50, vehicle=stay.vehicle_id) for stay in stays]
    detector.resume({FenceId("F-1"): stays}, FixBatch.concatenate(latest))
    batch = FixBatch.concatenate([drive(fixes, 50, vehicle=stay.vehicle_id, start=1) for stay in stays])
    assert [(c.vehicle_id, WORDS[c.kind]) for c in detector.advance(batch)] == [("V-1", "stays")]


def test_only_vehicles_of_its_groups_are_taken_in(fixes: Fixes) -> None:
    detector = CrossingDetector([circle(groups=("vans",))])
    detector.set_groups({"V-1": ("vans", "north"), "V-2": ("bikes",)})
    batch = FixBatch.concatenate([drive(fixes, 50, 50, vehicle=name) for name in ("V-1", "V-2", "V-3")])
    assert [c.vehicle_id for c in detector.advance(batch)] == ["V-1"]
    detector.set_groups({"V-1": (), "V-2": ("vans",)})
    later = FixBatch.concatenate([drive(fixes, *north, vehicle=v, start=2) for v, north in GROUPED.items()])
    assert [(c.vehicle_id, WORDS[c.kind]) for c in detector.advance(later)] == [("V-2", "in"), ("V-1", "out")]


GROUPED = {"V-1": (300, 300), "V-2": (50, 50)}
"""V-1 left its group while it was inside, and is followed until it leaves."""


@pytest.mark.parametrize(
    ("trigger", "told"), [(FenceTrigger.BOTH, [("in", 10.0), ("out", 20.0)]), (FenceTrigger.EXIT, [])]
)
def test_who_came_in_at_its_hours_is_followed_after_them(
    fixes: Fixes, trigger: FenceTrigger, told: list[tuple[str, float]]
) -> None:
    # NOW_AT is 08:00 in UTC; in Lisbon's winter too. The hours begin 10 s and end 20 s later: no minute is so short,
    # so the drive goes over two of them, a fix each minute.
    fence = circle(trigger=trigger, hours=(ActiveHours(from_min=8 * 60 + 2, until_min=8 * 60 + 4),))
    batch = drive(fixes, 50, 50, 50, 50, 300, 300, every_s=60.0)
    found = CrossingDetector([fence], zone=ZoneInfo("Europe/Lisbon")).advance(batch)
    assert [(kind, at / 12.0) for kind, at in said(found)] == told


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(jitter=st.lists(st.floats(-28.0, 28.0), min_size=10, max_size=60))
def test_jitter_on_the_edge_gives_at_most_one_event(fixes: Fixes, jitter: list[float]) -> None:
    found = CrossingDetector([circle()]).advance(drive(fixes, *(100.0 + metres for metres in jitter)))
    assert [kind for kind, _ in said(found)] in ([], ["in"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(metres=st.lists(st.sampled_from([-300.0, 50.0, 115.0, 300.0]), min_size=2, max_size=12), dice=st.randoms())
def test_order_and_repetition_of_arrival_give_the_same_crossings(fixes: Fixes, metres: list[float], dice: Any) -> None:
    rows = drive(fixes, *metres, every_s=20.0)
    numbers = [*range(len(rows)), *(dice.randrange(len(rows)) for _ in range(3))]
    dice.shuffle(numbers)
    surroundings = Surroundings(PlausibilityLimits(future_s=1e6), lambda *fix: False, {})
    in_order = sift(rows, surroundings).accepted
    shuffled = sift(rows.select(np.array(numbers)), surroundings).accepted
    assert said(CrossingDetector([circle()]).advance(in_order)) == said(CrossingDetector([circle()]).advance(shuffled))
