"""Deciding otherwise: say what is to change, see what it does to everyone, give the reason, commit.

One sheet for every change of plans: an order given to another driver, a driver's stops in another order, an order
taken out of a shared trip, and rulings that move orders: a driver kept from an order or taken out, a zone closed.
What is committed is held against what was shown; where that moved, both are shown.
"""

from __future__ import annotations

from typing import cast

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QStackedWidget, QWidget

from app.connection import Phase
from app.pending_operation import PendingOperation
from core.commands import ClosePlace
from core.dispatch.changes import Change, CloseStreet, Reassign, RulingChange, Split
from core.dispatch.commit_check import outcome_of
from core.dispatch.decision import ImpactPreview, Outcome, OverrideMode
from core.projections.operation import Part
from core.vocabulary import DriverId, OrderId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.panels import override_words as words
from ui.panels.override_choice import WAITS, OverrideChoice
from ui.panels.override_foot import OverrideFoot
from ui.panels.override_impact import OverrideImpact
from ui.panels.override_stops import OverrideStops
from ui.panels.override_words import Verb
from ui.phrasebook import reason_word
from widgets.calm_refresh import CalmRefresh
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.top_bar import TOP_BAR_HEIGHT

_TICK_MS = 1000
_SETTLING_MS = 700
"""For so long after the outcome moved under the hand nothing is committed."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MODES = {"1": OverrideMode.AS_IS, "2": OverrideMode.REPLANNED}
_TOUCHING = frozenset({Part.ORDER, Part.ROUTE, Part.DRIVER, Part.RECOMMENDATION})
_CHOSEN = (Verb.SPLIT, Verb.RESEQUENCE)
"""What is chosen on a page of its own, which one can go back to."""
OUTCOME_MOVED = "override.outcome_moved"


class OverrideSheet(ModalSheet):
    """One sheet for all overrides of a desk; open it with `open_for`, `open_split`, `open_stops` or `open_ruling`.

    Parameters
    ----------
    over : QWidget
        The window's content that it covers.
    context : DeskContext
    uncovered_top : int
        Height of `over` that stays uncovered, pixels.
    """

    committed = Signal(str)
    """The override of this order is done and in the store."""
    map_asked = Signal(object, object)
    """Preview and mode are to be shown on the live map; the sheet steps aside until `come_back`."""

    def __init__(self, over: QWidget, context: DeskContext, *, uncovered_top: int = TOP_BAR_HEIGHT) -> None:
        super().__init__(over, "", uncovered_top=uncovered_top)
        self._context = context
        self._verb, self._order_id = Verb.REASSIGN, OrderId("")
        self._change: Change | None = None
        self._preview: ImpactPreview | None = None
        self._before: ImpactPreview | None = None
        self._counting: PendingOperation | None = None
        self._committing: PendingOperation | None = None
        self._problem = self._notice = ""
        self._can_close_unseen = False
        self._settling = QTimer(self, interval=_SETTLING_MS, singleShot=True)
        self._set_up()
        self._calm = CalmRefresh(parent=self)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._listen()

    def _set_up(self) -> None:
        self.choice = OverrideChoice(self._context)
        self.stops = OverrideStops(self._context)
        self.impact = OverrideImpact(self._context)
        self.foot = OverrideFoot()
        self.commit, self.commit_other = self.foot.commit, self.foot.commit_other
        self.another, self.cancel = self.foot.another, self.foot.cancel
        self.message, self.counted = self.foot.message, self.foot.counted
        self._pages = QStackedWidget()
        for page in (self.choice, self.stops, self.impact):
            self._pages.addWidget(page)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self.foot)

    def _listen(self) -> None:
        store = self._context.store
        store.changed.connect(self._ask_if_touched)
        store.replaced.connect(self._calm.ask)
        store.connection_changed.connect(self._show_state)
        self._calm.due.connect(self._check)
        self._tick.timeout.connect(self._show_age)
        self._settling.timeout.connect(self._show_state)
        self.choice.chosen.connect(self._take_driver)
        self.stops.chosen.connect(lambda change: self._count_for(cast(Change, change)))
        self.impact.edited.connect(self._show_state)
        self.impact.live_map.clicked.connect(self.step_aside)
        self.foot.commit_pressed.connect(lambda is_chosen: self.commit_mode(self._mode(is_chosen=is_chosen)))
        self.another.clicked.connect(self._go_another_way)
        self.cancel.clicked.connect(self.close_sheet)
        self.closed.connect(self._forget)

    # --- what the shell calls ----------------------------------------------------------------------------------------

    def open_for(self, order_id: OrderId, driver_id: DriverId | None = None) -> None:
        """Begin to give an order to a driver; without a driver the driver is chosen first."""
        self._begin(Verb.REASSIGN, order_id)
        if driver_id is None:
            self._choose()
        else:
            self._count_for(Reassign(order_id=order_id, driver_id=driver_id))

    def open_split(self, order_id: OrderId, driver_id: DriverId | None = None) -> None:
        """Begin to take an order out of its shared trip; without a driver it is to wait for its own."""
        self._begin(Verb.SPLIT, order_id)
        self._count_for(Split(order_id=order_id, driver_id=driver_id))

    def open_stops(self, order_id: OrderId) -> None:
        """Begin to put the stops of the order's driver in another order."""
        self._begin(Verb.RESEQUENCE, order_id)
        self._choose()

    def open_ruling(self, change: RulingChange) -> None:
        """Begin to rule something that moves orders: show at once what it would do."""
        self._begin(Verb.RULE, change.order_id)
        self._count_for(change)

    def commit_mode(self, mode: OverrideMode) -> None:
        """Commit the change as is, or with the rest re-planned around it, if everything that is needed is there."""
        preview, reason = self._preview, self.impact.reason
        if preview is None or reason is None or not self._can_commit():
            return
        if mode is OverrideMode.REPLANNED and preview.replanned is None:
            return
        note = self.impact.note.text().strip()
        pending = self._context.operations.override(preview, reason, note, mode)
        self._committing, self._problem = pending, ""
        pending.finished.connect(lambda _: self._done(pending))
        pending.refused.connect(lambda problem: self._refused(pending, mode, cast(Problem, problem)))
        self._show_state()

    def step_aside(self) -> None:
        """Give the live map room to show what is previewed; everything written stays."""
        if self._preview is not None and self._committing is None:
            self.hide()
            self.map_asked.emit(self._preview, self.impact.mode)

    def come_back(self) -> None:
        """Show the sheet as it was left for the map, counted again if something moved."""
        if self._change is not None and not self.isVisible():
            self.open_sheet()
            self.impact.comparison.setFocus(Qt.FocusReason.OtherFocusReason)
            self._check()

    # --- steps -------------------------------------------------------------------------------------------------------

    def _begin(self, verb: Verb, order_id: OrderId) -> None:
        self._forget()
        self._verb, self._order_id = verb, order_id
        self.impact.start_over()
        self.open_sheet()
        self._tick.start()

    def _go_another_way(self) -> None:
        if self._can_close_unseen:
            self._close_unseen()
        else:
            self._choose()

    def _close_unseen(self) -> None:
        """Close a street whose preview failed, with the note or reason that is given."""
        change, reason = self._change, self.impact.reason
        note = self.impact.note.text().strip() or ("" if reason is None else reason_word(reason))
        if self._committing is not None or not isinstance(change, CloseStreet):
            return
        if not note:
            self._problem = self.tr("Say why: choose a reason, or write a note.")
            self._show_state()
            return
        command = ClosePlace(position=change.position, note=note, for_s=change.for_s, street=change.street)
        pending = self._context.operations.command(self.tr("Close"), command)
        self._committing, self._problem = pending, ""
        pending.finished.connect(lambda _: self._done(pending))
        pending.refused.connect(lambda problem: self._not_closed(pending, cast(Problem, problem)))
        self._show_state()

    def _not_closed(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is self._committing:
            self._committing = None
            self._problem = self.tr("Not done: {sentence}").format(sentence=problem.detail or problem.code)
            self._show_state()

    def _choose(self) -> None:
        """Go to where the change is said: the drivers, or the stops."""
        preferred = self._preview.recommended_driver_id if self._preview is not None else None
        self._forget()
        self._tick.start()
        is_list = self._verb is Verb.RESEQUENCE
        self._pages.setCurrentWidget(self.stops if is_list else self.choice)
        if is_list:
            self.stops.show_for(self._order_id, self._driver_id() or DriverId(""))
        else:
            self.choice.show_for(self._order_id, may_wait=self._verb is Verb.SPLIT, preferred=preferred)
        self._show_state()

    def _take_driver(self, key: str) -> None:
        driver_id = None if key == WAITS else DriverId(key)
        if self._verb is Verb.SPLIT:
            self._count_for(Split(order_id=self._order_id, driver_id=driver_id))
        elif driver_id is not None:
            self._count_for(Reassign(order_id=self._order_id, driver_id=driver_id))

    def _count_for(self, change: Change) -> None:
        self._preview = self._before = None
        self._change, self._problem, self._can_close_unseen = change, "", False
        self.impact.show_counting()
        self._pages.setCurrentWidget(self.impact)
        self.impact.comparison.setFocus(Qt.FocusReason.OtherFocusReason)
        self._count()

    def _count(self) -> None:
        """Ask for the preview; only the answer to the latest question counts."""
        if self._change is None:
            return
        pending = self._context.operations.preview_change(self._change)
        self._counting = pending
        pending.finished.connect(lambda result: self._counted(pending, cast(ImpactPreview, result)))
        pending.refused.connect(lambda problem: self._not_counted(pending, cast(Problem, problem)))
        self._show_state()

    def _counted(self, pending: PendingOperation, preview: ImpactPreview) -> None:
        if pending is not self._counting:
            return
        self._counting = None
        self._warn_if_moved(preview)
        self._show_preview(preview)
        if not self._focus_is_inside():
            self.impact.comparison.setFocus(Qt.FocusReason.OtherFocusReason)
        self._check()

    def _show_preview(self, preview: ImpactPreview, shown: Outcome | None = None) -> None:
        self._before, self._preview = self._preview, preview
        self.impact.show_preview(preview, self._before, shown)
        self.foot.show_telling(preview.tell_after_s)
        self._show_state()

    def _warn_if_moved(self, preview: ImpactPreview) -> None:
        """Say what a recount changed in a way that matters; a commit under way to the finger waits a moment."""
        shown = self._preview
        moved = words.moved_since_words(self._context, shown, preview, self.impact.mode) if shown is not None else ""
        self._notice = moved
        if moved:
            self._settling.start()

    def _not_counted(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is self._counting:
            self._counting = None
            self._problem = words.uncounted_words(self._change, problem)
            self._can_close_unseen = self._preview is None and words.can_close_unseen(self._change, problem)
            self._show_state()

    def _done(self, pending: PendingOperation) -> None:
        if pending is self._committing:
            order_id = self._order_id
            self.close_sheet()
            self.committed.emit(order_id)

    def _refused(self, pending: PendingOperation, mode: OverrideMode, problem: Problem) -> None:
        """Say why it was not done; where the outcome moved, show what holds now beside what was shown."""
        if pending is not self._committing:
            return
        self._committing, shown = None, self._preview
        enclosed = problem.details.get("preview")
        if problem.code == OUTCOME_MOVED and isinstance(enclosed, str) and shown is not None:
            now = msgspec.json.decode(enclosed, type=ImpactPreview)
            self._problem = words.moved_words(self._context, shown, now, mode)
            self._show_preview(now, outcome_of(shown, mode))
            self.commit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._problem = self.tr("Not done: {sentence}").format(sentence=problem.detail or problem.code)
        self._count()

    def _forget(self) -> None:
        self._tick.stop()
        self._preview = self._before = None
        self._change = self._counting = self._committing = None
        self._problem = self._notice = ""
        self._can_close_unseen = False

    # --- what it rests on --------------------------------------------------------------------------------------------

    def _ask_if_touched(self, changes: frozenset[tuple[Part, str]]) -> None:
        if self.isVisible() and any(part in _TOUCHING for part, _ in changes):
            self._calm.ask()

    def _check(self) -> None:
        """Count again if what the preview rests on has moved; while choosing, look again what there is."""
        if not self.isVisible():
            return
        page = self._pages.currentWidget()
        if page is not self.impact:
            (self.stops if page is self.stops else self.choice).refresh()
        elif self._committing is None and self._counting is None and self._is_outdated():
            self._count()

    def _is_outdated(self) -> bool:
        """Say whether the store knows a newer plan or order than the preview; with an older one it only lags."""
        preview, operation = self._preview, self._context.store.operation
        if preview is None:
            return False
        order = operation.orders.orders.get(self._order_id)
        if order is not None and order.version > preview.order_version:
            return True
        routes = operation.fleet
        return any(routes.route_of(driver).plan_number > plan for driver, plan in preview.based_on.items())

    def _driver_id(self) -> DriverId | None:
        """Return whom the sheet is about, as far as that is known."""
        if self._change is not None and self._change.driver_id is not None:
            return self._change.driver_id
        order = self._context.store.operation.orders.orders.get(self._order_id)
        return order.driver_id if order is not None and self._verb is Verb.RESEQUENCE else None

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _can_commit(self) -> bool:
        """Say whether a commit may be asked for; the service holds it against what is shown, also while recounting."""
        preview = self._preview
        is_ready = preview is not None and not preview.breaches and not self.impact.missing
        is_free = self._committing is None and not self._settling.isActive()
        return is_ready and is_free and self._context.store.connection.phase is Phase.LIVE

    def _mode(self, *, is_chosen: bool = True) -> OverrideMode:
        is_as_is = (self.impact.mode is OverrideMode.AS_IS) == is_chosen
        return OverrideMode.AS_IS if is_as_is else OverrideMode.REPLANNED

    def _show_state(self) -> None:
        preview, is_choosing = self._preview, self._pages.currentWidget() is not self.impact
        title = words.title(self._context, self._verb, self._order_id, self._driver_id(), self._change)
        self.set_words(title, words.subtitle(self._context, preview))
        has_replanned = preview is not None and preview.replanned is not None
        self.foot.show_modes(
            self._mode(), has_replanned=has_replanned, can_commit=self._can_commit(), is_choosing=is_choosing
        )
        has_no_way_on = bool(self._problem) if preview is None else bool(preview.breaches)
        has_another = self._verb in _CHOSEN or (has_no_way_on and self._verb is Verb.REASSIGN)
        self.another.setVisible(not is_choosing and (has_another or self._can_close_unseen))
        self.another.set_command(self._another_words())
        self.foot.say(*self._message())
        self.message.setVisible(not is_choosing)
        self._show_age()

    def _another_words(self) -> str:
        if self._can_close_unseen:
            return self.tr("Close without a preview")
        return self.tr("Back to the stops") if self._verb is Verb.RESEQUENCE else self.tr("Another driver")

    def _message(self) -> tuple[str, str]:
        preview = self._preview
        if self._problem:
            return self._problem, "p2"
        if preview is not None and preview.breaches:
            return words.breach_words(self._context, preview), "p2"
        if self._committing is not None:
            return self.tr("Committing…"), "ink2"
        if self._counting is not None and preview is not None:
            return self.tr("The plan changed. Counting again…"), "ink2"
        if self._context.store.connection.phase is not Phase.LIVE:
            return self.tr("Not connected: nothing can be committed."), "p2"
        if preview is None:
            return words.counting_words(self._change) if self._counting is not None else "", "ink2"
        missing = self.impact.missing
        return " ".join(filter(None, (self._notice, missing))), "p2" if self._notice else "ink2"

    def _show_age(self) -> None:
        is_counted = self._preview is not None and self._pages.currentWidget() is self.impact
        if self._counting is not None:
            self.counted.setText(self.tr("Counting…"))
        else:
            text = words.foot_words(self._context, self._preview) if is_counted and self._preview else ""
            self.counted.setText(text)

    def _focus_is_inside(self) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused) and focused.isVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """`1`, `2` choose, Ctrl+Enter commits the chosen, Enter presses what has the focus, Ctrl+M shows the map."""
        focused = QApplication.focusWidget()
        is_enter = event.key() in _ENTER
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.commit_mode(self.impact.mode)
        elif is_enter and isinstance(focused, QAbstractButton):
            focused.click()
        elif event.key() == Qt.Key.Key_M and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step_aside()
        elif event.key() == Qt.Key.Key_M and self.impact.isVisible() and not isinstance(focused, QLineEdit):
            self.impact.turn_over()
        elif event.text() in _MODES and not isinstance(focused, QLineEdit):
            self.impact.comparison.choose(_MODES[event.text()])
        else:
            super().keyPressEvent(event)
