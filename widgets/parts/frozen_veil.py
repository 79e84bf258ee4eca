"""Hatching over content that is no longer live: it can still be read and used."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.tokens import faded

_STEP = 14
_OPACITY = 0.35


class FrozenVeil(QWidget):
    """Lies over a panel's body and lets all events through."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the hatching."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(faded(current_tokens().line2, _OPACITY), 1))
        for x in range(-self.height(), self.width(), _STEP):
            painter.drawLine(x, self.height(), x + self.height(), 0)
