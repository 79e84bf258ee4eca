"""Ways cut into pieces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.eta.ground import Ground
from core.eta.way_pieces import PIECE_M, pieces_of
from core.geodesy import METRES_PER_DEGREE

GROUND = Ground(0.0, 0.0)


def way(*corners: tuple[float, float]) -> np.ndarray:
    """A way through metres east and north."""
    return np.array([[north / METRES_PER_DEGREE, east / METRES_PER_DEGREE] for east, north in corners])


def test_pieces_lie_along_the_way_with_its_heading() -> None:
    pieces = pieces_of([way((0, 0), (80, 0), (80, 80))], GROUND)
    assert pieces.places == pytest.approx(np.array([[20, 0], [60, 0], [80, 20], [80, 60]]), abs=1e-6)
    assert np.degrees(pieces.heading_rad) == pytest.approx([90, 90, 0, 0])
    assert pieces.driven_m == pytest.approx([20, 60, 100, 140])


def test_ways_are_kept_apart() -> None:
    pieces = pieces_of([way((0, 0), (80, 0)), way((500, 0), (500, 120))], GROUND)
    assert pieces.total(pieces.metres) == pytest.approx([80, 120])
    assert pieces.way.tolist() == [0, 0, 1, 1, 1]
    assert pieces.greatest(pieces.driven_m) == pytest.approx([60, 100])


@pytest.mark.parametrize("corners", [[(5, 5)], [(5, 5), (5, 5)], [(5, 5), (5, 6)]])
def test_a_way_of_no_length_to_speak_of_is_one_piece(corners: list[tuple[float, float]]) -> None:
    pieces = pieces_of([way((0, 0), (80, 0)), way(*corners)], GROUND)
    assert pieces.way.tolist() == [0, 0, 1]
    assert np.isfinite(pieces.places).all()
    assert pieces.places[2] == pytest.approx([5, 5], abs=1.0)


def test_no_ways_are_no_pieces() -> None:
    pieces = pieces_of([], GROUND)
    assert len(pieces.way) == 0
    assert pieces.total(pieces.metres).shape == (0,)


@given(
    some.lists(
        some.lists(some.tuples(some.floats(-5e3, 5e3), some.floats(-5e3, 5e3)), min_size=1, max_size=6),
        min_size=1,
        max_size=4,
    )
)
def test_pieces_are_as_long_as_their_way_and_lie_on_it(ways: list[list[tuple[float, float]]]) -> None:
    pieces = pieces_of([way(*corners) for corners in ways], GROUND)
    for number, corners in enumerate(ways):
        legs = np.diff(np.array(corners), axis=0)
        length = np.hypot(legs[:, 0], legs[:, 1]).sum() if len(legs) else 0.0
        assert pieces.total(pieces.metres)[number] == pytest.approx(length, rel=1e-3, abs=0.01)
        own = pieces.places[pieces.way == number]
        low, high = np.min(corners, axis=0) - PIECE_M, np.max(corners, axis=0) + PIECE_M
        assert ((own >= low) & (own <= high)).all()
