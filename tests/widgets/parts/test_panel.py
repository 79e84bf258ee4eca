"""The panel: 30 px title bar, focus line while the focus is inside, body kept when exchanged."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from widgets.parts.panel import TITLE_HEIGHT, Panel
from widgets.theme.appearance import apply_theme
from widgets.theme.icons import IconName
from widgets.theme.tokens import DARK, LIGHT, Theme


@pytest.fixture
def panel(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    panel = Panel("Exceptions")
    panel.field = QLineEdit()
    panel.outside = QLineEdit()
    panel.set_body(panel.field)
    column.addWidget(panel)
    column.addWidget(panel.outside)
    panel.window_kept = window
    window.resize(500, 300)
    window.show()
    qtbot.waitUntil(window.isActiveWindow)
    return panel


def top_color(panel):
    return panel.title_bar.grab().toImage().pixelColor(200, 0).name().upper()


def test_focus_line_follows_the_focus(panel, qtbot):
    panel.outside.setFocus()
    assert (panel.is_focused, top_color(panel)) == (False, DARK.bg2)
    with qtbot.waitSignal(panel.focus_entered):
        panel.field.setFocus()
    assert (panel.is_focused, top_color(panel)) == (True, DARK.acc)


def test_body_starts_under_the_title_bar(panel):
    assert panel.title_bar.height() == TITLE_HEIGHT
    assert panel.field.y() >= TITLE_HEIGHT


def test_exchanged_body_is_kept(panel):
    other = QLineEdit("other")
    panel.set_body(other)
    assert not panel.field.isVisible()
    panel.set_body(panel.field)
    assert panel.field.isVisible()


def test_frozen_panel_looks_frozen_and_thaws(panel, qtbot):
    before = panel.grab().toImage()
    panel.set_frozen(True)
    assert panel.grab().toImage() != before
    qtbot.keyClicks(panel.field, "still works")
    assert panel.field.text() == "still works"
    panel.field.clear()
    panel.set_frozen(False)
    assert panel.grab().toImage() == before


def test_action_says_what_it_does(panel, qtbot):
    button = panel.add_action(IconName.FILTER, "Filter")
    assert (button.toolTip(), button.accessibleName()) == ("Filter", "Filter")
    with qtbot.waitSignal(button.clicked):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_dragging_the_title_bar_tears_off(panel, qtbot):
    bar = panel.title_bar
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    with qtbot.waitSignal(bar.torn):
        qtbot.mouseMove(bar, QPoint(160, 60))


def test_panel_follows_a_change_of_theme(panel, qapp):
    panel.outside.setFocus()
    try:
        apply_theme(qapp, Theme.LIGHT)
        in_light = top_color(panel)
    finally:
        apply_theme(qapp, Theme.DARK)
    assert (in_light, top_color(panel)) == (LIGHT.bg2, DARK.bg2)
