"""How overrides turned out, over the desk: one by one, or together by reason, person or zone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.dispatch.changes import kind_of
from core.dispatch.decision import Override
from core.dispatch.override_ledger import LedgerEntry, ledger, summarised
from core.vocabulary import OrderId
from ui.desk_context import DeskContext
from ui.names import driver_label, place_closed_by, zone_name
from ui.panels.proposals_view import ProposalsView
from ui.panels.regret_view import RegretView
from ui.phrasebook import change_word, reason_word
from widgets.formatting import clock_time, day, number, signed
from widgets.parts.chip_group import ChipGroup
from widgets.parts.empty_state import EmptyState
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import TextLabel
from widgets.tables.columns import Cell, Column, Kind, Record
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.icons import IconName


class OverrideLedgerSheet(ModalSheet):
    """The ledger as it stands when it is opened.

    Attributes
    ----------
    view : outcomes, regret, or proposals
    table, summary : one row an override, and one row a reason, person or zone
    by : what the summary counts together
    regret, proposals : the other two views
    """

    order_chosen = Signal(str)
    """Enter or a double click on an override: its order."""

    def __init__(self, over: QWidget, context: DeskContext) -> None:
        super().__init__(over, "", width=1480, height=820)
        self.view = ChipGroup()
        self._context = context
        self._entries: list[LedgerEntry] = []
        self.table = DenseTable(RecordModel(self._columns(), self))
        self.summary = DenseTable(RecordModel(self._summary_columns(), self))
        self.by = ChipGroup()
        self.regret = RegretView(context)
        self.proposals = ProposalsView(context)
        self.empty = EmptyState(
            IconName.HAND, self.tr("No overrides yet"), self.tr("What people decide otherwise is listed here.")
        )
        self._lay_out()
        self.view.changed.connect(lambda _: self._show_view())
        self.by.changed.connect(lambda _: self._show_summary())
        for listed in (self.table, self.regret):
            listed.opened.connect(self._open)

    def open_sheet(self) -> None:
        """Show the ledger as it stands now."""
        operation = self._context.store.operation
        self._entries = ledger(operation.decisions.overrides.values(), operation.orders.orders, operation.regrets)
        self.table.records.show_records([self._record(entry) for entry in self._entries])
        self.proposals.show_proposals()
        count = len(operation.proposals.open_records())
        proposals = self.tr("Proposals, {count} open").format(count=count) if count else self.tr("Proposals")
        self.view.set_words("proposals", proposals)
        self._show_summary()
        self._show_view()
        super().open_sheet()
        self._first().setFocus()

    def _show_view(self) -> None:
        chosen, has_any = self._chosen_view(), bool(self._entries)
        self.set_words(self.tr("Overrides and how they turned out"), self._words_of(chosen))
        self._counted.setVisible(chosen != "proposals" and has_any)
        self._outcomes.setVisible(chosen == "outcomes" and has_any)
        self.regret.setVisible(chosen == "regret" and has_any)
        self.proposals.setVisible(chosen == "proposals")
        self.empty.setVisible(chosen != "proposals" and not has_any)

    def _words_of(self, view: str) -> str:
        return {
            "regret": self.tr("What the other choice would have come to, by an estimate; what really came beside it."),
            "proposals": self.tr("What overrides speak for. Nothing of it holds before a supervisor accepts it."),
        }.get(
            view,
            self.tr("Late minutes over all orders of the plans put in force. It says what happened, not whose doing."),
        )

    def _chosen_view(self) -> str:
        return str((self.view.chosen() or ["outcomes"])[0])

    def _first(self) -> QWidget:
        """Return what is worked with first in the view that is shown."""
        if self._chosen_view() == "proposals":
            return self.proposals.table
        if not self._entries:
            return self.empty
        return self.table if self._chosen_view() == "outcomes" else self.regret.table

    def _lay_out(self) -> None:
        self.by.set_chips(
            [("reason", self.tr("Reason")), ("person", self.tr("Person")), ("zone", self.tr("Zone of the order"))]
        )
        self.by.choose(["reason"])
        self.by.setAccessibleName(self.tr("Counted by"))
        self.table.setAccessibleName(self.tr("Overrides, newest first"))
        self.summary.setAccessibleName(self.tr("Overrides counted together"))
        self.view.set_chips(
            [("outcomes", self.tr("Outcomes")), ("regret", self.tr("Regret")), ("proposals", self.tr("Proposals"))]
        )
        self.view.choose(["outcomes"])
        self.view.setAccessibleName(self.tr("What is shown"))
        self._counted = _row(TextLabel(self.tr("Counted by"), ink="ink2"), self.by)
        self._outcomes = QWidget()
        column = QVBoxLayout(self._outcomes)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.summary, 2)
        column.addWidget(self.table, 5)
        head = _row(self.view, self._counted)
        self.body.addWidget(head)
        for part in (self._outcomes, self.regret, self.proposals, self.empty):
            self.body.addWidget(part, 1)

    def _columns(self) -> list[Column]:
        minutes = self.tr("min")
        return [
            Column("time", self.tr("Decided"), Kind.TIME, width=120, write=self._time),
            Column("order", self.tr("Order"), Kind.KEY, width=90),
            Column("change", self.tr("Change"), width=120),
            Column("driver", self.tr("To"), width=160),
            Column("recommended", self.tr("Recommended"), width=160),
            Column("who", self.tr("Who"), width=90),
            Column("reason", self.tr("Reason, note"), stretches=True),
            Column("expected", self.tr("Expected"), Kind.NUMBER, unit=minutes, width=108, decimals=1),
            Column("otherwise", self.tr("Otherwise"), Kind.NUMBER, unit=minutes, width=104, decimals=1),
            Column("realised", self.tr("Came"), width=120),
            Column("surprise", self.tr("Surprise"), Kind.SIGNED, unit=minutes, width=104, decimals=1),
            Column("within", self.tr("In times shown"), width=112),
        ]

    def _summary_columns(self) -> list[Column]:
        minutes = self.tr("min")
        return [
            Column("name", self.tr("What"), stretches=True),
            Column("overrides", self.tr("Overrides"), Kind.NUMBER, width=96),
            Column("undone", self.tr("Taken back"), Kind.NUMBER, width=96),
            Column("final", self.tr("Ended"), Kind.NUMBER, width=80),
            Column("expected", self.tr("Expected"), Kind.NUMBER, unit=minutes, width=110, decimals=1),
            Column("otherwise", self.tr("Otherwise"), Kind.NUMBER, unit=minutes, width=110, decimals=1),
            Column("realised", self.tr("Came"), Kind.NUMBER, unit=minutes, width=110, decimals=1),
            Column("broken", self.tr("Promises broken"), Kind.NUMBER, width=130),
            Column("within", self.tr("In times shown"), width=130),
        ]

    def _record(self, entry: LedgerEntry) -> Record:
        override, operation = entry.override, self._context.store.operation
        recommended = override.recommended_driver_id
        why = " · ".join(filter(None, (reason_word(override.reason), override.note)))
        return Record(
            override.override_id,
            (
                override.decided_at,
                _about(override),
                change_word(kind_of(override.change)),
                self._whom(override),
                self.tr("nobody") if recommended is None else driver_label(operation, recommended),
                self.tr("by itself") if override.is_automatic else override.decided_by,
                why,
                entry.expected_late,
                entry.recommended_late,
                self._came(entry),
                self._surprise(entry),
                self._within(entry.realised.within, entry.realised.reached),
            ),
        )

    def _whom(self, override: Override) -> str:
        """Return who got the order or lost it, or what was closed."""
        operation = self._context.store.operation
        if override.driver_id:
            return driver_label(operation, override.driver_id)
        return place_closed_by(operation, override.change) or self.tr("nobody")

    def _came(self, entry: LedgerEntry) -> Cell:
        if entry.override.undone_at is not None:
            return Cell(None, words=self.tr("taken back"), ink="ink3")
        realised = entry.realised
        if realised.is_final:
            return Cell(
                realised.late_minutes, words=self.tr("{late} min").format(late=number(realised.late_minutes, 1))
            )
        words = self.tr("{ended} of {touched} ended").format(ended=realised.ended, touched=realised.touched)
        return Cell(None, words=words, ink="ink3")

    def _within(self, within: int, reached: int) -> Cell:
        """Return how many of the customers reached came in the times that the preview showed."""
        if not reached:
            return Cell(None)
        words = self.tr("{within} of {reached}").format(within=number(within), reached=number(reached))
        return Cell(within / reached, words=words)

    def _surprise(self, entry: LedgerEntry) -> Cell:
        surprise = entry.surprise
        ink = "p1" if surprise is not None and surprise >= 1.0 else ""
        return Cell(surprise, words="" if surprise is None else signed(surprise, 1), ink=ink)

    def _time(self, at: object) -> str:
        assert isinstance(at, float), "the column of times holds instants"
        zone = self._context.zone
        return f"{day(at, zone)} {clock_time(at, zone)}"

    def _show_summary(self) -> None:
        names: dict[str, Callable[[LedgerEntry], str]] = {
            "reason": lambda entry: reason_word(entry.override.reason),
            "person": lambda entry: entry.override.decided_by,
            "zone": self._zone,
        }
        name_of = names[(self.by.chosen() or ["reason"])[0]]
        self.regret.show_entries(self._entries, name_of)
        rows = summarised(self._entries, name_of)
        self.summary.records.show_records(
            [
                Record(
                    row.name,
                    (
                        *(row.name, row.overrides, row.undone, row.final),
                        *(row.expected_late, row.recommended_late, row.realised_late, row.broken),
                        self._within(row.within, row.reached),
                    ),
                )
                for row in rows
            ]
        )

    def _zone(self, entry: LedgerEntry) -> str:
        operation = self._context.store.operation
        order = operation.orders.orders.get(entry.override.order_id)
        return zone_name(operation, None if order is None else order.zone_id)

    def _open(self, key: str) -> None:
        order_id = next((e.override.order_id for e in self._entries if e.override.override_id == key), OrderId(""))
        self.close_sheet()
        self.order_chosen.emit(order_id)


def _about(override: Override) -> str:
    """Return its order, and how many more it is about."""
    more = len(override.order_ids) - 1
    return override.order_id if more < 1 else f"{override.order_id} +{more}"


def _row(*parts: QWidget) -> QWidget:
    """Return the parts beside each other, at the left."""
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(10)
    for part in parts:
        line.addWidget(part)
    line.addStretch(1)
    return made
