"""Carries the desk's commands out: from a key, a button or a line, always the same way.

What a command would do is never painted ahead: it is said to be under way, and the feed brings what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.command_catalogue import CommandId
from app.connection import Phase
from app.line_reader import Reading
from app.pending_operation import PendingOperation
from core.alarms.exceptions import ExceptionItem
from core.commands import Command
from core.dispatch.changes import Hold, RulingChange
from core.dispatch.planning_events import is_reassignable
from core.dispatch.undoing_rulings import opposite_of
from core.orders.order import OrderState
from core.projections.decision_book import Undoable
from core.vocabulary import DriverId, OrderId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.exception_watch import ExceptionWatch
from ui.line_beginnings import beginning_of
from ui.ruling_words import decision_subject, decision_word
from ui.rulings import Rulings
from widgets.formatting import number

_LEAST_STOPS = 2
_HOLD_MIN = 2.0
"""Minutes for which the key holds an order: to think, without a preview."""

type Deed = Callable[[Reading], None]


class DecisionCard(Protocol):
    """What decides on the selected order: the recommendation panel, with its guard against changes under the hand."""

    def accept(self) -> None:
        """Do what is proposed."""

    def hold(self) -> None:
        """Let the platform decide nothing for a while."""

    def not_now(self) -> None:
        """Ask for the reason and put the proposal off."""

    def override(self) -> None:
        """Ask for the override."""


class DeskCommands(QObject):
    """The commands that ask the service. Those that only move this desk are handed in.

    Parameters
    ----------
    context : DeskContext
    watch : ExceptionWatch
    selected_exception : callable
        The exception whose row is selected, if one is.
    card : DecisionCard
        Decides on the selected order.
    own : mapping of CommandId to callable
        What the window does by itself.
    """

    said = Signal(str, bool)
    """Words for the foot of the desk, and whether they are a refusal."""
    override_asked = Signal(str, str, str)
    """Order, driver (empty if still to be chosen) and note: the preview is to be opened."""
    split_asked = Signal(str, str, str)
    """Order, driver (empty if it is to wait) and note: the preview of a split is to be opened."""
    line_wanted = Signal(str)
    """A key's command needs words that only a line can give; this is its beginning."""
    stops_asked = Signal(str, str)
    """Order and note: the stops of its driver are to be put in another order."""
    ruling_asked = Signal(object, str)
    """A ruling that moves orders and its note: its preview is to be opened."""

    def __init__(
        self,
        context: DeskContext,
        watch: ExceptionWatch,
        selected_exception: Callable[[], ExceptionItem | None],
        card: DecisionCard,
        own: Mapping[CommandId, Deed],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._watch = context, watch
        self._selected_exception = selected_exception
        self._card = card
        self.rulings = Rulings(context, self._rule, self._refuse, self._preview, self)
        self._deeds: dict[CommandId, Deed] = {
            CommandId.ACCEPT: self._accept,
            CommandId.OVERRIDE: self._override,
            CommandId.SPLIT: self._split,
            CommandId.SEQUENCE: self._sequence,
            CommandId.HOLD: self._hold,
            CommandId.NOT_NOW: self._not_now,
            CommandId.ACKNOWLEDGE: self._acknowledge,
            CommandId.UNDO: self._undo,
            **self.rulings.deeds(),
            **own,
        }

    def run(self, reading: Reading) -> None:
        """Carry out what a line or a key means."""
        self._deeds[reading.command](reading)

    def run_key(self, command_id: CommandId) -> None:
        """Carry out a command on what is selected, or have the words written that it needs beside."""
        if line := beginning_of(self._context, command_id):
            self.line_wanted.emit(line)
        else:
            self.run(Reading(command=command_id, order_id=self._this_order()))

    # --- decisions ---

    def _accept(self, reading: Reading) -> None:
        standing = self._context.store.operation.decisions.standing.get(OrderId(reading.order_id or ""))
        if standing is None:
            self._refuse(self.tr("Nothing is proposed for {order}.").format(order=reading.order_id or self.tr("this")))
        elif standing.driver_id is None:
            self._refuse(self.tr("No driver is proposed for {order}. Override it.").format(order=standing.order_id))
        elif self._is_selected(reading) and self._may_ask():
            self._card.accept()
        elif self._may_ask():
            under_way = self._context.operations.accept(standing.recommendation_id)
            self._follow(under_way, self.tr("Accepted: {order}").format(order=standing.order_id))

    def _override(self, reading: Reading) -> None:
        if reading.order_id is None:
            self._refuse(self.tr("Select an order to override."))
        elif not self._can_move(reading.order_id):
            self._refuse(self.tr("Not possible: {order} is under way or ended.").format(order=reading.order_id))
        elif self._is_selected(reading) and reading.driver_id is None and self._may_ask():
            self._card.override()
        elif self._may_ask():
            self.override_asked.emit(reading.order_id, reading.driver_id or DriverId(""), reading.note)

    def _split(self, reading: Reading) -> None:
        order = self._context.store.operation.orders.orders.get(OrderId(reading.order_id or ""))
        if order is None:
            self._refuse(self.tr("Select an order to take out of its trip."))
        elif order.driver_id is None or not is_reassignable(order):
            words = self.tr("Not possible: {order} has no driver, is under way or ended.")
            self._refuse(words.format(order=order.order_id))
        elif self._may_ask():
            self.split_asked.emit(order.order_id, reading.driver_id or DriverId(""), reading.note)

    def _sequence(self, reading: Reading) -> None:
        operation = self._context.store.operation
        order = operation.orders.orders.get(OrderId(reading.order_id or ""))
        if order is None:
            self._refuse(self.tr("Select an order whose driver’s stops are to change."))
        elif order.driver_id is None or not order.state.is_open:
            self._refuse(self.tr("Not possible: {order} has no driver or ended.").format(order=order.order_id))
        elif len(operation.fleet.route_of(order.driver_id).stops) < _LEAST_STOPS:
            self._refuse(
                self.tr("{driver} has one stop left: there is no order to change.").format(driver=order.driver_id)
            )
        elif self._may_ask():
            self.stops_asked.emit(order.order_id, reading.note)

    def _hold(self, reading: Reading) -> None:
        if reading.order_id is None:
            self._refuse(self.tr("Select an order to hold."))
        elif not self._can_move(reading.order_id):
            self._refuse(self.tr("Not possible: {order} is under way or ended.").format(order=reading.order_id))
        elif (change := self._long_hold(reading)) is not None:
            self._preview(change, reading.note)
        elif self._is_selected(reading) and reading.minutes is None and self._may_ask():
            self._card.hold()
        elif self._may_ask():
            minutes = reading.minutes or _HOLD_MIN
            under_way = self._context.operations.hold(reading.order_id, 60.0 * minutes)
            words = self.tr("{order} is held for {minutes} min")
            self._follow(under_way, words.format(order=reading.order_id, minutes=number(minutes)))

    def _long_hold(self, reading: Reading) -> Hold | None:
        """Return a hold that moves somebody's time: of an order that waits, for longer than a moment to think."""
        order = self._context.store.operation.orders.orders.get(OrderId(reading.order_id or ""))
        if order is None or order.state is not OrderState.WAITING or (reading.minutes or 0.0) <= _HOLD_MIN:
            return None
        return Hold(order_id=order.order_id, for_s=60.0 * (reading.minutes or 0.0))

    def _not_now(self, reading: Reading) -> None:
        self._card.not_now()

    def _acknowledge(self, reading: Reading) -> None:
        keys = self._unseen_keys(reading)
        if not keys:
            self._refuse(self.tr("Nothing to acknowledge."))
        elif self._may_ask():
            for key in keys:
                self._follow(self._context.operations.acknowledge(key), self.tr("Acknowledged"))

    def _unseen_keys(self, reading: Reading) -> list[str]:
        row = self._selected_exception()
        if row is not None and reading.order_id in (None, row.order_id):
            items = [row]
        else:
            items = self._watch.of_order(reading.order_id or "")
        return [item.key for item in items if not item.is_acknowledged]

    def _undo(self, reading: Reading) -> None:
        decision = own_undoable(self._context)
        if decision is None:
            self._refuse(self.tr("Nothing to undo."))
        elif self._may_ask():
            self._follow(self._context.operations.undo(decision), self._undone_words(decision))

    def _undone_words(self, decision: Undoable) -> str:
        operation = self._context.store.operation
        verb, about = decision_word(operation, decision), decision_subject(operation, decision)
        return self.tr("Undone: {verb} {order}").format(verb=verb, order=about)

    def _preview(self, change: RulingChange, note: str) -> None:
        if self._may_ask():
            self.ruling_asked.emit(change, note)

    def _rule(self, label: str, command: Command, done: str) -> None:
        if self._may_ask():
            self._follow(self._context.operations.command(label, command), done)

    # --- how they end ---

    def _this_order(self) -> OrderId | None:
        if order_id := self._context.selection.order_id:
            return OrderId(order_id)
        row = self._selected_exception()
        return row.order_id if row is not None else None

    def _is_selected(self, reading: Reading) -> bool:
        return reading.order_id == self._context.selection.order_id

    def _can_move(self, order_id: OrderId) -> bool:
        order = self._context.store.operation.orders.orders.get(order_id)
        return order is not None and is_reassignable(order)

    def _may_ask(self) -> bool:
        """Say whether the service can be asked now; commands are not queued for later."""
        if self._context.store.connection.phase is Phase.LIVE:
            return True
        self._refuse(self.tr("Not done: the desk is disconnected. Commands are not kept for later."))
        return False

    def _follow(self, under_way: PendingOperation, done: str) -> None:
        under_way.finished.connect(lambda _result: self.said.emit(done, False))
        under_way.refused.connect(self._say_problem)

    def _say_problem(self, problem: Problem) -> None:
        self._refuse(self.tr("Not done: {why}").format(why=problem.detail))

    def _refuse(self, words: str) -> None:
        self.said.emit(words, True)


def own_undoable(context: DeskContext) -> Undoable | None:
    """Return the newest decision of this desk's person that can be taken back: a key undoes nobody else's.

    A ruling that does not hold any more, such as a hold that ran out, is passed over.
    """
    welcome, operation, now = context.store.welcome, context.store.operation, context.now()
    mine = (one for one in reversed(operation.decisions.undoable) if welcome and one.decided_by == welcome.user_id)
    return next((one for one in mine if one.ruling is None or opposite_of(operation, one.ruling, now)), None)
