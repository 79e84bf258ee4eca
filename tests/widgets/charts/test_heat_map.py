"""The heat map: true colours on screen, cells walked by keys, choice kept, now framed."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from widgets.charts.heat_grid import HeatCells
from widgets.charts.heat_map import HeatMap
from widgets.charts.heat_scale import PRESSURE
from widgets.theme.tokens import DARK

ROWS = [("centro", "Centro"), ("blancas", "Tierras Blancas")]


def cells(values, now=1):
    return HeatCells(ROWS, ["14:15", "14:30", "14:45"], np.array(values, dtype=float), now=now)


@pytest.fixture
def heat(qtbot):
    heat = HeatMap(PRESSURE)
    qtbot.addWidget(heat)
    heat.show_cells(cells([[6, 0, -6], [2, np.nan, 4]]))
    heat.resize(500, 200)
    heat.show()
    qtbot.waitExposed(heat)
    return heat


def ground(heat, row, column):
    """The colour of a cell beside its number, read from the screen."""
    rect = heat.cell_rect(row, column)
    at = rect.bottomLeft().toPoint()
    return heat.grab().toImage().pixelColor(at.x() + 8, at.y() - 8).name().upper()


def test_cells_have_the_colours_of_the_scale_unstretched(heat):
    assert ground(heat, 0, 0) == DARK.pressure[-1]
    assert ground(heat, 0, 2) == DARK.pressure[0]
    assert ground(heat, 1, 0) == DARK.pressure[4]
    assert ground(heat, 1, 1) == DARK.bg1


def test_arrows_walk_the_cells_and_stop_at_the_edge(heat, qtbot):
    told = []
    heat.cell_chosen.connect(lambda key, column: told.append((key, column)))
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(heat, key)
    assert told == [("centro", 1), ("blancas", 1), ("blancas", 2)]


def test_click_chooses_and_enter_opens(heat, qtbot):
    qtbot.mouseClick(heat, Qt.MouseButton.LeftButton, pos=heat.cell_rect(1, 2).center().toPoint())
    assert heat.chosen_cell() == ("blancas", 2)
    with qtbot.waitSignal(heat.cell_opened) as opened:
        qtbot.keyClick(heat, Qt.Key.Key_Return)
    assert opened.args == ["blancas", 2]


def test_choice_stays_through_new_values_and_is_not_told(heat):
    told = []
    heat.cell_chosen.connect(lambda *cell: told.append(cell))
    heat.choose("blancas", 1)
    heat.show_cells(cells([[0, 0, 0], [1, 1, 1]]))
    assert (heat.chosen_cell(), told) == (("blancas", 1), [])


def test_now_is_framed_over_all_rows(heat):
    image = heat.grab().toImage()
    column = heat.cell_rect(0, 1)
    x = round(column.left())
    for row in (0, 1):
        y = round(heat.cell_rect(row, 1).center().y())
        assert image.pixelColor(x, y).name().upper() == DARK.ink1


def test_pointer_outside_the_cells_is_no_cell(heat):
    assert heat.cell_at(QPointF(5, 5)) is None
    assert heat.cell_at(heat.cell_rect(1, 0).center()) == (1, 0)


def test_empty_map_paints_and_walks_nowhere(qtbot):
    heat = HeatMap(PRESSURE)
    qtbot.addWidget(heat)
    heat.resize(300, 100)
    heat.grab()
    qtbot.keyClick(heat, Qt.Key.Key_Down)
    assert heat.chosen_cell() is None
