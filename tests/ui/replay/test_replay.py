"""A replay shows what was known at a moment, over the desk, and commands nothing."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.command_catalogue import CommandId
from core import operations as asked
from core.commands import HoldOrder
from core.dispatch.decision import Override, OverrideMode, ReasonCode
from core.events.dispatch_events import AssignmentOverridden
from core.refusals import Refusal
from core.vocabulary import DriverId, OrderId
from ui.main_window import MainWindow
from ui.replay.replay_door import last_at
from ui.replay.replay_view import ReplayView

PATIENCE_MS = 10_000
SANTIAGO = ZoneInfo("America/Santiago")
ONE_AT = 1_795_190_400.0
"""13:00 at the site."""


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)


def orders_on_the_board(view: ReplayView, qtbot: QtBot, expected: list[str]) -> None:
    def shown() -> list[str]:
        return sorted(view.board.model.key_at(row) for row in range(view.board.model.rowCount()))

    qtbot.waitUntil(lambda: shown() == expected, timeout=PATIENCE_MS)


def test_key_opens_ten_minutes_ago_and_esc_goes_back_to_live(past: Any, qtbot: QtBot) -> None:
    press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    question = past.answer()
    assert question.at == past.scene.context.now() - 600.0
    view = past.view
    assert view.isVisible() and view.geometry() == past.window.rect()
    assert view.bar.moment.text().endswith(" 12:50:00")
    assert view.bar.behind.text() == "not live · 10\u00a0min behind · nothing here can be commanded"
    orders_on_the_board(view, qtbot, ["O-100", "O-101"])
    press(Qt.Key.Key_Escape)
    assert not past.window.replay.is_open
    assert past.window.exceptions.rows.hasFocus()


def test_board_shows_what_was_open_then(replay_at: Callable[[float], ReplayView], past: Any, qtbot: QtBot) -> None:
    view = replay_at(1200.0)
    orders_on_the_board(view, qtbot, ["O-100"])
    assert sorted(past.scene.store.operation.orders.open_ids) == ["O-48181", "O-48213"]  # the desk itself lives on
    qtbot.waitUntil(lambda: view.map.vehicles_shown == 1, timeout=PATIENCE_MS)
    assert view.map.title_bar.title.text() == "Map as of 12:40:00"


def test_going_on_asks_only_for_what_happened_since(
    replay_at: Callable[[float], ReplayView], past: Any, qtbot: QtBot
) -> None:
    view = replay_at(1200.0)
    view.past.seek(past.scene.context.now() - 60.0)
    assert past.answer().after == 4
    orders_on_the_board(view, qtbot, ["O-100", "O-101"])
    view.past.seek(past.scene.context.now() - 1500.0)
    assert past.answer().after is None
    orders_on_the_board(view, qtbot, ["O-100"])


def test_no_key_of_the_desk_is_a_command(replay_at: Callable[[float], ReplayView], past: Any) -> None:
    view = replay_at(60.0)
    past.window.selection.select("order", "O-48213")
    view.past.context.selection.select("order", "O-100")
    view.exceptions.rows.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_O, Qt.Key.Key_H, Qt.Key.Key_N, Qt.Key.Key_A):
        press(key)
    view.recommendation.hold()
    assert past.scene.service.commands == []
    assert not past.window.sheets.is_open
    assert view.recommendation.foot.isHidden()


def test_command_that_gets_there_all_the_same_is_refused(
    replay_at: Callable[[float], ReplayView], qtbot: QtBot
) -> None:
    view = replay_at(60.0)
    pending = view.past.context.operations.command("Hold", HoldOrder(order_id=OrderId("O-100"), for_s=60.0))
    with qtbot.waitSignal(pending.refused, timeout=PATIENCE_MS) as refused:
        pass
    assert refused.args[0].code == "replay.not_live"


def test_time_line_ends_at_the_moment_shown(replay_at: Callable[[float], ReplayView], past: Any, qtbot: QtBot) -> None:
    view = replay_at(1200.0)
    view.past.context.selection.select("order", "O-100")
    name, _, future = past.scene.service.asked[-1]
    assert name == asked.ORDER_TIMELINE
    future.set_result(msgspec.msgpack.encode([past.recorded[3], past.recorded[4]]))  # the second came ten minutes later
    qtbot.waitUntil(lambda: view.timeline.title_bar.meta.text() == "order time line · 1 entry", timeout=PATIENCE_MS)


def test_past_that_cannot_be_shown_says_why(past: Any, qtbot: QtBot) -> None:
    past.window.replay.open()
    _, future = past.open_question()
    with qtbot.waitSignal(past.view.past.refused, timeout=PATIENCE_MS):
        future.set_exception(Refusal("replay.too_far", "That moment lies too far back."))
    assert past.view.bar.behind.text() == "not live · not shown: That moment lies too far back."


def test_newest_wish_counts_while_one_is_fetched(past: Any) -> None:
    past.window.replay.open()
    now = past.scene.context.now()
    for ago_s in (1200.0, 1100.0, 1000.0):
        past.view.past.seek(now - ago_s)
    assert past.answer().at == now - 600.0
    assert past.answer().at == now - 1000.0
    assert not past.view.past.is_asking


def test_brackets_go_from_override_to_override(replay_at: Callable[[float], ReplayView], past: Any) -> None:
    now = past.scene.context.now()
    for number, ago_s in enumerate((1500.0, 700.0)):
        override = Override(
            override_id=f"V-{number}",
            order_id=OrderId("O-48213"),
            driver_id=DriverId("D-042"),
            mode=OverrideMode.AS_IS,
            reason=ReasonCode.OTHER,
            note="",
            decided_at=now - ago_s,
            decided_by="rojas",
        )
        past.scene.happened(AssignmentOverridden(override=override))
    view = replay_at(1000.0)
    view.strip.setFocus()
    press(Qt.Key.Key_BracketRight)
    assert past.answer().at == now - 700.0
    press(Qt.Key.Key_BracketLeft)
    assert past.answer().at == now - 1500.0


def test_slider_steps_by_keys_and_seeks_where_it_is_let_go(replay_at: Callable[[float], ReplayView], past: Any) -> None:
    view, now = replay_at(1000.0), past.scene.context.now()
    view.strip.setFocus()
    press(Qt.Key.Key_Left)
    assert past.answer().at == now - 1010.0
    press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert past.answer().at == now - 950.0
    slider = view.strip.slider
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
    assert past.answer().at == pytest.approx(now - 1800.0, abs=10.0)  # the middle of the hour that there is


def test_playing_goes_on_by_itself_and_space_stops_it(
    replay_at: Callable[[float], ReplayView], past: Any, qtbot: QtBot
) -> None:
    view, now = replay_at(1000.0), past.scene.context.now()
    view.strip.setFocus()
    press(Qt.Key.Key_Space)
    assert view.strip.is_playing
    qtbot.waitUntil(lambda: view.past.is_asking, timeout=PATIENCE_MS)
    assert past.answer().at == now - 984.0  # 16 s in a second
    press(Qt.Key.Key_Space)
    assert not view.strip.is_playing


def test_line_opens_the_replay_at_a_time_of_day(past: Any) -> None:
    line = past.window.command_bar.line
    line.setFocus()
    QTest.keyClicks(line, "at 12:30:10")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert past.answer().at == past.scene.context.now() - 1790.0


def test_time_of_day_that_is_none_leaves_the_line(desk_window: MainWindow) -> None:
    line = desk_window.command_bar.line
    line.setFocus()
    QTest.keyClicks(line, "at 25:00")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.selectedText() == "25:00"
    assert not desk_window.replay.is_open


def test_time_of_day_still_to_come_means_yesterday_s() -> None:
    assert last_at("12:59:59", ONE_AT, SANTIAGO) == ONE_AT - 1.0
    assert last_at("13:00", ONE_AT, SANTIAGO) == ONE_AT
    assert last_at("13:01", ONE_AT, SANTIAGO) == ONE_AT + 60.0 - 86_400.0


def test_desk_closes_with_a_replay_open(past: Any) -> None:
    past.window.commands.run_key(CommandId.REPLAY)
    past.answer()
    past.window.close()
    assert not past.window.replay.is_open
