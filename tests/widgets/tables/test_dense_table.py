"""The dense table: keys walk, the selection stays on its row, nothing moves under the hand."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from widgets.parts.panel import Panel
from widgets.tables.columns import Column, Kind, Record
from widgets.tables.dense_table import DENSE_ROW, DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.appearance import current_tokens


def records(**minutes):
    return [Record(key, (key, value)) for key, value in minutes.items()]


@pytest.fixture
def table(qtbot):
    model = RecordModel([Column("order", "Order", Kind.KEY), Column("minutes", "vs promise", Kind.SIGNED)])
    table = DenseTable(model, idle_ms=60)
    model.setParent(table)
    qtbot.addWidget(table)
    model.show_records(records(a=3, b=-1, c=11))
    table.resize(400, 300)
    table.show()
    return table


@pytest.fixture
def model(table):
    return table.model()


def keys(model):
    return [model.key_at(row) for row in range(model.rowCount())]


def test_j_and_k_walk_and_enter_opens(table, qtbot):
    qtbot.keyClick(table, Qt.Key.Key_J)
    qtbot.keyClick(table, Qt.Key.Key_J)
    assert table.selected_key() == "b"
    qtbot.keyClick(table, Qt.Key.Key_K)
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == ["a"]


def test_walking_stops_at_the_ends(table, qtbot):
    for _ in range(5):
        qtbot.keyClick(table, Qt.Key.Key_J)
    assert table.selected_key() == "c"


def test_selection_by_hand_is_told_and_selection_from_elsewhere_is_not(table, qtbot):
    told = []
    table.chosen.connect(told.append)
    table.select_key("c")
    assert (table.selected_key(), told) == ("c", [])
    qtbot.keyClick(table, Qt.Key.Key_K)
    assert told == ["b"]


def test_selection_stays_on_its_row_through_sorting_and_changes(table, model):
    table.select_key("b")
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert keys(model) == ["c", "a", "b"]
    model.show_records(records(d=50, a=3, b=99, c=11))
    assert keys(model) == ["b", "d", "c", "a"]
    assert table.selected_key() == "b"


def test_selection_of_a_row_that_goes_is_dropped_not_moved(table, model):
    told = []
    table.chosen.connect(told.append)
    table.select_key("b")
    model.change_records([], removed=["b"])
    assert (table.selected_key(), told) == (None, [])


def test_rows_stay_under_the_hand_and_move_when_it_left(table, model, qtbot):
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    qtbot.mouseMove(table.viewport(), QPoint(20, 20))
    qtbot.mouseMove(table.viewport(), QPoint(24, 24))
    model.show_records(records(a=3, b=99, c=11))
    assert keys(model) == ["c", "a", "b"]
    assert model.pending.moved == 1
    qtbot.waitUntil(lambda: keys(model) == ["b", "c", "a"])


def test_home_applies_what_was_held_back(table, model, qtbot):
    table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    qtbot.keyClick(table, Qt.Key.Key_J)
    model.show_records(records(a=3, b=99, c=11))
    assert keys(model) == ["c", "a", "b"]
    qtbot.keyClick(table, Qt.Key.Key_Home)
    assert keys(model) == ["b", "c", "a"]


def test_columns_are_remembered(table, qtbot):
    table.setColumnWidth(0, 177)
    saved = table.save_columns()
    table.setColumnWidth(0, 50)
    assert table.restore_columns(saved)
    assert table.columnWidth(0) == 177


class CountingModel(RecordModel):
    """A record model that remembers which rows were asked for."""

    def __init__(self, columns):
        super().__init__(columns)
        self.asked = set()

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        self.asked.add(index.row())
        return super().data(index, role)


def test_a_hundred_thousand_rows_ask_only_for_what_is_seen(qtbot):
    model = CountingModel([Column("order", "Order", Kind.KEY), Column("minutes", "vs promise", Kind.SIGNED)])
    table = DenseTable(model)
    qtbot.addWidget(table)
    model.setParent(table)
    model.show_records([Record(f"O-{number}", (f"O-{number}", number)) for number in range(100_000)])
    table.resize(400, 300)
    table.show()
    model.asked.clear()
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
    table.grab()
    assert 99_999 in model.asked
    assert len(model.asked) < 3 * table.height() // DENSE_ROW


def test_letters_of_commands_reach_the_panel(qtbot):
    heard = []

    class Surroundings(QWidget):
        def keyPressEvent(self, event):
            heard.append(event.text())

    around = Surroundings()
    qtbot.addWidget(around)
    model = RecordModel([Column("order", "Order", Kind.KEY)])
    table = DenseTable(model, parent=around)
    model.setParent(table)
    around.show()
    qtbot.keyClick(table, Qt.Key.Key_O)
    assert heard == ["o"]


def _line_under_the_head(table):
    head = table.horizontalHeader().grab().toImage()
    return head.pixelColor(head.width() // 4, head.height() - 1).name().upper()


def test_a_table_that_has_the_keys_is_marked_under_its_head(table, qtbot):
    other = QWidget(table, focusPolicy=Qt.FocusPolicy.StrongFocus)
    other.show()
    table.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    assert _line_under_the_head(table) == current_tokens().acc
    other.setFocus()
    assert _line_under_the_head(table) != current_tokens().acc


def test_in_a_panel_the_title_marks_it(qtbot):
    panel, table = Panel("Board"), DenseTable(RecordModel([Column("order", "Order", Kind.KEY)]))
    qtbot.addWidget(panel)
    panel.set_body(table)
    panel.show()
    panel.activateWindow()
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    assert _line_under_the_head(table) != current_tokens().acc
    assert panel.is_focused
