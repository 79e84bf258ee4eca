"""What a loop is: something that is run once, again and again, by whoever owns the time.

A worker never sleeps. `backend_service.workers.rhythm` runs it when it is due, live or under a stepped clock, at the
same instants of operation time.
"""

from __future__ import annotations

from typing import Protocol

from core.vocabulary import Instant


class Worker(Protocol):
    """A loop's body."""

    name: str

    @property
    def every_s(self) -> float:
        """The longest time between two runs, in seconds of operation time."""
        ...

    async def run_once(self, now: Instant) -> None:
        """Do what is due at `now`."""
        ...

    def is_wanted(self, now: Instant) -> bool:
        """Say whether something happened that should not wait for the next beat (event-driven)."""
        ...
