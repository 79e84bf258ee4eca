"""When waves close: times of the day for depots and zones, and the instants these times are on a given day.

Minutes count after midnight by the clock on the wall. Where the wall never shows a time, because the clock jumped, the
instant lies as long after the jump as the time does.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from typing import NewType

from core.fleet.depot import DAY_MIN, DepotId
from core.geofencing.active_hours import Weekday
from core.vocabulary import Instant, Value, ZoneId

RhythmId = NewType("RhythmId", str)

_WEEK = tuple(Weekday)


class BreakRule(Value, frozen=True, kw_only=True):
    """A break of `length_s` seconds that begins within a window of the day, minutes after midnight.

    It is due to every driver who is at work during the whole of it, wherever in the window it lies.
    """

    from_min: int
    until_min: int
    length_s: float


class WaveRhythm(Value, frozen=True, kw_only=True):
    """When the waves of some depots and zones close, and what they take.

    Parameters
    ----------
    rhythm_id, name
    depot_ids : whose orders are planned together
    zone_ids : where the doors lie; empty for everywhere
    closes_min : times of the day, minutes after midnight by the site's clock
    weekdays : on which days
    lead_s : between closing and the first loading, seconds: for planning, release and picking
    reach_s : takes what is promised by up to so long after closing, seconds; what is promised later waits
    breaks : which breaks its drivers take
    """

    rhythm_id: RhythmId
    name: str
    depot_ids: tuple[DepotId, ...]
    zone_ids: tuple[ZoneId, ...] = ()
    closes_min: tuple[int, ...]
    weekdays: tuple[Weekday, ...] = _WEEK
    lead_s: float = 900.0
    reach_s: float = 8 * 3600.0
    breaks: tuple[BreakRule, ...] = ()


def closings(rhythm: WaveRhythm, zone: tzinfo, after_at: Instant, until_at: Instant) -> list[Instant]:
    """Return the instants at which waves close, later than `after_at` and up to `until_at`, in order."""
    day, last = local_day(after_at, zone) - timedelta(days=1), local_day(until_at, zone)
    found = []
    while day <= last:
        if _WEEK[day.weekday()] in rhythm.weekdays:
            found += [instant_of(day, minutes, zone) for minutes in rhythm.closes_min]
        day += timedelta(days=1)
    return sorted(at for at in found if after_at < at <= until_at)


def next_closing(rhythm: WaveRhythm, zone: tzinfo, after_at: Instant) -> Instant | None:
    """Return when the next wave closes; ``None`` if none does within a week."""
    found = closings(rhythm, zone, after_at, after_at + 8 * 86_400.0)
    return found[0] if found else None


def local_day(at: Instant, zone: tzinfo) -> date:
    """Return the site's date at an instant."""
    return datetime.fromtimestamp(at, zone).date()


def instant_of(day: date, minutes: int, zone: tzinfo) -> Instant:
    """Return the instant at which the wall shows so many minutes after midnight of `day`; 1440 is the next midnight."""
    days, minute = divmod(minutes, DAY_MIN)
    shown = time(minute // 60, minute % 60)
    return datetime.combine(day + timedelta(days=days), shown, zone).timestamp()


def span_around(at: Instant, from_min: int, until_min: int, zone: tzinfo) -> tuple[Instant, Instant]:
    """Return the daily span that holds `at`, or else the next one; one that ends before it begins ends a day later."""
    ends_min = until_min if until_min > from_min else until_min + DAY_MIN
    day = local_day(at, zone)
    spans = [
        (instant_of(day + timedelta(days=k), from_min, zone), instant_of(day + timedelta(days=k), ends_min, zone))
        for k in (-1, 0, 1, 2)
    ]
    return next(span for span in spans if at < span[1])
