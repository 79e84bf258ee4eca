"""Fields that are there to be read: as legible as any other words, and not to be written in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from widgets.parts.chip_group import ChipGroup


def make_read_only(field: QLineEdit | QPlainTextEdit, empty: str = "") -> None:
    """Let a field be read alone; `empty` is what it says where nothing is written.

    Lines leave the tab order; what may need scrolling stays in it.
    """
    field.setReadOnly(True)
    field.setPlaceholderText(empty)
    if isinstance(field, QLineEdit):
        field.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def make_chips_read_only(chips: ChipGroup) -> None:
    """Let chips show what is on, and be neither clicked nor walked."""
    chips.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    for chip in chips.chips():
        chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
