"""The recommendation for what is selected, accepted by one key; without one, what is in force."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QStackedWidget, QVBoxLayout, QWidget

from app.connection import Phase
from app.pending_operation import PendingOperation
from core.dispatch.decision import Recommendation
from core.dispatch.planning_events import is_reassignable
from core.fleet.fleet import Driver
from core.orders.order import Order
from core.projections.operation import Part
from core.vocabulary import DriverId, OrderId, VehicleId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.panels import recommendation_words as words
from ui.panels.decision_in_force import InForce, driver_in_force, order_in_force
from ui.panels.in_force_page import InForcePage
from ui.panels.recommendation_card import RecommendationCard
from ui.panels.recommendation_foot import RecommendationFoot
from ui.selection import Kind
from widgets.calm_refresh import CalmRefresh
from widgets.formatting import clock_time, number
from widgets.parts.empty_state import EmptyState
from widgets.parts.panel import Panel
from widgets.theme.icons import IconName

GUARD_MS = 700
"""A card that changed less than this ago swallows Enter."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TOUCHING = frozenset({Part.ORDER, Part.RECOMMENDATION, Part.OVERRIDE, Part.ROUTE, Part.DRIVER, Part.VEHICLE})


class RecommendationPanel(Panel):
    """The card of the selected order's proposal, else what is in force for the selected order or driver.

    Parameters
    ----------
    context : DeskContext
    guard_ms : int
        Time after a change of the card during which Enter does nothing.
    decides : bool
        Whether there is a foot to decide with; the past has none.
    """

    override_wanted = Signal(str, object)
    """A person wants to decide otherwise: the order, and the driver if one is meant, else ``None``."""

    def __init__(
        self, context: DeskContext, *, guard_ms: int = GUARD_MS, decides: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(self.tr("Recommendation"), parent=parent)
        self._context = context
        self._guard_ms, self._decides = guard_ms, decides
        self._shown: tuple[str | None, str | None] = (None, None)
        self._changed_words = ""
        self._since_changed = QElapsedTimer()
        self._pending: PendingOperation | None = None
        self.card = RecommendationCard(context)
        self.foot = RecommendationFoot()
        self.empty = EmptyState(IconName.ACCEPTED, "", "")
        self._page = QStackedWidget()
        self._set_up_body()
        self._calm = CalmRefresh(parent=self)
        self._calm.due.connect(self._show_selected)
        self._listen()
        self._show_selected()

    def _set_up_body(self) -> None:
        self.in_force = InForcePage()
        for page in (self.card, self.in_force, self.empty):
            self._page.addWidget(page)
        self.card.setFocusProxy(self.card.alternatives)
        for page in (self.in_force, self.empty):
            page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._page, 1)
        column.addWidget(self.foot)
        self.set_body(body)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.card.alternatives)

    def _listen(self) -> None:
        context = self._context
        context.selection.changed.connect(self._follow_selection)
        context.store.replaced.connect(self._calm.ask)
        context.store.changed.connect(self._ask_if_touched)
        context.store.forecasts_changed.connect(self._ask_if_forecast)
        context.store.connection_changed.connect(self._calm.ask)
        self.foot.accept_pressed.connect(self.accept)
        self.foot.override_pressed.connect(self.override)
        self.foot.hold_pressed.connect(self.hold)
        self.foot.put_off.connect(self._dismiss)
        self.card.opened.connect(self._open_alternative)
        self.empty.pressed.connect(self._select_oldest)

    # --- verbs, for keys, buttons and the command line ---------------------------------------------------------------

    def accept(self) -> None:
        """Do what is recommended, unless the card has just changed under the hand."""
        proposal = self.proposal
        if proposal is None or proposal.driver_id is None or not self._is_free():
            return
        if self._since_changed.isValid() and self._since_changed.elapsed() < self._guard_ms:
            self.foot.show_message(self._changed_words, is_refusal=True)
            return
        self._follow(self._context.operations.accept(proposal.recommendation_id), self.tr("Accepting"))

    def override(self, driver_id: DriverId | None = None) -> None:
        """Ask for the override of the selected order; the compared alternative is meant if no driver is named."""
        order = self._order()
        if order is None or not is_reassignable(order) or not self._is_free():
            return
        meant = driver_id or self._compared_driver()
        self.override_wanted.emit(order.order_id, meant)

    def hold(self) -> None:
        """Have the platform decide nothing on the selected order for two minutes."""
        order = self._order()
        if order is not None and is_reassignable(order) and self._is_free():
            self._follow(self._context.operations.hold(order.order_id), self.tr("Holding"))

    def not_now(self) -> None:
        """Ask for the reason and put the proposal off."""
        if self.proposal is not None and self._is_free():
            self.foot.ask_reason()

    def _dismiss(self, reason: str) -> None:
        proposal = self.proposal
        if proposal is not None and self._is_free():
            self._follow(self._context.operations.dismiss(proposal.recommendation_id, reason), self.tr("Putting off"))

    def _open_alternative(self, key: str) -> None:
        proposal = self.proposal
        chosen = words.alternative_of(proposal, key) if proposal is not None else None
        if proposal is None or chosen is None:
            return
        if chosen.driver_id == proposal.driver_id:
            self.accept()
        elif chosen.driver_id is not None and chosen.is_possible and not chosen.is_current:
            self.override(chosen.driver_id)

    def _compared_driver(self) -> DriverId | None:
        proposal = self.proposal
        chosen = words.alternative_of(proposal, self.card.compared_key) if proposal is not None else None
        is_choice = chosen is not None and chosen.is_possible and not chosen.is_current
        return chosen.driver_id if chosen is not None and is_choice else None

    # --- what is under way -------------------------------------------------------------------------------------------

    def _is_free(self) -> bool:
        return self._pending is None and self._context.store.connection.phase is Phase.LIVE

    def _follow(self, pending: PendingOperation, words_meanwhile: str) -> None:
        self._pending = pending
        if _holds_focus(self.foot):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.foot.show_message(words_meanwhile + "…")
        self._show_buttons()
        pending.finished.connect(lambda _: self._end(""))
        pending.refused.connect(lambda problem: self._end(self._refusal(cast(Problem, problem))))

    def _refusal(self, problem: Problem) -> str:
        return self.tr("Not done: {sentence}").format(sentence=problem.detail or problem.title or problem.code)

    def _end(self, refusal: str) -> None:
        self._pending = None
        self.foot.show_message(refusal, is_refusal=True)
        self._show_selected()

    # --- what is shown -----------------------------------------------------------------------------------------------

    @property
    def proposal(self) -> Recommendation | None:
        """Return the proposal that stands for the selected order."""
        order_id = self._context.selection.order_id
        return self._context.store.operation.decisions.standing.get(OrderId(order_id)) if order_id else None

    def _order(self) -> Order | None:
        order_id = self._context.selection.order_id
        return self._context.store.operation.orders.orders.get(OrderId(order_id)) if order_id else None

    def _driver(self) -> Driver | None:
        selection, fleet = self._context.selection, self._context.store.operation.fleet
        driver_id = selection.id_of(Kind.DRIVER)
        if vehicle_id := selection.id_of(Kind.VEHICLE):
            vehicle = fleet.vehicles.get(VehicleId(vehicle_id))
            driver_id = vehicle.driver_id if vehicle is not None else None
        return fleet.drivers.get(DriverId(driver_id)) if driver_id else None

    def _follow_selection(self) -> None:
        self.foot.stop_asking()
        if self._pending is None:
            self.foot.show_message("")
        self._show_selected()

    def _ask_if_touched(self, changes: frozenset[tuple[Part, str]]) -> None:
        selected = self._context.selection.current
        if selected is None:
            if any(part is Part.RECOMMENDATION for part, _ in changes):
                self._calm.ask()
            return
        order, names = self._order(), {selected.id}
        if order is not None and order.driver_id is not None:
            names.add(order.driver_id)
        driver = self._driver()
        if driver is not None:
            names |= {driver.driver_id, driver.vehicle_id or ""}
        if any(part in _TOUCHING and name in names for part, name in changes):
            self._calm.ask()

    def _ask_if_forecast(self, order_ids: frozenset[OrderId]) -> None:
        if self._context.selection.order_id in order_ids:
            self._calm.ask()

    def _show_selected(self) -> None:
        order, proposal, driver = self._order(), self.proposal, self._driver()
        self._note_change(order, proposal)
        if proposal is not None:
            self.set_meta(words.meta(self._context, proposal))
            self.card.show_proposal(proposal)
            self._turn_to(self.card)
        elif order is not None:
            self._show_in_force(order.order_id, order_in_force(self._context, order))
        elif driver is not None:
            self._show_in_force(driver.driver_id, driver_in_force(self._context, driver))
        else:
            self._show_empty()
        self._show_foot(order, proposal)

    def _note_change(self, order: Order | None, proposal: Recommendation | None) -> None:
        """Start the guard when the same order gets another proposal; a person's own selection is no surprise."""
        shown = (order.order_id if order else None, proposal.recommendation_id if proposal else None)
        before, self._shown = self._shown, shown
        if shown == before:
            return
        if shown[0] != before[0]:
            self._since_changed.invalidate()
            return
        self._since_changed.start()
        time = clock_time(self._context.now(), self._context.zone, seconds=True)
        self._changed_words = self.tr("Changed at {time}, look again").format(time=time)

    def _turn_to(self, page: QWidget) -> None:
        """Turn to a page; the focus stays on what is shown and never lands on a button by itself."""
        target = self.card.alternatives if page is self.card else page
        is_turned = self._page.currentWidget() is not page
        had_focus = _holds_focus(self._page)
        self._page.setCurrentWidget(page)
        self.setFocusProxy(target)
        if is_turned and had_focus:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_in_force(self, name: str, in_force: InForce) -> None:
        self.set_meta(self.tr("for {name}").format(name=name))
        self.in_force.show_in_force(in_force)
        self._turn_to(self.in_force)

    def _show_empty(self) -> None:
        standing = len(self._context.store.operation.decisions.standing)
        self.set_meta("")
        if standing:
            several = self.tr("{count} proposals wait").format(count=number(standing))
            headline = self.tr("1 proposal waits") if standing == 1 else several
            detail = self.tr("Select an order to judge its proposal.")
            self.empty.show_state(IconName.PROPOSAL, headline, detail, command=self.tr("Show the oldest"))
        else:
            detail = self.tr("The platform decides by itself. Select an order to see what is in force.")
            self.empty.show_state(IconName.ACCEPTED, self.tr("Nothing needs you"), detail)
        self._turn_to(self.empty)

    def _select_oldest(self) -> None:
        standing = self._context.store.operation.decisions.standing.values()
        oldest = min(standing, key=lambda proposal: proposal.made_at, default=None)
        if oldest is not None:
            self._context.selection.select(Kind.ORDER, oldest.order_id)

    def _show_foot(self, order: Order | None, proposal: Recommendation | None) -> None:
        is_open = order is not None and (proposal is not None or is_reassignable(order))
        self.foot.setVisible(self._decides and is_open)
        if proposal is not None:
            self.foot.show_otherwise(*words.fallback(self._context, proposal))
        else:
            self.foot.show_otherwise("", "")
        self.foot.message.setVisible(bool(self.foot.message.text()))
        self._show_buttons()

    def _show_buttons(self) -> None:
        order, proposal, is_free = self._order(), self.proposal, self._is_free()
        self.foot.show_buttons(
            with_proposal=proposal is not None,
            can_accept=is_free and proposal is not None and proposal.driver_id is not None,
            can_override=is_free and order is not None and is_reassignable(order),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button or chip that has the focus, else accepts."""
        if event.key() not in _ENTER or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
            focused.click()
        else:
            self.accept()


def _holds_focus(part: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and part.isAncestorOf(focused)
