"""The list of exceptions: what it says, what it selects, and that it stays calm."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from ui.exception_watch import ExceptionWatch
from ui.panels.exceptions_panel import ExceptionsPanel
from ui.selection import Kind


class Shown:
    """The panel over a watch."""

    def __init__(self, qtbot: QtBot, scene: Any) -> None:
        self.watch = ExceptionWatch(scene.context)
        self.panel = ExceptionsPanel(scene.context, self.watch)
        qtbot.addWidget(self.panel)
        self.panel.resize(420, 600)
        self.panel.show()
        self.watch.look()

    def texts(self) -> list[str]:
        records = self.panel.rows.records
        return [str(records.index(row, 0).data()) for row in range(records.rowCount())]


@pytest.fixture
def shown(qtbot: QtBot, desk_scene: Any) -> Shown:
    return Shown(qtbot, desk_scene)


def test_nothing_needs_you(shown: Shown, desk_scene: Any) -> None:
    desk_scene.driver("042")
    desk_scene.order(48213, driver="D-042")
    shown.watch.look()
    assert shown.texts() == []
    assert "none" in shown.panel.title_bar.meta.text()


def test_late_order_says_what_why_and_what_to_do(shown: Shown, desk_scene: Any) -> None:
    desk_scene.driver("042")
    order_id = desk_scene.order(48213, promised_in_s=1200.0, driver="D-042")
    desk_scene.forecast(order_id, arrives_in_s=1200.0 + 660.0, late_probability=0.9)
    shown.watch.look()
    (text,) = shown.texts()
    assert text.startswith("O-48213 late by 11 min")
    assert shown.watch.items[0].priority == 1


def test_choosing_a_row_selects_the_order_everywhere(shown: Shown, desk_scene: Any) -> None:
    desk_scene.driver("042")
    desk_scene.propose(desk_scene.order(48213), "D-042")
    shown.watch.look()
    QTest.keyClick(shown.panel.rows, Qt.Key.Key_J)
    assert desk_scene.context.selection.order_id == "O-48213"


def test_selection_from_elsewhere_marks_the_row(shown: Shown, desk_scene: Any) -> None:
    desk_scene.driver("042")
    desk_scene.propose(desk_scene.order(48213), "D-042")
    shown.watch.look()
    desk_scene.context.selection.select(Kind.ORDER, "O-48213")
    item = shown.panel.selected_item()
    assert item is not None and item.order_id == "O-48213"


def test_selection_stays_when_its_row_goes(shown: Shown, desk_scene: Any) -> None:
    desk_scene.driver("042")
    order_id = desk_scene.order(48213, promised_in_s=600.0, driver="D-042")
    desk_scene.forecast(order_id, arrives_in_s=900.0, late_probability=0.9)
    shown.watch.look()
    desk_scene.context.selection.select(Kind.ORDER, order_id)
    desk_scene.forecast(order_id, arrives_in_s=100.0, late_probability=0.0)
    shown.watch.look()
    assert shown.texts() == []
    assert desk_scene.context.selection.order_id == order_id


def test_enter_asks_for_the_proposal(shown: Shown, desk_scene: Any) -> None:
    desk_scene.driver("042")
    desk_scene.propose(desk_scene.order(48213), "D-042")
    shown.watch.look()
    spy = QSignalSpy(shown.panel.opened)
    QTest.keyClick(shown.panel.rows, Qt.Key.Key_J)
    QTest.keyClick(shown.panel.rows, Qt.Key.Key_Return)
    assert spy.count() == 1


def test_filter_that_hides_all_says_so_and_esc_takes_it_away(shown: Shown, desk_scene: Any) -> None:
    desk_scene.driver("042")
    desk_scene.propose(desk_scene.order(48213), "D-042")
    shown.watch.look()
    shown.panel.show_only(1)
    assert shown.texts() == []
    assert "0 of 1" in shown.panel.title_bar.meta.text()
    QTest.keyClick(shown.panel, Qt.Key.Key_Escape)
    assert len(shown.texts()) == 1


def test_new_alarms_are_counted_over_ten_minutes(shown: Shown, desk_scene: Any) -> None:
    desk_scene.driver("042")
    desk_scene.propose(desk_scene.order(48213), "D-042")
    shown.watch.look()
    assert shown.watch.raised_within(600.0) == 1
    desk_scene.wait(601.0)
    assert shown.watch.raised_within(600.0) == 0
