"""Learned speeds: 600 m in 60 s is 10 m/s; the city's mean counts for 60 s in a square, the square's in a slot."""

from __future__ import annotations

from datetime import UTC

import numpy as np
import pytest

from core.eta.speed_profile import ProfiledSpeeds, SpeedProfile, slot_at

FAST, SLOW, UNKNOWN = (np.array([key], dtype=np.int64) for key in (16, 24, 32))
MONDAY_NOON = 1_781_524_800.0


def profile(slot: int = 48) -> SpeedProfile:
    return SpeedProfile.of(
        np.array([16, 24]), np.array([slot, slot]), np.array([12_000.0, 4_000.0]), np.array([800.0, 800.0])
    )


def test_the_mean_is_over_all_driving() -> None:
    assert profile().mean_mps() == 10.0
    assert SpeedProfile.empty().mean_mps() == 7.0


def test_a_square_is_drawn_to_the_citys_mean_by_a_minutes_worth() -> None:
    speeds = ProfiledSpeeds(profile())
    usual, seconds = speeds.usual(FAST)
    assert usual[0] == pytest.approx((12_000.0 + 10.0 * 60.0) / 860.0)
    assert seconds[0] == 800.0
    assert speeds.usual(UNKNOWN)[0][0] == 10.0


def test_a_slot_and_its_neighbours_tell_and_others_leave_the_square_as_usual() -> None:
    speeds = ProfiledSpeeds(profile(slot=48))
    usual = speeds.usual(SLOW)[0][0]
    for slot, seconds, metres in ((47, 800.0, 4_000.0), (49, 800.0, 4_000.0), (50, 0.0, 0.0)):
        expected = (metres + usual * 60.0) / (seconds + 60.0)
        assert speeds.at_slot(SLOW, slot)[0] == pytest.approx(expected)


def test_profiles_of_two_days_are_summed() -> None:
    both = SpeedProfile.together([profile(), profile(slot=50)])
    assert both.seconds.sum() == 3200.0
    assert ProfiledSpeeds(both).usual(FAST)[1][0] == 1600.0
    assert len(SpeedProfile.together([]).cells) == 0


def test_slots_tell_quarters_of_an_hour_and_saturdays_and_sundays_from_working_days() -> None:
    day = 86_400.0
    assert slot_at(MONDAY_NOON, UTC) == 48
    assert slot_at(MONDAY_NOON + 899.0, UTC) == 48
    assert slot_at(MONDAY_NOON + 900.0, UTC) == 49
    assert slot_at(MONDAY_NOON + 4 * day, UTC) == 48
    assert slot_at(MONDAY_NOON + 5 * day, UTC) == 96 + 48
    assert slot_at(MONDAY_NOON + 6 * day, UTC) == 192 + 48


@pytest.mark.parametrize(
    ("asked", "driven"),
    [(96, 95), (95, 96), (192, 191), (191, 192)],
    ids=["Saturday 00:00, Friday 23:45", "Friday 23:45, Saturday 00:00", "Sunday 00:00", "Saturday 23:45"],
)
def test_midnight_keeps_kinds_of_days_apart(asked: int, driven: int) -> None:
    speeds = ProfiledSpeeds(profile(slot=driven))

    assert speeds.at_slot(SLOW, asked)[0] == speeds.usual(SLOW)[0][0]


def test_quarters_next_to_midnight_tell_of_it_on_the_same_kind_of_day() -> None:
    for asked, driven in ((96, 97), (191, 190)):
        speeds = ProfiledSpeeds(profile(slot=driven))
        usual = speeds.usual(SLOW)[0][0]
        assert speeds.at_slot(SLOW, asked)[0] == pytest.approx((4_000.0 + usual * 60.0) / 860.0)
