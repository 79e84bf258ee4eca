"""The foot of the override sheet: commit, the other way to commit, another choice, cancel; and what there is to say."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.dispatch.decision import OverrideMode
from widgets.parts.key_button import DIALOG_BUTTON_HEIGHT, KeyButton
from widgets.parts.text_label import ElidedLabel, TextLabel


class OverrideFoot(QWidget):
    """Buttons and notes; decides nothing."""

    commit_pressed = Signal(bool)
    """Commit the chosen outcome (true), or the other one."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        height = DIALOG_BUTTON_HEIGHT
        self.commit = KeyButton("", "Ctrl+Enter", filled=True, height=height)
        self.commit_other = KeyButton("", height=height)
        self.another = KeyButton("", height=height)
        self.cancel = KeyButton(self.tr("Cancel"), "Esc", height=height)
        self.message = TextLabel(px=12)
        self.message.setWordWrap(True)
        self.counted = ElidedLabel(px=12, ink="ink2")
        self.undo_note = ElidedLabel(px=12, ink="ink2")
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
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.message)
        column.addLayout(row)
        self.commit.clicked.connect(lambda: self.commit_pressed.emit(True))
        self.commit_other.clicked.connect(lambda: self.commit_pressed.emit(False))

    def show_modes(self, mode: OverrideMode, *, has_replanned: bool, can_commit: bool, is_choosing: bool) -> None:
        """Show what can be committed, and how."""
        other = OverrideMode.REPLANNED if mode is OverrideMode.AS_IS else OverrideMode.AS_IS
        self.commit.set_command(self._commit_words(mode), "Ctrl+Enter")
        self.commit_other.set_command(self._commit_words(other))
        self.commit.setVisible(not is_choosing)
        self.commit_other.setVisible(not is_choosing and has_replanned)
        for button in (self.commit, self.commit_other):
            button.setEnabled(can_commit)
        self.undo_note.setVisible(not is_choosing)

    def show_telling(self, tell_after_s: float) -> None:
        """Say how long an undo leaves no trace with drivers and customers."""
        if tell_after_s > 0.0:
            words = self.tr("Drivers and customers are told {seconds} s after it; until then Ctrl+Z leaves no trace.")
            self.undo_note.setText(words.format(seconds=f"{tell_after_s:.0f}"))
        else:
            self.undo_note.setText(self.tr("Ctrl+Z takes it back by a new, recorded change."))

    def say(self, words: str, ink: str) -> None:
        """Say what is missing, under way, or wrong."""
        self.message.setText(words)
        self.message.set_ink(ink)

    def _commit_words(self, mode: OverrideMode) -> str:
        return self.tr("Commit as is") if mode is OverrideMode.AS_IS else self.tr("Commit re-planned")
