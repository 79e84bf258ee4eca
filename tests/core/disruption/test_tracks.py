"""Standing and being off the way are read from fixes, whatever the order in which those come."""

import random
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.disruption.detection_policy import DetectionPolicy
from core.disruption.tracks import PlannedWay, SeenFix, Track
from core.geodesy import METRES_PER_DEGREE, as_points
from core.vocabulary import Position

POLICY = DetectionPolicy()


def place(east_m: float, north_m: float = 0.0) -> Position:
    return Position(north_m / METRES_PER_DEGREE, east_m / METRES_PER_DEGREE)


def way(*east_m: float, plan_number: int = 1) -> PlannedWay:
    return PlannedWay(plan_number, as_points([(0.0, x / METRES_PER_DEGREE) for x in east_m]))


def drive(track: Track, fixes: list[SeenFix], along: PlannedWay | None = None) -> Track:
    for fix in fixes:
        track.take(fix, along)
    return track


def north_of_way(*north_m: float, east_m: float = 2500.0, **fields: Any) -> list[SeenFix]:
    return [SeenFix(10.0 * n, place(east_m, metres), **fields) for n, metres in enumerate(north_m, start=1)]


def test_distance_is_to_the_segment_and_not_to_its_ends() -> None:
    # The way has points at 0 and 5 km only: in its middle the ends are 2.5 km away, the segment 40 m.
    track = drive(Track(POLICY), north_of_way(40, 40, 40, 40), way(0, 5000))
    assert abs(track.off_route_m - 40.0) < 0.1


def test_one_stray_fix_is_not_off_the_route() -> None:
    track = drive(Track(POLICY), north_of_way(0, 5, 400, 0), way(0, 5000))
    assert track.off_route_m < 1.0


def test_four_fixes_in_a_row_are() -> None:
    track = drive(Track(POLICY), north_of_way(300, 310, 320), way(0, 5000))
    assert track.off_route_m == 0.0
    track.take(SeenFix(99.0, place(2500, 330)), way(0, 5000))
    assert 299.0 < track.off_route_m < 301.0


def test_accuracy_counts_in_the_driver_s_favour() -> None:
    track = drive(Track(POLICY), north_of_way(200, 200, 200, 200, accuracy_m=50.0), way(0, 5000))
    assert abs(track.off_route_m - 150.0) < 0.5


def test_inaccurate_fix_says_nothing() -> None:
    track = drive(Track(POLICY), north_of_way(900, 900, 900, 900, accuracy_m=61.0), way(0, 5000))
    assert (track.off_route_m, track.heard_at) == (0.0, -np.inf)


def test_another_plan_begins_anew() -> None:
    track = drive(Track(POLICY), north_of_way(300, 300, 300, 300), way(0, 5000))
    track.take(SeenFix(99.0, place(2500, 300)), way(0, 5000, plan_number=2))
    assert track.off_route_m == 0.0


def test_who_stays_within_a_radius_stands_since_the_first_fix_there() -> None:
    fixes = [
        SeenFix(100.0, place(0)),
        SeenFix(200.0, place(500)),
        *(SeenFix(200.0 + n, place(505 + n)) for n in (5, 9)),
    ]
    assert drive(Track(POLICY), fixes).stood_s == 9.0


def test_who_stood_for_long_has_not_moved_before_leaving_a_wider_radius() -> None:
    track = drive(Track(POLICY), [SeenFix(0.0, place(0)), SeenFix(300.0, place(80))])
    assert track.stood_s == 300.0
    track.take(SeenFix(310.0, place(120)), None)
    assert track.stood_s == 0.0


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_fixes_that_come_late_or_twice_leave_a_track_as_it_was(metres: list[int], dice: random.Random) -> None:
    fixes = [SeenFix(10.0 * n, place(2500 + 30 * n, m * 10.0)) for n, m in enumerate(metres)]
    in_order = drive(Track(POLICY), fixes, way(0, 5000))
    disturbed = Track(POLICY)
    for n, fix in enumerate(fixes):
        disturbed.take(fix, way(0, 5000))
        for late in dice.choices(fixes[: n + 1], k=2):
            disturbed.take(late, way(0, 5000))
    assert (disturbed.stands_since, list(disturbed.beside_m)) == (in_order.stands_since, list(in_order.beside_m))
