"""Forecasts waiting for their arrival: three of each trip are held until it is known how they came out.

They are taken where a quarter, half and three quarters of the way are behind the vehicle, so that a van that is stuck
counts as often as one that is not. A forecast whose 90th percentile has passed is known to be missed before anybody
arrives, and is told then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from core.vocabulary import Instant

MARKS_LEFT = (0.75, 0.5, 0.25)


@dataclass(frozen=True, slots=True)
class RawForecast:
    """What a model said before calibration: percentiles as log-ratios to the seconds that streets said, its version."""

    street_s: float
    p10: float
    p50: float
    p90: float
    model: str | None


@dataclass(frozen=True, slots=True)
class Promised:
    """A forecast as it was made: its instants, its slices, and whether it was calibrated by then."""

    made_at: Instant
    p10_at: Instant
    p50_at: Instant
    p90_at: Instant
    horizon: int
    zone: str
    is_calibrated: bool
    plainly_at: tuple[Instant, Instant, Instant] | None = None
    """What the three plain forecasts beside it said: blended speeds, street engine, usual speed of the hour."""
    raw: RawForecast | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a forecast came out: earlier than its 10th percentile, later than its 90th, or within.

    `error_s` is the forecast's middle minus the arrival, None while the vehicle is not there yet.
    """

    promised: Promised
    is_early: bool
    is_late: bool
    is_after_middle: bool
    error_s: float | None


@dataclass(slots=True)
class Trip:
    """A vehicle's way to one destination.

    Parameters
    ----------
    destination : (lat, lon) degrees
    zone : str
        The destination's.
    way_m : float
        Street metres when it was first asked for.
    """

    destination: tuple[float, float]
    zone: str
    way_m: float
    marks: int = 0
    open: list[Promised] = field(default_factory=list)
    late: list[Promised] = field(default_factory=list)

    def is_due(self, left_m: float) -> bool:
        """Say whether a forecast made with `left_m` metres to go is one to hold, and note that it is."""
        passed = sum(left_m <= share * self.way_m for share in MARKS_LEFT)
        is_new = passed > self.marks
        self.marks = max(self.marks, passed)
        return is_new

    def overdue(self, now: Instant) -> Iterable[Outcome]:
        """Return, once, the forecasts whose 90th percentile has passed by `now`."""
        if not self.open or now <= min(promised.p90_at for promised in self.open):
            return ()
        passed = [promised for promised in self.open if promised.p90_at < now]
        self.open = [promised for promised in self.open if promised.p90_at >= now]
        self.late += passed
        return [Outcome(promised, False, True, True, None) for promised in passed]

    def arrived(self, at: Instant) -> tuple[list[Outcome], list[Outcome]]:
        """Return the outcomes of the forecasts still open, and of those told as late before, now with their errors."""
        fresh = [
            Outcome(
                one,
                is_early=at < one.p10_at,
                is_late=at > one.p90_at,
                is_after_middle=at > one.p50_at,
                error_s=one.p50_at - at,
            )
            for one in self.open
        ]
        known = [Outcome(one, False, True, True, one.p50_at - at) for one in self.late]
        self.open, self.late = [], []
        return fresh, known
