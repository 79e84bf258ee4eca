"""Exceptions first: what needs a person, why, how long acting still helps, and what is proposed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from core.alarms.exceptions import ExceptionItem
from core.disruption.disruption import RecoveryId
from core.vocabulary import DriverId, ZoneId
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.names import zone_name
from ui.panels.recovery_section import SETTLED_MS, RecoverySection
from ui.selection import Kind
from ui.source_rows import source_name
from widgets.formatting import UNKNOWN, countdown, number
from widgets.parts.edge_line import EdgeLine
from widgets.parts.empty_state import EmptyState
from widgets.parts.panel import Panel
from widgets.parts.two_line_list import TwoLineList, TwoLineRow
from widgets.tables.row_order import PendingChanges
from widgets.theme.icons import IconName

_SUBJECT_INSET = 40
_PULSING = (1, 2)


class ExceptionsPanel(Panel):
    """The list of exceptions.

    Parameters
    ----------
    context : DeskContext
    watch : ExceptionWatch
        Says what there is.
    decides : bool, optional
        Whether what can be done about the selected one is shown and chosen here.
    settled_ms : int, optional
        How long new options have to stand before a key chooses one.
    """

    opened = Signal()
    """Enter or a double click on a row: its proposal is wanted."""

    def __init__(
        self,
        context: DeskContext,
        watch: ExceptionWatch,
        *,
        decides: bool = True,
        settled_ms: int = SETTLED_MS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(self.tr("Exceptions"), parent=parent)
        self._context, self._watch, self._decides = context, watch, decides
        self._only_priority: int | None = None
        self._shown: dict[str, ExceptionItem] = {}
        self.rows = TwoLineList()
        self.rows.setAccessibleName(self.tr("Exceptions"))
        self.recovery = RecoverySection(context, settled_ms=settled_ms)
        self._foot = EdgeLine(is_foot=True)
        self._empty = EmptyState(IconName.ACCEPTED, "", "")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list_page())
        self._stack.addWidget(self._empty)
        self.set_body(self._stack)
        self.setFocusProxy(self.rows)
        self._empty.pressed.connect(self.show_all)
        self.rows.chosen.connect(self._choose)
        self.rows.opened.connect(self._open)
        self.rows.installEventFilter(self)
        self.rows.records.pending_changed.connect(self._show_pending)
        watch.changed.connect(self._show_items)
        watch.raised.connect(self._pulse)
        context.selection.changed.connect(self._follow_selection)

    def _list_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(EdgeLine(self.tr("Subject and cause"), self.tr("Act within"), inset=_SUBJECT_INSET))
        column.addWidget(self.rows, 1)
        column.addWidget(self.recovery)
        column.addWidget(self._foot)
        return page

    def selected_item(self) -> ExceptionItem | None:
        """Return the exception whose row is selected."""
        key = self.rows.selected_key()
        return self._shown.get(key) if key is not None else None

    def listed_orders(self) -> list[str]:
        """Return the orders of the rows, from the top: `1` and `2` of the command line."""
        return [item.order_id for item in self._shown.values() if item.order_id]

    def show_only(self, priority: int) -> None:
        """Show only one priority; asked for again, show all."""
        self._only_priority = None if self._only_priority == priority else priority
        self._show_items()

    def show_all(self) -> None:
        """Take the filter away."""
        self._only_priority = None
        self._show_items()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes the filter away."""
        if event.key() == Qt.Key.Key_Escape and self._only_priority is not None:
            self.show_all()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Give the options of the selected exception the keys first: digits, Enter, U."""
        if watched is self.rows and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self.recovery.take_key(event, takes_enter=not self._is_decided_elsewhere())
        return super().eventFilter(watched, event)

    def _open(self, _key: str) -> None:
        if self._is_decided_elsewhere() or not self.recovery.is_offering:
            self.opened.emit()

    def _is_decided_elsewhere(self) -> bool:
        """Say whether a proposal stands for the order of the selected row: Enter is about that one."""
        item = self.selected_item()
        return item is None or item.order_id in self._context.store.operation.decisions.standing

    def _show_recovery(self) -> None:
        if self._decides:
            self.recovery.show_for(self.selected_item())

    def _show_items(self) -> None:
        items = [item for item in self._watch.items if self._only_priority in (None, item.priority)]
        self._shown = {item.key: item for item in items}
        self._show_meta(len(items))
        self._stack.setCurrentIndex(0 if items else 1)
        if not items:
            self._show_empty()
        self.rows.show_rows([self._row(item) for item in items])
        self._follow_selection()
        self._show_recovery()
        self._foot.show_words(self._on_track_words())

    def _row(self, item: ExceptionItem) -> TwoLineRow:
        say = self._context.say
        return TwoLineRow(
            item.key,
            item.priority,
            self._subject(item),
            say(item.finding),
            say(item.cause),
            UNKNOWN if item.act_within_s is None else countdown(_calm(item.act_within_s)),
            say(item.proposal) if item.proposal is not None else self.tr("Watch"),
            acknowledged=item.is_acknowledged,
        )

    def _subject(self, item: ExceptionItem) -> str:
        match item.subject_kind:
            case "zone":
                return zone_name(self._context.store.operation, ZoneId(item.subject_id))
            case "driver":
                return DriverId(item.subject_id)
            case "source":
                return source_name(item.subject_id)
            case "review":
                return self._about(item)[1]
            case _:
                return item.subject_id

    def _show_meta(self, shown: int) -> None:
        total = len(self._watch.items)
        if not total:
            self.set_meta(self.tr("none"))
        elif self._only_priority is not None:
            self.set_meta(
                self.tr("{shown} of {total} · priority {number} only").format(
                    shown=shown, total=total, number=self._only_priority
                )
            )
        else:
            unseen = sum(not item.is_acknowledged for item in self._watch.items)
            self.set_meta(self.tr("{total} open · {unseen} new").format(total=total, unseen=unseen))

    def _show_empty(self) -> None:
        if self._only_priority is not None:
            self._empty.show_state(
                IconName.FILTER,
                self.tr("Nothing of priority {number}").format(number=self._only_priority),
                self.tr("The filter hides {count} exceptions.").format(count=len(self._watch.items)),
                command=self.tr("Show all"),
                key="Esc",
            )
        else:
            self._empty.show_state(IconName.ACCEPTED, self.tr("Nothing needs you"), self._on_track_words() + ".")

    def _on_track_words(self) -> str:
        troubled = {item.order_id for item in self._watch.items if item.order_id}
        on_track = len(self._context.store.operation.orders.open_ids - troubled)
        words = self.tr("1 order on track") if on_track == 1 else self.tr("{count} orders on track")
        return words.format(count=number(on_track))

    def _show_pending(self, pending: PendingChanges) -> None:
        self.title_bar.meta.setToolTip("")
        if pending:
            self._foot.show_words(self._on_track_words(), self.tr("New order waits: Home"))
        else:
            self._foot.show_words(self._on_track_words())

    def _choose(self, key: str) -> None:
        item = self._shown.get(key)
        if item is None:
            return
        if item.subject_kind == "order" and item.order_id:
            self._context.selection.select(Kind.ORDER, item.order_id)
        elif item.subject_kind in ("driver", "zone"):
            self._context.selection.select(item.subject_kind, item.subject_id)
        elif item.subject_kind == "review":
            self._context.selection.select(*self._about(item))
        self._show_recovery()

    def _about(self, item: ExceptionItem) -> tuple[str, str]:
        """Return kind and id of what a row is about; a review is about what is wrong."""
        recoveries = self._context.store.operation.disruptions.recoveries
        reviewed = recoveries.get(RecoveryId(item.subject_id)) if item.subject_kind == "review" else None
        if reviewed is None:
            return item.subject_kind, item.subject_id
        return reviewed.subject_kind.value, reviewed.subject_id

    def _follow_selection(self) -> None:
        """Mark the row of what is selected elsewhere; a row of it that is marked already stays."""
        selected = self._context.selection.current
        current = self.selected_item()
        if selected is None:
            return
        wanted = (selected.kind.value, selected.id)
        if current is not None and self._about(current) == wanted:
            return
        key = next((key for key, item in self._shown.items() if self._about(item) == wanted), None)
        self.rows.select_key(key)
        self._show_recovery()

    def _pulse(self, keys: list[str]) -> None:
        for key in keys:
            item = self._shown.get(key)
            if item is not None and item.priority in _PULSING:
                self.rows.pulse(key)


def _calm(seconds: float) -> float:
    """Count per second below a minute, per 10 s after, as ages do."""
    return seconds if seconds < 60 else seconds // 10 * 10
