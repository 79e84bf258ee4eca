"""Squares of the ground."""

from __future__ import annotations

import numpy as np

from core.eta.ground import Ground, directed_squares, squares
from core.geodesy import METRES_PER_DEGREE


def test_places_within_a_square_share_its_name_and_the_next_square_has_another() -> None:
    places = np.array([[10.0, 10.0], [90.0, 90.0], [110.0, 10.0], [-10.0, 10.0]])
    names = squares(places, 100.0)
    assert names[0] == names[1]
    assert len(set(names.tolist())) == 3


def test_opposite_directions_of_a_street_are_told_apart_and_small_turns_are_not() -> None:
    place = np.array([[10.0, 10.0]])
    east, west, slightly = (
        directed_squares(place, np.array([angle]), 100.0)[0] for angle in (np.pi / 2, -np.pi / 2, np.pi / 2 + 0.3)
    )
    assert east != west
    assert east == slightly


def test_ground_measures_metres_from_its_origin() -> None:
    east, north = Ground(0.0, 0.0).metres(np.array([0.5 / METRES_PER_DEGREE * 100, 1.0]))
    assert east == METRES_PER_DEGREE
    assert round(float(north), 6) == 50.0


def test_a_heading_is_north_all_around_zero() -> None:
    place = np.array([[10.0, 10.0]] * 3)
    names = directed_squares(place, np.array([0.0, 0.3, 2 * np.pi - 0.3]), 100.0)
    assert len(set(names.tolist())) == 1
