"""Paints what stands over the colours of a heat map: gaps, numbers, limit corners, labels, frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from widgets.charts.heat_grid import HeatCells, HeatGrid
from widgets.charts.heat_scale import HeatScale, Pixels, cell_ink
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

HEAD_HEIGHT = 20
_LABEL_INSET = 12.0
_TIME_WIDTH = 44.0
_TIME_AIR = 7.0
_CORNER = 9.0


@dataclass(frozen=True, slots=True)
class HeatMarks:
    """Everything the marks of one painting need."""

    cells: HeatCells
    grid: HeatGrid
    pixels: Pixels
    scale: HeatScale
    tokens: Tokens
    chosen: tuple[int, int] | None
    has_focus: bool

    def paint(self, painter: QPainter) -> None:
        """Paint all marks."""
        self._paint_gaps(painter)
        for row in range(self.grid.rows):
            for column in range(self.grid.columns):
                self._paint_cell(painter, row, column)
        self._paint_labels(painter)
        self._paint_times(painter)
        self._paint_frames(painter)

    def _paint_gaps(self, painter: QPainter) -> None:
        area = self.grid.area
        painter.setPen(QPen(qcolor(self.tokens.bg1), 1))
        for column in range(self.grid.columns + 1):
            x = round(area.left() + column * area.width() / self.grid.columns)
            painter.drawLine(x, round(area.top()), x, round(area.bottom()))
        for row in range(self.grid.rows + 1):
            y = round(area.top() + row * area.height() / self.grid.rows)
            painter.drawLine(round(area.left()), y, round(area.right()), y)

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        value = float(self.cells.values[row, column])
        if np.isnan(value) or round(value) == 0:
            return
        rect, over = self.grid.cell_rect(row, column), value >= self.scale.limit
        ink = cell_ink(self.pixels[row, column])
        painter.setFont(font(11, SEMIBOLD if over else REGULAR, tabular=True))
        painter.setPen(qcolor(ink))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.scale.number_of(value))
        if over and rect.width() > 3 * _CORNER:
            _paint_corner(painter, rect, ink)

    def _paint_labels(self, painter: QPainter) -> None:
        highest = np.nan_to_num(self.cells.values, nan=-np.inf).max(axis=1)
        for row, (_, words) in enumerate(self.cells.rows):
            rect = self.grid.cell_rect(row, 0)
            is_chosen = self.chosen is not None and self.chosen[0] == row
            is_strong = bool(highest[row] >= self.scale.limit) or is_chosen
            painter.setFont(font(12, SEMIBOLD if is_strong else REGULAR))
            painter.setPen(qcolor(self.tokens.ink1 if is_strong else self.tokens.ink2))
            room = QRectF(_LABEL_INSET, rect.top(), rect.left() - _LABEL_INSET - 6, rect.height())
            cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)

    def _paint_times(self, painter: QPainter) -> None:
        step = max(1, int(np.ceil(_TIME_WIDTH / self.grid.cell_rect(0, 0).width())))
        painter.setFont(font(11, tabular=True))
        painter.setPen(qcolor(self.tokens.ink2))
        for column in range(0, len(self.cells.times), step):
            center = self.grid.cell_rect(0, column).center().x()
            room = QRectF(center - _TIME_WIDTH / 2, 0, _TIME_WIDTH, HEAD_HEIGHT - 3)
            if room.right() <= self.grid.area.right() + _TIME_AIR:
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.cells.times[column])

    def _paint_frames(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.cells.now is not None:
            painter.setPen(QPen(qcolor(self.tokens.ink1), 2))
            painter.drawRect(self.grid.column_rect(self.cells.now))
        painter.setPen(QPen(qcolor(self.tokens.acc), 2))
        if self.chosen is not None:
            painter.drawRect(self.grid.cell_rect(*self.chosen).adjusted(1, 1, -1, -1))
        elif self.has_focus:
            painter.drawRect(self.grid.area)


def _paint_corner(painter: QPainter, rect: QRectF, ink: str) -> None:
    """Paint the mark of a cell over the limit into its upper right corner."""
    right, top = rect.right() - 1, rect.top() + 1
    corners = [QPointF(right - _CORNER, top), QPointF(right, top), QPointF(right, top + _CORNER)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(qcolor(ink))
    painter.drawPolygon(QPolygonF(corners))
