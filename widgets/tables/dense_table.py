"""The dense table: 24 px rows, hairlines, one selected row that stays selected, calm under the hand."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QToolTip, QWidget

from widgets.tables.calm_rows import CalmRows
from widgets.tables.cell_painting import CELL_INSET, CellDelegate
from widgets.tables.fresh_cells import FreshCells
from widgets.tables.hand_watch import IDLE_MS
from widgets.tables.record_model import RecordModel
from widgets.tables.table_head import TableHead

DENSE_ROW = 24
CALM_ROW = 26
ALARM_ROW = 44


class DenseTable(CalmRows, QTableView):
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
        self.records = model
        self.setHorizontalHeader(TableHead(self))
        self.setModel(model)
        self.fresh = FreshCells(self, model)
        self.setItemDelegate(CellDelegate(model.columns, self.fresh.is_fresh, self))
        self._set_up_look(row_height)
        self._set_up_columns()
        self._watch_hand(idle_ms)
        self.horizontalHeader().sortIndicatorChanged.connect(model.sort)

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
        for number, column in enumerate(self.records.columns):
            self.setColumnWidth(number, column.width)
            if column.stretches:
                head.setSectionResizeMode(number, QHeaderView.ResizeMode.Stretch)

    def repaint_column(self, column: int) -> None:
        """Paint one column again, whose words follow the clock, and nothing else."""
        viewport = self.viewport()
        viewport.update(self.columnViewportPosition(column), 0, self.columnWidth(column), viewport.height())

    def save_columns(self) -> bytes:
        """Return order, width and visibility of the columns, to be remembered by a workspace."""
        return bytes(self.horizontalHeader().saveState().data())

    def restore_columns(self, state: bytes) -> bool:
        """Restore what `save_columns` returned; returns whether it fitted."""
        return self.horizontalHeader().restoreState(QByteArray(state))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the head: the keys go here now."""
        super().focusInEvent(event)
        self.horizontalHeader().viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the mark away."""
        super().focusOutEvent(event)
        self.horizontalHeader().viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show cut words in a tool tip."""
        if isinstance(event, QHelpEvent):
            self._show_cut_text(event)
            return True
        return super().viewportEvent(event)

    def _show_cut_text(self, event: QHelpEvent) -> None:
        index = self.indexAt(event.pos())
        text = str(index.data() or "")
        room = self.columnWidth(index.column()) - 2 * CELL_INSET if index.isValid() else 0
        is_cut = index.isValid() and self.fontMetrics().horizontalAdvance(text) > room
        QToolTip.showText(event.globalPos(), text if is_cut else "", self)
