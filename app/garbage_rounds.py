"""Python's cycle collection, confined to the GUI thread.

Python collects in whatever thread happens to allocate. A Qt object in a garbage cycle (a closure, a traceback) would
then be destroyed in the feed's thread, while Qt still delivers events to it: a crash. So automatic collection is off
and a timer of the GUI thread does it, by Python's own thresholds. Reference counting is not touched.

A full round over a desk with 500 orders and its widgets takes 90 ms, which a hand would feel. What outlived one is
therefore set aside and not walked again, but for a whole round now and then that finds cycles which broke later.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 200
_OLDEST = 2
_WHOLE_EACH = 100
"""Full rounds, which are at least 20 s apart, from one whole round to the next."""


class GarbageRounds(QObject):
    """Make one in the GUI thread when the desk starts; `close` gives collection back to Python."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._full_rounds = 0
        self._thresholds = gc.get_threshold()
        gc.collect()
        gc.freeze()  # what was imported stays: the oldest generation has less to walk
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_EVERY_MS)

    def look(self) -> None:
        """Collect the oldest generation that is due."""
        counts = gc.get_count()
        due = [generation for generation in range(3) if counts[generation] > self._thresholds[generation]]
        if due and due[-1] == _OLDEST:
            self._go_full_round()
        elif due:
            gc.collect(due[-1])

    def _go_full_round(self) -> None:
        """Collect what came since the last full round; the first finds a desk just made, all of which stays."""
        self._full_rounds += 1
        if self._full_rounds % _WHOLE_EACH == 0:
            gc.unfreeze()
        if self._full_rounds > 1:
            gc.collect(_OLDEST)
        gc.freeze()

    def close(self) -> None:
        """Stop, and let Python collect by itself again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
