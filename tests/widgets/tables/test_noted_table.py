"""Rows with a second line: the words of a hidden column below the rest, whole where there is room."""

import pytest
from pytestqt.qtbot import QtBot

from widgets.tables.columns import Column, Record
from widgets.tables.noted_table import NOTED_ROW, NotedTable
from widgets.tables.record_model import RecordModel

LONG = "Nearest, 0.6 km, but the order before would be seven minutes later than promised"


@pytest.fixture
def table(qtbot: QtBot) -> NotedTable:
    model = RecordModel([Column("name", "Name", stretches=True), Column("why", "Why")])
    made = NotedTable(model, note_column=1, first_column=0)
    qtbot.addWidget(made)
    model.show_records([Record("a", ("Vega", "Free")), Record("b", ("Rojas", LONG))])
    made.resize(220, 160)
    made.show()
    return made


def test_words_have_a_line_of_their_own(table: NotedTable) -> None:
    assert table.isColumnHidden(1)
    assert table.rowHeight(0) == NOTED_ROW
    assert [table.note_of(row) for row in range(2)] == ["Free", LONG]


def test_words_are_cut_only_where_the_table_is_too_narrow(table: NotedTable, qtbot: QtBot) -> None:
    assert (table.is_cut("a"), table.is_cut("b"), table.is_cut(None)) == (False, True, False)
    table.resize(900, 160)
    qtbot.waitUntil(lambda: not table.is_cut("b"))


def test_words_are_painted_below_the_cells(table: NotedTable) -> None:
    def painted() -> bytes:
        area = table.viewport().rect()
        area.setTop(24)
        area.setHeight(NOTED_ROW - 25)  # between the cells and the hairline of the first row
        return table.viewport().grab(area).toImage().bits().tobytes()

    free = painted()
    table.records.show_records([Record("a", ("Vega", ""))])
    table.records.apply_pending()
    assert painted() != free
