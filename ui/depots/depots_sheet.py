"""Depots, closing times of waves and units of loads over the desk: listed, written, retired by an administrator."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QStackedWidget, QWidget

from app.arrangement_text import read_units, written_span, written_times, written_units
from app.pending_operation import PendingOperation
from core.command_rights import PERMITTED
from core.commands import Command
from core.dispatch.wave_commands import RetireDepot, SetCapacityUnits, SetDepot, SetWaveRhythm, WithdrawWaveRhythm
from core.dispatch.waves.rhythm import RhythmId
from core.fleet.depot import DepotId
from core.refusals import Refusal
from core.vocabulary import Position
from core.wire import Problem
from ui.depots.depot_form import DepotForm
from ui.depots.rhythm_form import RhythmForm
from ui.desk_context import DeskContext
from widgets.parts.chip_group import ChipGroup
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.read_only import make_read_only
from widgets.parts.text_label import TextLabel
from widgets.tables.columns import Column, Kind, Record
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel

DEPOTS, RHYTHMS, UNITS = "depots", "rhythms", "units"


class DepotsSheet(ModalSheet):
    """What waves rest on; whoever may not change it reads it.

    Attributes
    ----------
    kinds : depots, rhythms or units
    listed : one row a depot or rhythm
    depot, rhythm, units : the forms
    enter, another, retire : the buttons
    """

    place_wanted = Signal()
    """The depot in hand is to be shown on the map, and the sheet is away until then."""

    def __init__(self, over: QWidget, context: DeskContext) -> None:
        super().__init__(over, "", width=1120, height=720)
        self._context = context
        self._may = context.person.role in PERMITTED[SetDepot]
        self._key = ""
        self._asking: PendingOperation | None = None
        self.kinds = ChipGroup()
        self.listed = DenseTable(RecordModel(self._columns(), self))
        self.depot, self.rhythm, self.units = DepotForm(context), RhythmForm(context), QPlainTextEdit()
        self._forms = QStackedWidget()
        self.enter = KeyButton(self.tr("Save"), "Ctrl+Enter", filled=True, height=DIALOG_BUTTON_HEIGHT)
        self.another = KeyButton(self.tr("New"), "Ctrl+N", height=DIALOG_BUTTON_HEIGHT)
        self.retire = KeyButton(self.tr("Retire"), height=DIALOG_BUTTON_HEIGHT)
        self.finding = TextLabel(px=13, ink="ink2")
        self._lay_out()
        self._connect()

    def open_sheet(self) -> None:
        """Show what is arranged, the first depot in hand."""
        self.kinds.choose([DEPOTS])
        self._show_kind()
        super().open_sheet()
        (self.depot.name if self._may and not self._key else self.listed).setFocus()

    def come_back(self, position: Position | None) -> None:
        """Show the sheet as it was left for the map, with the place that was pointed at, if one was."""
        if position is not None:
            self.depot.show_place(position)
        super().open_sheet()
        self.depot.place.setFocus()

    def save(self) -> None:
        """Ask the service to arrange what is written."""
        if not (self._may and self._asking is None):
            return
        try:
            command = self._command()
        except Refusal as refusal:
            self._say(refusal.sentence, is_wrong=True)
            return
        self._ask(command)

    def start_another(self) -> None:
        """Show the fields of a depot or rhythm that is not there yet."""
        if self.another.isEnabled() and self._may:
            self._key = ""
            self.listed.clearSelection()
            self._show_form()
            (self.depot.name if self._kind == DEPOTS else self.rhythm.name).setFocus()

    def ask_retire(self) -> None:
        """Take no more orders at the depot, or let no more waves close by the rhythm."""
        if self._key and self._kind == DEPOTS:
            self._ask(RetireDepot(depot_id=DepotId(self._key)))
        elif self._key and self._kind == RHYTHMS:
            self._ask(WithdrawWaveRhythm(rhythm_id=RhythmId(self._key)))

    # --- placing ---

    def _columns(self) -> list[Column]:
        return [
            Column("id", self.tr("Id"), Kind.KEY, width=74),
            Column("name", self.tr("Name"), stretches=True),
            Column("when", self.tr("When"), width=140),
        ]

    def _lay_out(self) -> None:
        self.kinds.set_chips(
            [(DEPOTS, self.tr("Depots")), (RHYTHMS, self.tr("Closing times")), (UNITS, self.tr("Units of loads"))]
        )
        self.kinds.setAccessibleName(self.tr("What is arranged"))
        self.listed.setAccessibleName(self.tr("Arranged so far"))
        self.units.setAccessibleName(self.tr("Units of loads, one a line"))
        self.units.setPlaceholderText(self.tr("one unit a line, beside litres and kilograms: pallets: Pallets"))
        self.units.setTabChangesFocus(True)
        for form in (self.depot, self.rhythm, self.units):
            self._forms.addWidget(form)
        if not self._may:
            self.depot.make_read_only()
            self.rhythm.make_read_only()
            make_read_only(self.units, self.tr("litres and kilograms alone"))
        sides = QHBoxLayout()
        sides.setSpacing(24)
        sides.addWidget(self.listed, 4)
        sides.addWidget(self._forms, 6)
        self.finding.setWordWrap(True)
        self.finding.setMinimumHeight(20)
        self.body.addWidget(self.kinds)
        self.body.addLayout(sides, 1)
        self.body.addWidget(self.finding)
        self.body.addLayout(self._buttons())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.enter, self.another, self.retire):
            row.addWidget(button)
            button.setVisible(self._may)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        self.kinds.changed.connect(lambda _: self._show_kind())
        self.listed.chosen.connect(self._choose)
        self.enter.clicked.connect(self.save)
        self.enter.setShortcut("Ctrl+Return")
        self.another.clicked.connect(self.start_another)
        self.another.setShortcut("Ctrl+N")
        self.retire.clicked.connect(self.ask_retire)
        self.depot.said.connect(lambda words, wrong: self._say(words, is_wrong=wrong))
        self.depot.place_wanted.connect(self._go_to_map)
        for changed in (self.depot.changed, self.rhythm.changed, self.units.textChanged):
            changed.connect(lambda: self._say(""))

    def _go_to_map(self) -> None:
        self.close_sheet()
        self.place_wanted.emit()

    # --- showing ---

    @property
    def _kind(self) -> str:
        return str((self.kinds.chosen() or [DEPOTS])[0])

    def _show_kind(self) -> None:
        self.set_words(self.tr("Depots and waves"), self._words())
        self.listed.setVisible(self._kind != UNITS)
        self.another.setVisible(self._may and self._kind != UNITS)
        self.retire.setVisible(self._may and self._kind != UNITS)
        self.retire.setText(self.tr("Retire") if self._kind == DEPOTS else self.tr("Withdraw"))
        self._forms.setCurrentIndex((DEPOTS, RHYTHMS, UNITS).index(self._kind))
        records = self._records()
        self._list(records, records[0].key if records else "")

    def _words(self) -> str:
        return {
            DEPOTS: self.tr("Where scheduled orders start, and who drives from there."),
            RHYTHMS: self.tr("When waves close, and what each takes. Waves that closed already go on as they are."),
            UNITS: self.tr("What loads are counted in, beside litres and kilograms."),
        }[self._kind]

    def _records(self) -> list[Record]:
        book = self._context.store.operation.waves
        if self._kind == DEPOTS:
            always = self.tr("all day")
            return [
                Record(one.depot_id, (one.depot_id, one.name, written_span(one.opens_min, one.closes_min) or always))
                for _, one in sorted(book.depots.items())
            ]
        if self._kind == RHYTHMS:
            return [
                Record(one.rhythm_id, (one.rhythm_id, one.name, written_times(one.closes_min)))
                for _, one in sorted(book.rhythms.items())
            ]
        return []

    def _list(self, records: list[Record], key: str) -> None:
        """List what there is, with `key` in hand, if it is among it."""
        self.listed.records.show_records(records)
        self._choose(key if any(record.key == key for record in records) else "")
        self.listed.select_key(self._key or None)

    def _choose(self, key: str) -> None:
        self._key = key
        self._show_form()

    def _show_form(self) -> None:
        book = self._context.store.operation.waves
        with QSignalBlocker(self.depot), QSignalBlocker(self.rhythm), QSignalBlocker(self.units):
            self.depot.show_depot(book.depots.get(DepotId(self._key)) if self._kind == DEPOTS else None)
            self.rhythm.show_rhythm(book.rhythms.get(RhythmId(self._key)) if self._kind == RHYTHMS else None)
            self.units.setPlainText(written_units(book.units))
        self.retire.setEnabled(bool(self._key) and self._asking is None)
        self._say("" if self._may else self.tr("Only administrators change these."))

    # --- asking ---

    def _command(self) -> Command:
        book = self._context.store.operation.waves
        if self._kind == DEPOTS:
            return SetDepot(depot=self.depot.draft(DepotId(self._key or _next("DP", book.depots))))
        if self._kind == RHYTHMS:
            return SetWaveRhythm(rhythm=self.rhythm.draft(RhythmId(self._key or _next("WR", book.rhythms))))
        return SetCapacityUnits(units=read_units(self.units.toPlainText()))

    def _ask(self, command: Command) -> None:
        self._say(self.tr("Asking …"))
        self._set_asking(self._context.operations.command(self.tr("Arrange waves"), command))
        assert self._asking is not None
        self._asking.finished.connect(lambda _: self._answered(command))
        self._asking.refused.connect(self._refused)

    def _answered(self, command: Command) -> None:
        self._set_asking(None)
        key = self._key
        if isinstance(command, SetDepot):
            key = command.depot.depot_id
        elif isinstance(command, SetWaveRhythm):
            key = command.rhythm.rhythm_id
        elif isinstance(command, RetireDepot | WithdrawWaveRhythm):
            key = ""
        self._list(self._records(), key)
        self._say(self.tr("Saved.") if key or self._kind == UNITS else self.tr("No longer used."))

    def _refused(self, problem: Problem) -> None:
        self._set_asking(None)
        self._say(self.tr("Not done: {why}").format(why=problem.detail), is_wrong=True)

    def _set_asking(self, asking: PendingOperation | None) -> None:
        self._asking = asking
        self.enter.setEnabled(asking is None)
        self.retire.setEnabled(asking is None and bool(self._key))

    def _say(self, words: str, *, is_wrong: bool = False) -> None:
        self.finding.setText(words)
        self.finding.set_ink("p1" if is_wrong else "ink2")


def _next(prefix: str, taken: Iterable[str]) -> str:
    """Return the first id of its kind that is free."""
    known, number = set(taken), 1
    while f"{prefix}-{number}" in known:
        number += 1
    return f"{prefix}-{number}"
