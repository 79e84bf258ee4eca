"""Asks the service for streets and places while a person types: after a pause, the newest question only."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.operations import Operations
from core.operations import PlacesFound
from core.places import FoundPlace

_PAUSE_MS = 150
FEWEST_LETTERS = 3
_MOST = 12


class PlaceFinder(QObject):
    """Finds places for what is typed. A service that cannot be asked finds none: everything else goes on.

    Parameters
    ----------
    operations : Operations
    """

    found = Signal(str)
    """What was typed, when `places` has come for it."""

    def __init__(self, operations: Operations, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._operations = operations
        self._typed = ""
        self.places: tuple[FoundPlace, ...] = ()
        self._pause = QTimer(self, interval=_PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._ask)

    def type_letters(self, typed: str) -> None:
        """Look for what is typed now; nothing is asked for fewer than three letters."""
        self._typed = typed.strip()
        self.places = ()
        if len(self._typed) < FEWEST_LETTERS:
            self._pause.stop()
        else:
            self._pause.start()

    def _ask(self) -> None:
        asked = self._typed
        pending = self._operations.search_places(asked, limit=_MOST)
        pending.finished.connect(lambda result: self._take(asked, result))

    def _take(self, asked: str, result: object) -> None:
        assert isinstance(result, PlacesFound)
        if asked == self._typed:
            self.places = result.places
            self.found.emit(asked)
