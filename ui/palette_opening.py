"""Measures how soon the palette is there, from the key to the painted list: `python -m ui.palette_opening`.

A whole desk with 500 open orders and 200 drivers on shift, as entries beside every command. Prints one line of JSON:
milliseconds of each opening, and of each first letter typed into it, for which everything with a name is looked at;
of each by the clock, and of the GUI thread's work alone, which a busy machine does not lengthen.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ui.invented_shift import InventedShift
from ui.long_shift import LongShift, make_application
from ui.main_window import MainWindow

_DRIVERS = 200
_ORDERS_PER_HOUR = 6000
_STEPS = 30
"""Of 10 s: 500 orders, none of which has been assigned yet."""
type _Took = tuple[float, float]
"""Milliseconds by the clock, and of work in this thread."""

_LETTERS = "0123456789dvoabcdegh"


class _Paints(QObject):
    """Sees a widget being painted."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.seen = False
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Note a paint; swallows nothing."""
        self.seen = self.seen or event.type() is QEvent.Type.Paint
        return False


class PaletteOpening:
    """One desk at noon whose palette is opened again and again.

    Parameters
    ----------
    application : QApplication
    window : the desk's window, shown
    """

    def __init__(self, application: QApplication, window: MainWindow) -> None:
        self._application, self._window = application, window
        self._paints = _Paints(window.sheets.palette.choices.viewport())

    def open(self) -> _Took:
        """Return what it took from Ctrl+K until the commands are painted."""
        rows = self._window.exceptions.rows
        return self._timed(lambda: QTest.keyClick(rows, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier))

    def type_letter(self, letter: str) -> _Took:
        """Return what it took from a letter until what it found is painted; closes the palette."""
        palette = self._window.sheets.palette
        took = self._timed(lambda: QTest.keyClicks(palette.field, letter))
        palette.close_sheet()
        self._application.processEvents()
        return took

    def _timed(self, act: Callable[[], None]) -> _Took:
        self._paints.seen = False
        began, worked = time.perf_counter(), time.thread_time()
        act()
        while not self._paints.seen:
            self._application.processEvents()
        return (time.perf_counter() - began) * 1000.0, (time.thread_time() - worked) * 1000.0


def main(application: QApplication, arguments: list[str]) -> int:
    """Open the palette and print what it took."""
    argparse.ArgumentParser(prog="python -m ui.palette_opening").parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        shift = InventedShift(drivers=_DRIVERS, orders_per_hour=_ORDERS_PER_HOUR)
        desk = LongShift(application, Path(folder), shift)
        for _ in range(_STEPS):
            desk.let_pass()
        desk.window.activateWindow()
        desk.window.exceptions.rows.setFocus()
        application.processEvents()
        opening = PaletteOpening(application, desk.window)
        took = [(opening.open(), opening.type_letter(letter)) for letter in _LETTERS]
        orders = desk.window.board.model.rowCount()
        desk.window.close()
    told = {
        "orders": orders,
        "drivers": _DRIVERS,
        "open_ms": [round(opened[0], 2) for opened, _ in took],
        "open_work_ms": [round(opened[1], 2) for opened, _ in took],
        "letter_ms": [round(typed[0], 2) for _, typed in took],
        "letter_work_ms": [round(typed[1], 2) for _, typed in took],
    }
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(make_application(), sys.argv[1:]))
