"""Runs a script of small steps in the event loop: a step acts at once, then says what to wait for.

A script is a generator. It yields a number of wall seconds to let pass, or an `Until`: what must come true, and for
how long at most. Between steps the event loop is free, so that a robot does not cause the stalls it measures.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from core.timekeeping import Clock

_LOOK_MS = 50


@dataclass(frozen=True, slots=True)
class Until:
    """Wait until `holds` returns true, at most `seconds`; the yield returns whether it did."""

    holds: Callable[[], bool]
    seconds: float


type Script[Result] = Generator[float | Until, bool, Result]


class ScriptRunner(QObject):
    """Runs one script to its end."""

    ended = Signal()

    def __init__(self, script: Script[None], wall: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._script, self._wall = script, wall
        self._waiting: Until | None = None
        self._until_at = 0.0
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._step)

    def start(self) -> None:
        """Start with the first step."""
        self._look.start()

    def _step(self) -> None:
        is_over = self._wall.now() >= self._until_at
        came_true = self._waiting is not None and self._waiting.holds()
        if not (came_true or is_over):
            return
        is_first = self._waiting is None and self._until_at == 0.0
        try:
            wanted = next(self._script) if is_first else self._script.send(came_true)
        except StopIteration:
            self._look.stop()
            self.ended.emit()
            return
        self._waiting = wanted if isinstance(wanted, Until) else None
        self._until_at = self._wall.now() + (wanted.seconds if isinstance(wanted, Until) else wanted)
