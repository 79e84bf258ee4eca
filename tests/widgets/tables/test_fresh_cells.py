"""A changed number is marked for a moment; words, rows out of sight and scrolling are left alone."""

import pytest

from widgets.tables.columns import Column, Kind, Record
from widgets.tables.dense_table import DenseTable
from widgets.tables.fresh_cells import FreshCells
from widgets.tables.record_model import RecordModel


def records(count, minutes, state="Assigned"):
    return [Record(str(number), (str(number), state, minutes)) for number in range(count)]


@pytest.fixture
def table(qtbot):
    columns = [Column("order", "Order", Kind.KEY), Column("state", "State"), Column("m", "min", Kind.SIGNED)]
    model = RecordModel(columns)
    table = DenseTable(model)
    model.setParent(table)
    qtbot.addWidget(table)
    model.show_records(records(200, 1))
    table.resize(400, 200)
    table.show()
    return table


def test_changed_number_is_fresh_and_changed_words_are_not(table, qtbot):
    table.model().show_records(records(200, 2, "At pickup"))
    assert table.fresh.is_fresh("0", 2)
    assert not table.fresh.is_fresh("0", 1)
    assert not table.fresh.is_fresh("150", 2)


def test_mark_goes_by_itself(table, qtbot):
    marks = FreshCells(table, table.model(), fresh_ms=30)
    table.model().show_records(records(200, 2))
    assert marks.is_fresh("1", 2)
    qtbot.waitUntil(lambda: not marks.is_fresh("1", 2))


def test_nothing_is_marked_while_scrolling(table):
    table.verticalScrollBar().setValue(30)
    table.model().show_records(records(200, 2))
    assert not any(table.fresh.is_fresh(str(row), 2) for row in range(200))


def test_change_that_nobody_would_see_or_care_for_is_not_marked(qtbot):
    columns = [
        Column("arrives", "Arrives", Kind.TIME, write=lambda at: str(int(at) // 60), fresh_from=60.0),
        Column("range", "Range", Kind.TIME, fresh_from=None),
    ]
    model = RecordModel(columns)
    table = DenseTable(model)
    model.setParent(table)
    qtbot.addWidget(table)
    table.resize(400, 200)
    table.show()
    seen = {}
    for at in (30.0, 50.0, 70.0, 130.0):
        model.show_records([Record("O-1", (at, f"until {at}"))])
        seen[at] = table.fresh.is_fresh("O-1", 0)
        assert not table.fresh.is_fresh("O-1", 1)
    assert seen == {30.0: False, 50.0: False, 70.0: False, 130.0: True}
