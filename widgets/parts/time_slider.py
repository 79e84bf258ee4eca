"""A time axis to be dragged along: hours as ticks, marks of what happened, and a violet line at the moment shown."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.formatting import clock_time
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

SLIDER_HEIGHT = 90
_INSET = 40
_AXIS_Y = 44
_MARKS_Y = 66
_MARK_SIDE = 7
_STEPS_S = (60.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 14_400.0)
_ROOM_PX = 76
_STEP_S, _LONG_STEP_S = 10.0, 60.0


class TimeSlider(QWidget):
    """A moment in a range of time.

    Parameters
    ----------
    zone : ZoneInfo
        In which times are written.
    """

    sought = Signal(float)
    """A person wants to see this instant."""

    def __init__(self, zone: ZoneInfo, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._from_at, self._to_at, self.at = 0.0, 1.0, 0.0
        self._marks: Sequence[float] = ()
        self._dragged_at: float | None = None
        self.setFixedHeight(SLIDER_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Time"))

    def show_range(self, from_at: float, to_at: float, marks: Sequence[float]) -> None:
        """Show a range, seconds since 1970 UTC, with a mark at each of these instants."""
        self._from_at, self._to_at = from_at, max(to_at, from_at + 1.0)
        self._marks = marks
        self.update()

    def show_moment(self, at: float) -> None:
        """Put the line at an instant, unless it is being dragged."""
        self.at = at
        self.setAccessibleDescription(clock_time(at, self._zone, seconds=True))
        self.update()

    def x_of(self, at: float) -> float:
        """Return where an instant stands, pixels."""
        share = (at - self._from_at) / (self._to_at - self._from_at)
        return _INSET + min(max(share, 0.0), 1.0) * max(self.width() - 2 * _INSET, 1)

    def at_x(self, x: float) -> float:
        """Return the instant at a pixel, within the range."""
        share = min(max((x - _INSET) / max(self.width() - 2 * _INSET, 1), 0.0), 1.0)
        return self._from_at + share * (self._to_at - self._from_at)

    def sizeHint(self) -> QSize:
        """Return a comfortable width."""
        return QSize(800, SLIDER_HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the line to the pointer."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the line."""
        self._dragged_at = self.at_x(event.position().x())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: that is the moment wanted."""
        self._dragged_at = None
        self.sought.emit(self.at_x(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go 10 s, with Shift a minute."""
        way = {Qt.Key.Key_Left: -1.0, Qt.Key.Key_Right: 1.0}.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        is_long = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        wanted = self.at + way * (_LONG_STEP_S if is_long else _STEP_S)
        self.sought.emit(min(max(wanted, self._from_at), self._to_at))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint axis, marks and the line with its time."""
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter, tokens)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(qcolor(tokens.ink2))
        for mark in self._marks:
            if self._from_at <= mark <= self._to_at:
                painter.drawRect(
                    QRectF(self.x_of(mark) - _MARK_SIDE / 2, _MARKS_Y - _MARK_SIDE / 2, _MARK_SIDE, _MARK_SIDE)
                )
        self._paint_moment(painter, tokens)

    def _paint_axis(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setFont(font(11))
        painter.setPen(QPen(qcolor(tokens.line2), 1))
        painter.drawLine(QPointF(_INSET, _AXIS_Y), QPointF(self.width() - _INSET, _AXIS_Y))
        step = self._tick_step()
        tick = self._from_at - self._from_at % step + step
        while tick <= self._to_at:
            x = self.x_of(tick)
            painter.setPen(QPen(qcolor(tokens.line), 1))
            painter.drawLine(QPointF(x, _AXIS_Y), QPointF(x, self.height() - 8))
            painter.setPen(qcolor(tokens.ink3))
            area = QRectF(x - 40, _AXIS_Y - 19, 80, 16)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, clock_time(tick, self._zone))
            tick += step

    def _tick_step(self) -> float:
        per_pixel = (self._to_at - self._from_at) / max(self.width() - 2 * _INSET, 1)
        return next((step for step in _STEPS_S if step / per_pixel >= _ROOM_PX), _STEPS_S[-1])

    def _paint_moment(self, painter: QPainter, tokens: Tokens) -> None:
        at = self.at if self._dragged_at is None else self._dragged_at
        x = self.x_of(at)
        painter.setPen(QPen(qcolor(tokens.rep), 2))
        painter.drawLine(QPointF(x, 20), QPointF(x, self.height() - 6))
        label = QRectF(min(max(x - 36, 0), self.width() - 72), 2, 72, 20)
        painter.setPen(QPen(qcolor(tokens.acc if self.hasFocus() else tokens.rep), 2))
        painter.setBrush(qcolor(tokens.rep))
        painter.drawRoundedRect(label.adjusted(1, 1, -1, -1), 3, 3)
        painter.setPen(qcolor(tokens.bg1))
        painter.setFont(font(12, SEMIBOLD, tabular=True))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, clock_time(at, self._zone, seconds=True))
