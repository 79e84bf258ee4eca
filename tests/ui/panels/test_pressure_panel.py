"""Zone pressure: cells of zones and quarters, walked by keys, the same selection as everywhere."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.vocabulary import ZoneId
from core.wire import Pressure, PressureCell
from ui.panels.pressure_panel import SHORT, WAITING, PressurePanel
from ui.selection import Kind


def pressure(afternoon, short=6.0, zones=("centro", "blancas")):
    row = tuple(PressureCell(short - place, 9.0 - place, 420.0) for place in range(6))
    names = tuple(ZoneId(zone) for zone in zones)
    return Pressure(
        as_of=afternoon.wall.at,
        first_bin_at=afternoon.wall.at - 3128.0,
        bin_s=900.0,
        now_bin=3,
        zones=names,
        cells=tuple(row for _ in names),
    )


@pytest.fixture
def shown(afternoon, qtbot):
    panel = PressurePanel(afternoon.context)
    qtbot.addWidget(panel)
    panel.resize(430, 300)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def counted(shown, afternoon, qtbot):
    afternoon.inbox.put(pressure(afternoon))
    afternoon.store.drain()
    qtbot.waitUntil(lambda: shown.heat.isVisible())
    return shown


def test_before_the_first_count_it_says_so(shown):
    assert shown.title_bar.meta.text() == "not counted yet"
    assert not shown.heat.isVisible()


def test_zones_are_named_and_quarters_written(counted):
    cells = counted.heat._cells
    assert [name for _, name in cells.rows] == ["Centro", "Tierras Blancas"]
    assert list(cells.times) == ["13:40", "13:55", "14:10", "14:25", "14:40", "14:55"]
    assert cells.now == 3
    assert cells.notes[(0, 0)] == "Drivers short: +6.0\n9 waiting, oldest 7\u00a0min"
    assert counted.title_bar.meta.text() == "as of 14:32:08 · short (+) or spare (−)"


def test_walking_to_a_cell_selects_its_zone_everywhere(counted, afternoon):
    counted.heat.setFocus()
    QTest.keyClick(counted.heat, Qt.Key.Key_Down)
    QTest.keyClick(counted.heat, Qt.Key.Key_Down)
    assert afternoon.selection.current == (Kind.ZONE, "blancas")


def test_zone_selected_elsewhere_is_chosen_now(counted, afternoon):
    afternoon.selection.select(Kind.ZONE, "blancas")
    assert counted.heat.chosen_cell() == ("blancas", 3)


def test_chip_turns_to_the_queue_and_keeps_the_cell(counted):
    counted.heat.choose("centro", 1)
    counted._choose("centro", 1)
    counted.chips.chip(WAITING).click()
    assert counted.heat is counted.maps[WAITING]
    assert counted.heat.isVisible()
    assert counted.heat.chosen_cell() == ("centro", 1)
    assert counted.heat._cells.values[0].tolist() == [9, 8, 7, 6, 5, 4]
    counted.show_kind(SHORT)
    assert counted.heat is counted.maps[SHORT]


def test_new_count_shows_soon(counted, afternoon, qtbot):
    afternoon.inbox.put(pressure(afternoon, short=2.0))
    afternoon.store.drain()
    qtbot.waitUntil(lambda: counted.heat._cells.values[0, 0] == 2.0)


def test_without_zones_it_says_why(shown, afternoon, qtbot):
    afternoon.inbox.put(pressure(afternoon, zones=()))
    afternoon.store.drain()
    qtbot.waitUntil(lambda: shown.empty.isVisible())
