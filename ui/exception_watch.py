"""Asks each second what needs a person, and tells the panels when the answer has changed."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal

from core.alarms.exceptions import ExceptionItem, concerns, current_exceptions
from core.projections.operation import Part
from core.vocabulary import Instant, OrderId, ZoneId
from ui.desk_context import DeskContext

_EACH_MS = 1000
_SOON_MS = 250
_HURRYING = frozenset({Part.RECOMMENDATION, Part.ACKNOWLEDGEMENT, Part.OVERRIDE, Part.SOURCE, Part.DISRUPTION})


class ExceptionWatch(QObject):
    """The exceptions as they stand.

    Attributes
    ----------
    items : most pressing first
    """

    changed = Signal()
    """After each look, also when only the times left have moved."""
    raised = Signal(list)
    """Keys that were not there before."""

    def __init__(self, context: DeskContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: list[ExceptionItem] = []
        self._context = context
        self._known: set[str] | None = None
        self._raised_at: deque[Instant] = deque()
        self._each = QTimer(self, interval=_EACH_MS)
        self._each.timeout.connect(self._look_and_tell_later)
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._look_and_tell_later)
        context.store.replaced.connect(self._start_over)
        context.store.changed.connect(self._hurry)

    def start(self) -> None:
        """Look now and from now on each second."""
        self.look()
        self._each.start()

    def of_order(self, order_id: str) -> list[ExceptionItem]:
        """Return the exceptions that concern an order."""
        return [item for item in self.items if concerns(item, OrderId(order_id))]

    def raised_within(self, seconds: float) -> int:
        """Return how many came up within the last seconds of operation time, as far as this desk saw."""
        since_at = self._context.now() - seconds
        while self._raised_at and self._raised_at[0] < since_at:
            self._raised_at.popleft()
        return len(self._raised_at)

    def look(self) -> None:
        """Look now and tell."""
        self._tell(self._look())

    def _look_and_tell_later(self) -> None:
        """Look now and tell in the next turn of the event loop: both at once would hold up keys and frames."""
        fresh = self._look()
        QTimer.singleShot(0, self, lambda: self._tell(fresh))

    def _look(self) -> list[str]:
        """Look, and return the keys that were not there before."""
        context, store = self._context, self._context.store
        now = context.now()
        self.items = current_exceptions(
            store.operation,
            now,
            store.forecasts,
            drivers_short=self._drivers_short(),
            shown=self.items,
            role=context.person.role,
        )
        keys = {item.key for item in self.items}
        fresh = [] if self._known is None else [item.key for item in self.items if item.key not in self._known]
        self._known = keys
        self._raised_at.extend([now] * len(fresh))
        return fresh

    def _tell(self, fresh: list[str]) -> None:
        self.changed.emit()
        if fresh:
            self.raised.emit(fresh)

    def _drivers_short(self) -> dict[ZoneId, float]:
        pressure = self._context.store.pressure
        if pressure is None:
            return {}
        cells = zip(pressure.zones, pressure.cells, strict=True)
        return {zone: row[pressure.now_bin].drivers_short for zone, row in cells if pressure.now_bin < len(row)}

    def _hurry(self, changes: frozenset[tuple[Part, str]]) -> None:
        if not self._soon.isActive() and any(part in _HURRYING for part, _ in changes):
            self._soon.start()

    def _start_over(self) -> None:
        """A new state is no flood of new alarms."""
        self._known = None
        self._soon.start()
