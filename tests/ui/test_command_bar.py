"""The foot of the desk: lines, ghosts, and the last undo."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from app.command_catalogue import CommandId
from core.dispatch.decision import Override, OverrideMode, ReasonCode
from core.events.dispatch_events import AssignmentOverridden, RecommendationAccepted
from core.vocabulary import DriverId, OrderId, OverrideId
from ui.command_bar import CommandBar


@pytest.fixture
def bar(qtbot: QtBot, desk_scene: Any) -> CommandBar:
    desk_scene.driver("042")
    desk_scene.order(48213)
    made = CommandBar(desk_scene.context)
    qtbot.addWidget(made)
    made.show()
    return made


def _type(bar: CommandBar, line: str) -> None:
    QTest.keyClicks(bar.line, line)
    QTest.keyClick(bar.line, Qt.Key.Key_Return)


def test_line_that_is_read_is_handed_on_and_cleared(bar: CommandBar) -> None:
    spy = QSignalSpy(bar.entered)
    _type(bar, "reassign 48213 042")
    reading = spy.at(0)[0]
    assert (reading.command, reading.order_id, reading.driver_id) == (CommandId.OVERRIDE, "O-48213", "D-042")
    assert bar.line.text() == ""


def test_line_that_is_wrong_stays_with_the_word_marked(bar: CommandBar) -> None:
    spy = QSignalSpy(bar.entered)
    _type(bar, "hold 99999")
    assert spy.count() == 0
    assert bar.line.selectedText() == "99999"
    assert bar.said_words == "There is no order 99999."


def test_tab_takes_the_recommended_driver(bar: CommandBar, desk_scene: Any) -> None:
    desk_scene.propose(OrderId("O-48213"), "D-042")
    QTest.keyClicks(bar.line, "rea 48213")
    QTest.keyClick(bar.line, Qt.Key.Key_Tab)
    assert bar.line.text() == "rea 48213 D-042 "


def test_undo_says_what(bar: CommandBar, desk_scene: Any) -> None:
    order_id = OrderId("O-48213")
    recommendation_id = desk_scene.propose(order_id, "D-042")
    assert bar.undo_words() == ""
    desk_scene.happened(RecommendationAccepted(recommendation_id=recommendation_id, order_id=order_id))
    assert bar.undo_words() == "Undo: accepted proposal O-48213, 13:00"


def test_held_override_counts_down_until_its_drivers_are_told(bar: CommandBar, desk_scene: Any) -> None:
    override = Override(
        override_id=OverrideId("V-1"),
        order_id=OrderId("O-48213"),
        driver_id=DriverId("D-042"),
        mode=OverrideMode.AS_IS,
        reason=ReasonCode.SAFETY,
        decided_at=desk_scene.context.now(),
        decided_by="rojas",
        tell_at=desk_scene.context.now() + 4.2,
    )
    desk_scene.happened(AssignmentOverridden(override=override))
    bar.say_overridden("O-48213")
    assert bar.said_words == "Undo: override O-48213, 13:00. Told in 5 s, until then without a trace"


def test_override_that_was_told_at_once_is_said(bar: CommandBar) -> None:
    bar.say_overridden("O-48213")
    assert bar.said_words == "Overridden: O-48213"
