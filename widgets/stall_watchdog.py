"""Counts stalls of the event loop over 50 ms, and says what the main thread was doing then.

A timer beats in the event loop; a thread watches the beats by the monotonic clock and takes one sample
of the main thread's stack while a beat is overdue. A gap is counted when the next beat comes.
"""

from __future__ import annotations

import faulthandler
import linecache
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

STALL_MS = 50.0
_BEAT_MS = 15
_OWN_ROOMS = ("widgets", "ui", "app")
_ROOT = Path(__file__).resolve().parents[1]


class StallWatchdog(QObject):
    """Watches the thread it is started in.

    Parameters
    ----------
    monotonic : callable
        Seconds of a clock that never goes back.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic, parent: QObject | None = None) -> None:
        super().__init__(parent)
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
        if self._watcher is not None:
            return
        self._watched_thread = threading.get_ident()
        self._beat_at = self._monotonic()
        self._stop.clear()
        self._beats.start()
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
        """Return source and stack of the watched thread.

        By `faulthandler`, which holds no frame: a frame held here would keep a painter alive beyond its paint event,
        and end it in this thread, which crashes Qt.
        """
        with tempfile.TemporaryFile() as file:
            faulthandler.dump_traceback(file, all_threads=True)
            file.seek(0)
            places = _places_of(file.read().decode(errors="replace"), self._watched_thread)
        if not places:
            return None
        own = next((place for place in places if place.room in _OWN_ROOMS), places[0])
        return own.source, "".join(place.line for place in reversed(places))


@dataclass(frozen=True, slots=True)
class _Place:
    """One line of a stack."""

    path: Path
    number: int
    function: str

    @property
    def _module_parts(self) -> tuple[str, ...]:
        inside = self.path.is_relative_to(_ROOT)
        return self.path.relative_to(_ROOT).with_suffix("").parts if inside else (self.path.stem,)

    @property
    def room(self) -> str:
        return self._module_parts[0]

    @property
    def source(self) -> str:
        return f"{'.'.join(self._module_parts)}:{self.number} {self.function}"

    @property
    def line(self) -> str:
        code = linecache.getline(str(self.path), self.number).strip()
        return f'  File "{self.path}", line {self.number}, in {self.function}\n    {code}\n'


def _places_of(dump: str, thread: int) -> list[_Place]:
    """Return the stack of one thread from what `faulthandler` wrote, innermost first."""
    for part in re.split(r"^(?=Thread |Current thread )", dump, flags=re.MULTILINE):
        named = re.match(r"(?:Current t|T)hread 0x([0-9a-f]+)", part)
        if named is not None and int(named[1], 16) == thread:
            found = re.findall(r'^  File "(.*)", line (\d+) in (.*)$', part, flags=re.MULTILINE)
            return [_Place(Path(path), int(number), function) for path, number, function in found]
    return []
