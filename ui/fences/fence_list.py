"""The fences in force, by name: which are there, what they are for, and how many vehicles are inside."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from core.geofencing.fence import FenceKind
from core.projections.operation import Part
from ui.desk_context import DeskContext
from ui.fences.fence_words import kind_word, purpose_word
from widgets.parts.empty_state import EmptyState
from widgets.parts.key_button import KeyButton
from widgets.parts.panel import INSET, Panel
from widgets.tables.columns import Column, Kind, Record
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.icons import IconName

_TOUCHING = frozenset({Part.FENCE, Part.CROSSING})
_NEW = {FenceKind.POLYGON: "1", FenceKind.CIRCLE: "2", FenceKind.CORRIDOR: "3"}
"""The way of drawing a new fence, and its key."""


class FenceList(Panel):
    """Lists what the feed says.

    Attributes
    ----------
    table : one row a fence
    filter : what the rows are narrowed by
    new : by kind, the button that begins one
    bring_in, take_out : the files' buttons
    """

    chosen = Signal(str)
    """A fence to be opened."""
    wanted = Signal(str)
    """A new fence of this kind."""
    import_asked = Signal()
    export_asked = Signal()

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Fences"), parent=parent)
        self._context = context
        self.filter = QLineEdit()
        self.table = DenseTable(RecordModel(self._columns(), self))
        self.empty = EmptyState(
            IconName.FENCE, self.tr("No fence here"), self.tr("Draw one with the buttons below, or change the filter.")
        )
        self.new = {kind: KeyButton(kind_word(kind), key) for kind, key in _NEW.items()}
        self.bring_in = self.add_action(IconName.IMPORT, self.tr("Bring fences in from a file"))
        self.take_out = self.add_action(IconName.EXPORT, self.tr("Take fences out into a file"))
        self._lay_out()
        self.bring_in.clicked.connect(self.import_asked)
        self.take_out.clicked.connect(self.export_asked)
        self.filter.textChanged.connect(lambda _: self.show_fences())
        self.table.chosen.connect(self.chosen)
        for kind, button in self.new.items():
            button.clicked.connect(lambda _checked=False, kind=kind: self.wanted.emit(kind.value))
        context.store.replaced.connect(self.show_fences)
        context.store.changed.connect(self._follow_changes)
        self.show_fences()

    def _columns(self) -> list[Column]:
        return [
            Column("name", self.tr("Name"), Kind.KEY, stretches=True),
            Column("purpose", self.tr("Purpose"), width=88),
            Column("inside", self.tr("Inside"), Kind.NUMBER, width=66),
        ]

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 8, 0, INSET)
        column.setSpacing(8)
        self.filter.setPlaceholderText(self.tr("name or purpose"))
        self.filter.setAccessibleName(self.tr("Find a fence"))
        self.filter.setMinimumHeight(28)
        self.table.setAccessibleName(self.tr("Fences"))
        column.addLayout(_inset(self.filter))
        column.addWidget(self.table, 1)
        column.addWidget(self.empty, 1)
        column.addLayout(_inset(*self.new.values()))
        self.set_body(body)
        self.setFocusProxy(self.table)

    def _follow_changes(self, changes: frozenset[tuple[Part, str]]) -> None:
        if any(part in _TOUCHING for part, _ in changes):
            self.show_fences()

    def show_fences(self) -> None:
        """Show the fences of now that the filter lets through."""
        picture, wanted = self._context.store.operation.fences, self.filter.text().casefold().strip()
        records = [
            Record(
                fence.fence_id,
                (fence.name, purpose_word(fence.purpose), len(picture.inside.get(fence.fence_id, ()))),
            )
            for fence in sorted(picture.fences.values(), key=lambda one: one.name.casefold())
            if wanted in f"{fence.name} {purpose_word(fence.purpose)}".casefold()
        ]
        self.table.records.show_records(records)
        self.table.setVisible(bool(records))
        self.empty.setVisible(not records)
        self.set_meta(self.tr("{count} in force").format(count=len(picture.fences)))

    def choose(self, fence_id: str | None) -> None:
        """Mark the fence in hand."""
        self.table.select_key(fence_id)


def _inset(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(INSET, 0, INSET, 0)
    row.setSpacing(6)
    for part in parts:
        row.addWidget(part, 1)
    return row
