"""Active hours as people write them: ``mon-fri 08:00-18:00, sat 22:00-06:00``; nothing means always."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.geofencing.active_hours import DAY_MIN, ActiveHours, Weekday
from core.refusals import Refusal

_DAYS = tuple(Weekday)
_SHORT = {day: day.value[:3] for day in _DAYS}
_SPAN = re.compile(
    r"^(?:(?P<days>[a-z]{2,9}(?:\s*[-–]\s*[a-z]{2,9})?)\s+)?"
    r"(?P<from>\d{1,2}:\d{2})\s*[-–]\s*(?P<until>\d{1,2}:\d{2})$"
)


def written_hours(hours: Sequence[ActiveHours]) -> str:
    """Return hours as a line; empty for none, which is always."""
    return ", ".join(_written(one) for one in hours)


def read_hours(text: str) -> tuple[ActiveHours, ...]:
    """Return what a line of hours means; days left out mean every day, an end that is earlier lies on the next day.

    Raises
    ------
    Refusal
        ``fence.hours_unread``, naming the part that was not understood.
    """
    return tuple(_read(part.strip().casefold()) for part in text.split(",") if part.strip())


def _written(hours: ActiveHours) -> str:
    times = f"{_time(hours.from_min)}-{_time(hours.until_min)}"
    numbers = sorted(_DAYS.index(day) for day in hours.weekdays)
    if len(numbers) == len(_DAYS):
        return times
    if len(numbers) > 1 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{_SHORT[_DAYS[numbers[0]]]}-{_SHORT[_DAYS[numbers[-1]]]} {times}"
    return ", ".join(f"{_SHORT[_DAYS[number]]} {times}" for number in numbers)


def _read(part: str) -> ActiveHours:
    found = _SPAN.match(part)
    if found is None:
        raise _unread(part)
    first, last = _minutes(found["from"], part), _minutes(found["until"], part)
    if first == DAY_MIN:
        raise _unread(part)
    return ActiveHours(weekdays=_days(found["days"] or "", part), from_min=first, until_min=last)


def _days(words: str, part: str) -> tuple[Weekday, ...]:
    if not words:
        return _DAYS
    ends = [_day(word.strip(), part) for word in re.split(r"[-–]", words)]
    first, last = ends[0], ends[-1]
    steps = (last - first) % len(_DAYS)
    return tuple(_DAYS[(first + step) % len(_DAYS)] for step in range(steps + 1))


def _day(word: str, part: str) -> int:
    meant = [number for number, day in enumerate(_DAYS) if day.value.startswith(word)]
    if len(meant) != 1:
        raise _unread(part)
    return meant[0]


def _minutes(time: str, part: str) -> int:
    hours, minutes = map(int, time.split(":"))
    total = hours * 60 + minutes
    if minutes > 59 or total > DAY_MIN:
        raise _unread(part)
    return total


def _time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _unread(part: str) -> Refusal:
    return Refusal("fence.hours_unread", f"Hours are written as mon-fri 08:00-18:00; not understood: {part}.")
