"""The legend of a heat scale: one small cell a whole number, written as in the map."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.charts.heat_scale import HeatScale, cell_ink
from widgets.theme.appearance import current_tokens
from widgets.theme.contrast import hex_of
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import qcolor

_CELL_WIDTH = 34
_CELL_HEIGHT = 18


class HeatLegend(QWidget):
    """A strip of all whole values of a scale."""

    def __init__(self, scale: HeatScale, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._values = np.arange(scale.anchors[0], scale.anchors[-1] + 1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the room of all cells."""
        return QSize(_CELL_WIDTH * len(self._values), _CELL_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the cells with their numbers."""
        painter = QPainter(self)
        pixels = self._scale.colors(self._values[None, :], current_tokens())[0]
        for place, (value, pixel) in enumerate(zip(self._values.tolist(), pixels, strict=True)):
            cell = QRectF(place * _CELL_WIDTH, 0, _CELL_WIDTH - 1, _CELL_HEIGHT)
            painter.fillRect(cell, qcolor(hex_of(pixel.astype(np.float64) / 255)))
            painter.setFont(font(11, SEMIBOLD if value >= self._scale.limit else REGULAR, tabular=True))
            painter.setPen(qcolor(cell_ink(pixel)))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, self._scale.number_of(value))
