"""The sheet: takes the focus and keeps it, closes by Esc only for the user, gives the focus back."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from widgets.parts.key_button import KeyButton
from widgets.parts.modal_sheet import ModalSheet


@pytest.fixture
def window(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    window.before = QLineEdit()
    column.addWidget(window.before)
    window.resize(900, 700)
    window.show()
    window.before.setFocus()
    qtbot.waitUntil(window.before.hasFocus)
    return window


@pytest.fixture
def sheet(window):
    sheet = ModalSheet(window, "Override: give O-48213 to L. Díaz")
    for words in ("Commit", "Cancel"):
        sheet.body.addWidget(KeyButton(words))
    sheet.open_sheet()
    return sheet


def test_sheet_covers_all_but_the_top_bar(sheet, window):
    assert (sheet.y(), sheet.height()) == (44, window.height() - 44)
    window.resize(1000, 800)
    assert sheet.height() == 756


def test_tab_stays_inside(sheet, window, qtbot):
    for _ in range(8):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert sheet.isAncestorOf(QApplication.focusWidget())


def test_escape_closes_and_gives_the_focus_back(sheet, window, qtbot):
    with qtbot.waitSignal(sheet.closed):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert window.before.hasFocus()
