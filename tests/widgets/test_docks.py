"""Docks: columns of panels with their own title bars, torn off and put back, remembered as bytes."""

import pytest
from PySide6.QtWidgets import QMainWindow

from widgets.docks import DockColumn, Docks
from widgets.parts.panel import Panel
from widgets.theme.appearance import apply_theme
from widgets.theme.tokens import Theme

COLUMNS = [
    DockColumn(420, [("exceptions", 600), ("pressure", 400)]),
    DockColumn(1000, [("map", 680), ("board", 320)]),
    DockColumn(480, [("recommendation", 690), ("line", 310)]),
]


@pytest.fixture
def window(qtbot, qapp):
    apply_theme(qapp, Theme.DARK)
    window = QMainWindow()
    qtbot.addWidget(window)
    window.docks = Docks(window)
    window.panels = {}
    for column in COLUMNS:
        for name, _ in column.panels:
            window.panels[name] = Panel(name)
            window.docks.add_panel(name, window.panels[name])
    window.resize(1920, 1000)
    window.show()
    window.docks.arrange(COLUMNS)
    qapp.processEvents()
    return window


def place(window, name):
    panel = window.panels[name]
    corner = panel.mapTo(window, panel.rect().topLeft())
    return corner.x(), corner.y(), panel.width(), panel.height()


def test_columns_stand_side_by_side_with_their_widths(window):
    widths = [place(window, name)[2] for name in ("exceptions", "map", "recommendation")]
    for width, column in zip(widths, COLUMNS, strict=True):
        assert width == pytest.approx(column.width, abs=24)
    lefts = [place(window, name)[0] for name in ("exceptions", "map", "recommendation")]
    assert lefts == sorted(lefts)


def test_panels_of_a_column_stand_under_each_other_eight_pixels_apart(window):
    _, top, _, height = place(window, "map")
    assert place(window, "board")[1] - (top + height) == 8
    assert height == pytest.approx(2.1 * place(window, "board")[3], rel=0.1)


def test_panel_brings_its_own_title_bar(window):
    assert place(window, "exceptions")[1] <= 2


def test_double_click_on_the_title_bar_tears_off_and_the_layout_comes_back(window, qapp):
    docks, before = window.docks, place(window, "board")
    saved = docks.save()
    window.panels["board"].title_bar.double_clicked.emit()
    assert docks.is_floating("board")
    assert docks.restore(saved)
    qapp.processEvents()
    assert not docks.is_floating("board")
    assert place(window, "board") == before


def test_tabbed_panel_can_be_brought_forward(window, qapp):
    window.docks.tab_onto("line", "recommendation")
    qapp.processEvents()
    assert not window.panels["line"].isVisible()
    window.docks.bring_forward("line")
    assert window.panels["line"].isVisible()


def test_state_of_something_else_is_refused(window):
    assert not window.docks.restore(b"something else")


def test_arranged_again_in_other_columns(window, qapp):
    window.docks.tab_onto("line", "board")
    window.docks.tear_off("pressure")
    window.docks.arrange([DockColumn(900, [("board", 500), ("line", 500)]), DockColumn(900, [("map", 1000)])])
    for name in ("exceptions", "pressure", "recommendation"):
        window.docks.tab_onto(name, "map")
    window.docks.arrange(COLUMNS)
    qapp.processEvents()
    assert window.docks.floating_windows() == []
    for name, width in (("exceptions", 420), ("map", 1000), ("recommendation", 480)):
        assert place(window, name)[2] == pytest.approx(width, abs=24)
    assert all(window.panels[name].isVisible() for name in window.docks.names())


def test_another_panel_takes_the_place(window, qapp):
    before = place(window, "map")
    window.panels["map"] = Panel("another map")
    window.docks.replace_panel("map", window.panels["map"])
    qapp.processEvents()
    assert window.panels["map"].isVisible()
    assert place(window, "map") == before
