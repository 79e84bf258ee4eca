"""Closing times of the wall's clock as instants, also where the wall jumps, and spans that cross midnight."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.dispatch.waves.rhythm import RhythmId, WaveRhythm, closings, next_closing, span_around
from core.fleet.depot import DepotId
from core.geofencing.active_hours import Weekday

SANTIAGO = ZoneInfo("America/Santiago")
LISBON = ZoneInfo("Europe/Lisbon")


def instant(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def rhythm(*closes_min: int, weekdays: tuple[Weekday, ...] = tuple(Weekday)) -> WaveRhythm:
    return WaveRhythm(
        rhythm_id=RhythmId("R-1"),
        name="Day",
        depot_ids=(DepotId("DP-1"),),
        closes_min=closes_min,
        weekdays=weekdays,
    )


def test_closings_are_the_sites_times_after_the_one_and_up_to_the_other_instant() -> None:
    eight, noon = instant("2026-11-20T11:00"), instant("2026-11-20T15:00")  # 8:00 and 12:00 at UTC-3
    made = rhythm(480, 720)
    assert closings(made, SANTIAGO, eight - 1, noon) == [eight, noon]
    assert closings(made, SANTIAGO, eight, noon - 1) == []
    assert next_closing(made, SANTIAGO, noon) == eight + 86_400


def test_only_on_its_weekdays() -> None:
    friday = instant("2026-11-20T00:00")
    made = rhythm(600, weekdays=(Weekday.MONDAY,))
    assert next_closing(made, LISBON, friday) == instant("2026-11-23T10:00")


def test_time_the_wall_never_shows_lies_as_long_after_the_jump() -> None:
    # Lisbon jumps from 01:00 to 02:00 on 2026-03-29.
    made = rhythm(90)
    assert next_closing(made, LISBON, instant("2026-03-28T12:00")) == instant("2026-03-29T01:30")


def test_span_over_midnight_holds_both_sides() -> None:
    late, early = instant("2026-11-20T23:00"), instant("2026-11-21T05:00")
    expected = (instant("2026-11-20T22:00"), instant("2026-11-21T06:00"))
    assert span_around(late, 22 * 60, 6 * 60, LISBON) == span_around(early, 22 * 60, 6 * 60, LISBON) == expected
    assert span_around(instant("2026-11-21T06:00"), 22 * 60, 6 * 60, LISBON)[0] == instant("2026-11-21T22:00")
