"""Drags one row of a table onto another by mouse: selection stays with the row that is dragged."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from widgets.tables.dense_table import DenseTable


class RowDrag(QObject):
    """Watches the left button over a table; Qt's own dragging would move rows between models instead.

    Parameters
    ----------
    table : DenseTable
    """

    dropped = Signal(str, str)
    """The key of the row that was dragged, and of the row that it was let go over."""

    def __init__(self, table: DenseTable) -> None:
        super().__init__(table)
        self._table = table
        self._from, self._pressed_at = "", QPoint()
        self._is_dragging = False
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the moves of a drag; everything else is the table's."""
        if not isinstance(event, QMouseEvent):
            return False
        match event.type():
            case QEvent.Type.MouseButtonPress if event.button() is Qt.MouseButton.LeftButton:
                self._from, self._pressed_at = self._key_at(event.pos()), event.pos()
            case QEvent.Type.MouseMove if self._from and event.buttons() & Qt.MouseButton.LeftButton:
                self._table.hand.eventFilter(watched, event)  # rows keep their places meanwhile
                self._start_beyond(event.pos())
                return True
            case QEvent.Type.MouseButtonRelease if self._from:
                self._let_go(self._key_at(event.pos()))
        return False

    def _start_beyond(self, at: QPoint) -> None:
        """Show that a row is dragged, once the pointer is farther away than a hand trembles."""
        if (at - self._pressed_at).manhattanLength() >= QApplication.startDragDistance() and not self._is_dragging:
            self._is_dragging = True
            self._table.viewport().setCursor(Qt.CursorShape.DragMoveCursor)

    def _let_go(self, over: str) -> None:
        dragged, was_dragging = self._from, self._is_dragging
        self._from, self._is_dragging = "", False
        self._table.viewport().unsetCursor()
        if was_dragging and over and over != dragged:
            self.dropped.emit(dragged, over)

    def _key_at(self, at: QPoint) -> str:
        index = self._table.indexAt(at)
        return self._table.records.key_at(index.row()) if index.isValid() else ""
