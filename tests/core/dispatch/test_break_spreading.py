"""Turns in the window of the policy's break: few of a zone rest at once, nothing is later than the rule has it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.dispatch.break_spreading import AHEAD_S, awaiting_turn, turns
from core.fleet.fleet import Driver, PlannedBreak
from core.fleet.planned_break import BreakRule, breaks_of
from core.vocabulary import DriverId, ZoneId

RULE = BreakRule(by_s=21_600.0, window_s=7_200.0, length_s=1_800.0)
OPENS_AT = 14_400.0
"""The window of a shift that began at 0."""


def driver(number: int, began_at: float = 0.0, **fields: Any) -> Driver:
    shift = {"is_on_shift": True, "shift_started_at": began_at, "shift_ends_at": began_at + 32_400.0}
    return Driver(driver_id=DriverId(f"D-{number:02}"), person=None, **{**shift, **fields})


def given_to(drivers: list[Driver], zones: dict[str, str] | None = None, now: float = OPENS_AT) -> dict[str, float]:
    zone_of = {DriverId(name): ZoneId(zone) for name, zone in (zones or {}).items()}
    return dict(turns(awaiting_turn(drivers, RULE, now), drivers, zone_of, RULE, now).items())


def test_four_rest_one_after_the_other_and_the_fifth_with_the_first() -> None:
    found = given_to([driver(number) for number in range(5)])
    assert list(found.values()) == [0.0, 1_800.0, 3_600.0, 5_400.0, 0.0]


def test_each_zone_is_spread_by_itself_and_the_city_where_the_zone_leaves_a_choice() -> None:
    zones = {f"D-{number:02}": "east" if number % 2 else "west" for number in range(8)}
    found = list(given_to([driver(number) for number in range(8)], zones).values())
    starts = [0.0, 1_800.0, 3_600.0, 5_400.0]
    assert sorted(found[::2]) == sorted(found[1::2]) == starts
    assert found[:4] == starts


def test_what_a_person_planned_and_who_rests_already_are_kept_clear_of() -> None:
    own = (PlannedBreak(earliest_at=OPENS_AT, latest_at=OPENS_AT + 600.0, length_s=1_800.0),)
    drivers = [driver(0, breaks=own), driver(1)]
    assert given_to(drivers) == {"D-01": 1_800.0}
    resting = driver(0, began_at=-600.0, is_paused=True, pauses=(OPENS_AT - 300.0,), break_turn_s=0.0)
    assert given_to([resting, driver(1)]) == {"D-01": 1_800.0}


def test_turns_that_are_over_are_given_to_nobody() -> None:
    assert given_to([driver(0)], now=OPENS_AT + 4_000.0) == {"D-00": 5_400.0}
    assert given_to([driver(0)], now=OPENS_AT + 7_000.0) == {"D-00": 5_400.0}


def test_nobody_gets_a_turn_long_before_twice_or_with_breaks_of_his_own() -> None:
    own = (PlannedBreak(earliest_at=OPENS_AT, latest_at=OPENS_AT, length_s=600.0),)
    drivers = [driver(0), driver(1, break_turn_s=0.0), driver(2, breaks=own), driver(3, is_on_shift=False)]
    assert awaiting_turn(drivers, RULE, OPENS_AT - AHEAD_S - 1.0) == ()
    assert [one.driver_id for one in awaiting_turn(drivers, RULE, OPENS_AT - AHEAD_S)] == ["D-00"]


@given(
    st.lists(st.tuples(st.integers(-4, 4), st.sampled_from(["east", "west", "south"])), min_size=1, max_size=30),
    st.floats(0.0, 7_200.0),
    st.floats(600.0, 7_200.0),
)
def test_every_break_stays_within_the_rule_and_turns_are_the_same_for_the_same(
    shifts: list[tuple[int, str]], window_s: float, length_s: float
) -> None:
    rule = BreakRule(by_s=21_600.0, window_s=window_s, length_s=length_s)
    drivers = [driver(number, began_at=600.0 * start) for number, (start, _) in enumerate(shifts)]
    zone_of = {one.driver_id: ZoneId(zone) for one, (_, zone) in zip(drivers, shifts, strict=True)}
    now = OPENS_AT - AHEAD_S
    found = turns(awaiting_turn(drivers, rule, now), drivers, zone_of, rule, now)
    again = turns(awaiting_turn(reversed(drivers), rule, now), reversed(drivers), zone_of, rule, now)
    assert found == again
    for one in drivers:
        if one.driver_id in found:
            [by_rule] = breaks_of(one, rule)
            [turned] = breaks_of(replace(one, break_turn_s=found[one.driver_id]), rule)
            assert by_rule.earliest_at <= turned.earliest_at <= turned.latest_at == by_rule.latest_at
