"""A choice of one of several: flat, marked while it has the keys, walked by them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from widgets.parts.choice_box import ChoiceBox
from widgets.theme.appearance import apply_theme
from widgets.theme.tokens import DARK, LIGHT, Theme


@pytest.fixture
def box(qtbot):
    made = ChoiceBox()
    qtbot.addWidget(made)
    made.addItems(["Whole city", "Centro"])
    made.resize(200, 28)
    made.show()
    made.activateWindow()
    return made


def _edge(box):
    return box.grab().toImage().pixelColor(100, 0).name().upper()


@pytest.mark.parametrize(("theme", "tokens"), [(Theme.DARK, DARK), (Theme.LIGHT, LIGHT)])
def test_its_edge_tells_where_the_keys_go(box, qtbot, theme, tokens):
    apply_theme(QApplication.instance(), theme)
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    assert _edge(box) == tokens.acc
    box.clearFocus()
    assert _edge(box) == tokens.line2
    apply_theme(QApplication.instance(), Theme.DARK)


def test_keys_walk_the_choices(box, qtbot):
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "Centro"
