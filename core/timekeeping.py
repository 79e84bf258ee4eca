"""Time is passed in: the clock protocol, and a clock that stands still until it is stepped.

Nobody else knows the time. The service runs the same code on a live clock, on a sped-up one, and stepped.
"""

from __future__ import annotations

from typing import Protocol

from core.vocabulary import Instant


class Clock(Protocol):
    """Tells the operation's time; in a sped-up run this is simulated time."""

    def now(self) -> Instant:
        """Return the instant, seconds since 1970-01-01 UTC."""
        ...


class SteppedClock:
    """A clock that moves only when told to, and never backwards."""

    def __init__(self, start_at: Instant) -> None:
        self._now = start_at

    def now(self) -> Instant:
        """Return the instant it was last stepped to."""
        return self._now

    def step_to(self, instant: Instant) -> None:
        """Move to `instant`.

        Raises
        ------
        ValueError
            If `instant` lies before the present one.
        """
        if instant < self._now:
            raise ValueError(f"a clock does not run backwards: {instant} < {self._now}")
        self._now = instant
