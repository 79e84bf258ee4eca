"""A theme reaches palette and style sheet, and can be changed while running."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QWidget

from widgets.theme.appearance import apply_theme, current_tokens
from widgets.theme.tokens import DARK, LIGHT, Theme


def test_theme_can_be_changed_while_running(qapp):
    apply_theme(qapp, Theme.LIGHT)
    assert current_tokens() is LIGHT
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.bg1
    apply_theme(qapp, Theme.DARK)
    assert current_tokens() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.bg1


class Styled(QWidget):
    """Counts how often it is styled anew."""

    times = 0

    def changeEvent(self, event):
        self.times += event.type() is QEvent.Type.StyleChange


def test_theme_in_force_is_not_applied_anew(qapp, qtbot):
    apply_theme(qapp, Theme.DARK)
    widget = Styled()
    qtbot.addWidget(widget)
    widget.show()
    widget.times = 0
    apply_theme(qapp, Theme.DARK)
    assert widget.times == 0
    apply_theme(qapp, Theme.LIGHT)
    assert widget.times > 0
    apply_theme(qapp, Theme.DARK)


def test_style_sheet_has_no_blank_left(qapp):
    apply_theme(qapp, Theme.DARK)
    assert "$" not in qapp.styleSheet()
    assert "font" not in qapp.styleSheet()
