"""The alarm shape: square 1, triangle up 2, triangle down 3, circle 4, with the digit inside.

Filled means not acknowledged, outline means acknowledged. Shape and number say the priority without
colour.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import digit_font
from widgets.theme.tokens import Tokens, qcolor

PRIORITIES = (1, 2, 3, 4)
_DIGIT_SHARE = {1: 0.62, 2: 0.54, 3: 0.54, 4: 0.62}
_DIGIT_DROP = {1: 0.0, 2: 0.13, 3: -0.13, 4: 0.0}
_EDGE_PX = 1.5
_FRAME_PX = 1.6


def paint_alarm_shape(
    painter: QPainter, area: QRectF, priority: int, *, acknowledged: bool = False, tokens: Tokens
) -> None:
    """Paint the shape of a priority centred in `area`, as large as its smaller side.

    Parameters
    ----------
    priority : int
        1 (critical) to 4 (low).
    acknowledged : bool
        Outline instead of filled.
    """
    colors = tokens.priority(priority)
    side = min(area.width(), area.height())
    box = QRectF(area.center().x() - side / 2, area.center().y() - side / 2, side, side)
    framed = not acknowledged and colors.frame is not None
    pen = QPen(qcolor(colors.frame or colors.edge), _FRAME_PX) if framed else QPen(qcolor(colors.edge), _EDGE_PX)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush if acknowledged else qcolor(colors.fill))
    painter.drawPath(shape_path(priority, box.adjusted(1, 1, -1, -1)))
    _paint_digit(painter, box, priority, colors.ink if acknowledged else colors.on)
    painter.restore()


def paint_counter_shape(painter: QPainter, area: QRectF, priority: int, count: int, tokens: Tokens) -> None:
    """Paint the shape of an alarm counter: filled when there are alarms, a grey outline at zero."""
    if count:
        paint_alarm_shape(painter, area, priority, tokens=tokens)
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(qcolor(tokens.line2), _EDGE_PX))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(shape_path(priority, area.adjusted(1, 1, -1, -1)))
    _paint_digit(painter, area, priority, tokens.ink3)
    painter.restore()


def shape_path(priority: int, box: QRectF) -> QPainterPath:
    """Return the outline of a priority's shape in a square box."""
    path = QPainterPath()
    if priority == 1:
        inset = box.width() * 0.06
        path.addRoundedRect(box.adjusted(inset, inset, -inset, -inset), 2.5, 2.5)
    elif priority == 4:
        path.addEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        path.addPolygon(_triangle(box, points_up=priority == 2))
        path.closeSubpath()
    return path


def _triangle(box: QRectF, *, points_up: bool) -> QPolygonF:
    lean = box.height() * 0.04
    if points_up:
        corners = [(box.center().x(), box.top() + lean), (box.right(), box.bottom() - lean)]
        corners.append((box.left(), box.bottom() - lean))
    else:
        corners = [(box.left(), box.top() + lean), (box.right(), box.top() + lean)]
        corners.append((box.center().x(), box.bottom() - lean))
    return QPolygonF([QPointF(x, y) for x, y in corners])


def _paint_digit(painter: QPainter, box: QRectF, priority: int, ink: str) -> None:
    painter.setFont(digit_font(max(7, round(box.height() * _DIGIT_SHARE[priority]))))
    painter.setPen(qcolor(ink))
    drop = box.height() * _DIGIT_DROP[priority]
    painter.drawText(box.translated(0, drop), Qt.AlignmentFlag.AlignCenter, str(priority))


class AlarmShape(QWidget):
    """An alarm shape of its own, for headlines and banners."""

    def __init__(
        self, priority: int, *, acknowledged: bool = False, side: int = 20, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._priority = priority
        self._acknowledged = acknowledged
        self._side = side
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Priority {number}").format(number=priority))

    def set_alarm(self, priority: int, *, acknowledged: bool) -> None:
        """Show another priority or acknowledgement."""
        self._priority, self._acknowledged = priority, acknowledged
        self.setAccessibleName(self.tr("Priority {number}").format(number=priority))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the square the shape needs."""
        return QSize(self._side, self._side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the shape."""
        painter = QPainter(self)
        area = QRectF(self.rect())
        paint_alarm_shape(painter, area, self._priority, acknowledged=self._acknowledged, tokens=current_tokens())
