"""Deciding otherwise: choose the driver, see what it does to everyone, give the reason, commit."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.connection import Phase
from app.pending_operation import PendingOperation
from core.dispatch.changes import Reassign
from core.dispatch.decision import ImpactPreview, OverrideMode
from core.projections.operation import Part
from core.vocabulary import DriverId, OrderId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.panels import override_words as words
from ui.panels.override_choice import OverrideChoice
from ui.panels.override_impact import OverrideImpact
from widgets.calm_refresh import CalmRefresh
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.modal_sheet import ModalSheet
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.parts.top_bar import TOP_BAR_HEIGHT

_TICK_MS = 1000
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MODES = {"1": OverrideMode.AS_IS, "2": OverrideMode.REPLANNED}
_TOUCHING = frozenset({Part.ORDER, Part.ROUTE, Part.DRIVER, Part.RECOMMENDATION})


class OverrideSheet(ModalSheet):
    """One sheet for all overrides of a desk; open it with `open_for`.

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

    def __init__(self, over: QWidget, context: DeskContext, *, uncovered_top: int = TOP_BAR_HEIGHT) -> None:
        super().__init__(over, "", uncovered_top=uncovered_top)
        self._context = context
        self._order_id = OrderId("")
        self._driver_id: DriverId | None = None
        self._preview: ImpactPreview | None = None
        self._before: ImpactPreview | None = None
        self._counting: PendingOperation | None = None
        self._committing: PendingOperation | None = None
        self._problem = ""
        self._set_up_pages()
        self._set_up_foot()
        self._calm = CalmRefresh(parent=self)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._listen()

    def _set_up_pages(self) -> None:
        self.choice = OverrideChoice(self._context)
        self.impact = OverrideImpact(self._context)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.choice)
        self._pages.addWidget(self.impact)
        self.body.addWidget(self._pages, 1)

    def _set_up_foot(self) -> None:
        height = DIALOG_BUTTON_HEIGHT
        self.commit = KeyButton("", "Ctrl+Enter", filled=True, height=height)
        self.commit_other = KeyButton("", height=height)
        self.another = KeyButton(self.tr("Another driver"), height=height)
        self.cancel = KeyButton(self.tr("Cancel"), "Esc", height=height)
        self.message = TextLabel(px=12)
        self.message.setWordWrap(True)
        self.counted = ElidedLabel(px=12, ink="ink2")
        self.undo_note = ElidedLabel(self.tr("Ctrl+Z takes it back by a new, recorded change."), px=12, ink="ink2")
        notes = QVBoxLayout()
        notes.setSpacing(2)
        for note in (self.counted, self.undo_note):
            note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            notes.addWidget(note)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.commit, self.commit_other, self.another, self.cancel):
            row.addWidget(button)
        row.addSpacing(12)
        row.addLayout(notes, 1)
        self.body.addWidget(self.message)
        self.body.addLayout(row)

    def _listen(self) -> None:
        store = self._context.store
        store.changed.connect(self._ask_if_touched)
        store.replaced.connect(self._calm.ask)
        store.connection_changed.connect(self._show_state)
        self._calm.due.connect(self._check)
        self._tick.timeout.connect(self._show_age)
        self.choice.chosen.connect(lambda driver_id: self._count_for(DriverId(driver_id)))
        self.impact.edited.connect(self._show_state)
        self.commit.clicked.connect(lambda: self.commit_mode(self.impact.mode))
        self.commit_other.clicked.connect(lambda: self.commit_mode(self._other_mode()))
        self.another.clicked.connect(self._choose_driver)
        self.cancel.clicked.connect(self.close_sheet)
        self.closed.connect(self._forget)

    # --- what the shell calls ----------------------------------------------------------------------------------------

    def open_for(self, order_id: OrderId, driver_id: DriverId | None = None) -> None:
        """Begin an override; without a driver the driver is chosen first."""
        self._forget()
        self._order_id = order_id
        self.impact.start_over()
        self.open_sheet()
        self._tick.start()
        if driver_id is None:
            self._choose_driver()
        else:
            self._count_for(driver_id)

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
        pending.refused.connect(lambda problem: self._refused(pending, cast(Problem, problem)))
        self._show_state()

    # --- steps -------------------------------------------------------------------------------------------------------

    def _choose_driver(self) -> None:
        self._forget()
        self._pages.setCurrentWidget(self.choice)
        self.choice.show_for(self._order_id)
        self._show_state()

    def _count_for(self, driver_id: DriverId) -> None:
        self._preview = self._before = None
        self._driver_id, self._problem = driver_id, ""
        self.impact.show_counting()
        self._pages.setCurrentWidget(self.impact)
        self.impact.comparison.setFocus(Qt.FocusReason.OtherFocusReason)
        self._count()

    def _count(self) -> None:
        """Ask for the preview; only the answer to the latest question counts."""
        if self._driver_id is None:
            return
        pending = self._context.operations.preview_change(Reassign(order_id=self._order_id, driver_id=self._driver_id))
        self._counting = pending
        pending.finished.connect(lambda result: self._counted(pending, cast(ImpactPreview, result)))
        pending.refused.connect(lambda problem: self._not_counted(pending, cast(Problem, problem)))
        self._show_state()

    def _counted(self, pending: PendingOperation, preview: ImpactPreview) -> None:
        if pending is not self._counting:
            return
        self._counting = None
        self._before, self._preview = self._preview, preview
        self.impact.show_preview(preview, self._before)
        self._show_state()
        if not self._focus_is_inside():
            self.impact.comparison.setFocus(Qt.FocusReason.OtherFocusReason)
        self._check()

    def _not_counted(self, pending: PendingOperation, problem: Problem) -> None:
        if pending is self._counting:
            self._counting = None
            self._problem = self.tr("Not counted: {sentence}").format(sentence=problem.detail or problem.code)
            self._show_state()

    def _done(self, pending: PendingOperation) -> None:
        if pending is self._committing:
            order_id = self._order_id
            self.close_sheet()
            self.committed.emit(order_id)

    def _refused(self, pending: PendingOperation, problem: Problem) -> None:
        """Say why it was not done, and count again: the state has moved."""
        if pending is self._committing:
            self._committing = None
            self._problem = self.tr("Not done: {sentence}").format(sentence=problem.detail or problem.code)
            self._count()

    def _forget(self) -> None:
        self._tick.stop()
        self._preview = self._before = None
        self._driver_id = self._counting = self._committing = None
        self._problem = ""

    # --- what it rests on --------------------------------------------------------------------------------------------

    def _ask_if_touched(self, changes: frozenset[tuple[Part, str]]) -> None:
        if self.isVisible() and any(part in _TOUCHING for part, _ in changes):
            self._calm.ask()

    def _check(self) -> None:
        """Count again if what the preview rests on has moved; while choosing, look again who is there."""
        if not self.isVisible():
            return
        if self._pages.currentWidget() is self.choice:
            self.choice.refresh()
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

    # --- what is shown -----------------------------------------------------------------------------------------------

    def _can_commit(self) -> bool:
        preview = self._preview
        is_ready = preview is not None and not preview.breaches and not self.impact.missing
        is_free = self._counting is None and self._committing is None and not self._is_outdated()
        return is_ready and is_free and self._context.store.connection.phase is Phase.LIVE

    def _other_mode(self) -> OverrideMode:
        is_as_is = self.impact.mode is OverrideMode.AS_IS
        return OverrideMode.REPLANNED if is_as_is else OverrideMode.AS_IS

    def _commit_words(self, mode: OverrideMode) -> str:
        return self.tr("Commit as is") if mode is OverrideMode.AS_IS else self.tr("Commit re-planned")

    def _show_state(self) -> None:
        preview, is_choosing = self._preview, self._pages.currentWidget() is self.choice
        self.set_words(
            words.title(self._context, self._order_id, self._driver_id), words.subtitle(self._context, preview)
        )
        self.commit.set_command(self._commit_words(self.impact.mode), "Ctrl+Enter")
        self.commit_other.set_command(self._commit_words(self._other_mode()))
        self.commit.setVisible(not is_choosing)
        self.commit_other.setVisible(not is_choosing and preview is not None and preview.replanned is not None)
        has_no_way_on = bool(self._problem) if preview is None else bool(preview.breaches)
        self.another.setVisible(not is_choosing and has_no_way_on)
        for button in (self.commit, self.commit_other):
            button.setEnabled(self._can_commit())
        self.undo_note.setVisible(not is_choosing)
        self._show_message()
        self._show_age()

    def _show_message(self) -> None:
        preview, ink = self._preview, "ink2"
        if self._problem:
            text, ink = self._problem, "p2"
        elif preview is not None and preview.breaches:
            text, ink = words.breach_words(self._context, preview), "p2"
        elif self._committing is not None:
            text = self.tr("Committing…")
        elif self._counting is not None and preview is not None:
            text = self.tr("The plan changed. Counting again…")
        elif self._context.store.connection.phase is not Phase.LIVE:
            text, ink = self.tr("Not connected: nothing can be committed."), "p2"
        else:
            text = "" if preview is None else self.impact.missing
        self.message.setText(text)
        self.message.set_ink(ink)
        self.message.setVisible(self._pages.currentWidget() is self.impact)

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
        """`1` and `2` choose, Ctrl+Enter commits the chosen, Enter presses what has the focus."""
        focused = QApplication.focusWidget()
        is_enter = event.key() in _ENTER
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.commit_mode(self.impact.mode)
        elif is_enter and isinstance(focused, QAbstractButton):
            focused.click()
        elif event.text() in _MODES and not isinstance(focused, QLineEdit):
            self.impact.comparison.choose(_MODES[event.text()])
        else:
            super().keyPressEvent(event)
