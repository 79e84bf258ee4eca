"""How forecasts of arrivals came out: the coverage panel, for all and by horizon, hour and zone, beside plain ones."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.pending_operation import PendingOperation
from core.eta.coverage import CoverageReport, CoverageSlice
from core.wire import Problem
from ui import coverage_words as words
from ui.desk_context import DeskContext
from widgets.formatting import clock_time, duration, number, share
from widgets.marks.coverage_mark import Held, paint_held
from widgets.parts.chip_group import ChipGroup
from widgets.parts.empty_state import EmptyState
from widgets.parts.fact_grid import Fact, FactStrip
from widgets.parts.loading_blocks import LoadingBlocks
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import TextLabel
from widgets.tables.columns import Cell, Column, Kind, Record
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.icons import IconName

_ASK_AGAIN_MS = 15_000


class CoverageSheet(ModalSheet):
    """Asks the service when it is opened and every 15 s while it stands open.

    Attributes
    ----------
    facts : the figures over all
    table : one row a slice
    by : which slices are listed
    """

    def __init__(self, over: QWidget, context: DeskContext) -> None:
        super().__init__(over, "", width=1320, height=820)
        self._context = context
        self._report: CoverageReport | None = None
        self._asking: PendingOperation | None = None
        self.facts = FactStrip()
        self.by = ChipGroup()
        self.table = DenseTable(RecordModel(self._columns(), self))
        self.empty = EmptyState(IconName.FORECAST, "", "")
        self._loading = LoadingBlocks([0.3, 0.1, 0.2, 0.1])
        self._note = TextLabel(px=12, ink="ink2")
        self._pages = QStackedWidget()
        self._lay_out()
        self._again = QTimer(self, interval=_ASK_AGAIN_MS)
        self._again.timeout.connect(self._ask)
        self.closed.connect(self._again.stop)
        self.by.changed.connect(lambda _: self._show_slices())

    def open_sheet(self) -> None:
        """Show how forecasts came out so far."""
        if self._report is None:
            self._pages.setCurrentWidget(self._loading)
            self._say_scope("")
        self._ask()
        self._again.start()
        super().open_sheet()
        self.table.setFocus()

    def _lay_out(self) -> None:
        chips = [("", self.tr("Everything"))]
        chips += [(name, words.dimension_word(name)) for name in ("horizon", "hour", "zone")]
        self.by.set_chips(chips)
        self.by.choose([""])
        self.by.setAccessibleName(self.tr("Listed by"))
        self.table.setAccessibleName(self.tr("Coverage by slice"))
        figures = QWidget()
        column = QVBoxLayout(figures)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for part in (self.facts, self.by):
            column.addWidget(part)
        column.addWidget(self.table, 1)
        column.addWidget(self._note)
        self._note.setText(
            self.tr(
                "Goal: the 80 % interval holds in {all} of all, in {slice} of a slice of 500 forecasts and more. "
                "(1) 0.6 of present and 0.4 of usual speed, (2) street engine alone, (3) usual speed of the hour."
            ).format(all=words.goal_words("all"), slice=words.goal_words("zone"))
        )
        self._note.setWordWrap(True)
        self._figures = figures
        for page in (figures, self.empty, self._loading):
            self._pages.addWidget(page)
        self.body.addWidget(self._pages, 1)

    def _columns(self) -> list[Column]:
        seconds, percent = self.tr("s"), "%"
        return [
            Column("by", self.tr("By"), width=92, fresh_from=None),
            Column("slice", self.tr("Slice"), Kind.KEY, stretches=True),
            Column("n", self.tr("Forecasts"), Kind.NUMBER, width=92, fresh_from=None),
            Column(
                "held", self.tr("Held, 50 to 100 %"), width=150, paint=paint_held, rank=_held_share, write=_held_text
            ),
            Column("within", self.tr("Within"), Kind.NUMBER, unit=percent, width=92, decimals=1, fresh_from=None),
            Column("goal", self.tr("Goal"), width=150),
            Column("early", self.tr("Early"), Kind.NUMBER, unit=percent, width=78, decimals=1, fresh_from=None),
            Column("late", self.tr("Late"), Kind.NUMBER, unit=percent, width=78, decimals=1, fresh_from=None),
            Column("width", self.tr("Width"), Kind.NUMBER, unit=seconds, width=82, fresh_from=None),
            Column("error", self.tr("Error"), Kind.NUMBER, unit=seconds, width=82, decimals=1, fresh_from=None),
            Column("blended", "(1)", Kind.NUMBER, unit=seconds, width=72, decimals=1, fresh_from=None),
            Column("streets", "(2)", Kind.NUMBER, unit=seconds, width=72, decimals=1, fresh_from=None),
            Column("hourly", "(3)", Kind.NUMBER, unit=seconds, width=72, decimals=1, fresh_from=None),
        ]

    # --- what is asked -----------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        pending = self._context.operations.forecast_coverage()
        self._asking = pending
        pending.finished.connect(lambda report: self._answered(pending, cast(CoverageReport, report)))
        pending.refused.connect(lambda problem: self._not_answered(pending, cast(Problem, problem)))

    def _answered(self, pending: PendingOperation, report: CoverageReport) -> None:
        if pending is not self._asking:
            return
        self._report = report
        as_of = clock_time(self._context.now(), self._context.zone, seconds=True)
        self._say_scope(self.tr("Of the last 7 days, as of {time}.").format(time=as_of))
        if not report.slices:
            self.empty.show_state(
                IconName.FORECAST,
                self.tr("Nothing came out yet"),
                self.tr("Forecasts are counted when their vehicle arrives. Until then intervals are wide on purpose."),
            )
            self._pages.setCurrentWidget(self.empty)
            return
        self.facts.show_facts(self._overall(report))
        self._show_slices()
        self._pages.setCurrentWidget(self._figures)

    def _not_answered(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is not self._asking:
            return
        if self._report is None:
            self.empty.show_state(IconName.OFFLINE, self.tr("Not loaded"), problem.detail or problem.code)
            self._pages.setCurrentWidget(self.empty)
        else:
            self._say_scope(self.tr("Not counted anew: {why}").format(why=problem.detail or problem.code))

    def _say_scope(self, scope: str) -> None:
        self.set_words(self.tr("How forecasts of arrivals came out"), scope)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _overall(self, report: CoverageReport) -> list[Fact]:
        facts = [self._state_fact(report)]
        if over_all := words.slice_of(report, "all"):
            verdict = words.verdict(over_all)
            goal = self.tr("goal {goal}, {verdict}").format(goal=words.goal_words("all"), verdict=verdict.words)
            width = self.tr("of {count} forecasts").format(count=number(over_all.realised))
            facts += [
                Fact(self.tr("Within the 80 % interval"), share(over_all.within), goal, ink=_ink(verdict)),
                Fact(self.tr("Interval, on average"), duration(over_all.width_s), width),
                self._error_fact(over_all),
            ]
        if cold := words.slice_of(report, "cold start"):
            note = self.tr("{count} forecasts, {width} wide").format(
                count=number(cold.realised), width=duration(cold.width_s)
            )
            facts.append(Fact(self.tr("At cold start"), share(cold.within), note))
        return [*facts, self._model_fact(report)]

    def _state_fact(self, report: CoverageReport) -> Fact:
        note = self.tr("intervals follow arrivals") if report.is_calibrated else self.tr("wide on purpose")
        return Fact(self.tr("Intervals"), words.state_word(report), note)

    def _error_fact(self, over_all: CoverageSlice) -> Fact:
        error = over_all.mean_error_s
        value = self.tr("{seconds} s").format(seconds=number(error, 1))
        return Fact(self.tr("Error, on average"), value, words.against_plain(over_all))

    def _model_fact(self, report: CoverageReport) -> Fact:
        lost = self._context.store.operation.sources.sources.get(words.ARRIVAL_MODEL)
        name = self.tr("Model")
        if lost is not None and lost.is_degraded:
            return Fact(name, self.tr("Cannot be read"), self.tr("street engine stands in"), ink="p3")
        if report.model is None:
            return Fact(name, self.tr("None yet"), self.tr("street engine stands in"))
        return Fact(name, report.model, self.tr("trained on {days}").format(days=", ".join(report.trained_on) or "–"))

    def _show_slices(self) -> None:
        if self._report is None:
            return
        chosen = (self.by.chosen() or [""])[0]
        listed = [one for one in words.ordered(self._report) if chosen in ("", one.dimension)]
        self.table.records.show_records([self._record(one) for one in listed])

    def _record(self, slice_: CoverageSlice) -> Record:
        verdict, plainly = words.verdict(slice_), slice_.plainly
        low, high = words.goal_of(slice_.dimension)
        plain = (plainly.blended_s, plainly.streets_s, plainly.by_hour_s) if plainly is not None else (None,) * 3
        return Record(
            f"{slice_.dimension}/{slice_.name}",
            (
                words.dimension_word(slice_.dimension),
                words.slice_word(self._context.store.operation, slice_),
                slice_.realised,
                Held(slice_.within, low, high, words.is_judged(slice_)),
                slice_.within * 100,
                Cell(None, words=verdict.words, ink=_ink(verdict) or "ink2"),
                slice_.early * 100,
                slice_.late * 100,
                slice_.width_s,
                slice_.mean_error_s,
                *plain,
            ),
        )


def _ink(verdict: words.Verdict) -> str:
    return "p3" if verdict.is_missed else ""


def _held_share(value: object) -> float:
    return value.share if isinstance(value, Held) else 0.0


def _held_text(value: object) -> str:
    return share(value.share) if isinstance(value, Held) else ""
