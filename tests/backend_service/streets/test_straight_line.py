"""Estimates without streets: the arithmetic of detour and hour, and the mark that says so."""

import asyncio
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from backend_service.streets.straight_line import SpeedByHour, StraightLineStreets
from core.geodesy import METRES_PER_DEGREE
from core.timekeeping import SteppedClock

SANTIAGO = ZoneInfo("America/Santiago")
NINE_IN_CHILE = 1_795_176_000.0  # 20 November 2026, 12:00 UTC; Chile is three hours behind in summer
HOUR = 3600.0
# A hundredth of a degree of latitude and then back: 1,112 m each way.
THERE_AND_BACK = np.array([[-29.90, -71.25], [-29.91, -71.25], [-29.90, -71.25]])
LEG_M = 0.01 * METRES_PER_DEGREE
TEN_MPS_BUT_FIVE_AT_NINE = SpeedByHour(speeds_mps=(*[10.0] * 9, 5.0, *[10.0] * 14), detour=1.5)


def test_matrix_is_the_straight_line_with_detour_at_the_speed_of_the_local_hour() -> None:
    clock = SteppedClock(NINE_IN_CHILE)
    streets = StraightLineStreets(clock, SANTIAGO, TEN_MPS_BUT_FIVE_AT_NINE)
    at_nine = asyncio.run(streets.matrix(THERE_AND_BACK[:1], THERE_AND_BACK[1:]))
    clock.step_to(NINE_IN_CHILE + HOUR)
    at_ten = asyncio.run(streets.matrix(THERE_AND_BACK[:1], THERE_AND_BACK[1:]))
    np.testing.assert_allclose(at_nine.distances_m, [[1.5 * LEG_M, 0]])
    np.testing.assert_allclose(at_nine.durations_s, [[1.5 * LEG_M / 5, 0]])
    np.testing.assert_allclose(at_ten.durations_s, [[1.5 * LEG_M / 10, 0]])
    assert at_nine.degraded and at_ten.as_of == NINE_IN_CHILE + HOUR


def test_route_has_a_leg_for_each_pair_and_no_segments() -> None:
    streets = StraightLineStreets(SteppedClock(NINE_IN_CHILE), SANTIAGO, TEN_MPS_BUT_FIVE_AT_NINE)
    route = asyncio.run(streets.route(THERE_AND_BACK, annotate=True))
    np.testing.assert_allclose(route.leg_distances_m, [1.5 * LEG_M] * 2)
    assert route.duration_s == pytest.approx(3 * LEG_M / 5)
    np.testing.assert_array_equal(route.geometry, THERE_AND_BACK)
    assert route.degraded and route.segments is None
    with pytest.raises(ValueError, match="two points"):
        asyncio.run(streets.route(THERE_AND_BACK[:1]))


def test_match_and_nearest_leave_points_where_they_are() -> None:
    streets = StraightLineStreets(SteppedClock(NINE_IN_CHILE), SANTIAGO)
    path = asyncio.run(streets.match(THERE_AND_BACK, np.arange(3.0), np.full(3, 5.0)))
    np.testing.assert_array_equal(path.snapped, THERE_AND_BACK)
    np.testing.assert_array_equal(path.confidences, [0])
    snapped = asyncio.run(streets.nearest(THERE_AND_BACK))
    np.testing.assert_array_equal(snapped.points, THERE_AND_BACK)
    assert path.degraded and snapped.degraded


def test_profile_refuses_nonsense() -> None:
    for wrong in ({"speeds_mps": (10.0,)}, {"speeds_mps": (0.0,) * 24}, {"detour": 0.9}):
        with pytest.raises(ValueError):
            SpeedByHour(**wrong)  # type: ignore[arg-type]
