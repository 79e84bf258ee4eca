"""Tells whether a hand is in a view: pointer or keys moved in it within the last 2 s.

While it is, rows keep their places.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractScrollArea

IDLE_MS = 2000
_ACTIVITY = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
    }
)


class HandWatch(QObject):
    """Watches one view.

    Parameters
    ----------
    view : QAbstractScrollArea
        Its viewport gets mouse tracking.
    idle_ms : int
        Milliseconds of quiet after which the hand counts as gone.
    """

    arrived = Signal()
    """A hand came in."""
    calmed = Signal()
    """The hand has been away for long enough."""

    def __init__(self, view: QAbstractScrollArea, *, idle_ms: int = IDLE_MS) -> None:
        super().__init__(view)
        self._quiet = QTimer(self, singleShot=True, interval=idle_ms)
        self._quiet.timeout.connect(self.calmed)
        view.viewport().setMouseTracking(True)
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    @property
    def is_here(self) -> bool:
        """Return whether a hand is in the view."""
        return self._quiet.isActive()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Restart the quiet time at each sign of a hand; never swallows an event."""
        if event.type() in _ACTIVITY:
            if not self._quiet.isActive():
                self.arrived.emit()
            self._quiet.start()
        return False
