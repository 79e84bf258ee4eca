"""The top bar cuts off no word: what there is no room for is not shown at all."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from ui.main_window import MainWindow


def cut_off(window: MainWindow) -> list[str]:
    """Return the texts in the bar that are narrower than they need to be."""
    labels = [label for label in window.bar.findChildren(QLabel) if label.isVisible() and label.text()]
    return [label.text() for label in labels if label.width() < label.sizeHint().width()]


@pytest.mark.parametrize("width", [1366, 1600, 1700, 1920, 2560])
def test_no_text_is_cut_off(desk_window: MainWindow, width: int) -> None:
    desk_window.resize(width, 900)
    QApplication.processEvents()
    desk_window.bar.refresh()
    QApplication.processEvents()
    assert desk_window.bar.width() == width
    assert cut_off(desk_window) == []


def test_goals_and_role_are_shown_where_there_is_room_again(desk_window: MainWindow) -> None:
    for width, is_shown in ((1366, False), (1920, True)):
        desk_window.resize(width, 900)
        QApplication.processEvents()
        desk_window.bar.refresh()
        assert ("ispatcher" in desk_window.bar._operator.text()) is is_shown
