"""The foot of the recommendation: what happens otherwise, the buttons, what is pending, what was not done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.phrasebook import NOT_NOW_REASONS, not_now_word
from widgets.parts.chip_group import ChipGroup
from widgets.parts.hairline import Hairline
from widgets.parts.key_button import KeyButton
from widgets.parts.panel import CARD_INSET
from widgets.parts.text_label import ElidedLabel, TextLabel
from widgets.theme.fonts import SEMIBOLD


class RecommendationFoot(QWidget):
    """Buttons and the words that belong to them."""

    accept_pressed = Signal()
    override_pressed = Signal()
    hold_pressed = Signal()
    put_off = Signal(str)
    """A reason was chosen for "not now"."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.condition = TextLabel(px=12, weight=SEMIBOLD)
        self.otherwise = ElidedLabel(px=12, ink="ink2")
        self.message = TextLabel(px=12)
        self.message.setWordWrap(True)
        self.accept = KeyButton(self.tr("Accept"), "Enter", filled=True)
        self.override = KeyButton(self.tr("Override"), "O")
        self.hold = KeyButton(self.tr("Hold 2 min"), "H")
        self.not_now = KeyButton(self.tr("Not now"), "N")
        self.reasons = ChipGroup()
        self.reasons.set_chips([(reason, not_now_word(reason)) for reason in NOT_NOW_REASONS])
        self._asking = self._question()
        self._lay_out()
        self.accept.clicked.connect(self.accept_pressed)
        self.override.clicked.connect(self.override_pressed)
        self.hold.clicked.connect(self.hold_pressed)
        self.not_now.clicked.connect(self.ask_reason)
        self.reasons.changed.connect(self._take_reason)

    def _question(self) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(TextLabel(self.tr("Why not now? Esc goes back."), px=12, weight=SEMIBOLD))
        column.addWidget(self.reasons)
        holder.hide()
        return holder

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.condition)
        line.addWidget(self.otherwise, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button, stretch in ((self.accept, 5), (self.override, 4), (self.hold, 4), (self.not_now, 4)):
            buttons.addWidget(button, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(CARD_INSET, 0, CARD_INSET, 12)
        column.setSpacing(8)
        column.addWidget(Hairline())
        column.addLayout(line)
        column.addWidget(self.message)
        column.addWidget(self._asking)
        column.addLayout(buttons)

    def show_otherwise(self, condition: str, otherwise: str) -> None:
        """Say what happens if nobody decides; nothing where nothing is proposed."""
        self.condition.setText(condition)
        self.otherwise.setText(otherwise)
        for label in (self.condition, self.otherwise):
            label.setVisible(bool(condition))

    def show_message(self, words: str, *, is_refusal: bool = False) -> None:
        """Say what is pending, or why something was not done."""
        self.message.setText(words)
        self.message.set_ink("p2" if is_refusal else "ink2")
        self.message.setVisible(bool(words))

    def show_buttons(self, *, with_proposal: bool, can_accept: bool, can_override: bool) -> None:
        """Offer what is possible; without a proposal there is nothing to accept or to put off."""
        self.accept.setVisible(with_proposal)
        self.not_now.setVisible(with_proposal)
        self.accept.setEnabled(can_accept)
        self.not_now.setEnabled(can_override)
        self.override.setEnabled(can_override)
        self.hold.setEnabled(can_override)
        if not can_override:
            self.stop_asking()

    @property
    def is_asking(self) -> bool:
        """Whether a reason for "not now" is asked for."""
        return not self._asking.isHidden()

    def ask_reason(self) -> None:
        """Ask why not now; the first reason has the focus."""
        if not self.not_now.isEnabled() or self.not_now.isHidden():
            return
        self.reasons.choose([])
        self._asking.show()
        self.reasons.chip(NOT_NOW_REASONS[0]).setFocus(Qt.FocusReason.OtherFocusReason)

    def stop_asking(self) -> None:
        """Take the question back."""
        self._asking.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc takes the question back."""
        if event.key() == Qt.Key.Key_Escape and self.is_asking:
            self.stop_asking()
            self.not_now.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        super().keyPressEvent(event)

    def _take_reason(self, chosen: list[str]) -> None:
        self.stop_asking()
        self.put_off.emit(chosen[0])
