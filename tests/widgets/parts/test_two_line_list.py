"""The exceptions list: calm under the hand, selection by key, letters it does not know go to its parent."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from widgets.parts.two_line_list import ROW_HEIGHT, TwoLineList, TwoLineRow
from widgets.theme.tokens import DARK


def row(key, priority=2):
    return TwoLineRow(key, priority, f"O-{key}", "late by 4 min", "Pickup not ready", "6:20", "Put after")


@pytest.fixture
def rows(qtbot):
    rows = TwoLineList(idle_ms=60)
    qtbot.addWidget(rows)
    rows.show_rows([row("a", 1), row("b"), row("c", 3)])
    rows.resize(420, 400)
    rows.show()
    return rows


def keys(rows):
    return [rows.records.key_at(number) for number in range(rows.records.rowCount())]


def test_rows_are_two_lines_high(rows):
    assert rows.visualRect(rows.records.index(1, 0)).height() == ROW_HEIGHT


def test_keys_walk_and_open(rows, qtbot):
    qtbot.keyClick(rows, Qt.Key.Key_J)
    qtbot.keyClick(rows, Qt.Key.Key_Down)
    with qtbot.waitSignal(rows.opened) as opened:
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert opened.args == ["b"]


def test_selection_stays_when_a_new_row_comes_above(rows):
    rows.select_key("b")
    rows.show_rows([row("x", 1), row("a", 1), row("b"), row("c", 3)])
    assert keys(rows) == ["x", "a", "b", "c"]
    assert rows.selected_key() == "b"


def test_new_rows_wait_while_keys_are_in_the_list(rows, qtbot):
    qtbot.keyClick(rows, Qt.Key.Key_J)
    rows.show_rows([row("x", 1), row("a", 1), row("b"), row("c", 3)])
    assert keys(rows) == ["a", "b", "c"]
    assert rows.records.pending.new == 1
    qtbot.waitUntil(lambda: keys(rows) == ["x", "a", "b", "c"])
    assert rows.selected_key() == "a"


def test_letters_of_commands_reach_the_panel(qtbot):
    heard = []

    class Surroundings(QWidget):
        def keyPressEvent(self, event):
            heard.append(event.text())

    around = Surroundings()
    qtbot.addWidget(around)
    rows = TwoLineList(parent=around)
    around.show()
    qtbot.keyClick(rows, Qt.Key.Key_O)
    assert heard == ["o"]


def test_critical_row_stands_on_its_own_ground(rows):
    rows.clearFocus()
    image = rows.viewport().grab().toImage()
    assert image.pixelColor(300, 3).name().upper() == DARK.priority(1).bg
    assert image.pixelColor(300, ROW_HEIGHT + 3).name().upper() == DARK.bg1


def test_new_alarm_pulses_its_ground_and_then_rests(rows, qtbot):
    def ground():
        return rows.viewport().grab().toImage().pixelColor(300, ROW_HEIGHT + 3).name().upper()

    rows.pulse("b")
    qtbot.waitUntil(lambda: ground() == DARK.priority(2).bg)
    qtbot.waitUntil(lambda: ground() == DARK.bg1)
