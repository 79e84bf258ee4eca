"""Distances, bearings and lines against known values and against each other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geodesy import (
    METRES_PER_DEGREE,
    LocalPlane,
    as_points,
    bearing_deg,
    distance_m,
    distance_matrix_m,
    nearest_on_line,
    offsets_m,
    place_along,
    short_distance_m,
)

LA_SERENA = np.array([-29.9027, -71.2520])
COQUIMBO = np.array([-29.9533, -71.3390])
NORTH, EAST = np.array([1.0, 0.0]), np.array([0.0, 1.0])
EQUATOR = np.array([0.0, 0.0])

latitudes = st.floats(-60, 60)
longitudes = st.floats(-179, 179)
steps = st.floats(-0.2, 0.2)


def test_one_degree_of_latitude_is_its_share_of_the_meridian() -> None:
    assert distance_m(EQUATOR, NORTH) == pytest.approx(METRES_PER_DEGREE)
    assert pytest.approx(111_195, abs=1) == METRES_PER_DEGREE


def test_la_serena_lies_ten_kilometres_from_coquimbo() -> None:
    assert distance_m(LA_SERENA, COQUIMBO) == pytest.approx(10_100, abs=50)


def test_half_way_round_the_earth_is_the_longest_distance() -> None:
    assert distance_m(EQUATOR, np.array([0.0, 180.0])) == pytest.approx(180 * METRES_PER_DEGREE)


def test_matrix_has_a_row_for_each_origin_and_a_column_for_each_destination() -> None:
    matrix = distance_matrix_m(np.stack([LA_SERENA, COQUIMBO]), np.stack([COQUIMBO, LA_SERENA, LA_SERENA]))
    straight = float(distance_m(LA_SERENA, COQUIMBO))
    np.testing.assert_allclose(matrix, [[straight, 0, 0], [0, straight, straight]])


@given(latitudes, longitudes, steps, steps)
def test_short_distance_agrees_within_a_city(lat: float, lon: float, north: float, east: float) -> None:
    here, there = np.array([lat, lon]), np.array([lat + north, lon + east])
    assert short_distance_m(here, there) == pytest.approx(float(distance_m(here, there)), rel=1e-4, abs=0.01)


def test_bearings_run_clockwise_from_north() -> None:
    there = np.stack([NORTH, EAST, -NORTH, -EAST, EQUATOR])
    np.testing.assert_allclose(bearing_deg(EQUATOR, there), [0, 90, 180, 270, 0], atol=1e-9)


@given(latitudes, longitudes, steps, steps)
def test_plane_and_back_is_the_same_point(lat: float, lon: float, north: float, east: float) -> None:
    plane = LocalPlane(lat, lon)
    points = np.array([[lat + north, lon + east]])
    np.testing.assert_allclose(plane.to_points(plane.to_plane(points)), points, atol=1e-9)


def test_plane_measures_east_then_north() -> None:
    plane = LocalPlane(60.0, 10.0)
    east_north = plane.to_plane(np.array([[60.01, 10.01]]))
    # A degree of longitude at 60 degrees is half a degree of latitude.
    np.testing.assert_allclose(east_north, [[0.005 * METRES_PER_DEGREE, 0.01 * METRES_PER_DEGREE]])


# An angle: one hundredth of a degree north, then one east; each about 1,112 m at the equator.
ANGLE = np.array([[0.0, 0.0], [0.01, 0.0], [0.01, 0.01]])
SIDE_M = 0.01 * METRES_PER_DEGREE


def test_offsets_add_up_along_the_line() -> None:
    np.testing.assert_allclose(offsets_m(ANGLE), [0, SIDE_M, 2 * SIDE_M], rtol=1e-6)


def test_place_along_turns_with_the_line() -> None:
    first, second = place_along(ANGLE, 0.5 * SIDE_M), place_along(ANGLE, 1.25 * SIDE_M)
    np.testing.assert_allclose(first.point, [0.005, 0.0], atol=1e-8)
    np.testing.assert_allclose(second.point, [0.01, 0.0025], atol=1e-8)
    assert (first.segment, second.segment) == (0, 1)
    assert first.bearing_deg == pytest.approx(0)
    assert second.bearing_deg == pytest.approx(90, abs=0.01)


def test_place_along_stays_on_the_line() -> None:
    np.testing.assert_allclose(place_along(ANGLE, -5).point, ANGLE[0])
    np.testing.assert_allclose(place_along(ANGLE, 9 * SIDE_M).point, ANGLE[-1])


def test_place_along_passes_a_doubled_vertex() -> None:
    doubled = ANGLE[[0, 1, 1, 2]]
    np.testing.assert_allclose(place_along(doubled, SIDE_M + 1).point, [0.01, 1 / METRES_PER_DEGREE], atol=1e-8)


def test_place_along_a_single_point_is_that_point() -> None:
    np.testing.assert_allclose(place_along(ANGLE[:1], 10).point, ANGLE[0])


def test_nearest_on_line_drops_a_perpendicular() -> None:
    place = nearest_on_line(ANGLE, np.array([0.004, 0.001]))
    assert place.segment == 0
    assert place.aside_m == pytest.approx(0.1 * SIDE_M, rel=1e-4)
    assert place.offset_m == pytest.approx(0.4 * SIDE_M, rel=1e-4)


@given(st.floats(0, 2))
def test_place_taken_along_is_found_again(share: float) -> None:
    place = place_along(ANGLE, share * SIDE_M)
    found = nearest_on_line(ANGLE, place.point)
    assert found.aside_m < 0.01
    assert found.offset_m == pytest.approx(place.offset_m, abs=0.1)


def test_points_refuse_what_is_no_position() -> None:
    assert as_points([]).shape == (0, 2)
    for wrong in ([[91.0, 0.0]], [[0.0, 181.0]], [[float("nan"), 0.0]], [[1.0, 2.0, 3.0]], [1.0, 2.0]):
        with pytest.raises(ValueError):
            as_points(wrong)
