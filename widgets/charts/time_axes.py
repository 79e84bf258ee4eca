"""An axis of instants: where each stands in pixels, and which round times are named."""

from __future__ import annotations

import math
from dataclasses import dataclass

_STEPS_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Instants from `first_at` to `last_at`, epoch seconds, between two pixels; the second may be the smaller one."""

    first_at: float
    last_at: float
    first: float
    last: float

    def at(self, instant: float) -> float:
        """Return the pixel of an instant, outside of the axis too."""
        span = max(self.last_at - self.first_at, 1.0)
        return self.first + (self.last - self.first) * (instant - self.first_at) / span

    def ticks(self, room: float) -> list[float]:
        """Return round instants at least `room` pixels apart, round in UTC."""
        span = max(self.last_at - self.first_at, 1.0)
        most = max(1.0, abs(self.last - self.first) / room)
        step = next((step for step in _STEPS_S if span / step <= most), _STEPS_S[-1])
        first = math.ceil(self.first_at / step)
        last = math.floor(self.last_at / step)
        return [float(number * step) for number in range(first, last + 1)]
