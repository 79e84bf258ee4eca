"""How often forecasts held, on an axis from 50 to 100 %: the goal as a box, what came as a bar that stands out."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from widgets.theme.tokens import Tokens, qcolor

LOWEST = 0.5
_BOX_HEIGHT = 10.0
_STANDS_OUT = 3.0
_DOT = 3.5


@dataclass(frozen=True, slots=True)
class Held:
    """A share between 0 and 1, the goal it is to lie in, and whether enough came out to judge it by."""

    share: float
    low: float
    high: float
    is_judged: bool = True


def paint_held(painter: QPainter, area: QRectF, value: object, tokens: Tokens) -> None:
    """Paint a `Held` into a cell: the goal as a box, the share as a bar, or as a ring where too few came out.

    A share below the axis stands at its left end.
    """
    if not isinstance(value, Held):
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    middle = area.center().y()
    painter.setPen(QPen(qcolor(tokens.line), 1))
    painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
    low, high = _x(area, value.low), _x(area, value.high)
    painter.setPen(QPen(qcolor(tokens.line2), 1.2))
    painter.setBrush(qcolor(tokens.bg3))
    painter.drawRoundedRect(QRectF(low, middle - _BOX_HEIGHT / 2, high - low, _BOX_HEIGHT), 2, 2)
    at = _x(area, value.share)
    if value.is_judged:
        reach = _BOX_HEIGHT / 2 + _STANDS_OUT
        painter.setPen(QPen(qcolor(tokens.ink1), 3, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(at, middle - reach), QPointF(at, middle + reach))
    else:
        painter.setPen(QPen(qcolor(tokens.ink2), 1.5))
        painter.setBrush(qcolor(tokens.bg1))
        painter.drawEllipse(QPointF(at, middle), _DOT, _DOT)
    painter.restore()


def _x(area: QRectF, share: float) -> float:
    cut = min(1.0, max(LOWEST, share))
    return area.left() + area.width() * (cut - LOWEST) / (1.0 - LOWEST)
