"""The heat map of rows (zones) and time: colours by pyqtgraph, numbers, now frame and marks on top.

Rows keep the order they are given in, never by value. Left of now is measured, right of it forecast. The
image gets RGB and levels 0 to 255, or pyqtgraph would stretch the colours.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from widgets.charts.heat_grid import HeatCells, HeatGrid
from widgets.charts.heat_marks import HEAD_HEIGHT, HeatMarks
from widgets.charts.heat_scale import HeatScale
from widgets.theme.appearance import current_tokens
from widgets.theme.tokens import qcolor

_HOVER_GAP = 12
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
    Qt.Key.Key_K: (-1, 0),
    Qt.Key.Key_J: (1, 0),
}


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
        self._marks = _MarkLayer(self)
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
        return self._grid().cell_rect(row, column)

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return row and column of the cell at a point of this widget."""
        return self._grid().cell_at(at)

    def sizeHint(self) -> QSize:
        """Return a room in which numbers can be read."""
        rows, columns = self._cells.values.shape
        return QSize(self._label_width + max(columns, 1) * 26, HEAD_HEIGHT + max(rows, 1) * 32)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place image and marks."""
        super().resizeEvent(event)
        self._plot.setGeometry(self._grid().area.toRect())
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

    def _grid(self) -> HeatGrid:
        width, height = self.width() - self._label_width - 1, self.height() - HEAD_HEIGHT - 2
        area = QRectF(self._label_width, HEAD_HEIGHT, max(width, 1), max(height, 1))
        return HeatGrid(area, *self._cells.values.shape)

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
        number = self._scale.number_of(float(self._cells.values[cell]))
        head = f"{self._cells.rows[row][1]}, {self._cells.times[column]}: {number}"
        note = self._cells.notes.get(cell, "")
        return f"{head}\n{note}" if note else head

    def paint_marks(self, painter: QPainter) -> None:
        """Paint all that stands over the colours."""
        if self._cells.values.size:
            HeatMarks(
                cells=self._cells,
                grid=self._grid(),
                pixels=self._pixels,
                scale=self._scale,
                tokens=current_tokens(),
                chosen=self._chosen,
                has_focus=self.hasFocus(),
            ).paint(painter)


class _MarkLayer(QWidget):
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
