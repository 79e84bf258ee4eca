"""What the desk rests on: every source with its age, its limit and what its loss means, the degraded ones first."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from core.operations import DoorsHeard
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.source_rows import SourceRow, source_rows
from widgets.formatting import age, number
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import TextLabel
from widgets.tables.columns import Cell, Column, Kind, Record
from widgets.tables.dense_table import CALM_ROW, DenseTable
from widgets.tables.record_model import RecordModel

_TICK_MS = 1000
_ASK_EVERY = 10
"""Ticks between two questions for the doors."""


class SourcesSheet(ModalSheet):
    """Looks each second while it is open.

    Attributes
    ----------
    table : one row a source
    """

    driver_chosen = Signal(str)
    """Enter or a double click on a driver who is not heard."""

    def __init__(self, over: QWidget, context: DeskContext) -> None:
        super().__init__(over, "", width=1280, height=640)
        self._context = context
        self._doors = DoorsHeard()
        self._ticks = 0
        self._drivers: dict[str, str] = {}
        self.table = DenseTable(RecordModel(self._columns(), self), row_height=CALM_ROW)
        self.table.setAccessibleName(self.tr("Sources, the degraded first"))
        self._note = TextLabel(px=12, ink="ink2")
        self._note.setWordWrap(True)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self._note)
        self._note.setText(
            self.tr(
                "Silent: nothing comes although it should. Off: the device itself said so; it is not missed. "
                "Enter shows the driver."
            )
        )
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._look)
        self.closed.connect(self._tick.stop)
        self.table.opened.connect(self._open)

    def open_sheet(self) -> None:
        """Show the sources as they stand."""
        self._ticks = 0
        self._look()
        self._tick.start()
        super().open_sheet()
        self.table.setFocus()

    def _columns(self) -> list[Column]:
        return [
            Column("mark", "", Kind.ALARM, width=44, fresh_from=None),
            Column("source", self.tr("Source"), Kind.KEY, width=300),
            Column("state", self.tr("State"), width=170),
            Column("age", self.tr("Age"), Kind.COUNTDOWN, width=80, write=_age, fresh_from=None),
            Column("limit", self.tr("Limit"), Kind.COUNTDOWN, width=80, write=_age, fresh_from=None),
            Column("effect", self.tr("What it means"), stretches=True),
        ]

    def _look(self) -> None:
        if self._ticks % _ASK_EVERY == 0:
            pending = self._context.operations.doors_heard()
            pending.finished.connect(lambda doors: self._take_doors(cast(DoorsHeard, doors)))
            pending.refused.connect(lambda problem: self._lose_doors(cast(Problem, problem)))
        self._ticks += 1
        self._show()

    def _take_doors(self, doors: DoorsHeard) -> None:
        self._doors = doors
        self._show()

    def _lose_doors(self, _problem: Problem) -> None:
        """Keep what was known of the doors: their ages go on counting, and the row of events says what is lost."""
        self._show()

    def _show(self) -> None:
        rows = source_rows(self._context, self._doors.doors)
        well = sum(not row.priority for row in rows)
        words = self.tr("{well} of {all} as they should be").format(well=number(well), all=number(len(rows)))
        self.set_words(self.tr("Sources"), words)
        self._drivers = {row.key: row.driver_id for row in rows if row.driver_id}
        self.table.records.show_records([_record(row) for row in rows])

    def _open(self, key: str) -> None:
        driver_id = self._drivers.get(key)
        if driver_id is not None:
            self.close_sheet()
            self.driver_chosen.emit(driver_id)


def _record(row: SourceRow) -> Record:
    is_bad = bool(row.priority)
    return Record(
        row.key,
        (
            Cell(row.priority) if is_bad else Cell(None, words="✓", ink="ink3"),
            row.name,
            Cell(row.state, bold=is_bad),
            row.age_s,
            row.limit_s,
            row.effect or Cell(None, words="–", ink="ink3"),
        ),
    )


def _age(value: object) -> str:
    return age(value) if isinstance(value, float) else ""
