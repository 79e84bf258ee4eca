"""Active hours read from a line and written as one."""

import pytest

from app.active_hours_text import read_hours, written_hours
from core.geofencing.active_hours import ActiveHours, Weekday
from core.refusals import Refusal

WORKDAYS = tuple(Weekday)[:5]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("", ()),
        ("08:00-18:00", (ActiveHours(from_min=480, until_min=1080),)),
        ("mon-fri 8:00–18:30", (ActiveHours(weekdays=WORKDAYS, from_min=480, until_min=1110),)),
        ("Saturday 22:00 - 06:00", (ActiveHours(weekdays=(Weekday.SATURDAY,), from_min=1320, until_min=360),)),
        (
            "sat-mon 00:00-24:00",
            (ActiveHours(weekdays=(Weekday.SATURDAY, Weekday.SUNDAY, Weekday.MONDAY), from_min=0, until_min=1440),),
        ),
    ],
)
def test_hours_are_read(text: str, hours: tuple[ActiveHours, ...]) -> None:
    assert read_hours(text) == hours


@pytest.mark.parametrize(
    "text", ["always", "mon", "t 08:00-18:00", "mon 25:00-26:00", "mon 08:70-09:00", "24:00-06:00"]
)
def test_what_is_not_understood_is_named(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_hours(f"mon 08:00-09:00, {text}")
    assert refused.value.code == "fence.hours_unread"
    assert text in refused.value.sentence


@pytest.mark.parametrize("text", ["", "08:00-18:00", "mon-fri 08:00-18:00, sat 22:00-06:00", "mon 00:00-24:00"])
def test_what_is_written_reads_the_same(text: str) -> None:
    assert written_hours(read_hours(text)) == text


def test_days_apart_are_written_one_by_one() -> None:
    hours = (ActiveHours(weekdays=(Weekday.MONDAY, Weekday.WEDNESDAY), from_min=480, until_min=540),)
    assert written_hours(hours) == "mon 08:00-09:00, wed 08:00-09:00"
