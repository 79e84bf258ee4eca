"""Plans side by side: chosen by key, arrow or click; the first plan cannot be chosen."""

import pytest
from PySide6.QtCore import Qt

from widgets.parts.comparison_table import ComparedCell, ComparedColumn, ComparedRow, ComparisonTable

COLUMNS = [
    ComparedColumn("recommended", "Recommendation"),
    ComparedColumn("as_is", "As is", shortcut="1"),
    ComparedColumn("replanned", "Re-planned around it", shortcut="2"),
]
ROWS = [
    ComparedRow("Late minutes", (ComparedCell("4"), ComparedCell("17", "+13", worse=True), ComparedCell("6", "+2")))
]


@pytest.fixture
def table(qtbot):
    table = ComparisonTable("Effect until 15:45")
    qtbot.addWidget(table)
    table.show_comparison(COLUMNS, ROWS)
    table.resize(1000, table.sizeHint().height())
    table.show()
    return table


def test_keys_one_and_two_choose(table, qtbot):
    told = []
    table.chosen.connect(told.append)
    qtbot.keyClick(table, Qt.Key.Key_2)
    qtbot.keyClick(table, Qt.Key.Key_1)
    qtbot.keyClick(table, Qt.Key.Key_1)
    assert told == ["replanned", "as_is"]


def test_arrows_walk_what_can_be_chosen(table, qtbot):
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(table, key)
    assert table.chosen_key() == "replanned"


def test_click_chooses_but_not_the_recommendation(table, qtbot):
    qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=table.card(2).center().toPoint())
    assert table.chosen_key() == "replanned"
    qtbot.mouseClick(table, Qt.MouseButton.LeftButton, pos=table.card(0).center().toPoint())
    assert table.chosen_key() == "replanned"


def test_choice_stays_through_a_recount(table, qtbot):
    table.choose("as_is")
    table.show_comparison(COLUMNS, ROWS)
    assert table.chosen_key() == "as_is"


def test_row_without_a_cell_for_each_column_is_refused(table):
    with pytest.raises(ValueError, match="one cell per column"):
        table.show_comparison(COLUMNS, [ComparedRow("Cost", (ComparedCell("1"),))])
