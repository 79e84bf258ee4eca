"""Idle drivers who would be of more use in another zone: each with its reason and gain, accepted or dismissed."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.connection import Phase
from app.pending_operation import PendingOperation
from core.dispatch.move_commands import AcceptDriverMove, DismissDriverMove
from core.fleet.driver_move import DriverMove
from core.vocabulary import DriverId
from core.wire import Problem
from ui.desk_context import DeskContext
from ui.names import driver_name, zone_name
from ui.selection import Kind
from widgets.formatting import clock_time, countdown, distance, number
from widgets.parts.empty_state import EmptyState
from widgets.parts.key_button import KeyButton
from widgets.parts.text_label import TextLabel
from widgets.parts.two_line_list import TwoLineList, TwoLineRow
from widgets.theme.icons import IconName

_ASKED, _TOLD = 3, 4
_EVERY_MS = 5_000
"""How often the time that is left is written anew."""


class MoveCues(QWidget):
    """The cues that wait for a person, the greatest gain first, and below them the drivers on their way.

    Enter accepts the selected one, Del dismisses it.
    """

    counted = Signal(int)
    """How many wait for a person."""

    def __init__(self, context: DeskContext, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._pending: PendingOperation | None = None
        self.rows = TwoLineList()
        self.rows.setAccessibleName(self.tr("Moves of idle drivers"))
        self.empty = EmptyState(IconName.ACCEPTED, "", "")
        self.message = TextLabel(px=12)
        self.message.setWordWrap(True)
        self.accept_button = KeyButton(self.tr("Move"), "Enter", filled=True)
        self.dismiss_button = KeyButton(self.tr("Stay"), "Del")
        self._pages = QStackedWidget()
        self._lay_out()
        self.setFocusProxy(self.rows)
        self.rows.opened.connect(lambda _: self.accept())
        self.rows.chosen.connect(self._choose)
        self.accept_button.clicked.connect(self.accept)
        self.dismiss_button.clicked.connect(self.dismiss)
        self._clock = QTimer(self)
        self._clock.setInterval(_EVERY_MS)
        self._clock.timeout.connect(self.show_moves)
        self.show_moves()

    def _lay_out(self) -> None:
        for page in (self.rows, self.empty):
            self._pages.addWidget(page)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 0, 12, 8)
        buttons.setSpacing(8)
        buttons.addWidget(self.accept_button, 1)
        buttons.addWidget(self.dismiss_button, 1)
        self.message.setContentsMargins(12, 0, 12, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._pages, 1)
        column.addWidget(self.message)
        column.addLayout(buttons)

    # --- verbs -------------------------------------------------------------------------------------------------------

    def accept(self) -> None:
        """Tell the driver of the selected cue to go."""
        move = self.selected()
        if move is not None and self._is_free():
            pending = self._context.operations.command("Move", AcceptDriverMove(move_id=move.move_id))
            self._follow(pending, self.tr("Telling {driver}").format(driver=self._name(move.driver_id)))

    def dismiss(self) -> None:
        """Let the driver of the selected cue wait where they are."""
        move = self.selected()
        if move is not None and self._is_free():
            pending = self._context.operations.command("Stay", DismissDriverMove(move_id=move.move_id))
            self._follow(pending, self.tr("Dismissing"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del dismisses."""
        if event.key() == Qt.Key.Key_Delete:
            self.dismiss()
            return
        super().keyPressEvent(event)

    def selected(self) -> DriverMove | None:
        """Return the cue whose row is selected, if it still waits for a person."""
        key = self.rows.selected_key()
        return self._context.store.operation.moves.standing.get(DriverId(key)) if key else None

    def _is_free(self) -> bool:
        return self._pending is None and self._context.store.connection.phase is Phase.LIVE

    def _follow(self, pending: PendingOperation, words_meanwhile: str) -> None:
        self._pending = pending
        self._say(words_meanwhile + "…")
        self._show_buttons()
        pending.finished.connect(lambda _: self._end(""))
        pending.refused.connect(lambda problem: self._end(self._refusal(cast(Problem, problem))))

    def _refusal(self, problem: Problem) -> str:
        return self.tr("Not done: {sentence}").format(sentence=problem.detail or problem.title or problem.code)

    def _end(self, refusal: str) -> None:
        self._pending = None
        self._say(refusal, is_refusal=bool(refusal))
        self.show_moves()

    def _say(self, words: str, *, is_refusal: bool = False) -> None:
        self.message.setText(words)
        self.message.set_ink("p2" if is_refusal else "ink2")
        self.message.setVisible(bool(words))

    # --- what is shown -----------------------------------------------------------------------------------------------

    def show_moves(self) -> None:
        """Show what the store knows now."""
        moves = self._context.store.operation.moves
        asked = sorted(moves.standing.values(), key=lambda move: (-move.gain_minutes, move.driver_id))
        told = sorted(moves.under_way.values(), key=lambda move: move.driver_id)
        rows = [*(self._asked_row(move) for move in asked), *(self._told_row(move) for move in told)]
        self.rows.show_rows(rows)
        self._clock.start() if rows else self._clock.stop()
        if not rows:
            title = self.tr("Nobody needs to move")
            detail = self.tr("No zone will lack a driver in half an hour whom another one can spare.")
            self.empty.show_state(IconName.ACCEPTED, title, detail)
        self._pages.setCurrentWidget(self.rows if rows else self.empty)
        if asked and self.selected() is None and self._pending is None:
            self.rows.select_key(asked[0].driver_id)
        self._show_buttons()
        self.counted.emit(len(asked))

    def _show_buttons(self) -> None:
        has_any = bool(self._context.store.operation.moves.standing)
        for button in (self.accept_button, self.dismiss_button):
            button.setVisible(has_any)
            button.setEnabled(self.selected() is not None and self._is_free())

    def _choose(self, key: str) -> None:
        self._context.selection.select(Kind.DRIVER, key)
        self._show_buttons()

    def _asked_row(self, move: DriverMove) -> TwoLineRow:
        operation = self._context.store.operation
        lacks = self.tr("{zone} lacks {short} drivers at {time}; {away}, {way} min").format(
            zone=zone_name(operation, move.to_zone_id),
            short=number(move.short, 1),
            time=clock_time(move.short_at, self._context.zone),
            away=distance(move.distance_m),
            way=number(move.way_minutes),
        )
        return TwoLineRow(
            key=move.driver_id,
            priority=_ASKED,
            subject=self._name(move.driver_id),
            finding=self._way(move),
            cause=lacks,
            act_within=countdown(max(0.0, move.expires_at - self._context.now())),
            proposal=self.tr("gains {minutes} min").format(minutes=number(move.gain_minutes)),
        )

    def _told_row(self, move: DriverMove) -> TwoLineRow:
        return TwoLineRow(
            key=move.driver_id,
            priority=_TOLD,
            subject=self._name(move.driver_id),
            finding=self._way(move),
            cause=self.tr("was told, on the way"),
            proposal=self.tr("until {time}").format(time=clock_time(move.short_at, self._context.zone)),
            acknowledged=True,
        )

    def _way(self, move: DriverMove) -> str:
        operation = self._context.store.operation
        start, goal = zone_name(operation, move.from_zone_id), zone_name(operation, move.to_zone_id)
        return self.tr("{start} → {goal}").format(start=start, goal=goal)

    def _name(self, driver_id: DriverId) -> str:
        return driver_name(self._context.store.operation, driver_id)
