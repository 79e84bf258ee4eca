"""Who entered, who left, and what is only jitter. One degree of latitude is 111,195 m; the fence is 100 m around O."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.geofencing.crossings import CrossingDetector, FenceCrossing
from core.geofencing.fence import Fence, FenceTrigger
from core.geofencing.fence_index import FenceIndex
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


def said(crossings: list[FenceCrossing]) -> list[tuple[str, float]]:
    return [("in" if c.is_entry else "out", c.occurred_at - NOW_AT) for c in crossings]


def test_two_fixes_inside_make_an_entry_at_the_first(fixes: Fixes) -> None:
    found = CrossingDetector([circle()]).advance(drive(fixes, 300, 90, 50, 20))
    assert said(found) == [("in", 5.0)]
    assert found[0].vehicle_id == "V-1"


def test_one_stray_fix_inside_is_no_entry(fixes: Fixes) -> None:
    assert CrossingDetector([circle()]).advance(drive(fixes, 200, 90, 200, 90, 200)) == []


def test_leaving_counts_only_beyond_the_margin(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    detector.advance(drive(fixes, 50, 50))
    assert detector.advance(drive(fixes, 110, 120, 125, start=2)) == []
    assert said(detector.advance(drive(fixes, 135, 150, start=5))) == [("out", 25.0)]


def test_a_streak_goes_on_across_batches(fixes: Fixes) -> None:
    detector = CrossingDetector([circle(confirm_fixes=3)])
    assert detector.advance(drive(fixes, 50)) == []
    assert detector.advance(drive(fixes, 50, start=1)) == []
    assert said(detector.advance(drive(fixes, 50, start=2))) == [("in", 0.0)]


def test_old_fixes_rewrite_nothing(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    detector.advance(drive(fixes, 50, 50, start=10))
    assert detector.advance(drive(fixes, 400, 400, 400)) == []


def test_a_fast_vehicle_that_passes_between_two_fixes_entered_and_left(fixes: Fixes) -> None:
    # From 300 m south to 300 m north in 30 s: in after 200 m (10 s), out after 400 m (20 s).
    found = CrossingDetector([circle()]).advance(drive(fixes, -300, 300, every_s=30.0))
    assert [(kind, round(at, 1)) for kind, at in said(found)] == [("in", 10.0), ("out", 20.0)]


def test_nobody_knows_the_way_across_a_long_silence(fixes: Fixes) -> None:
    assert CrossingDetector([circle()]).advance(drive(fixes, -300, 300, every_s=300.0)) == []


@pytest.mark.parametrize(("trigger", "kinds"), [(FenceTrigger.ENTER, ["in"]), (FenceTrigger.EXIT, ["out"])])
def test_only_the_wanted_trigger_is_an_event(fixes: Fixes, trigger: FenceTrigger, kinds: list[str]) -> None:
    found = CrossingDetector([circle(trigger=trigger)]).advance(drive(fixes, 300, 50, 50, 300, 300))
    assert [kind for kind, _ in said(found)] == kinds


def test_buffered_fixes_make_late_crossings(fixes: Fixes) -> None:
    rows = [{"lat": O.lat, "fix_at": NOW_AT - 600 + k, "received_at": NOW_AT} for k in range(2)]
    assert [crossing.is_late for crossing in CrossingDetector([circle()]).advance(fixes(*rows))] == [True]


def test_a_restart_remembers_who_is_inside(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    detector.resume({FenceId("F-1"): {VehicleId("V-1")}}, drive(fixes, 50))
    assert detector.advance(drive(fixes, 50, 50, start=1)) == []
    assert said(detector.advance(drive(fixes, 300, 300, start=3))) == [("out", 15.0)]


def test_a_retired_fence_says_nothing_more(fixes: Fixes) -> None:
    detector = CrossingDetector([circle()])
    detector.advance(drive(fixes, 50, 50))
    detector.set_fences([])
    assert detector.advance(drive(fixes, 300, 300, start=2)) == []


def test_a_polygon_holds_its_corners_side_and_not_the_other() -> None:
    ring = tuple(
        Position(O.lat + north * METRE, O.lon + east * METRE)
        for north, east in ((0, 0), (0, 200), (200, 200), (200, 0), (0, 0))
    )
    index = FenceIndex([Fence(fence_id=FenceId("F-2"), name="Yard", ring=ring, leave_margin_m=20.0)])
    hits = index.hits(np.array([100.0, -10.0, -50.0]) * METRE + O.lat, np.full(3, O.lon + 100 * METRE))
    assert list(zip(hits.point.tolist(), hits.is_inside.tolist(), strict=True)) == [(0, True), (1, False)]


@pytest.mark.parametrize(
    "changes",
    [
        {"radius_m": 0.0},
        {"centre": None},
        {"centre": None, "ring": (O, O, O, O)},
        {"ring": (O, O, O, O)},
        {"centre": None, "ring": tuple(Position(a, b) for a, b in ((0, 0), (1, 1), (0, 1), (1, 0), (0, 0)))},
    ],
)
def test_a_shape_that_encloses_nothing_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="F-1"):
        FenceIndex([circle(**changes)])


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
    assert CrossingDetector([circle()]).advance(in_order) == CrossingDetector([circle()]).advance(shuffled)
