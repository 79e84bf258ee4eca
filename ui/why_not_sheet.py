"""Why an order does not go to a certain driver, over the desk: what keeps the driver from it, and what would help."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.pending_operation import PendingOperation
from core.dispatch.why_not import WhyNot
from core.vocabulary import DriverId, OrderId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.names import driver_label
from ui.panels.recommendation_words import said
from widgets.formatting import clock_time, money_with_code, signed
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import TextLabel
from widgets.theme.fonts import SEMIBOLD

_MOST_LINES = 6


class WhyNotSheet(ModalSheet):
    """Asks when it is opened, for any driver.

    Attributes
    ----------
    finding : the answer in one line
    reasons : what keeps the driver from it, or speaks against it; the first binding limit first
    change : the smallest change that would help
    enter : opens the override for this driver
    """

    override_wanted = Signal(str, str)
    """The order, and the driver who is to have it."""

    def __init__(self, over: QWidget, context: DeskContext) -> None:
        super().__init__(over, "", width=620, height=420)
        self._context = context
        self._asking: PendingOperation | None = None
        self._order_id, self._driver_id = OrderId(""), DriverId("")
        self.finding = TextLabel(px=15, weight=SEMIBOLD)
        self.reasons = [TextLabel(px=13) for _ in range(_MOST_LINES)]
        self.change = TextLabel(px=13, ink="ink2")
        self.enter = KeyButton(self.tr("Preview giving it"), "Ctrl+Enter", filled=True, height=DIALOG_BUTTON_HEIGHT)
        self._lay_out()
        self.enter.clicked.connect(self._preview)
        self.enter.setShortcut("Ctrl+Return")

    def open_for(self, order_id: OrderId, driver_id: DriverId) -> None:
        """Ask about a driver, and show the answer when it is here."""
        self._order_id, self._driver_id = order_id, driver_id
        name = driver_label(self._context.store.operation, driver_id)
        self.set_words(self.tr("Why not {driver}?").format(driver=name), self.tr("For {order}").format(order=order_id))
        self._show(self.tr("Asking …"), [], "")
        self.enter.setEnabled(False)
        pending = self._asking = self._context.operations.why_not(order_id, driver_id)
        pending.finished.connect(lambda answer: self._take(pending, cast(WhyNot, answer)))
        pending.refused.connect(lambda problem: self._refused(pending, cast(Problem, problem)))
        self.open_sheet()

    def _lay_out(self) -> None:
        lines = QVBoxLayout()
        lines.setSpacing(8)
        for line in (*self.reasons, self.change):
            line.setWordWrap(True)
            lines.addWidget(line)
        buttons = QHBoxLayout()
        buttons.addWidget(self.enter)
        buttons.addStretch(1)
        self.finding.setWordWrap(True)
        self.body.addWidget(self.finding)
        self.body.addLayout(lines)
        self.body.addStretch(1)
        self.body.addLayout(buttons)

    def _preview(self) -> None:
        self.close_sheet()
        self.override_wanted.emit(self._order_id, self._driver_id)

    def _take(self, pending: PendingOperation, answer: WhyNot) -> None:
        if pending is not self._asking:
            return
        self._asking = None
        time = clock_time(answer.made_at, self._context.zone, seconds=True)
        self.set_words(
            self.tr("Why not {driver}?").format(driver=driver_label(self._context.store.operation, answer.driver_id)),
            self.tr("For {order}, as of {time}").format(order=answer.order_id, time=time),
        )
        reasons = [self._context.say(statement) for statement in answer.why]
        self._show(
            self._headline(answer),
            [f"· {words}" for words in [*reasons, *self._difference(answer)]],
            "" if answer.change is None else said(self._context, (answer.change, *answer.also)),
        )
        self.enter.setEnabled(answer.is_possible)

    def _headline(self, answer: WhyNot) -> str:
        if answer.alternative is None or answer.best_driver_id == answer.driver_id:
            return self._context.say(answer.why[0])
        if not answer.is_possible:
            return self.tr("Cannot take it now")
        best = driver_label(self._context.store.operation, answer.best_driver_id)
        return self.tr("Could take it; {driver} is better").format(driver=best)

    def _difference(self, answer: WhyNot) -> list[str]:
        """Return what the driver's candidacy comes to, where there is one."""
        if answer.alternative is None or not answer.is_possible:
            return []
        one, city = answer.alternative, self._context.city
        words = self.tr("{minutes} min in all, {money}")
        money = money_with_code(one.total_money, city.currency, city.currency_decimals)
        return [words.format(minutes=signed(one.total_minutes, 1), money=money)]

    def _refused(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is self._asking:
            self._asking = None
            self._show(self.tr("No answer: {why}").format(why=problem.detail or problem.code), [], "")

    def _show(self, finding: str, reasons: list[str], change: str) -> None:
        self.finding.setText(finding)
        for place, line in enumerate(self.reasons):
            line.setText(reasons[place] if place < len(reasons) else "")
            line.setVisible(place < len(reasons))
        self.change.setText(change)
        self.change.setVisible(bool(change))
