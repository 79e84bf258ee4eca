"""Hours by the clock on the wall, also where it jumps. Lisbon: forward 2026-03-29 01:00, back 2026-10-25 02:00."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geofencing.active_hours import ActiveHours, Weekday, next_span, spans

LISBON = ZoneInfo("Europe/Lisbon")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def told(hours: ActiveHours, since: str, until: str) -> list[tuple[str, str]]:
    found = spans([hours], LISBON, at(since), at(until))
    return [tuple(datetime.fromtimestamp(i, UTC).strftime("%d %H:%M") for i in span) for span in found]  # type: ignore[misc]


def hours(begins: int, ends: int, *weekdays: Weekday) -> ActiveHours:
    return ActiveHours(weekdays=weekdays or tuple(Weekday), from_min=begins * 60, until_min=ends * 60)


def test_a_night_ends_on_the_next_day() -> None:
    # The 13th of November 2026 is a Friday; winter time is UTC.
    night = hours(22, 6, Weekday.FRIDAY)
    assert told(night, "2026-11-13T00:00", "2026-11-15T00:00") == [("13 22:00", "14 06:00")]


def test_days_without_hours_have_no_span() -> None:
    assert told(hours(9, 17, Weekday.SUNDAY), "2026-11-13T00:00", "2026-11-14T00:00") == []


def test_whole_days_join() -> None:
    assert told(hours(0, 24), "2026-11-13T10:00", "2026-11-14T10:00") == [("13 00:00", "15 00:00")]


@pytest.mark.parametrize(
    ("night", "since", "span"),
    [
        (hours(22, 6), "2026-03-29T00:00", ("28 22:00", "29 05:00")),
        (hours(22, 6), "2026-10-25T00:30", ("24 21:00", "25 06:00")),
        (hours(1, 4), "2026-03-29T01:30", ("29 01:00", "29 03:00")),
        (hours(0, 1), "2026-10-25T00:10", ("24 23:00", "25 01:00")),
    ],
    ids=["spring: 7 h", "autumn: 9 h", "a beginning that the wall never shows", "an hour that it shows twice"],
)
def test_hours_follow_the_wall_over_a_jump(night: ActiveHours, since: str, span: tuple[str, str]) -> None:
    assert span in told(night, since, since)


@given(
    minute=st.integers(0, 366 * 1440),
    begins=st.integers(0, 1439),
    ends=st.integers(0, 1440),
    day=st.sampled_from(Weekday),
)
def test_a_minute_is_within_if_the_wall_says_so(minute: int, begins: int, ends: int, day: Weekday) -> None:
    instant = at("2026-01-01T00:00") + minute * 60.0
    wall = datetime.fromtimestamp(instant, LISBON)
    shown, today = wall.hour * 60 + wall.minute, tuple(Weekday)[wall.weekday()]
    yesterday = tuple(Weekday)[wall.weekday() - 1]
    if ends > begins:
        expected = today is day and begins <= shown < ends
    else:
        expected = (today is day and shown >= begins) or (yesterday is day and shown < ends)
    one = ActiveHours(weekdays=(day,), from_min=begins, until_min=ends)
    within = any(begin <= instant < end for begin, end in spans([one], LISBON, instant, instant))
    is_doubled = wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()
    assert within == expected or is_doubled


@pytest.mark.parametrize(
    ("now", "span"),
    [
        ("2026-11-13T09:00", ("13 09:00", "13 17:00")),
        ("2026-11-13T16:59", ("13 09:00", "13 17:00")),
        ("2026-11-13T17:00", ("20 09:00", "20 17:00")),
        ("2026-11-14T00:00", ("20 09:00", "20 17:00")),
    ],
)
def test_the_next_span_is_the_one_that_goes_on_or_the_first_to_begin(now: str, span: tuple[str, str]) -> None:
    found = next_span([hours(9, 17, Weekday.FRIDAY)], LISBON, at(now))
    assert found == tuple(at(f"2026-11-{moment.replace(' ', 'T')}") for moment in span)


def test_hours_without_a_weekday_never_begin() -> None:
    assert next_span([ActiveHours(weekdays=())], LISBON, at("2026-11-13T09:00")) is None
