"""When a fence is active: hours of weekdays by the clock on the wall, as spans of time.

The clock on the wall jumps twice a year. A span begins at the first instant at which the wall shows its beginning and
ends at the last at which it shows its end; where the wall never shows a time, the jump itself takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.vocabulary import Instant, Value

DAY_MIN = 1440
_LOOKING_AHEAD_S = 9 * 86_400.0
"""A weekday comes again within a week, its hours at most a day and a jump of the clock later."""

type Span = tuple[Instant, Instant]
"""From the first instant up to, not including, the second."""


class Weekday(StrEnum):
    """A day of the week, by the site's calendar."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_WEEK = tuple(Weekday)


class ActiveHours(Value, frozen=True, kw_only=True):
    """From `from_min` to `until_min`, minutes after midnight, on days that are `weekdays`.

    An end that is not later than the beginning lies on the next day: 22:00 to 06:00 of Friday ends on Saturday, 00:00
    to 00:00 is the whole day.
    """

    weekdays: tuple[Weekday, ...] = _WEEK
    from_min: int = 0
    until_min: int = DAY_MIN

    def on(self, day: date, zone: ZoneInfo) -> Span | None:
        """Return the span that begins on `day`; ``None`` if it is not one of the weekdays."""
        if _WEEK[day.weekday()] not in self.weekdays:
            return None
        ends_on = day if self.until_min > self.from_min else day + timedelta(days=1)
        return _first_at(day, self.from_min, zone), _last_at(ends_on, self.until_min, zone)


def spans(hours: Iterable[ActiveHours], zone: ZoneInfo, since_at: Instant, until_at: Instant) -> list[Span]:
    """Return the spans that touch [`since_at`, `until_at`], joined where they overlap, in order."""
    day = datetime.fromtimestamp(since_at, zone).date() - timedelta(days=2)
    last = datetime.fromtimestamp(until_at, zone).date()
    found: list[Span] = []
    every = list(hours)
    while day <= last:
        found.extend(span for one in every if (span := one.on(day, zone)) is not None)
        day += timedelta(days=1)
    return _joined(sorted(span for span in found if since_at <= span[1] and span[0] <= until_at))


def next_span(hours: Iterable[ActiveHours], zone: ZoneInfo, at: Instant) -> Span | None:
    """Return the span that `at` lies in, else the next one to begin; ``None`` where there is no weekday."""
    return next((span for span in spans(hours, zone, at, at + _LOOKING_AHEAD_S) if at < span[1]), None)


def _joined(ordered: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for begins_at, ends_at in ordered:
        if joined and begins_at <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends_at))
        elif ends_at > begins_at:
            joined.append((begins_at, ends_at))
    return joined


def _first_at(day: date, minute: int, zone: ZoneInfo) -> Instant:
    return _instant(day, minute, zone, fold=0)


def _last_at(day: date, minute: int, zone: ZoneInfo) -> Instant:
    return _instant(day, minute, zone, fold=1)


def _instant(day: date, minute: int, zone: ZoneInfo, *, fold: int) -> Instant:
    shown = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = shown.replace(tzinfo=zone, fold=fold).timestamp()
    if datetime.fromtimestamp(instant, zone).replace(tzinfo=None) == shown:
        return instant
    return _jump(shown, zone)


def _jump(skipped: datetime, zone: ZoneInfo) -> Instant:
    """Return the instant at which the clock on the wall jumped over `skipped`, to the second."""
    low, high = (int(skipped.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (1, 0))
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC).timestamp()
