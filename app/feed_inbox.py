"""Hands updates from the feed's thread to the GUI thread, in order; taking one gives the service its credit back.

It is bounded by that credit: while the GUI thread takes nothing, nothing is granted, and the service coalesces.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from app.feed_reader import Update


class FeedInbox:
    """A queue between two threads.

    Attributes
    ----------
    on_taken : called in the GUI thread with the session number of an update whose message is done with
    """

    def __init__(self) -> None:
        self.on_taken: Callable[[int], None] = _nothing_of
        self._lock = threading.Lock()
        self._updates: deque[tuple[Update, int | None]] = deque()

    def __len__(self) -> int:
        return len(self._updates)

    def put(self, update: Update, session: int | None = None) -> None:
        """Add an update; `session` is the number of the session whose credit it holds, ``None`` if it holds none."""
        with self._lock:
            self._updates.append((update, session))

    def take(self) -> Update | None:
        """Return the oldest update, ``None`` if there is none."""
        with self._lock:
            if not self._updates:
                return None
            update, session = self._updates.popleft()
        if session is not None:
            self.on_taken(session)
        return update


def _nothing_of(session: int) -> None:
    return
