"""What tables and lists of records share: a selection that never moves by itself, and rows that stay
under the hand.

A mixin for views on a RecordModel; the view declares the signals `chosen` and `opened`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, Qt, SignalInstance
from PySide6.QtGui import QKeyEvent

from widgets.tables.hand_watch import HandWatch
from widgets.tables.record_model import RecordModel

_WALKS = {Qt.Key.Key_J: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_K: -1, Qt.Key.Key_Up: -1}
_OPENS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractItemView as _View
else:
    _View = object


class CalmRows(_View):
    """Selection by key, walking by keys, and order held while a hand is in the view."""

    records: RecordModel
    chosen: SignalInstance
    opened: SignalInstance
    _telling: bool = True

    def _watch_hand(self, idle_ms: int) -> None:
        """Hold rows from the first sign of a hand until it has been quiet for `idle_ms`."""
        self.hand = HandWatch(self, idle_ms=idle_ms)
        self.hand.arrived.connect(lambda: self.records.hold(True))
        self.hand.calmed.connect(lambda: self.records.hold(False))
        self.doubleClicked.connect(lambda index: self.opened.emit(self.records.key_at(index.row())))

    def select_key(self, key: str | None) -> None:
        """Select a row without telling `chosen`: the selection came from elsewhere."""
        row = None if key is None else self.records.row_of(key)
        self._telling = False
        if row is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif key != self.selected_key():
            self.setCurrentIndex(self.records.index(row, 0))
        self._telling = True

    def selected_key(self) -> str | None:
        """Return the key of the selected row."""
        rows = self.selectionModel().selectedRows()
        return self.records.key_at(rows[0].row()) if rows else None

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell who was chosen by hand."""
        super().selectionChanged(selected, deselected)
        indexes = selected.indexes()
        if indexes and self._telling:
            self.chosen.emit(self.records.key_at(indexes[0].row()))

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Drop the selection of a row that goes; Qt would select its neighbour by itself."""
        if start <= self.currentIndex().row() <= end:
            self.select_key(None)
        super().rowsAboutToBeRemoved(parent, start, end)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """J, K and arrows walk, Enter opens, Home applies what was held back; letters are for the panel."""
        key, key_of_row = Qt.Key(event.key()), self.selected_key()
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in _WALKS and not with_control:
            self._walk(_WALKS[key])
        elif key in _OPENS and key_of_row is not None:
            self.opened.emit(key_of_row)
        elif key is Qt.Key.Key_Home:
            if self.records.pending:
                self.records.apply_pending()
            self.scrollToTop()
        elif event.text().isalnum() and not with_control:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _walk(self, step: int) -> None:
        """Select the next or previous row; the first one if none is selected."""
        key, rows = self.selected_key(), self.records.rowCount()
        at = None if key is None else self.records.row_of(key)
        if rows:
            row = 0 if at is None else min(max(at + step, 0), rows - 1)
            self.setCurrentIndex(self.records.index(row, 0))
