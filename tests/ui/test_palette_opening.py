"""What the measure of the palette's opening looks at: the list painted after the key, and closed after the letter."""

from typing import Any

from PySide6.QtWidgets import QApplication

from ui.main_window import MainWindow
from ui.palette_opening import PaletteOpening


def test_opening_is_over_once_the_commands_are_painted(desk_window: MainWindow, qapp: QApplication) -> None:
    opening = PaletteOpening(qapp, desk_window)
    clock_ms, work_ms = opening.open()
    assert desk_window.sheets.palette.isVisible()
    assert 0.0 < work_ms <= clock_ms + 1.0


def test_letter_finds_orders_and_leaves_the_palette_closed(
    desk_window: MainWindow, desk_scene: Any, qapp: QApplication
) -> None:
    opening = PaletteOpening(qapp, desk_window)
    opening.open()
    opening.type_letter("4")
    assert "O-48213" in [choice.words for choice in desk_window.sheets.palette.choices.rows]
    assert not desk_window.sheets.palette.isVisible()
