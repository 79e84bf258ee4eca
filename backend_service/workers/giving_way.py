"""Who goes first: a search steps aside, between two of its steps, while an order or a person waits for an answer.

Two cores carry the event loop, the street engine and the search. What is asked for now takes some ten milliseconds of
each; the search has seconds, and comes back by its deadline whether it was let through or not.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LONGEST_PAUSE_S = 0.05
"""Wall seconds of one pause: a search looks at its deadline in between."""
PAUSED_SHARE = 0.5
"""How much of its time a search may lose to pauses: where something is always asked for, it still gets somewhere."""


class GivingWay:
    """Counts what somebody waits for; asked for by any thread, counted in the event loop."""

    def __init__(self) -> None:
        self._waiting = 0
        self._is_clear = threading.Event()
        self._is_clear.set()

    @property
    def is_clear(self) -> bool:
        """Say whether nobody waits."""
        return self._is_clear.is_set()

    @contextmanager
    def first(self) -> Iterator[None]:
        """Have searches step aside inside."""
        self._waiting += 1
        self._is_clear.clear()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._is_clear.set()

    def pause(self, longest_s: float = LONGEST_PAUSE_S) -> None:
        """Return when nobody waits any more, or after `longest_s` wall seconds."""
        self._is_clear.wait(longest_s)


class CourteousClock:
    """Tells the time to a search, and has it pause while somebody else is to go first.

    Parameters
    ----------
    clock : callable
        Monotonic seconds.
    way : GivingWay
    paused_s : float
        How long all pauses together may be, seconds.
    """

    def __init__(self, clock: Callable[[], float], way: GivingWay, paused_s: float) -> None:
        self._clock = clock
        self._way = way
        self._left_s = paused_s

    def __call__(self) -> float:
        """Return the time after a pause, if there was reason for one."""
        now = self._clock()
        if self._way.is_clear or self._left_s <= 0.0:
            return now
        self._way.pause(min(self._left_s, LONGEST_PAUSE_S))
        after = self._clock()
        self._left_s -= after - now
        return after
