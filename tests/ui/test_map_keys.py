"""The map's own keys act while it has the focus: whole area, follow, zoom; no shortcut of the desk takes them."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.main_window import MainWindow

PATIENCE_MS = 60_000


def press_on_map(window: MainWindow, key: Qt.Key) -> None:
    window.map.setFocus(Qt.FocusReason.ShortcutFocusReason)
    focused = QApplication.focusWidget()
    assert focused is not None and window.map.isAncestorOf(focused)
    QTest.keyClick(focused, key)


@pytest.fixture
def desk(desk_window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The desk once the map's page is there: only then it has a part that takes keys."""
    painted: list[bool] = []
    desk_window.map.map.ready.connect(lambda: painted.append(True))
    qtbot.waitUntil(lambda: bool(painted), timeout=PATIENCE_MS)
    return desk_window


def test_f_follows_what_is_selected_and_lets_go_again(desk: MainWindow) -> None:
    press_on_map(desk, Qt.Key.Key_F)
    assert desk.map.map.is_following
    press_on_map(desk, Qt.Key.Key_F)
    assert not desk.map.map.is_following


def test_0_shows_the_whole_area(desk: MainWindow) -> None:
    moves = QSignalSpy(desk.map.map._bridge.view_asked)
    press_on_map(desk, Qt.Key.Key_0)
    press_on_map(desk, Qt.Key.Key_Plus)
    assert [json.loads(moves.at(at)[0]) for at in range(moves.count())] == [{"do": "area"}, {"do": "zoom", "step": 1}]


def test_f_in_the_list_of_exceptions_follows_nothing(desk: MainWindow) -> None:
    QTest.keyClick(desk.exceptions.rows, Qt.Key.Key_F)
    assert not desk.map.map.is_following
