"""The clocks of a running service: the wall's, a steady one, and one that runs faster from a chosen instant."""

from __future__ import annotations

import time

from core.timekeeping import Clock
from core.vocabulary import Instant

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Where there is no clock that goes on while the machine sleeps, one that stands still meanwhile."""


class WallClock:
    """The machine's own clock, in UTC."""

    def now(self) -> Instant:
        """Return seconds since 1970-01-01 UTC."""
        return time.time()


class SteadyClock:
    """Counts seconds since the machine was started; nobody can set it, and it goes on while the machine sleeps."""

    def now(self) -> Instant:
        """Return seconds since the start of the machine."""
        return time.clock_gettime(_STEADY)


class ScaledClock:
    """Operation time that starts at `start_at` and runs `speed` times as fast as the wall.

    It rests on the monotonic clock: a step of the machine's clock does not move the operation.
    """

    def __init__(self, start_at: Instant, speed: float) -> None:
        if not speed > 0:
            raise ValueError("speed must be positive")
        self._start_at = start_at
        self._speed = speed
        self._began = time.monotonic()

    def now(self) -> Instant:
        """Return operation time, seconds since 1970-01-01 UTC."""
        return self._start_at + (time.monotonic() - self._began) * self._speed


def operation_clock(wall: Clock, *, speed: float, starts_at: Instant | None) -> Clock:
    """Return the wall clock itself for a live operation, a scaled one otherwise."""
    if speed == 1.0 and starts_at is None:
        return wall
    return ScaledClock(wall.now() if starts_at is None else starts_at, speed)
