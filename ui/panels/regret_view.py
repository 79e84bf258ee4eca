"""What the other choice would have come to: every override with its estimate, and together by what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.dispatch.changes import closes_for_s
from core.dispatch.override_ledger import LedgerEntry, summarised
from core.dispatch.regret import Interval
from ui.desk_context import DeskContext
from ui.names import driver_label
from ui.panels.regret_words import cause_word, minutes_between, money_between
from ui.phrasebook import reason_word
from widgets.formatting import clock_time, day, number
from widgets.parts.text_label import TextLabel
from widgets.tables.columns import Cell, Column, Kind, Record
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel


class RegretView(QWidget):
    """Estimates of regret.

    Attributes
    ----------
    summary, table : one row a reason, person or zone, and one row an override
    """

    opened = Signal(str)
    """Enter or a double click on an override: its id."""

    def __init__(self, context: DeskContext) -> None:
        super().__init__()
        self._context = context
        self.summary = DenseTable(RecordModel(self._summary_columns(), self))
        self.table = DenseTable(RecordModel(self._columns(), self))
        self.summary.setAccessibleName(self.tr("Regret counted together"))
        self.table.setAccessibleName(self.tr("Regret of each override, newest first"))
        self.note = TextLabel(
            self.tr(
                "An estimate: once the orders have ended, the state of that moment is played on with either choice, "
                "against the orders that really came. Minus: overriding did better."
            ),
            px=12,
            ink="ink2",
        )
        self.supposed = TextLabel(
            self.tr(
                "Where a place was closed, the other choice is to leave it open, supposing that it could have been "
                "driven into. What it was closed for, such as a flood, is not in the model."
            ),
            px=12,
            ink="ink2",
        )
        self.supposed.setWordWrap(True)
        self.note.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.note)
        column.addWidget(self.supposed)
        column.addWidget(self.summary, 2)
        column.addWidget(self.table, 5)
        self.table.opened.connect(self.opened)

    def show_entries(self, entries: Sequence[LedgerEntry], name_of: Callable[[LedgerEntry], str]) -> None:
        """Show the estimates of `entries`, and their means by what `name_of` tells apart."""
        self.table.records.show_records([self._record(entry) for entry in entries])
        self.supposed.setVisible(any(_closes(entry) for entry in entries))
        city = self._context.city
        self.summary.records.show_records(
            [
                Record(
                    row.name,
                    (
                        *(row.name, row.overrides, row.estimated),
                        Cell(row.better, words=self._better(row.better, row.estimated)),
                        _cell(row.regret_late, minutes_between(row.regret_late)),
                        _cell(row.regret_waited, minutes_between(row.regret_waited)),
                        _cell(row.regret_money, money_between(row.regret_money, city)),
                    ),
                )
                for row in summarised(entries, name_of)
            ]
        )

    def _better(self, better: int, estimated: int) -> str:
        return self.tr("{better} of {estimated}").format(better=better, estimated=estimated) if estimated else ""

    def _summary_columns(self) -> list[Column]:
        minutes, code = self.tr("min"), self._context.city.currency
        return [
            Column("name", self.tr("What"), stretches=True),
            Column("overrides", self.tr("Overrides"), Kind.NUMBER, width=96),
            Column("estimated", self.tr("Estimated"), Kind.NUMBER, width=96),
            Column("better", self.tr("Did better"), width=110),
            Column("late", self.tr("Late, mean"), unit=minutes, width=210),
            Column("waited", self.tr("Customers wait, mean"), unit=minutes, width=230),
            Column("money", self.tr("Money, mean"), unit=code, width=240),
        ]

    def _columns(self) -> list[Column]:
        minutes, code = self.tr("min"), self._context.city.currency
        return [
            Column("time", self.tr("Decided"), Kind.TIME, width=120, write=self._time),
            Column("order", self.tr("Order"), Kind.KEY, width=90),
            Column("driver", self.tr("To"), width=160),
            Column("recommended", self.tr("Recommended"), width=160),
            Column("reason", self.tr("Reason"), stretches=True),
            Column("came", self.tr("Came late"), Kind.NUMBER, unit=minutes, width=112, decimals=1),
            Column("played", self.tr("Played late"), unit=minutes, width=120),
            Column("waited", self.tr("Customers wait"), unit=minutes, width=210),
            Column("money", self.tr("Money"), unit=code, width=220),
            Column("better", self.tr("Did better"), width=112),
        ]

    def _record(self, entry: LedgerEntry) -> Record:
        override, operation, regret = entry.override, self._context.store.operation, entry.regret
        waited, money = (None, None) if regret is None else (regret.waited, regret.money)
        return Record(
            override.override_id,
            (
                override.decided_at,
                override.order_id,
                self.tr("closed") if _closes(entry) else driver_label(operation, override.driver_id),
                self._other(entry),
                reason_word(override.reason),
                entry.realised.late_minutes if entry.realised.is_final else None,
                self._played(entry),
                _cell(waited, minutes_between(waited)),
                _cell(money, money_between(money, self._context.city)),
                self._verdict(entry),
            ),
        )

    def _other(self, entry: LedgerEntry) -> str:
        """Return what the other choice was."""
        recommended = entry.override.recommended_driver_id
        if _closes(entry):
            return self.tr("left open, if passable")
        return self.tr("nobody") if recommended is None else driver_label(self._context.store.operation, recommended)

    def _played(self, entry: LedgerEntry) -> Cell:
        """Return how late the play came out with the override, and with the recommendation."""
        regret = entry.regret
        if regret is None:
            return Cell(None, words=self._without(entry), ink="ink3")
        words = self.tr("{chosen}, other {other}")
        chosen, other = regret.chosen.late_minutes, regret.recommended.late_minutes
        return Cell(chosen, words=words.format(chosen=number(chosen, 1), other=number(other, 1)))

    def _without(self, entry: LedgerEntry) -> str:
        if entry.override.undone_at is not None:
            return self.tr("taken back")
        return self.tr("not yet") if entry.regret_open is None else cause_word(entry.regret_open)

    def _verdict(self, entry: LedgerEntry) -> Cell:
        if entry.regret is None:
            return Cell(None, words="")
        share, draws = entry.regret.better_share, entry.regret.draws
        words = self.tr("{times} of {draws} draws").format(times=round(share * draws), draws=draws)
        return Cell(share, words=words, ink="" if share >= 0.5 else "p1")

    def _time(self, at: object) -> str:
        assert isinstance(at, float), "the column of times holds instants"
        zone = self._context.zone
        return f"{day(at, zone)} {clock_time(at, zone)}"


def _closes(entry: LedgerEntry) -> bool:
    return closes_for_s(entry.override.change) is not None


def _cell(interval: Interval | None, words: str) -> Cell:
    return Cell(None if interval is None else interval.mean, words=words)
