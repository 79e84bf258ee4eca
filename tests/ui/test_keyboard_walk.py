"""A dispatcher works without a mouse: every key does its deed wherever the focus is, and the focus is seen."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core import commands
from core.events.dispatch_events import RecommendationAccepted
from ui.main_window import MainWindow

CTRL = Qt.KeyboardModifier.ControlModifier
WALKED = ["exceptions", "pressure", "map", "board", "recommendation", "timeline"]


def _focused() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def _press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(_focused(), key, modifiers)


def _go_to(window: MainWindow, name: str) -> None:
    for _ in WALKED:
        if window.panels.by_name[name].is_focused:
            return
        _press(Qt.Key.Key_F6)


def _asked(scene: Any) -> list[type]:
    return [type(command) for command in scene.service.commands]


def test_f6_reaches_every_panel_and_the_focus_is_inside_what_is_seen(desk_window: MainWindow) -> None:
    reached = []
    for _ in WALKED:
        name = next(name for name, panel in desk_window.panels.by_name.items() if panel.is_focused)
        reached.append(name)
        panel = desk_window.panels.by_name[name]
        assert panel.isVisible()
        assert _focused().isVisible()
        assert panel is _focused() or panel.isAncestorOf(_focused())
        _press(Qt.Key.Key_F6)
    assert sorted(reached) == sorted(WALKED)


@pytest.mark.parametrize("panel", WALKED)
def test_letters_act_from_every_panel(desk_window: MainWindow, desk_scene: Any, panel: str) -> None:
    _press(Qt.Key.Key_J)
    _go_to(desk_window, panel)
    _press(Qt.Key.Key_A)
    assert _asked(desk_scene) == [commands.AcknowledgeException]
    _press(Qt.Key.Key_H)
    assert _asked(desk_scene) == [commands.AcknowledgeException, commands.HoldOrder]
    _press(Qt.Key.Key_Z)
    assert desk_window.pressure.is_focused
    _press(Qt.Key.Key_B)
    assert desk_window.board.is_focused
    _press(Qt.Key.Key_L)
    assert desk_window.audit.is_focused
    _press(Qt.Key.Key_Slash)
    assert desk_window.command_bar.line.hasFocus()
    _press(Qt.Key.Key_Escape)
    assert desk_window.exceptions.is_focused


@pytest.mark.parametrize("panel", WALKED)
def test_override_opens_from_every_panel(desk_window: MainWindow, panel: str) -> None:
    _press(Qt.Key.Key_J)
    _go_to(desk_window, panel)
    _press(Qt.Key.Key_O)
    assert desk_window.override_sheet.isVisible()
    assert desk_window.override_sheet.isAncestorOf(_focused())
    _press(Qt.Key.Key_Escape)
    assert not desk_window.override_sheet.isVisible()
    assert _focused().isVisible()


def test_not_now_is_put_off_with_a_reason_by_keys(desk_window: MainWindow, desk_scene: Any) -> None:
    _press(Qt.Key.Key_J)
    _go_to(desk_window, "recommendation")
    _press(Qt.Key.Key_N)
    assert desk_window.recommendation.foot.is_asking
    _press(Qt.Key.Key_Return)
    (dismissed,) = desk_scene.service.commands
    assert isinstance(dismissed, commands.DismissRecommendation)
    assert dismissed.reason == "waiting_for_news"
    assert desk_window.recommendation.isAncestorOf(_focused())


def test_enter_accepts_with_the_focus_on_the_card(desk_window: MainWindow, desk_scene: Any) -> None:
    _press(Qt.Key.Key_J)
    _go_to(desk_window, "recommendation")
    _press(Qt.Key.Key_Return)
    assert _asked(desk_scene) == [commands.AcceptRecommendation]


def test_undo_from_the_command_line_and_from_the_card(desk_window: MainWindow, desk_scene: Any, qtbot: QtBot) -> None:
    accepted = RecommendationAccepted(recommendation_id="R-O-48213", order_id="O-48213")
    desk_scene.happened(accepted)
    _press(Qt.Key.Key_Slash)
    _press(Qt.Key.Key_Escape)
    _go_to(desk_window, "recommendation")
    _press(Qt.Key.Key_Z, CTRL)
    assert _asked(desk_scene) == [commands.UndoDecision]


def test_tab_walks_the_foot_of_the_card(desk_window: MainWindow) -> None:
    _press(Qt.Key.Key_J)
    _go_to(desk_window, "recommendation")
    foot = desk_window.recommendation.foot
    seen = []
    for _ in range(4):
        _press(Qt.Key.Key_Tab)
        seen.append(_focused())
    assert seen == [foot.accept, foot.override, foot.hold, foot.not_now]
