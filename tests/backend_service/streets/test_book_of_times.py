"""The book keeps what was told between places, to the tenth, and forgets those unused for longest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.streets.book_of_times import BookOfTimes

A, B, C, D = ((41.15 + 0.01 * k, -8.61) for k in range(4))


def places(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points).reshape(-1, 2)


def test_times_come_back_as_they_were_told() -> None:
    book = BookOfTimes()
    assert book.admit(places(A, B))
    book.write(places(A), places(A, B), np.array([[0.0, 61.3]]), np.array([[0.0, np.inf]]))

    seconds, metres = book.look_up(places(B, A), places(A, B))
    np.testing.assert_array_equal(seconds, [[np.nan, np.nan], [0.0, 61.3]])
    np.testing.assert_array_equal(metres, [[np.nan, np.nan], [0.0, np.inf]])


def test_places_that_were_not_admitted_are_not_kept() -> None:
    book = BookOfTimes()
    book.admit(places(A))
    book.write(places(A, B), places(A), np.ones((2, 1)), np.ones((2, 1)))
    assert len(book) == 1
    np.testing.assert_array_equal(book.look_up(places(B), places(A))[0], [[np.nan]])


def test_same_place_is_one_to_a_millionth_of_a_degree() -> None:
    book = BookOfTimes()
    book.admit(places(A))
    book.write(places(A), places(A), np.array([[7.0]]), np.array([[9.0]]))
    moved = places((A[0] + 4e-7, A[1] - 4e-7))
    assert book.look_up(moved, moved)[0] == 7.0


def test_full_book_forgets_the_places_unused_for_longest() -> None:
    book = BookOfTimes(most=3)
    for place in (A, B, C):
        book.admit(places(place))
    book.admit(places(A))  # used again
    both = places(A, C)
    book.write(both, both, np.array([[0.0, 5.0], [6.0, 0.0]]), np.zeros((2, 2)))
    assert book.admit(places(D))

    assert {tuple(place) for place in book.places} == {A, C, D}
    np.testing.assert_array_equal(book.look_up(both, both)[0], [[0.0, 5.0], [6.0, 0.0]])
    assert np.isnan(book.look_up(places(D), places(B))[0]).all()


def test_more_places_than_there_is_room_for_are_turned_away() -> None:
    book = BookOfTimes(most=2)
    book.admit(places(A))
    assert not book.admit(places(B, C, D))
    assert len(book) == 1
    with pytest.raises(ValueError, match="room"):
        BookOfTimes(most=0)


def test_it_grows_and_says_how_much_it_takes() -> None:
    book = BookOfTimes()
    assert book.size_bytes == 0
    many = np.column_stack([np.linspace(41.0, 41.2, 300), np.full(300, -8.6)])
    book.admit(many[:200])
    book.write(many[:200], many[:200], np.full((200, 200), 3.0), np.full((200, 200), 4.0))
    book.admit(many)
    assert (book.look_up(many[:200], many[:200])[0] == 3.0).all()
    assert book.size_bytes == 2 * 512 * 512 * 4


@given(st.lists(st.lists(st.integers(0, 11), min_size=1, max_size=6), min_size=1, max_size=12))
def test_whatever_is_forgotten_nothing_is_told_of_another_pair(rounds: list[list[int]]) -> None:
    """Between place i and place j it takes 100 i + j seconds, or it is not known."""
    book = BookOfTimes(most=6)
    town = np.column_stack([41.0 + 0.01 * np.arange(12), np.full(12, -8.6)])
    truth = 100.0 * np.arange(12)[:, None] + np.arange(12)[None, :]
    for asked in rounds:
        numbers = np.unique(asked)
        assert book.admit(town[numbers])
        block = truth[np.ix_(numbers, numbers)]
        book.write(town[numbers], town[numbers], block, block)
        np.testing.assert_array_equal(book.look_up(town[numbers], town[numbers])[0], block)
        known = book.look_up(town, town)[0]
        assert (np.isnan(known) | (known == truth)).all()
        assert len(book) <= 6
