"""Counts stalls of the event loop over 50 ms; for developers, also says what the main thread was doing then.

A timer beats in the event loop; a gap is counted when the next beat comes. To name places, a thread watches the
beats by the monotonic clock and takes one sample of the main thread's stack while a beat is overdue. That is not
for a desk at work: holding another thread's frame, even for microseconds, can keep a painter alive beyond its paint
event and end it in the wrong thread, which crashes Qt; `faulthandler` looks at running frames and crashed as well.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

STALL_MS = 50.0
_BEAT_MS = 15
_OWN_ROOMS = ("widgets", "ui", "app")


class StallWatchdog(QObject):
    """Watches the thread it is started in.

    Parameters
    ----------
    monotonic : callable
        Seconds of a clock that never goes back.
    names_places : bool
        Sample stacks; for developers only.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        names_places: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._names_places = names_places
        self._monotonic = monotonic
        self._watched_thread = 0
        self._beat_at = 0.0
        self._sampled_beat_at = -1.0
        self._sample: tuple[str, str] | None = None
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._beats = QTimer(self, interval=_BEAT_MS)
        self._beats.timeout.connect(self.beat)
        self.stalls = 0
        self.longest_ms = 0.0
        self.sources: Counter[str] = Counter()
        """How many stalls were seen in which place: `file:line function`."""
        self.last_stacks: dict[str, str] = {}
        """The latest whole stack of each source."""

    def start(self) -> None:
        """Start beating and watching; must be called in the thread to be watched."""
        if self._beats.isActive():
            return
        self._watched_thread = threading.get_ident()
        self._beat_at = self._monotonic()
        self._stop.clear()
        self._beats.start()
        if self._names_places:
            self._watcher = threading.Thread(target=self._watch, name="stall watchdog", daemon=True)
            self._watcher.start()

    def stop(self) -> None:
        """Stop beating and watching; counts stay."""
        self._beats.stop()
        self._stop.set()
        if self._watcher is not None:
            self._watcher.join()
            self._watcher = None

    def beat(self) -> None:
        """Take the time since the beat before, and count it if it was a stall."""
        now = self._monotonic()
        late_ms = (now - self._beat_at) * 1000 - _BEAT_MS
        sample, self._sample = self._sample, None
        self._beat_at = now
        if late_ms <= STALL_MS:
            return
        self.stalls += 1
        self.longest_ms = max(self.longest_ms, late_ms)
        if sample is not None:
            source, stack = sample
            self.sources[source] += 1
            self.last_stacks[source] = stack

    def _watch(self) -> None:
        while not self._stop.wait(_BEAT_MS / 1000):
            beat_at = self._beat_at
            overdue_ms = (self._monotonic() - beat_at) * 1000 - _BEAT_MS
            if overdue_ms > STALL_MS / 2 and beat_at != self._sampled_beat_at:
                self._sampled_beat_at = beat_at
                self._sample = self._look()

    def _look(self) -> tuple[str, str] | None:
        # Only names and numbers are taken, at once, and the frames let go before anything that may wait.
        frame = sys._current_frames().get(self._watched_thread)
        places: list[tuple[str, str, int, str]] = []
        while frame is not None:
            code = frame.f_code
            places.append((str(frame.f_globals.get("__name__", "?")), code.co_filename, frame.f_lineno, code.co_name))
            frame = frame.f_back
        if not places:
            return None
        own = next((place for place in places if place[0].split(".")[0] in _OWN_ROOMS), places[0])
        stack = traceback.StackSummary.from_list([(path, line, name, None) for _, path, line, name in reversed(places)])
        return f"{own[0]}:{own[2]} {own[3]}", "".join(stack.format())
