"""A table model fed with records: diffed by key, ordered in numpy, calm while a hand is in the view.

Fed records are compared with those shown. Changed cells are told at once; new, moved and gone rows are
held back while `hold` is on and counted instead. A gone row stays in its place, marked, until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from widgets.tables.columns import Column, Record, column_numbers
from widgets.tables.row_order import PendingChanges, SortRanks, SortValue, pending_changes

type Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class RecordRole(IntEnum):
    """Roles beside Qt's own."""

    CELL = Qt.ItemDataRole.UserRole + 1
    KEY = Qt.ItemDataRole.UserRole + 2
    GONE = Qt.ItemDataRole.UserRole + 3


class RecordModel(QAbstractTableModel):
    """Records in declared columns.

    Parameters
    ----------
    columns : sequence of Column
        Keys must differ.
    """

    pending_changed = Signal(object)
    """PendingChanges that wait for the hand to leave."""

    records_changed = Signal(dict)
    """Shown records that changed, by key, as they were before."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._numbers = column_numbers(self.columns)
        self._wanted: dict[str, Record] = {}
        self._shown: dict[str, Record] = {}
        self._keys: list[str] = []
        self._places: dict[str, int] = {}
        self._sort: tuple[int, bool] | None = None
        self._ranks: SortRanks | None = None
        self._held = False
        self._pending = PendingChanges()

    # What is fed

    def show_records(self, records: Iterable[Record]) -> None:
        """Show exactly these records; without a sort column in the order given."""
        before, self._wanted = self._wanted, {record.key: record for record in records}
        if list(before) == list(self._wanted):
            touched = [record for record in self._wanted.values() if record is not before[record.key]]
            self._rank(touched)
        else:
            touched = list(self._wanted.values())
            self._ranks = None
        self._refresh(touched)

    def change_records(self, changed: Iterable[Record], removed: Iterable[str] = ()) -> None:
        """Put in or replace some records and take some out, leaving the others."""
        touched = list(changed)
        for key in removed:
            self._ranks = None
            self._wanted.pop(key, None)
        self._wanted.update((record.key, record) for record in touched)
        self._rank(touched)
        self._refresh(touched)

    def hold(self, held: bool) -> None:
        """Hold rows in their places, or let them go where they belong."""
        if held == self._held:
            return
        self._held = held
        if not held:
            self.apply_pending()

    def apply_pending(self) -> None:
        """Apply what was held back, at once."""
        self._arrange(self._wanted_keys())
        self._tell_pending(PendingChanges())

    @property
    def pending(self) -> PendingChanges:
        """What is held back."""
        return self._pending

    # What is asked

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Return the number of rows shown."""
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Return the number of declared columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, alignment, cell, key or whether the row is gone."""
        if not index.isValid():
            return None
        key, column = self._keys[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(self._shown[key].cells[index.column()])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.alignment
        if role == RecordRole.CELL:
            return self._shown[key].cells[index.column()]
        if role == RecordRole.KEY:
            return key
        return key not in self._wanted if role == RecordRole.GONE else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a head with its unit, aligned as its column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.head_text
        return column.alignment if role == Qt.ItemDataRole.TextAlignmentRole else None

    def key_at(self, row: int) -> str:
        """Return the key of a row."""
        return self._keys[row]

    def row_of(self, key: str) -> int | None:
        """Return where a key stands, or None if it is not shown."""
        return self._places.get(key)

    def record(self, key: str) -> Record | None:
        """Return the shown record of a key."""
        return self._shown.get(key)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column at once: a person asked for it. Column −1 returns to the order given."""
        self._sort = None if column < 0 else (column, order is Qt.SortOrder.DescendingOrder)
        self._ranks = None
        self.apply_pending()

    # How it is brought together

    def _refresh(self, touched: list[Record]) -> None:
        changed = self._take_changed_cells(touched)
        wanted = self._wanted_keys()
        if wanted == self._keys:
            self._tell_pending(PendingChanges())
        elif self._held:
            self._tell_pending(pending_changes(self._keys, wanted))
        else:
            self._arrange(wanted)
            self._tell_pending(PendingChanges())
        self._tell_changed(changed)

    def _take_changed_cells(self, touched: list[Record]) -> dict[str, Record]:
        """Take over the contents of rows already shown; return what they held before."""
        changed = {}
        for record in touched:
            shown = self._shown.get(record.key)
            if shown is not None and shown != record:
                changed[record.key] = shown
                self._shown[record.key] = record
        return changed

    def _wanted_keys(self) -> list[str]:
        if self._sort is None:
            return list(self._wanted)
        number, descending = self._sort
        if self._ranks is None:
            values = (self._sort_value(number, record) for record in self._wanted.values())
            self._ranks = SortRanks(self._wanted, values)
        return self._ranks.ordered_keys(descending=descending)

    def _rank(self, touched: list[Record]) -> None:
        if self._sort is None or self._ranks is None:
            return
        for record in touched:
            self._ranks.put(record.key, self._sort_value(self._sort[0], record))

    def _sort_value(self, number: int, record: Record) -> SortValue:
        return self.columns[number].sort_value(record.cells[number])

    def _arrange(self, wanted: list[str]) -> None:
        """Take gone rows out, put new ones at the end, then everything where it belongs."""
        gone = list(self._shown.keys() - self._wanted.keys())
        if gone:
            self._reorder([key for key in self._keys if key in self._wanted] + gone)
            first = len(self._keys) - len(gone)
            self.beginRemoveRows(QModelIndex(), first, len(self._keys) - 1)
            self._set_keys(self._keys[:first])
            for key in gone:
                del self._shown[key]
            self.endRemoveRows()
        arriving = self._wanted.keys() - self._shown.keys()
        new = [key for key in wanted if key in arriving] if arriving else []
        if new:
            self.beginInsertRows(QModelIndex(), len(self._keys), len(self._keys) + len(new) - 1)
            self._shown.update((key, self._wanted[key]) for key in new)
            self._set_keys(self._keys + new)
            self.endInsertRows()
        self._reorder(wanted)

    def _reorder(self, keys: list[str]) -> None:
        if keys == self._keys:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        held = [(self._keys[index.row()], index.column()) for index in before]
        self._set_keys(keys)
        after = [self.index(self._places[key], column) for key, column in held]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _set_keys(self, keys: list[str]) -> None:
        self._keys = keys
        self._places = {key: row for row, key in enumerate(keys)}

    def _tell_changed(self, before: dict[str, Record]) -> None:
        """Tell changed rows as few ranges, neighbours together, and what they held before."""
        rows = [self._places[key] for key in before if key in self._places]
        if not rows:
            return
        places = np.unique(np.array(rows))
        first, last = self._changed_columns(before)
        for run in np.split(places, np.flatnonzero(np.diff(places) > 1) + 1):
            self.dataChanged.emit(self.index(int(run[0]), first), self.index(int(run[-1]), last))
        self.records_changed.emit(before)

    def _changed_columns(self, before: dict[str, Record]) -> tuple[int, int]:
        """Return the first and last column in which anything changed: the others need no paint."""
        changed = [
            column
            for column in range(len(self.columns))
            if any(self._shown[key].cells[column] != record.cells[column] for key, record in before.items())
        ]
        return changed[0], changed[-1]

    def _tell_pending(self, pending: PendingChanges) -> None:
        if pending != self._pending:
            self._pending = pending
            self.pending_changed.emit(pending)
