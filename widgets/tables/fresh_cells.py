"""Cells whose number just changed: marked for one second, once, and not while the table scrolls."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QTableView

from widgets.tables.columns import NUMERIC_KINDS, Cell, Record
from widgets.tables.record_model import RecordModel

FRESH_MS = 1000
_SCROLL_REST_MS = 300


class FreshCells(QObject):
    """Remembers the changed numeric cells of the rows in sight.

    Parameters
    ----------
    fresh_ms : int
        How long a cell stays marked.
    """

    def __init__(self, view: QTableView, model: RecordModel, *, fresh_ms: int = FRESH_MS) -> None:
        super().__init__(view)
        self._view, self._model, self._fresh_ms = view, model, fresh_ms
        self._fresh: set[tuple[str, int]] = set()
        self._numeric = [at for at, column in enumerate(model.columns) if column.kind in NUMERIC_KINDS]
        self._scrolling = QTimer(self, singleShot=True, interval=_SCROLL_REST_MS)
        view.verticalScrollBar().valueChanged.connect(lambda _value: self._scrolling.start())
        model.records_changed.connect(self._take)

    def is_fresh(self, key: str, column: int) -> bool:
        """Return whether a cell changed within the last second."""
        return (key, column) in self._fresh

    def _take(self, before: dict[str, Record]) -> None:
        if self._scrolling.isActive() or not self._view.isVisible():
            return
        fresh = {cell for key in before if self._is_in_sight(key) for cell in self._changed(before[key])}
        fresh -= self._fresh
        if fresh:
            self._fresh |= fresh
            QTimer.singleShot(self._fresh_ms, self, lambda: self._let_go(fresh))

    def _changed(self, before: Record) -> list[tuple[str, int]]:
        now = self._model.record(before.key)
        if now is None:
            return []
        return [(now.key, at) for at in self._numeric if self._is_worth_marking(at, before.cells[at], now.cells[at])]

    def _is_worth_marking(self, at: int, before: object, now: object) -> bool:
        """Return whether a reader would see the change and it is as large as the column asks for."""
        column = self._model.columns[at]
        if before == now or column.fresh_from is None or column.text(before) == column.text(now):
            return False
        values = [cell.value if isinstance(cell, Cell) else cell for cell in (before, now)]
        numbers = [value for value in values if isinstance(value, int | float)]
        return len(numbers) < len(values) or abs(numbers[1] - numbers[0]) >= column.fresh_from

    def _is_in_sight(self, key: str) -> bool:
        row, height = self._model.row_of(key), self._view.viewport().height()
        if row is None:
            return False
        first = self._view.indexAt(QPoint(0, 0)).row()
        last = self._view.indexAt(QPoint(0, height - 1)).row()
        return first <= row and (last < 0 or row <= last)

    def _let_go(self, cells: set[tuple[str, int]]) -> None:
        self._fresh -= cells
        self._view.viewport().update()
