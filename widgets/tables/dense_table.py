"""The dense table: 24 px rows, hairlines, one selected row that stays selected, calm under the hand."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QItemSelection, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from widgets.tables.cell_painting import CELL_INSET, CellDelegate
from widgets.tables.fresh_cells import FreshCells
from widgets.tables.hand_watch import IDLE_MS, WALKS, HandWatch
from widgets.tables.record_model import RecordModel
from widgets.tables.table_head import TableHead

DENSE_ROW = 24
CALM_ROW = 26
ALARM_ROW = 44


class DenseTable(QTableView):
    """A view on a RecordModel.

    Parameters
    ----------
    model : RecordModel
    row_height : int
        24 (dense), 26 or 44 (alarms).
    idle_ms : int
        Quiet time after which held rows may move.
    """

    chosen = Signal(str)
    """A person selected the row of this key."""
    opened = Signal(str)
    """Enter or a double click on the row of this key."""

    def __init__(
        self,
        model: RecordModel,
        *,
        row_height: int = DENSE_ROW,
        idle_ms: int = IDLE_MS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._records = model
        self._telling = True
        self.setHorizontalHeader(TableHead(self))
        self.setModel(model)
        self.fresh = FreshCells(self, model)
        self.setItemDelegate(CellDelegate(model.columns, self.fresh.is_fresh, self))
        self._set_up_look(row_height)
        self._set_up_columns()
        self.hand = HandWatch(self, idle_ms=idle_ms)
        self.hand.arrived.connect(lambda: model.hold(True))
        self.hand.calmed.connect(lambda: model.hold(False))
        self.horizontalHeader().sortIndicatorChanged.connect(model.sort)
        self.doubleClicked.connect(lambda index: self.opened.emit(model.key_at(index.row())))

    def _set_up_look(self, row_height: int) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setMinimumSectionSize(row_height)
        rows.setDefaultSectionSize(row_height)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def _set_up_columns(self) -> None:
        head = self.horizontalHeader()
        for number, column in enumerate(self._records.columns):
            self.setColumnWidth(number, column.width)
            if column.stretches:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)

    def select_key(self, key: str | None) -> None:
        """Select a row without telling `chosen`: the selection came from elsewhere."""
        row = None if key is None else self._records.row_of(key)
        self._telling = False
        if row is None:
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
        elif row != self.currentIndex().row():
            self.setCurrentIndex(self._records.index(row, 0))
        self._telling = True

    def selected_key(self) -> str | None:
        """Return the key of the selected row."""
        rows = self.selectionModel().selectedRows()
        return self._records.key_at(rows[0].row()) if rows else None

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell who was chosen by hand."""
        super().selectionChanged(selected, deselected)
        rows = selected.indexes()
        if rows and self._telling:
            self.chosen.emit(self._records.key_at(rows[0].row()))

    def rowsAboutToBeRemoved(self, parent: QModelIndex | QPersistentModelIndex, start: int, end: int) -> None:
        """Drop the selection of a row that goes; Qt would select its neighbour by itself."""
        if start <= self.currentIndex().row() <= end:
            self.select_key(None)
        super().rowsAboutToBeRemoved(parent, start, end)

    def save_columns(self) -> bytes:
        """Return order, width and visibility of the columns, to be remembered by a workspace."""
        return bytes(self.horizontalHeader().saveState().data())

    def restore_columns(self, state: bytes) -> bool:
        """Restore what `save_columns` returned; returns whether it fitted."""
        return self.horizontalHeader().restoreState(QByteArray(state))

    def viewportEvent(self, event: QEvent) -> bool:
        """Show cut words in a tool tip."""
        if isinstance(event, QHelpEvent):
            self._show_cut_text(event)
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """J and K walk, Enter opens, Home applies what was held back, then goes to the top."""
        key = Qt.Key(event.key())
        if key in WALKS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._walk(WALKS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected_key() is not None:
            self.opened.emit(self.selected_key())
        elif key is Qt.Key.Key_Home:
            if self._records.pending:
                self._records.apply_pending()
            self.scrollToTop()
        else:
            super().keyPressEvent(event)

    def _walk(self, step: int) -> None:
        """Select the next or previous row; the first one if none is selected."""
        key, rows = self.selected_key(), self._records.rowCount()
        at = None if key is None else self._records.row_of(key)
        if rows:
            row = 0 if at is None else min(max(at + step, 0), rows - 1)
            self.setCurrentIndex(self._records.index(row, 0))

    def _show_cut_text(self, event: QHelpEvent) -> None:
        index = self.indexAt(event.pos())
        text = str(index.data() or "")
        room = self.columnWidth(index.column()) - 2 * CELL_INSET if index.isValid() else 0
        is_cut = index.isValid() and self.fontMetrics().horizontalAdvance(text) > room
        QToolTip.showText(event.globalPos(), text if is_cut else "", self)
