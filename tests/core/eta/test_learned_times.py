"""What is known of a stop is the policy's prior, moved by exactly as much as the cases weigh."""

from __future__ import annotations

from math import sqrt
from zoneinfo import ZoneInfo

import pytest

from core.eta.learned_times import EVERY_DRIVE, Expected, LearnedTimes, Sums, TimeKind, name_of, shrunk
from core.vocabulary import Place, Position

NOON_AT = 1_795_176_000.0
KITCHEN = Place(name="Cocina Elqui", position=Position(-29.9027, -71.2519))
OTHER = Place(name="Cocina Elqui", position=Position(-29.95, -71.2519))
LATE = name_of(TimeKind.READINESS, KITCHEN)


def nothing() -> LearnedTimes:
    return LearnedTimes(ZoneInfo("UTC"), lambda position: "Norte" if position.lat > 0.0 else "Sur")


def test_without_cases_the_policy_holds() -> None:
    assert nothing().lateness(KITCHEN, NOON_AT, 150.0) == Expected(0.0, 150.0)
    assert nothing().at_counter(KITCHEN, NOON_AT, Expected(60.0, 24.0)) == Expected(60.0, 24.0)
    assert nothing().at_door(Position(1.0, 0.0), NOON_AT, 120.0, 0.4) == Expected(120.0, 48.0)


def test_cases_and_prior_are_one_mixture() -> None:
    # 10 cases of 60 s, and a prior of mean 0 and spread 30 that counts as 5: mean 40; mean square (36000 + 4500) / 15.
    found = shrunk(Expected(0.0, 30.0), Sums(10.0, 600.0, 36_000.0), 5.0)
    assert found == Expected(pytest.approx(40.0), pytest.approx(sqrt(2700.0 - 1600.0)), 10)


def test_a_new_case_fades_the_former_ones() -> None:
    assert Sums(10.0, 600.0, 36_000.0).after(90.0, 10.0) == Sums(10.0, 630.0, 40_500.0)


def test_one_case_moves_a_kitchen_by_its_weight_on_every_level() -> None:
    found = nothing().after([(LATE, NOON_AT, 480.0)]).lateness(KITCHEN, NOON_AT, 150.0)
    # All: 480 / 21; the kitchen: (480 + 5 x that) / 6; its hour: (480 + 15 x that) / 16.
    everybody = 480.0 / 21.0
    own = (480.0 + 5.0 * everybody) / 6.0
    assert found.mean == pytest.approx((480.0 + 15.0 * own) / 16.0)
    assert found.cases == 1


def test_kitchen_that_is_always_late_is_expected_late_and_surely() -> None:
    found = nothing().after([(LATE, NOON_AT, 480.0)] * 60).lateness(KITCHEN, NOON_AT, 150.0)
    assert found.mean == pytest.approx(480.0, abs=15.0)
    assert found.sd < 60.0


def test_another_kitchen_of_that_name_is_told_apart() -> None:
    known = nothing().after([(LATE, NOON_AT, 480.0)] * 60)
    other = known.lateness(OTHER, NOON_AT, 150.0)
    assert other.cases == 0
    # It knows only what all kitchens do, each case fading those before it by 1 / 5000.
    assert other.mean == pytest.approx(480.0 * 60.0 / 80.0, rel=0.01)


def test_an_hour_has_its_own_time_where_there_are_cases() -> None:
    evening_at = NOON_AT + 8 * 3600.0
    cases = [(LATE, NOON_AT, 0.0), (LATE, evening_at, 600.0)] * 60
    known = nothing().after(cases)
    noon, evening = known.lateness(KITCHEN, NOON_AT, 150.0), known.lateness(KITCHEN, evening_at, 150.0)
    assert noon.mean < 100.0 and evening.mean > 480.0


def test_doors_are_learned_by_zone_as_a_share_of_what_was_planned() -> None:
    known = nothing().after([("door/Norte", NOON_AT, 2.0)] * 100)
    slow = known.at_door(Position(1.0, 0.0), NOON_AT, 90.0, 0.4)
    usual = known.at_door(Position(-1.0, 0.0), NOON_AT, 90.0, 0.4)
    assert slow.mean == pytest.approx(180.0, abs=5.0)
    assert usual.cases == 0 and slow.cases > 50


def test_drives_are_learned_as_a_share_of_what_streets_say() -> None:
    assert nothing().driving(NOON_AT, 0.2) == Expected(1.0, 0.2)

    slow = nothing().after([(EVERY_DRIVE, NOON_AT, 1.4)] * 100).driving(NOON_AT, 0.2)

    assert slow.mean == pytest.approx(1.4, abs=0.02) and slow.sd < 0.1


def test_what_was_known_before_stays_as_it_was() -> None:
    before = nothing().after([(LATE, NOON_AT, 480.0)])
    was = before.lateness(KITCHEN, NOON_AT, 150.0)
    before.after([(LATE, NOON_AT, 480.0)] * 10)
    assert before.lateness(KITCHEN, NOON_AT, 150.0) == was
