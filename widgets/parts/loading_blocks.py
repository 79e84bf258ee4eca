"""Grey blocks in place of rows that are still coming, shown only when waiting takes over 300 ms."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from widgets.theme.appearance import current_tokens
from widgets.theme.tokens import qcolor

PATIENCE_MS = 300
_BLOCK_HEIGHT = 10


class LoadingBlocks(QWidget):
    """Rows of blocks; nothing moves.

    Parameters
    ----------
    columns : list of float
        Width of each column as a share of the whole, summing to at most 1.
    row_height : int
        Pixels, that of the list or table that will come.
    """

    def __init__(self, columns: list[float], *, row_height: int = 28, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns, self._row_height = columns, row_height
        self.is_painted = False
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self._start_painting)
        self.setAccessibleName(self.tr("Loading"))

    def showEvent(self, event: QShowEvent) -> None:
        """Start waiting."""
        super().showEvent(event)
        self._patience.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the waiting."""
        super().hideEvent(event)
        self._patience.stop()
        self.is_painted = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the blocks, fewer than the room has so that it looks like an end."""
        if not self.is_painted:
            return
        painter, tokens = QPainter(self), current_tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row in range(self.height() // self._row_height):
            self._paint_row(painter, row)
            painter.fillRect(12, (row + 1) * self._row_height - 1, self.width() - 24, 1, qcolor(tokens.line))

    def _paint_row(self, painter: QPainter, row: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(qcolor(current_tokens().bg2))
        left, room = 12.0, self.width() - 24.0
        top = row * self._row_height + (self._row_height - _BLOCK_HEIGHT) / 2
        for share in self._columns:
            painter.drawRoundedRect(QRectF(left, top, room * share * 0.66, _BLOCK_HEIGHT), 2, 2)
            left += room * share

    def _start_painting(self) -> None:
        self.is_painted = True
        self.update()
