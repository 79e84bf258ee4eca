"""The record model tells as little as it can, keeps indexes on their rows, and holds order when told."""

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from widgets.tables.columns import Cell, Column, Kind, Record
from widgets.tables.record_model import RecordModel, RecordRole
from widgets.tables.row_order import PendingChanges

COLUMNS = [
    Column("order", "Order", Kind.KEY),
    Column("minutes", "vs promise", Kind.SIGNED, unit="min"),
]


def records(**minutes):
    return [Record(key, (key, value)) for key, value in minutes.items()]


@pytest.fixture
def model(qapp):
    model = RecordModel(COLUMNS)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.show_records(records(a=3, b=-1, c=11))
    return model


def keys(model):
    return [model.key_at(row) for row in range(model.rowCount())]


def test_cells_are_written_as_their_column_says(model):
    assert model.index(2, 1).data() == "+11"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "vs promise, min"
    alignment = model.index(0, 1).data(Qt.ItemDataRole.TextAlignmentRole)
    assert alignment & Qt.AlignmentFlag.AlignRight


def test_unknown_is_a_dash_and_impossible_says_why(model):
    model.change_records([Record("a", ("a", None)), Record("b", ("b", Cell(None, "no address")))])
    assert [model.index(row, 1).data() for row in (0, 1)] == ["–", "no address"]


def test_sorting_orders_by_value_not_by_text(model):
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert keys(model) == ["c", "a", "b"]
    model.sort(-1)
    assert keys(model) == ["a", "b", "c"]


def test_only_changed_rows_are_told(model, qtbot):
    told = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.show_records(records(a=3, b=-2, c=11))
    assert told == [(1, 1)]
    model.show_records(records(a=3, b=-2, c=11))
    assert told == [(1, 1)]


def test_neighbouring_changes_are_told_together(model):
    told = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.show_records(records(a=4, b=5, c=11))
    assert told == [(0, 1)]


def test_rows_enter_and_leave_where_they_belong(model):
    model.sort(1, Qt.SortOrder.DescendingOrder)
    model.change_records(records(d=5), removed=["a"])
    assert keys(model) == ["c", "d", "b"]


def test_persistent_index_follows_its_row(model):
    held = QPersistentModelIndex(model.index(2, 0))
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert (held.row(), held.data(RecordRole.KEY)) == (0, "c")


def test_held_rows_keep_their_places_and_are_counted(model, qtbot):
    model.sort(1, Qt.SortOrder.DescendingOrder)
    model.hold(True)
    with qtbot.waitSignal(model.pending_changed) as told:
        model.change_records(records(b=20, d=5), removed=["a"])
    assert keys(model) == ["c", "a", "b"]
    assert model.index(2, 1).data() == "+20"
    assert model.index(1, 0).data(RecordRole.GONE)
    assert told.args == [PendingChanges(new=1, moved=1, gone=1)]
    model.hold(False)
    assert keys(model) == ["b", "c", "d"]
    assert not model.pending


def test_column_declared_twice_is_refused(qapp):
    with pytest.raises(ValueError, match="declared twice"):
        RecordModel([Column("a", "A"), Column("a", "B")])
