"""A field that one of several is chosen in, painted flat: the arrow of the style has a raised edge."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QComboBox, QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import font
from widgets.theme.tokens import qcolor

_HEIGHT = 28
_INSET, _ARROW_ROOM = 9, 26


class ChoiceBox(QComboBox):
    """One line with what is chosen; the list opens by a click, Space or Alt+Down."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font(13))
        self.setMinimumHeight(_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, edge, words and arrow."""
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_focused, is_open = self.hasFocus(), self.isEnabled()
        edge = tokens.acc if is_focused else tokens.line2 if is_open else tokens.line
        width = 2.0 if is_focused else 1.0
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setPen(QPen(qcolor(edge), width))
        painter.setBrush(qcolor(tokens.bg3 if is_open else tokens.bg1))
        painter.drawRoundedRect(box, 3, 3)
        ink = qcolor(tokens.ink1 if is_open else tokens.inkoff)
        painter.setFont(self.font())
        painter.setPen(ink)
        line = QRectF(self.rect()).adjusted(_INSET, 0, -_ARROW_ROOM, 0)
        words = painter.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, int(line.width()))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)
        tip = QPointF(self.width() - _ARROW_ROOM / 2, self.height() / 2 + 2)
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF([tip + QPointF(-4, -4), tip, tip + QPointF(4, -4)]))
