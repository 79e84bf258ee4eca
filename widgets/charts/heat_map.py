"""The heat map of rows (zones) and time: colours by pyqtgraph, numbers, now frame and marks on top.

Rows keep the order they are given in, never by value. Left of now is measured, right of it forecast. The
image gets RGB and levels 0 to 255, or pyqtgraph would stretch the colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from widgets.charts.heat_scale import HeatScale, cell_ink
from widgets.formatting import number, signed
from widgets.theme.appearance import current_tokens
from widgets.theme.contrast import Floats
from widgets.theme.fonts import REGULAR, SEMIBOLD, font
from widgets.theme.tokens import Tokens, qcolor

_HEAD_HEIGHT = 20
_TIME_WIDTH = 44.0
_TIME_AIR = 7.0
_CORNER = 9.0
_HOVER_GAP = 12
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_K: (-1, 0),
    Qt.Key.Key_J: (1, 0),
}


@dataclass(frozen=True)
class HeatCells:
    """What a heat map shows.

    Parameters
    ----------
    rows : sequence of (key, words)
        In fixed order.
    times : sequence of str
        Start of each column, written out.
    values : (n_rows, n_columns) float
        NaN is unknown.
    now : int, optional
        Column that is now.
    notes : mapping of (row, column) to str
        More words for the tool tip of a cell.
    """

    rows: Sequence[tuple[str, str]]
    times: Sequence[str]
    values: Floats
    now: int | None = None
    notes: dict[tuple[int, int], str] = field(default_factory=dict)


class HeatMap(QWidget):
    """A heat map that is walked by arrow keys and clicked by cell.

    Parameters
    ----------
    scale : HeatScale
        Colours and the limit.
    label_width : int
        Room for the row names, pixels.
    """

    cell_chosen = Signal(str, int)
    """Row key and column of the cell a person chose."""
    cell_opened = Signal(str, int)
    """Enter or a double click on a cell."""

    def __init__(self, scale: HeatScale, *, label_width: int = 112, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale, self._label_width = scale, label_width
        self._cells = HeatCells([], [], np.zeros((0, 0)))
        self._pixels = np.zeros((0, 0, 3), dtype=np.uint8)
        self._chosen: tuple[int, int] | None = None
        self._plot = pg.PlotWidget(parent=self)
        self._image = pg.ImageItem(axisOrder="row-major")
        self._set_up_plot()
        self._marks = _HeatMarks(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    def _set_up_plot(self) -> None:
        self._plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        item = self._plot.getPlotItem()
        item.hideAxis("left")
        item.hideAxis("bottom")
        item.hideButtons()
        item.layout.setContentsMargins(0, 0, 0, 0)
        item.getViewBox().setDefaultPadding(0)
        item.getViewBox().invertY(True)
        item.addItem(self._image)

    def show_cells(self, cells: HeatCells) -> None:
        """Show values; the chosen cell stays chosen while its row exists."""
        chosen_key = self.chosen_cell()
        self._cells = cells
        self._chosen = self._place_of(chosen_key) if chosen_key else None
        self._color()

    def choose(self, row_key: str, column: int) -> None:
        """Choose a cell without telling `cell_chosen`: the choice came from elsewhere."""
        self._chosen = self._place_of((row_key, column))
        self._marks.update()

    def chosen_cell(self) -> tuple[str, int] | None:
        """Return row key and column of the chosen cell."""
        if self._chosen is None:
            return None
        row, column = self._chosen
        return self._cells.rows[row][0], column

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return a cell's rectangle in this widget."""
        grid = self._grid()
        rows, columns = self._cells.values.shape
        width, height = grid.width() / columns, grid.height() / rows
        return QRectF(grid.left() + column * width, grid.top() + row * height, width, height)

    def sizeHint(self) -> QSize:
        """Return a room in which numbers can be read."""
        rows, columns = self._cells.values.shape
        return QSize(self._label_width + max(columns, 1) * 26, _HEAD_HEIGHT + max(rows, 1) * 32)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place image and marks."""
        super().resizeEvent(event)
        self._plot.setGeometry(self._grid().toRect())
        self._marks.setGeometry(self.rect())

    def changeEvent(self, event: QEvent) -> None:
        """Colour again when the theme changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._color()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the cells; Enter opens."""
        key = Qt.Key(event.key())
        if key in _STEPS and self._cells.values.size:
            self._walk(*_STEPS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (cell := self.chosen_cell()):
            self.cell_opened.emit(*cell)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell under the pointer."""
        if (cell := self.cell_at(event.position())) is not None:
            self._choose_by_hand(cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the cell under the pointer."""
        if (cell := self.cell_at(event.position())) is not None:
            self.cell_opened.emit(self._cells.rows[cell[0]][0], cell[1])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show a cell's numbers beside the pointer, never over the cell."""
        cell = self.cell_at(event.position())
        if cell is None:
            QToolTip.hideText()
            return
        below = self.cell_rect(*cell).bottom() - event.position().y()
        offset = QPoint(_HOVER_GAP, round(below) + _HOVER_GAP - 16)
        QToolTip.showText(event.globalPosition().toPoint() + offset, self._words_of(cell), self)

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return row and column of the cell at a point of this widget."""
        grid = self._grid()
        rows, columns = self._cells.values.shape
        if not self._cells.values.size or not grid.contains(at):
            return None
        row = min(int((at.y() - grid.top()) / grid.height() * rows), rows - 1)
        return row, min(int((at.x() - grid.left()) / grid.width() * columns), columns - 1)

    def _color(self) -> None:
        tokens = current_tokens()
        self._plot.setBackground(qcolor(tokens.bg1))
        self._pixels = self._scale.colors(self._cells.values, tokens)
        if self._pixels.size:
            rows, columns = self._cells.values.shape
            self._image.setImage(self._pixels, levels=(0, 255))
            self._plot.getPlotItem().getViewBox().setRange(
                xRange=(0, columns), yRange=(0, rows), padding=0, disableAutoRange=True
            )
        self._marks.update()

    def _grid(self) -> QRectF:
        width, height = self.width() - self._label_width - 1, self.height() - _HEAD_HEIGHT - 2
        return QRectF(self._label_width, _HEAD_HEIGHT, max(width, 1), max(height, 1))

    def _walk(self, down: int, right: int) -> None:
        rows, columns = self._cells.values.shape
        row, column = self._chosen or (0, (self._cells.now or 0) - right)
        if self._chosen is None:
            row -= down
        self._choose_by_hand((min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1)))

    def _choose_by_hand(self, cell: tuple[int, int]) -> None:
        if cell != self._chosen:
            self._chosen = cell
            self._marks.update()
            self.cell_chosen.emit(self._cells.rows[cell[0]][0], cell[1])

    def _place_of(self, cell: tuple[str, int]) -> tuple[int, int] | None:
        keys = [key for key, _ in self._cells.rows]
        if cell[0] not in keys or not 0 <= cell[1] < len(self._cells.times):
            return None
        return keys.index(cell[0]), cell[1]

    def _words_of(self, cell: tuple[int, int]) -> str:
        row, column = cell
        head = f"{self._cells.rows[row][1]}, {self._cells.times[column]}: {self.number_of(row, column)}"
        note = self._cells.notes.get(cell, "")
        return f"{head}\n{note}" if note else head

    def number_of(self, row: int, column: int) -> str:
        """Return a cell's number as written; unknown is an en dash."""
        value = float(self._cells.values[row, column])
        known = None if np.isnan(value) else value
        return signed(known) if self._scale.is_signed else number(known)

    def paint_marks(self, painter: QPainter) -> None:
        """Paint all that stands over the colours: gaps, numbers, labels, frames."""
        if not self._cells.values.size:
            return
        tokens = current_tokens()
        self._paint_gaps(painter, tokens)
        rows, columns = self._cells.values.shape
        for row in range(rows):
            for column in range(columns):
                self._paint_cell(painter, row, column)
        self._paint_labels(painter, tokens)
        self._paint_frames(painter, tokens)

    def _paint_gaps(self, painter: QPainter, tokens: Tokens) -> None:
        grid = self._grid()
        rows, columns = self._cells.values.shape
        painter.setPen(QPen(qcolor(tokens.bg1), 1))
        for column in range(columns + 1):
            x = round(grid.left() + column * grid.width() / columns)
            painter.drawLine(x, round(grid.top()), x, round(grid.bottom()))
        for row in range(rows + 1):
            y = round(grid.top() + row * grid.height() / rows)
            painter.drawLine(round(grid.left()), y, round(grid.right()), y)

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        value = float(self._cells.values[row, column])
        if np.isnan(value) or round(value) == 0:
            return
        rect, over = self.cell_rect(row, column), value >= self._scale.limit
        ink = qcolor(cell_ink(self._pixels[row, column]))
        painter.setFont(font(11, SEMIBOLD if over else REGULAR, tabular=True))
        painter.setPen(ink)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.number_of(row, column))
        if over and rect.width() > 3 * _CORNER:
            right, top = rect.right() - 1, rect.top() + 1
            corners = [QPointF(right - _CORNER, top), QPointF(right, top), QPointF(right, top + _CORNER)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawPolygon(QPolygonF(corners))

    def _paint_labels(self, painter: QPainter, tokens: Tokens) -> None:
        over = np.nanmax(np.nan_to_num(self._cells.values, nan=-np.inf), axis=1) >= self._scale.limit
        painter.setPen(qcolor(tokens.ink2))
        for row, (_, words) in enumerate(self._cells.rows):
            rect = self.cell_rect(row, 0)
            is_strong = bool(over[row]) or (self._chosen is not None and self._chosen[0] == row)
            painter.setFont(font(12, SEMIBOLD if is_strong else REGULAR))
            painter.setPen(qcolor(tokens.ink1 if is_strong else tokens.ink2))
            room = QRectF(12, rect.top(), self._label_width - 18, rect.height())
            cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, round(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)
        self._paint_times(painter, tokens)

    def _paint_times(self, painter: QPainter, tokens: Tokens) -> None:
        step = max(1, int(np.ceil(_TIME_WIDTH / self.cell_rect(0, 0).width())))
        painter.setFont(font(11, tabular=True))
        painter.setPen(qcolor(tokens.ink2))
        for column in range(0, len(self._cells.times), step):
            center = self.cell_rect(0, column).center().x()
            room = QRectF(center - _TIME_WIDTH / 2, 0, _TIME_WIDTH, _HEAD_HEIGHT - 3)
            if room.right() > self.width() + _TIME_AIR:
                continue
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._cells.times[column])

    def _paint_frames(self, painter: QPainter, tokens: Tokens) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._cells.now is not None:
            painter.setPen(QPen(qcolor(tokens.ink1), 2))
            top, bottom = self.cell_rect(0, self._cells.now), self.cell_rect(len(self._cells.rows) - 1, self._cells.now)
            painter.drawRect(top.united(bottom))
        if self._chosen is not None:
            painter.setPen(QPen(qcolor(tokens.acc), 2))
            painter.drawRect(self.cell_rect(*self._chosen).adjusted(1, 1, -1, -1))
        if self.hasFocus() and self._chosen is None:
            painter.setPen(QPen(qcolor(tokens.acc), 2))
            painter.drawRect(self._grid())


class _HeatMarks(QWidget):
    """The layer over the image that the heat map paints its marks on."""

    def __init__(self, heat_map: HeatMap) -> None:
        super().__init__(heat_map)
        self._heat_map = heat_map
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the marks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._heat_map.paint_marks(painter)
