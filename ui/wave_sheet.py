"""Waves over the desk: what closed, what is proposed for it, and its release, sending back and recall."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.pending_operation import PendingOperation
from core.command_rights import PERMITTED
from core.commands import Command
from core.dispatch.wave_commands import RecallWave, ReleaseWave, SendWaveBack
from core.dispatch.waves.wave import Wave, WaveId, WavePlan, WaveRoute, WaveState
from core.vocabulary import DriverId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.names import driver_label
from ui.panels import wave_tables as tables
from ui.panels.wave_words import plan_words, state_word
from widgets.formatting import number
from widgets.parts.empty_state import EmptyState
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import TextLabel
from widgets.tables.dense_table import DenseTable
from widgets.tables.record_model import RecordModel
from widgets.theme.icons import IconName

_TICK_MS = 1000
_LONGEST_NOTE = 500


class WaveSheet(ModalSheet):
    """Looks each second while it is open; what it shows is what the feed told.

    Attributes
    ----------
    waves, routes, stops, left : one row a wave, a route of the selected wave, a stop of the selected route, and an
        order that has no place
    note : why a plan is sent back or a release taken back
    release, back, back_without, recall : the buttons
    on_map, arrange : show the selected route on the map; depots and closing times
    """

    order_chosen = Signal(str)
    """Enter or a double click on an order: its id."""
    map_asked = Signal(str)
    """The routes are to be shown on the map: the selected route's driver, empty for none."""
    arrange_asked = Signal()
    """Depots and closing times are to be shown."""

    def __init__(self, over: QWidget, context: DeskContext) -> None:
        super().__init__(over, "", width=1480, height=900)
        self._context = context
        self._may = context.person.role in PERMITTED[ReleaseWave]
        self._shown: tuple[Wave, ...] = ()
        self._wave_id: WaveId | None = None
        self._driver_id: DriverId | None = None
        self._asking: PendingOperation | None = None
        self.waves = DenseTable(RecordModel(tables.wave_columns(context), self))
        self.routes = DenseTable(RecordModel(tables.route_columns(context), self))
        self.stops = DenseTable(RecordModel(tables.stop_columns(context), self))
        self.left = DenseTable(RecordModel(tables.left_columns(), self))
        self.note = QLineEdit()
        self.release = KeyButton(self.tr("Release"), "Ctrl+Enter", filled=True, height=DIALOG_BUTTON_HEIGHT)
        self.back = KeyButton(self.tr("Send back"), height=DIALOG_BUTTON_HEIGHT)
        self.back_without = KeyButton(self.tr("Send back without the driver"), height=DIALOG_BUTTON_HEIGHT)
        self.recall = KeyButton(self.tr("Take release back"), height=DIALOG_BUTTON_HEIGHT)
        self.on_map = KeyButton(self.tr("Show on the map"), "Ctrl+M", height=DIALOG_BUTTON_HEIGHT)
        self.arrange = KeyButton(self.tr("Depots and closing times"), height=DIALOG_BUTTON_HEIGHT)
        self.finding = TextLabel(px=13, ink="ink2")
        self.empty = EmptyState(
            IconName.ROUTE,
            self.tr("No waves yet"),
            self.tr(
                "Orders of a depot are planned together when its wave closes. Administrators set depots and times."
            ),
            command=self.tr("Depots and closing times"),
        )
        self._plan_line = TextLabel(px=13)
        self._left_line = TextLabel(px=13)
        self._stops_line = TextLabel(px=13)
        self._lay_out()
        self._connect()

    def open_sheet(self) -> None:
        """Show the waves as they stand, the first that waits for a person selected."""
        self.finding.setText("")
        self.note.clear()
        self._shown = ()
        waits = [wave for wave in self._listed() if wave.proposal is not None]
        listed = waits or self._listed()
        self._wave_id = listed[0].wave_id if listed else None
        self._look()
        self._tick.start()
        super().open_sheet()
        (self.waves if self._shown else self.empty).setFocus()

    @property
    def wave(self) -> Wave | None:
        """Return the selected wave."""
        return self._context.store.operation.waves.waves.get(self._wave_id) if self._wave_id is not None else None

    def ask_release(self) -> None:
        """Put the proposal that is shown in force."""
        wave = self.wave
        if wave is not None and wave.proposal is not None and self.release.isEnabled():
            command = ReleaseWave(wave_id=wave.wave_id, number=wave.proposal.number)
            self._ask(self.tr("Release a wave"), command, self.tr("Released: {wave}").format(wave=wave.wave_id))

    def ask_back(self, *, without_driver: bool = False) -> None:
        """Ask for another plan, without the selected driver if that is wanted."""
        wave = self.wave
        if wave is None or wave.proposal is None or not self._has_note():
            return
        drivers = (self._driver_id,) if without_driver and self._driver_id is not None else ()
        command = SendWaveBack(
            wave_id=wave.wave_id,
            number=wave.proposal.number,
            note=self.note.text().strip(),
            without_drivers=drivers,
        )
        self._ask(self.tr("Send a wave back"), command, self.tr("Sent back: {wave}").format(wave=wave.wave_id))

    def ask_recall(self) -> None:
        """Take the release back."""
        wave = self.wave
        if wave is not None and wave.plan is not None and self._has_note():
            command = RecallWave(wave_id=wave.wave_id, note=self.note.text().strip())
            self._ask(self.tr("Take a release back"), command, self.tr("Taken back: {wave}").format(wave=wave.wave_id))

    # --- placing ---

    def _lay_out(self) -> None:
        self.waves.setAccessibleName(self.tr("Waves, the newest first"))
        self.routes.setAccessibleName(self.tr("Routes of the plan"))
        self.stops.setAccessibleName(self.tr("Stops of the selected route"))
        self.left.setAccessibleName(self.tr("Orders without a place"))
        self.note.setAccessibleName(self.tr("Reason"))
        self.note.setPlaceholderText(
            self.tr("Why? Needed to send back or take back; it stands in the log of decisions.")
        )
        self.note.setMaxLength(_LONGEST_NOTE)
        self.note.setMinimumHeight(34)
        self.finding.setWordWrap(True)
        self._page = QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.waves, 3)
        column.addWidget(self._plan_line)
        column.addWidget(self._plan_page(), 8)
        column.addWidget(self.finding)
        column.addWidget(self.note)
        column.addLayout(self._buttons())
        self.body.addWidget(self._page, 1)
        self.body.addWidget(self.empty, 1)

    def _plan_page(self) -> QWidget:
        """Return what a plan is shown in; away while there is none."""
        self._plan = QWidget()
        column = QVBoxLayout(self._plan)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.routes, 1)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addLayout(_titled(self._stops_line, self.stops), 5)
        lower.addLayout(_titled(self._left_line, self.left), 6)
        column.addLayout(lower, 1)
        return self._plan

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.release, self.back, self.back_without, self.recall):
            row.addWidget(button)
            button.setVisible(self._may)
        row.addStretch(1)
        row.addWidget(self.on_map)
        row.addWidget(self.arrange)
        self.note.setVisible(self._may)
        return row

    def _connect(self) -> None:
        self.waves.chosen.connect(self._choose_wave)
        self.routes.chosen.connect(self._choose_route)
        self.left.opened.connect(self._open)
        self.stops.opened.connect(lambda key: self._open(key.partition(":")[2]))
        self.release.clicked.connect(self.ask_release)
        self.release.setShortcut("Ctrl+Return")
        self.back.clicked.connect(lambda: self.ask_back())
        self.back_without.clicked.connect(lambda: self.ask_back(without_driver=True))
        self.recall.clicked.connect(self.ask_recall)
        self.on_map.clicked.connect(self._go_to_map)
        self.on_map.setShortcut("Ctrl+M")
        for asked in (self.arrange.clicked, self.empty.pressed):
            asked.connect(self._go_to_arrangement)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._look)
        self.closed.connect(self._tick.stop)

    # --- showing ---

    def _listed(self) -> list[Wave]:
        return list(reversed(self._context.store.operation.waves.waves.values()))

    def _look(self) -> None:
        """Show what changed; the countdown of each row goes on."""
        listed = self._listed()
        waits = sum(wave.proposal is not None for wave in listed)
        self.set_words(
            self.tr("Waves"), self.tr("Waiting for release: {waits}").format(waits=number(waits)) if waits else ""
        )
        self._page.setVisible(bool(listed))
        self.empty.setVisible(not listed)
        self.waves.records.show_records([tables.wave_record(self._context, wave) for wave in listed])
        if tuple(listed) != self._shown:
            self._shown = tuple(listed)
            self.waves.select_key(self._wave_id)
            self._show_wave()
        self._show_buttons()

    def _choose_wave(self, key: str) -> None:
        if key != self._wave_id:
            self._wave_id, self._driver_id = WaveId(key), None
            self.finding.setText("")
            self._show_wave()
            self._show_buttons()

    def _choose_route(self, key: str) -> None:
        self._driver_id = DriverId(key)
        self._show_route()
        self._show_buttons()

    def _show_wave(self) -> None:
        wave = self.wave
        plan = None if wave is None else wave.shown_plan
        routes = () if plan is None else plan.routes
        if self._driver_id not in {route.driver_id for route in routes}:
            self._driver_id = routes[0].driver_id if routes else None
        self.routes.records.show_records([tables.route_record(self._context, route) for route in routes])
        self.routes.select_key(self._driver_id)
        left = () if plan is None else plan.unserved
        self.left.records.show_records([tables.left_record(self._context, one) for one in left])
        self.left.setVisible(bool(left))
        self._plan_line.setText("" if wave is None else self._headline(wave, plan))
        self._plan.setVisible(plan is not None)
        self._left_line.setText(
            self.tr("Every order has a place.")
            if not left
            else self.tr("Without a place: {count}").format(count=number(len(left)))
        )
        self._show_route()

    def _headline(self, wave: Wave, plan: WavePlan | None) -> str:
        if plan is None:
            if wave.state is WaveState.CLOSED:
                words = self.tr("{wave} is being planned. Until its plan is found, its orders wait.")
                return words.format(wave=wave.wave_id)
            return self.tr("{wave}: {state}").format(wave=wave.wave_id, state=state_word(wave))
        said = self.tr("{wave}, plan {number}: {plan}").format(
            wave=wave.wave_id, number=plan.number, plan=plan_words(plan)
        )
        if plan.is_degraded:
            said += self.tr(" · driving times estimated without streets")
        if wave.note:
            said += self.tr(" · last: {note}").format(note=wave.note)
        return said

    def _show_route(self) -> None:
        route = self._route()
        name = "" if route is None else driver_label(self._context.store.operation, route.driver_id)
        self._stops_line.setText(self.tr("Stops of {driver}").format(driver=name) if name else "")
        self.stops.records.show_records([] if route is None else tables.stop_records(self._context, route))

    def _route(self) -> WaveRoute | None:
        plan = None if self.wave is None else self.wave.shown_plan
        routes = () if plan is None else plan.routes
        return next((route for route in routes if route.driver_id == self._driver_id), None)

    def _show_buttons(self) -> None:
        wave = self.wave
        is_free = self._asking is None
        waits = wave is not None and wave.proposal is not None
        has_routes = wave is not None and wave.proposal is not None and bool(wave.proposal.routes)
        self.release.setEnabled(is_free and has_routes)
        self.back.setEnabled(is_free and waits)
        self.back_without.setEnabled(is_free and waits and self._driver_id is not None)
        if self._driver_id is not None:
            name = driver_label(self._context.store.operation, self._driver_id)
            self.back_without.setText(self.tr("Send back without {driver}").format(driver=name))
        self.recall.setEnabled(is_free and wave is not None and self._may_recall(wave))
        self.on_map.setEnabled(wave is not None and wave.shown_plan is not None)

    def _may_recall(self, wave: Wave) -> bool:
        """Say whether nobody has left with goods yet; the service decides again."""
        if wave.state is not WaveState.RELEASED:
            return False
        orders = self._context.store.operation.orders.orders
        return not any(orders[name].picked_up_at for name in wave.order_ids if name in orders)

    # --- asking ---

    def _has_note(self) -> bool:
        if self.note.text().strip():
            return True
        self._say(self.tr("Say why first."), is_refusal=True)
        self.note.setFocus()
        return False

    def _ask(self, label: str, command: Command, done: str) -> None:
        self._say(self.tr("Asking …"))
        self._asking = self._context.operations.command(label, command)
        self._show_buttons()
        self._asking.finished.connect(lambda _: self._answered(done))
        self._asking.refused.connect(self._refused)

    def _answered(self, done: str) -> None:
        self._asking = None
        self.note.clear()
        self._say(done)
        self._look()

    def _refused(self, problem: Problem) -> None:
        self._asking = None
        self._say(self.tr("Not done: {why}").format(why=problem.detail), is_refusal=True)
        self._look()

    def _say(self, words: str, *, is_refusal: bool = False) -> None:
        self.finding.setText(words)
        self.finding.set_ink("p1" if is_refusal else "ink2")

    def _go_to_map(self) -> None:
        self.close_sheet()
        self.map_asked.emit(self._driver_id or "")

    def _go_to_arrangement(self) -> None:
        self.close_sheet()
        self.arrange_asked.emit()

    def _open(self, key: str) -> None:
        if key:
            self.close_sheet()
            self.order_chosen.emit(key)


def _titled(line: TextLabel, table: DenseTable) -> QVBoxLayout:
    """Return a table under its line."""
    column = QVBoxLayout()
    column.setSpacing(6)
    line.setAlignment(Qt.AlignmentFlag.AlignTop)  # where its table is away, it has all the room
    column.addWidget(line)
    column.addWidget(table, 1)
    return column
