"""A desk without screens that measures: ``python -m app.feed_meter INVITATION_FILE``, asked line by line.

Answers one line of JSON to each of: ``ready`` (when the state is here and the feed is live), ``start`` (measure from
now on), ``report`` (what was measured), ``decided`` (when each order's recommendation was told to screens). It ends
with its standard input. Benches start it as a process of its own.
"""

from __future__ import annotations

import argparse
import sys
import threading
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
from core.invitation import parse
from core.projections.operation import Change, Part
from core.timekeeping import Clock
from core.vocabulary import Instant
from PySide6.QtCore import QCoreApplication, QObject, QTimer

from app.connection import Phase
from app.feed_inbox import FeedInbox
from app.garbage_rounds import GarbageRounds
from app.latency import LatencySamples
from app.session import FeedClient
from app.store import Store
from app.wall_clock import WallClock

_LOOK_EVERY_MS = 10


class FeedMeter(QObject):
    """Compares each fix that reaches the store with when it was due (`fix_at`) and when the door got it."""

    def __init__(self, store: Store, wall: Clock, questions: deque[str]) -> None:
        super().__init__()
        self._store = store
        self._wall = wall
        self._questions = questions
        self._shown_fix_at = np.empty(0)
        self._since_wall_at = 0.0
        self._due_to_store = LatencySamples()
        self._door_to_store = LatencySamples()
        self._decided_wall_at: dict[str, Instant] = {}
        store.positions_changed.connect(self._measure)
        store.changed.connect(self._note_decisions)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_EVERY_MS)

    def _measure(self) -> None:
        fleet = self._store.fleet
        before = np.full(len(fleet), -np.inf)
        before[: len(self._shown_fix_at)] = self._shown_fix_at
        fresh = (fleet.fix_at > before) & (fleet.arrived_wall_at >= self._since_wall_at)
        now = self._wall.now()
        self._due_to_store.add(now - fleet.fix_at[fresh])
        self._door_to_store.add(now - fleet.arrived_wall_at[fresh])
        self._shown_fix_at = fleet.fix_at.copy()

    def _note_decisions(self, changes: frozenset[Change]) -> None:
        """Keep the first time only: a recommendation may be made anew, or withdrawn."""
        now = self._wall.now()
        for part, name in changes:
            if part == Part.RECOMMENDATION:
                self._decided_wall_at.setdefault(name, now)

    def _look(self) -> None:
        while self._questions:
            question = self._questions[0]
            if question == "end":
                QCoreApplication.quit()
                return
            if question == "ready" and not self._is_live():
                return
            self._questions.popleft()
            sys.stdout.write(msgspec.json.encode(self._answer(question)).decode() + "\n")
            sys.stdout.flush()

    def _is_live(self) -> bool:
        store = self._store
        welcome = store.welcome
        return store.connection.phase is Phase.LIVE and welcome is not None and store.operation.position > 0

    def _answer(self, question: str) -> Mapping[str, float | None]:
        if question == "decided":
            return self._decided_wall_at
        if question == "start":
            self._decided_wall_at = {}
            self._due_to_store = LatencySamples()
            self._door_to_store = LatencySamples()
            self._since_wall_at = self._wall.now()
        return {
            "count": self._due_to_store.count,
            "p50_ms": self._due_to_store.percentile_ms(50.0),
            "p99_ms": self._due_to_store.percentile_ms(99.0),
            "door_p50_ms": self._door_to_store.percentile_ms(50.0),
            "door_p99_ms": self._door_to_store.percentile_ms(99.0),
            "gaps": self._store.connection.gaps,
            "position": self._store.operation.position,
        }


def main(arguments: list[str] | None = None) -> int:
    """Measure until standard input ends; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m app.feed_meter", description="Measure the feed without screens.")
    parser.add_argument("invitation", type=Path, help="file with an invitation")
    parser.add_argument("--transport", choices=("zeromq", "websocket"), default="zeromq")
    options = parser.parse_args(arguments)
    invitation = parse(options.invitation.read_text("utf-8"))
    application = QCoreApplication(sys.argv[:1])
    rounds = GarbageRounds()
    wall = WallClock()
    inbox = FeedInbox()
    store = Store(inbox, wall)
    client = FeedClient(invitation, inbox, wall, address=invitation.address_for(options.transport))
    questions: deque[str] = deque()
    meter = FeedMeter(store, wall, questions)
    threading.Thread(target=_read, args=(questions,), daemon=True).start()
    client.start()
    code = application.exec()
    client.stop()
    del meter
    rounds.close()
    return code


def _read(questions: deque[str]) -> None:
    for line in sys.stdin:
        questions.append(line.strip())
    questions.append("end")


if __name__ == "__main__":
    raise SystemExit(main())
