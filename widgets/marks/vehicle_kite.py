"""The vehicle kite: its point is the heading, its fill the state. For legends and lists; the map draws its own."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.tokens import Tokens, faded, qcolor

_OUTLINE = ((0.0, -1.0), (0.72, 0.85), (0.0, 0.48), (-0.72, 0.85))
_HEADING_STEPS = 32


class VehicleState(StrEnum):
    """What a kite's fill says."""

    CARRYING = "carrying"
    TO_PICKUP = "to_pickup"
    FREE = "free"
    PAUSED = "paused"
    STALE = "stale"
    OFF = "off"


def paint_vehicle(
    painter: QPainter,
    center: QPointF,
    state: VehicleState,
    tokens: Tokens,
    *,
    heading: float = 0.0,
    radius: float = 8.0,
    ink: str | None = None,
) -> None:
    """Paint a vehicle.

    Parameters
    ----------
    heading : float
        Degrees clockwise from north; drawn in 32 steps.
    radius : float
        Pixels from the centre to the point.
    ink : str, optional
        Token value of an exception or selection; otherwise the grey of its state.
    """
    color = ink or (tokens.map.carrying if state is VehicleState.CARRYING else tokens.map.vehicle)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(center)
    painter.setPen(QPen(qcolor(color), 1.5))
    if state is VehicleState.PAUSED:
        _paint_paused(painter, radius)
    else:
        _paint_kite(painter, state, heading, radius, color)
    painter.restore()


def _paint_paused(painter: QPainter, radius: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(0, 0), radius * 0.78, radius * 0.78)
    for side in (-0.24, 0.24):
        painter.drawLine(QPointF(radius * side, -radius * 0.34), QPointF(radius * side, radius * 0.34))


def _paint_kite(painter: QPainter, state: VehicleState, heading: float, radius: float, color: str) -> None:
    step = 360 / _HEADING_STEPS
    painter.rotate(round(heading / step) * step)
    kite = QPolygonF([QPointF(x * radius, y * radius) for x, y in _OUTLINE])
    if state is VehicleState.STALE:
        pen = QPen(qcolor(color), 1.5)
        pen.setDashPattern([1.8, 1.0])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # a square cap would fill the gaps
        painter.setPen(pen)
    opacity = {VehicleState.CARRYING: 1.0, VehicleState.TO_PICKUP: 0.5}.get(state, 0.0)
    painter.setBrush(faded(color, opacity))
    painter.drawPolygon(kite)
    if state is VehicleState.OFF:
        painter.drawLine(QPointF(-radius * 0.8, radius * 0.8), QPointF(radius * 0.8, -radius * 0.8))


class VehicleMark(QWidget):
    """A kite in a legend."""

    def __init__(self, state: VehicleState, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return a square of one row's icon."""
        return QSize(20, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the kite, point up."""
        paint_vehicle(QPainter(self), QPointF(self.rect().center()), self._state, current_tokens(), radius=7)
