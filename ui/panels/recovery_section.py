"""What can be done about the selected exception: options with their impact, chosen by a digit, Enter for the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.connection import Phase
from app.pending_operation import PendingOperation
from core.alarms.exceptions import ExceptionItem
from core.disruption.disruption import DisruptionId, Recovery, RecoveryId, RecoveryOption, RecoveryOptions
from core.disruption.recovery_commands import ChooseRecovery, CloseReview, UndoRecovery
from core.fleet.route import Route
from core.orders.order import Order
from core.projections.operation import Part
from core.vocabulary import DriverId, OrderId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.panels import recovery_words as words
from widgets.calm_refresh import CalmRefresh
from widgets.parts.edge_line import EdgeLine
from widgets.parts.hairline import Hairline
from widgets.parts.key_button import KeyButton
from widgets.parts.option_list import OptionList
from widgets.parts.text_label import TextLabel

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TOUCHING = frozenset({Part.ORDER, Part.ROUTE, Part.DRIVER, Part.DISRUPTION})
SETTLED_MS = 400
"""A key pressed so soon after the options changed was meant for those before."""


class RecoverySection(QWidget):
    """The options of one disruption at a time; hidden where there is nothing to choose.

    Parameters
    ----------
    context : DeskContext
    settled_ms : int, optional
        How long new options have to stand before a key chooses one of them.
    """

    said = Signal(str, bool)
    """Words for the foot of the desk, and whether they are a refusal."""

    def __init__(self, context: DeskContext, *, settled_ms: int = SETTLED_MS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._settled_ms = context, settled_ms
        self._item: ExceptionItem | None = None
        self._found: RecoveryOptions | None = None
        self._asking: PendingOperation | None = None
        self._choosing: PendingOperation | None = None
        self._changed_at = QElapsedTimer()
        self.options = OptionList()
        self.options.setAccessibleName(self.tr("What can be done"))
        self.state = TextLabel(px=12, ink="ink2")
        self.state.setWordWrap(True)
        self.take_back = KeyButton(self.tr("Take it back"), "U")
        self._calm = CalmRefresh(parent=self)
        self._lay_out()
        self.options.taken.connect(self.choose)
        self.take_back.clicked.connect(self.undo)
        self._calm.due.connect(self._ask_if_outdated)
        context.store.changed.connect(self._note_changes)
        context.store.connection_changed.connect(self._show_state)
        self.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head = EdgeLine(
            self.tr("What can be done · Enter does the first"), self.tr("Late  ·  Broken  ·  To tell"), inset=40
        )
        column.addWidget(Hairline())
        column.addWidget(self._head)
        column.addWidget(self.options)
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 6, 12, 8)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.take_back)
        column.addLayout(foot)

    # --- what the panel calls ---

    @property
    def is_offering(self) -> bool:
        """Whether a key would choose something now."""
        return self._found is not None and bool(self._found.options)

    def show_for(self, item: ExceptionItem | None) -> None:
        """Show the options of an exception; hide where there are none to have."""
        is_other = _subject(item) != _subject(self._item)
        self._item = item
        if item is None or not (item.disruption_id or item.recovery_id):
            self._forget()
            self.hide()
            return
        if is_other:
            self._forget()
            self._ask()
        self.show()
        self._show_state()

    def take_key(self, event: QKeyEvent, *, takes_enter: bool = True) -> bool:
        """Choose by a digit or Enter, take back by U; returns whether the key was meant for this."""
        if self.isHidden() or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if self._recovery() is not None and event.key() == Qt.Key.Key_U:
            self.undo()
            return True
        if takes_enter and event.key() in _ENTER and self._found is not None:
            self.choose(0)
            return True
        if event.text().isdigit() and event.text() != "0" and self._found is not None:
            self.choose(int(event.text()) - 1)
            return True
        return False

    def run(self, place: int) -> None:
        """Choose an option by the palette or the command line; say so where there is none."""
        if self.isHidden() or self._found is None or not 0 <= place < len(self._found.options):
            self.said.emit(self.tr("Nothing stands at this number. Select an exception that something helps."), True)
        else:
            self.choose(place)

    def run_undo(self) -> None:
        """Take back by the palette or the command line; say so where there is nothing."""
        if self._recovery() is None:
            self.said.emit(self.tr("Select what the platform did by itself."), True)
        else:
            self.undo()

    def choose(self, place: int) -> None:
        """Have an option carried out, on the state that it was shown on."""
        found = self._found
        if found is None or self._choosing is not None or not 0 <= place < len(found.options):
            return
        if self._changed_at.isValid() and self._changed_at.elapsed() < self._settled_ms:
            self.said.emit(self.tr("The options have just changed. Look again."), True)
            return
        if self._context.store.connection.phase is not Phase.LIVE:
            self.said.emit(self.tr("Not done: the desk is disconnected. Commands are not kept for later."), True)
            return
        option = found.options[place]
        command = ChooseRecovery(
            disruption_id=found.disruption_id,
            option_id=option.option_id,
            based_on=option.based_on,
            order_versions=option.order_versions,
        )
        self._follow(self._context.operations.command("Recover", command), words.chosen_words(self._context, option))

    def undo(self) -> None:
        """Take back what the platform did by itself, or say that what was asked about was looked at."""
        recovery = self._recovery()
        if recovery is None or self._choosing is not None:
            return
        if recovery.is_open_review:
            closing = self._context.operations.command("Review", CloseReview(recovery_id=recovery.recovery_id))
            self._follow(closing, self.tr("Looked at"))
            return
        pending = self._context.operations.command("Undo", UndoRecovery(recovery_id=recovery.recovery_id))
        self._follow(pending, self.tr("Taken back"))

    # --- asking ---

    def _ask(self) -> None:
        """Ask what can be done; only the answer to the latest question counts."""
        item = self._item
        if item is None or not item.disruption_id or self._context.store.connection.phase is not Phase.LIVE:
            return
        pending = self._context.operations.recovery_options(DisruptionId(item.disruption_id))
        self._asking = pending
        pending.finished.connect(lambda result: self._take(pending, cast(RecoveryOptions, result)))
        pending.refused.connect(lambda problem: self._not_told(pending, cast(Problem, problem)))

    def _take(self, pending: PendingOperation, found: RecoveryOptions) -> None:
        if pending is not self._asking:
            return
        self._asking = None
        is_same = self._found is not None and _names(self._found) == _names(found)
        if self._found is not None and not is_same:
            self._changed_at.start()
        self._found = found
        self.options.show_lines(words.option_lines(self._context, found))
        self._show_state()

    def _not_told(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is not self._asking:
            return
        self._asking = None
        self._found = None
        self.options.show_lines([])
        self._show_state(self.tr("No options: {why}").format(why=problem.detail or problem.code))

    def _follow(self, pending: PendingOperation, done: str) -> None:
        self._choosing = pending
        pending.finished.connect(lambda _result: self._ended(done, is_refusal=False))
        pending.refused.connect(lambda problem: self._refused(cast(Problem, problem)))
        self._show_state()

    def _refused(self, problem: Problem) -> None:
        self._ended(self.tr("Not done: {why}").format(why=problem.detail or problem.code), is_refusal=True)
        self._ask()

    def _ended(self, said: str, *, is_refusal: bool) -> None:
        self._choosing = None
        self.said.emit(said, is_refusal)
        self._show_state()

    # --- what it rests on ---

    def _note_changes(self, changes: frozenset[tuple[Part, str]]) -> None:
        if self._found is not None and any(part in _TOUCHING for part, _ in changes):
            self._calm.ask()

    def _ask_if_outdated(self) -> None:
        if self._choosing is None and self._asking is None and self._found is not None and self._is_outdated():
            self._ask()

    def _is_outdated(self) -> bool:
        assert self._found is not None
        fleet, orders = self._context.store.operation.fleet, self._context.store.operation.orders.orders
        return any(_has_moved(option, fleet.route_of, orders.get) for option in self._found.options)

    def _forget(self) -> None:
        self._found = self._asking = self._choosing = None
        self._changed_at.invalidate()
        self.options.show_lines([])

    # --- what is shown ---

    def _recovery(self) -> Recovery | None:
        if self._item is None or not self._item.recovery_id:
            return None
        board = self._context.store.operation.disruptions
        recovery = board.recoveries.get(RecoveryId(self._item.recovery_id))
        return recovery if recovery is not None and recovery.undone_at is None else None

    def _show_state(self, problem: object = "") -> None:
        recovery = self._recovery()
        self._head.setVisible(recovery is None)
        self.take_back.setVisible(recovery is not None)
        is_review = recovery is not None and recovery.is_open_review
        self.take_back.set_command(self.tr("Looked at") if is_review else self.tr("Take it back"), "U")
        self.take_back.setEnabled(self._choosing is None)
        if isinstance(problem, str) and problem:
            text = problem
        elif recovery is not None:
            text = words.recovered_words(self._context, recovery)
        elif self._context.store.connection.phase is not Phase.LIVE:
            text = self.tr("Not connected: nothing can be chosen.")
        elif self._choosing is not None:
            text = self.tr("Under way…")
        elif self._found is None:
            text = self.tr("Counting…")
        elif not self._found.options:
            text = self.tr("Nothing can be done about it now.")
        else:
            text = words.standing_words(self._context, self._found)
        self.state.setText(text)


def _subject(item: ExceptionItem | None) -> tuple[str, str]:
    return ("", "") if item is None else (item.disruption_id, item.recovery_id)


def _names(found: RecoveryOptions) -> list[tuple[str, int]]:
    return [(option.option_id, round(option.impact.late_minutes)) for option in found.options]


def _has_moved(
    option: RecoveryOption, route_of: Callable[[DriverId], Route], order_of: Callable[[OrderId], Order | None]
) -> bool:
    """Say whether a plan or an order that an option rests on is another one now."""
    plans = any(route_of(name).plan_number > number for name, number in option.based_on.items())
    orders = [(order_of(name), version) for name, version in option.order_versions.items()]
    return plans or any(order is None or order.version > version for order, version in orders)
