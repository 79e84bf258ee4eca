"""A window is never lost: whatever screens there were, each shows at least 200 px on a screen there is."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from ui.screen_room import LEAST_SEEN_PX, is_reachable, safe_place

LAPTOP = QRect(0, 0, 1366, 768)
LEFT_OF_IT = QRect(-1920, 0, 1920, 1080)

rects = st.builds(
    QRect,
    st.integers(-9000, 9000),
    st.integers(-9000, 9000),
    st.integers(LEAST_SEEN_PX, 5000),
    st.integers(LEAST_SEEN_PX, 5000),
)


def test_a_window_in_sight_stays_where_it_is() -> None:
    half_out = QRect(1000, 300, 800, 600)
    assert safe_place(half_out, [LAPTOP]) == half_out


def test_a_window_of_a_screen_that_is_gone_comes_to_the_one_that_stays() -> None:
    assert safe_place(QRect(-1500, 100, 700, 500), [LEFT_OF_IT, LAPTOP]) == QRect(-1500, 100, 700, 500)
    assert safe_place(QRect(-1500, 100, 700, 500), [LAPTOP]) == QRect(0, 100, 700, 500)


def test_a_window_larger_than_the_screen_is_cut_to_it() -> None:
    assert safe_place(QRect(-3000, -2000, 2500, 1900), [LAPTOP]) == LAPTOP


def test_a_window_whose_title_bar_is_above_the_screen_is_moved() -> None:
    assert not is_reachable(QRect(100, -40, 600, 500), [LAPTOP])
    assert safe_place(QRect(100, -40, 600, 500), [LAPTOP]) == QRect(100, 0, 600, 500)


def test_199_px_are_not_enough_and_200_are() -> None:
    assert not is_reachable(QRect(1366 - 199, 0, 400, 400), [LAPTOP])
    assert is_reachable(QRect(1366 - 200, 0, 400, 400), [LAPTOP])


@given(rects, st.lists(rects, min_size=1, max_size=8))
def test_whatever_the_screens_the_window_can_be_reached(window: QRect, screens: list[QRect]) -> None:
    assert is_reachable(safe_place(window, screens), screens)
