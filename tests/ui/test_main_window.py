"""The dispatcher's window: every key reaches its command, and one selection runs through all panels."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core import commands
from ui.main_window import MainWindow


@pytest.fixture
def connected() -> list[str]:
    """The transports that were asked for."""
    return []


@pytest.fixture
def window(qtbot: QtBot, desk_scene: Any, tmp_path: Path, connected: list[str]) -> Iterator[MainWindow]:
    """The window with a proposal for O-48213 and a quiet O-48181, 1920x1080."""
    desk_scene.driver("042")
    desk_scene.driver("117", name="Raúl Fuentes")
    desk_scene.order(48181, driver="D-117")
    desk_scene.propose(desk_scene.order(48213), "D-042")
    made = MainWindow(desk_scene.context, tmp_path, connected.append)
    qtbot.addWidget(made)
    made.resize(1920, 1080)
    made.arrange(1920)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    made.exceptions.rows.setFocus()
    yield made
    made.map.close_map()


def _press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)


def _enter_line(window: MainWindow, line: str) -> None:
    _press(Qt.Key.Key_Slash)
    assert window.command_bar.line.hasFocus()
    QTest.keyClicks(window.command_bar.line, line)
    _press(Qt.Key.Key_Return)


def test_one_selection_for_all_panels(window: MainWindow) -> None:
    _press(Qt.Key.Key_J)
    assert window.selection.order_id == "O-48213"
    assert window.board.table.selected_key() in (None, "O-48213")  # the board fills within a quarter of a second
    assert window.recommendation.proposal is not None


def test_enter_in_the_list_accepts_the_proposal(window: MainWindow, desk_scene: Any) -> None:
    _press(Qt.Key.Key_J)
    _press(Qt.Key.Key_Return)
    assert desk_scene.service.commands == [commands.AcceptRecommendation(recommendation_id="R-O-48213")]


def test_o_opens_the_override_and_covers_other_keys(window: MainWindow, desk_scene: Any) -> None:
    _press(Qt.Key.Key_J)
    _press(Qt.Key.Key_O)
    assert window.override_sheet.isVisible()
    _press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk_scene.service.commands == []


def test_an_id_alone_finds_and_focus_returns_to_the_list(window: MainWindow) -> None:
    _enter_line(window, "48181")
    assert window.selection.order_id == "O-48181"
    assert window.exceptions.rows.hasFocus()


def test_letters_in_the_line_are_text(window: MainWindow, desk_scene: Any) -> None:
    _press(Qt.Key.Key_Slash)
    QTest.keyClicks(window.command_bar.line, "hold a")
    assert window.command_bar.line.text() == "hold a"
    assert desk_scene.service.commands == []


def test_line_opens_the_override_for_a_driver_with_the_note(window: MainWindow) -> None:
    _enter_line(window, "reassign 48181 042 # bridge closed")
    assert window.override_sheet.isVisible()
    assert window.override_sheet.impact.note.text() == "bridge closed"


def test_connect_changes_the_transport(window: MainWindow, connected: list[str]) -> None:
    _enter_line(window, "connect ws")
    assert connected == ["websocket"]


def test_f6_walks_the_panels(window: MainWindow) -> None:
    assert window.exceptions.is_focused
    _press(Qt.Key.Key_F6)
    assert window.pressure.is_focused
    _press(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert window.exceptions.is_focused


def test_acknowledging_by_a(window: MainWindow, desk_scene: Any) -> None:
    _press(Qt.Key.Key_J)
    _press(Qt.Key.Key_A)
    assert [type(command) for command in desk_scene.service.commands] == [commands.AcknowledgeException]


def test_narrow_window_keeps_its_width(window: MainWindow) -> None:
    window.resize(1366, 768)
    window.arrange(1366)
    assert window.width() == 1366
    assert window.recommendation.isVisible()
    assert not window.board.isVisible()  # a tab behind the recommendation
