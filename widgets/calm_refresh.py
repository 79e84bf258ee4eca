"""Gathers requests to refresh a panel, so that it repaints at most four times a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

REFRESH_MS = 250


class CalmRefresh(QObject):
    """Says when a refresh is due: at once after a quiet time, else when the interval has passed.

    Parameters
    ----------
    interval_ms : int
        Shortest time between two refreshes.
    """

    due = Signal()

    def __init__(self, *, interval_ms: int = REFRESH_MS, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked = False
        self._rest = QTimer(self, singleShot=True, interval=interval_ms)
        self._rest.timeout.connect(self._end_rest)

    def ask(self) -> None:
        """Ask for a refresh."""
        if self._rest.isActive():
            self._asked = True
            return
        self._rest.start()
        self.due.emit()

    def _end_rest(self) -> None:
        if self._asked:
            self._asked = False
            self._rest.start()
            self.due.emit()
