"""What a chart of a moving forecast shows: the forecasts as they were made, what happened, and the futures."""

from __future__ import annotations

from dataclasses import dataclass

from widgets.marks.hatching import Ends


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """What was forecast at an instant, epoch seconds; `is_told` where the customer heard of it.

    `undegraded` is P10 and P90 as they would be if no source were degraded; what lies beyond them is hatched.
    """

    made_at: float
    p10_at: float
    p50_at: float
    p90_at: float
    is_told: bool = False
    undegraded: Ends | None = None


@dataclass(frozen=True, slots=True)
class HistoryMark:
    """Something that happened, named at the curve."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class FutureBand:
    """When it arrives if something is done, or nothing; `is_proposed` for what Tower would do."""

    name: str
    p10_at: float
    p50_at: float
    p90_at: float
    is_proposed: bool = False
    undegraded: Ends | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is drawn; `points` are in order of time and at least one; `until_at` is now, or the arrival."""

    points: tuple[ForecastPoint, ...]
    promise_at: float
    until_at: float
    marks: tuple[HistoryMark, ...] = ()
    futures: tuple[FutureBand, ...] = ()
    is_over: bool = False
