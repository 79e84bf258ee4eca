"""The audit list: who decided what and why, newest first, with the size and root of the tree that holds it."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.pending_operation import PendingOperation
from core.events.envelope import Envelope
from core.operations import AuditEntries
from core.projections.operation import Part
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.panels.audit_words import audited_words, who
from ui.selection import Selected
from widgets.formatting import clock_time, number
from widgets.parts.edge_line import EdgeLine
from widgets.parts.empty_state import EmptyState
from widgets.parts.loading_blocks import LoadingBlocks
from widgets.parts.panel import Panel
from widgets.tables.columns import Column, Kind, Record
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.icons import IconName

PAGE = 100
_ASK_AGAIN_MS = 1000
_ROOT_DIGITS = 12
_AUDITED = frozenset({Part.ORDER, Part.RECOMMENDATION, Part.OVERRIDE, Part.ACKNOWLEDGEMENT, Part.ZONES, Part.FENCE})


class AuditPanel(Panel):
    """Pages through the audited entries; asks for the newest again when something was decided, while it is seen."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Audit"), parent=parent)
        self._context = context
        self._records: dict[int, Record] = {}
        self._selectable: dict[str, Selected] = {}
        self._asking: PendingOperation | None = None
        self._is_touched = False
        self._model = RecordModel(self._columns(), self)
        self.table = DenseTable(self._model)
        self.table.setAccessibleName(self.tr("Audited decisions"))
        self.foot = EdgeLine(is_foot=True)
        self.empty = EmptyState(IconName.VERIFIED, "", "")
        self._loading = LoadingBlocks([0.1, 0.2, 0.3, 0.4], row_height=24)
        self._pages = QStackedWidget()
        self._again = QTimer(self, interval=_ASK_AGAIN_MS, singleShot=True)
        self._set_up_body()
        self._listen()

    def _columns(self) -> list[Column]:
        return [
            Column("index", self.tr("No."), Kind.NUMBER, width=72),
            Column("time", self.tr("Time"), Kind.TIME, width=84),
            Column("who", self.tr("Who"), width=160),
            Column("what", self.tr("What"), width=270),
            Column("subject", self.tr("Subject"), Kind.KEY, width=110),
            Column("why", self.tr("Reason, note"), stretches=True),
        ]

    def _set_up_body(self) -> None:
        for page in (self._loading, self.table, self.empty):
            self._pages.addWidget(page)
        self.table.horizontalHeader().setSectionsClickable(False)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(self.foot)
        self.set_body(body)
        self.set_meta(self.tr("newest first"))
        self.setFocusProxy(self.table)

    def _listen(self) -> None:
        store = self._context.store
        store.changed.connect(self._follow_changes)
        store.replaced.connect(self._start_over)
        self._again.timeout.connect(self._ask_newest)
        self.table.verticalScrollBar().valueChanged.connect(self._ask_older_at_end)
        self.table.chosen.connect(self._select)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the newest when it comes into sight."""
        super().showEvent(event)
        self._ask_newest()

    # --- what is asked -----------------------------------------------------------------------------------------------

    def _follow_changes(self, changes: frozenset[tuple[Part, str]]) -> None:
        if not any(part in _AUDITED for part, _ in changes):
            return
        self._is_touched = True
        if self.isVisible() and self._asking is None and not self._again.isActive():
            self._again.start()

    def _start_over(self) -> None:
        """Another state may come from another log: nothing of the old list holds."""
        self._records.clear()
        self._asking = None
        if self.isVisible():
            self._ask_newest()

    def _ask_newest(self) -> None:
        if self._asking is None and self.isVisible():
            self._is_touched = False
            self._ask(None)

    def _ask_older_at_end(self, value: int) -> None:
        bar, oldest = self.table.verticalScrollBar(), min(self._records, default=0)
        if self._asking is None and oldest > 0 and bar.maximum() > 0 and value >= bar.maximum():
            self._ask(oldest)

    def _ask(self, before: int | None) -> None:
        pending = self._context.operations.audit_page(before, PAGE)
        self._asking = pending
        pending.finished.connect(lambda result: self._answered(pending, cast(AuditEntries, result)))
        pending.refused.connect(lambda problem: self._not_answered(pending, cast(Problem, problem)))

    def _answered(self, pending: PendingOperation, page: AuditEntries) -> None:
        if pending is not self._asking:
            return
        self._asking = None
        self._take_in(page)
        self._show_entries()
        self._show_tree(page)
        if self._is_touched and self.isVisible():
            self._again.start()

    def _not_answered(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is self._asking:
            self._asking = None
            self.foot.show_words(self.tr("Not loaded: {sentence}").format(sentence=problem.detail or problem.code))

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _take_in(self, page: AuditEntries) -> None:
        """Add a page; what is older than a gap before it is dropped, and read again by scrolling."""
        indexes = [index for index, _ in page.entries]
        if indexes and self._records and min(indexes) > max(self._records) + 1:
            self._records.clear()
        for index, envelope in page.entries:
            if index not in self._records:
                self._records[index] = self._record(index, envelope)

    def _record(self, index: int, envelope: Envelope) -> Record:
        said, key = audited_words(self._context, envelope), str(index)
        if said.selectable is not None:
            self._selectable[key] = said.selectable
        time = clock_time(envelope.occurred_at, self._context.zone, seconds=True)
        return Record(key, (index, time, who(envelope.actor), said.what, said.subject, said.why))

    def _show_entries(self) -> None:
        self._model.show_records(self._records[index] for index in sorted(self._records, reverse=True))
        if self._records:
            self._pages.setCurrentWidget(self.table)
        else:
            detail = self.tr("Decisions, overrides and sign-ins are listed here as they happen.")
            self.empty.show_state(IconName.VERIFIED, self.tr("Nothing was decided yet"), detail)
            self._pages.setCurrentWidget(self.empty)

    def _show_tree(self, page: AuditEntries) -> None:
        words = self.tr("{count} entries in the tree · root {root}")
        signed = clock_time(page.signed_at, self._context.zone, seconds=True)
        self.foot.show_words(
            words.format(count=number(page.tree_size), root=page.root_hex[:_ROOT_DIGITS]),
            self.tr("signed {time}").format(time=signed) if page.signed_at is not None else self.tr("not signed yet"),
        )

    def _select(self, key: str) -> None:
        selected = self._selectable.get(key)
        if selected is not None:
            self._context.selection.select(selected.kind, selected.id)
