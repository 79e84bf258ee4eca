"""A dense table whose rows have a second line: the words of one column, across all the others."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from widgets.tables.cell_painting import CELL_INSET, CellDelegate
from widgets.tables.dense_table import DENSE_ROW, DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.appearance import current_tokens
from widgets.theme.fonts import font
from widgets.theme.tokens import qcolor

NOTED_ROW = 42
_NOTE_HEIGHT = NOTED_ROW - DENSE_ROW
_NOTE_PX = 12
_RAISED = 4


class NotedTable(DenseTable):
    """Shows a column of words below the rest of its row, where a sentence has room.

    Parameters
    ----------
    model : RecordModel
    note_column, first_column : int
        The column of the words, which is hidden, and the one whose left edge they begin at.
    """

    def __init__(
        self, model: RecordModel, *, note_column: int, first_column: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, row_height=NOTED_ROW, parent=parent)
        self._note_column, self._first_column = note_column, first_column
        self.setColumnHidden(note_column, True)
        self.setItemDelegate(CellDelegate(model.columns, self.fresh.is_fresh, self, note_height=_NOTE_HEIGHT))

    def note_of(self, row: int) -> str:
        """Return the words of a row, whole."""
        return str(self.records.index(row, self._note_column).data() or "")

    def is_cut(self, key: str | None) -> bool:
        """Return whether the words of a key's row have not the room to be shown whole."""
        row = None if key is None else self.records.row_of(key)
        if row is None:
            return False
        return QFontMetricsF(font(_NOTE_PX)).horizontalAdvance(self.note_of(row)) > self._note_area(row).width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells, then the words below them."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setFont(font(_NOTE_PX))
        painter.setPen(qcolor(current_tokens().ink2))
        for row in range(self.records.rowCount()):
            area = self._note_area(row)
            if area.intersects(QRectF(event.rect())):
                words = painter.fontMetrics().elidedText(
                    self.note_of(row), Qt.TextElideMode.ElideRight, int(area.width())
                )
                painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _note_area(self, row: int) -> QRectF:
        left = self.columnViewportPosition(self._first_column) + CELL_INSET
        top = self.rowViewportPosition(row) + DENSE_ROW - _RAISED
        return QRectF(left, top, self.viewport().width() - left - CELL_INSET, _NOTE_HEIGHT)

    def _show_cut_text(self, event: QHelpEvent) -> None:
        row = self.rowAt(event.pos().y())
        if row < 0 or not self._note_area(row).contains(event.pos().toPointF()):
            super()._show_cut_text(event)
            return
        QToolTip.showText(event.globalPos(), self.note_of(row) if self.is_cut(self.records.key_at(row)) else "", self)
