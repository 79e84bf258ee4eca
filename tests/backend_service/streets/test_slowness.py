"""Slowness is measured between a few places and holds for what lies around them."""

from __future__ import annotations

import numpy as np
import pytest

from backend_service.streets.slowness import LONGEST_FACTOR, Slowness

WEST, EAST = (41.15, -8.70), (41.15, -8.50)
SAMPLE = np.array([WEST, EAST])
FREE = np.array([[0.0, 600.0], [600.0, 0.0]])


def test_even_traffic_makes_every_way_longer_by_the_same() -> None:
    found = Slowness.measured(SAMPLE, 1.5 * FREE, FREE)
    np.testing.assert_allclose(found.factors(SAMPLE, SAMPLE), 1.5)


def test_free_streets_take_as_long_as_they_do() -> None:
    np.testing.assert_allclose(Slowness.measured(SAMPLE, FREE, FREE).factors(SAMPLE, SAMPLE), 1.0)


def test_jam_in_the_west_is_felt_in_the_west() -> None:
    """Four places, two in each half; ways within the west take four times as long, between the halves twice."""
    places = np.array([(41.15, -8.70), (41.16, -8.70), (41.15, -8.50), (41.16, -8.50)])
    west = np.array([True, True, False, False])
    slow = np.where(west[:, None], 2.0, 1.0) * np.where(west[None, :], 2.0, 1.0)
    free = np.full((4, 4), 600.0)
    found = Slowness.measured(places, slow * free, free)

    near_west, near_east = np.array([(41.152, -8.69)]), np.array([(41.158, -8.51)])
    assert found.factors(near_west, near_west) == pytest.approx(4.0)
    assert found.factors(near_west, near_east) == pytest.approx(2.0)
    assert found.factors(near_east, near_east) == pytest.approx(1.0)


def test_unreachable_and_very_short_ways_say_nothing() -> None:
    now = np.array([[0.0, np.inf], [1200.0, 0.0]])
    found = Slowness.measured(SAMPLE, now, FREE)
    np.testing.assert_allclose(found.factors(SAMPLE, SAMPLE), 2.0)
    nothing = Slowness.measured(SAMPLE, np.full((2, 2), np.inf), FREE)
    np.testing.assert_allclose(nothing.factors(SAMPLE, SAMPLE), 1.0)


def test_factor_is_bounded_and_needs_a_place() -> None:
    found = Slowness.measured(SAMPLE, 1000.0 * FREE, FREE)
    np.testing.assert_allclose(found.factors(SAMPLE, SAMPLE), LONGEST_FACTOR)
    with pytest.raises(ValueError, match="between places"):
        Slowness.measured(np.empty((0, 2)), np.empty((0, 0)), np.empty((0, 0)))
