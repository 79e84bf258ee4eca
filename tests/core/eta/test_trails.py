"""Fixes become steps, and steps sums over windows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.eta.fleet_traffic import FleetTraffic
from core.eta.trails import Sum


def sums(traffic: FleetTraffic, now: float, seconds: float) -> np.ndarray[Any, Any]:
    then, last = traffic.trails.since(np.array([0]), now, seconds)
    return (last - then)[0]


def test_windows_tell_metres_and_seconds_driven(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    traffic.observe(fixes(["V"] * 13, range(0, 130, 10), range(0, 1300, 100)))
    found = sums(traffic, noon + 120.0, 60.0)
    assert found[Sum.METRES] == pytest.approx(600.0)
    assert found[Sum.SECONDS] == 60.0
    assert found[Sum.STOOD_S] == 0.0


def test_fixes_one_by_one_come_to_the_same_as_at_once(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    one_by_one = FleetTraffic(traffic.ground, traffic.zone)
    places = [0.0, 50.0, 60.0, 61.0, 200.0]
    traffic.observe(fixes(["V"] * 5, range(0, 50, 10), places))
    for number, place in enumerate(places):
        one_by_one.observe(fixes(["V"], [10.0 * number], [place]))
    assert traffic.trails.last[0].tolist() == pytest.approx(one_by_one.trails.last[0].tolist(), nan_ok=True)


def test_fixes_several_to_a_second_tell_the_same_as_one(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    # 10 m/s, ten fixes a second for 20 s: the last of each second counts, at 0.9, 1.9 ... 19.9 s.
    tenths = [tenth / 10.0 for tenth in range(200)]
    traffic.observe(fixes(["V"] * 200, tenths, [10.0 * at for at in tenths]))
    assert traffic.trails.last[0, Sum.SECONDS] == pytest.approx(19.0)
    assert traffic.trails.last[0, Sum.METRES] == pytest.approx(190.0)
    traffic.observe(fixes(["V"], [20.2], [202.0]))
    assert traffic.trails.last[0, Sum.AT] == noon + 19.9


def test_vehicles_are_kept_apart(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    traffic.observe(fixes(["A", "A", "B", "B"], [0, 10, 0, 10], [0, 100, 5000, 5040]))
    rows = traffic.trails.rows_of(["B", "A"])
    assert traffic.trails.last[rows, Sum.METRES].tolist() == pytest.approx([40.0, 100.0])


def test_older_and_doubled_fixes_say_nothing_new(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    traffic.observe(fixes(["V", "V"], [0, 10], [0, 100]))
    before = traffic.trails.last.copy()
    traffic.observe(fixes(["V"], [5], [900]))
    traffic.observe(fixes(["V"], [10], [100]))
    assert np.array_equal(traffic.trails.last, before, equal_nan=True)


@pytest.mark.parametrize(("after_s", "east_m"), [(40.0, 100.0), (10.0, 500.0)], ids=["a gap", "a leap"])
def test_gaps_and_leaps_are_no_driving(
    traffic: FleetTraffic, fixes: Any, noon: float, after_s: float, east_m: float
) -> None:
    traffic.observe(fixes(["V", "V"], [0, after_s], [0, east_m]))
    assert traffic.trails.last[0, Sum.SECONDS] == 0.0
    assert traffic.trails.last[0, Sum.EAST] == pytest.approx(east_m)


def test_a_vehicle_at_a_stop_drives_not_until_it_set_off(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    traffic.observe(fixes(["V", "V"], [0, 10], [0, 100]))
    traffic.arrived(["V"])
    traffic.observe(fixes(["V", "V"], [20, 30], [100, 110]))
    assert traffic.trails.last[0, Sum.SECONDS] == 10.0
    traffic.set_off(["V"], noon + 30.0)
    traffic.observe(fixes(["V"], [40], [150]))
    assert traffic.trails.last[0, Sum.SECONDS] == 20.0
    assert traffic.trails.began_at[0] == noon + 30.0


def test_who_is_far_from_the_stop_has_set_off_though_nobody_said_so(
    traffic: FleetTraffic, fixes: Any, noon: float
) -> None:
    traffic.observe(fixes(["V"], [0], [0]))
    traffic.arrived(["V"])
    traffic.observe(fixes(["V", "V"], [10, 20], [150, 250]))
    assert not traffic.trails.is_at_stop[0]
    assert traffic.trails.began_at[0] == noon + 10.0


def test_windows_do_not_reach_back_before_the_trip(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    traffic.observe(fixes(["V"] * 4, [0, 10, 20, 30], [0, 100, 200, 300]))
    traffic.set_off(["V"], noon + 20.0)
    assert sums(traffic, noon + 30.0, 600.0)[Sum.METRES] == pytest.approx(100.0)


def test_answers_of_streets_are_remembered_within_their_trip(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    rows = np.array([0])
    traffic.observe(fixes(["V"], [0], [0]))
    traffic.trails.answered(rows, np.array([500.0]))
    traffic.observe(fixes(["V"], [30], [300]))
    traffic.trails.answered(rows, np.array([450.0]))
    at, street_s = traffic.trails.street_since(rows, noon + 30.0, 35.0)
    assert (at[0], street_s[0]) == (noon, 500.0)
    at, street_s = traffic.trails.street_since(rows, noon + 30.0, 10.0)
    assert (at[0], street_s[0]) == (noon + 30.0, 450.0)
    traffic.set_off(["V"], noon + 31.0)
    assert np.isnan(traffic.trails.street_since(rows, noon + 40.0, 600.0)[1][0])


def test_what_was_buffered_for_long_is_history_and_not_traffic(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    traffic.observe(fixes(["A"], [7200], [0]))
    traffic.observe(fixes(["B"] * 3, [0, 10, 20], [0, 100, 200]))
    traffic.observe(fixes([], [], []))
    assert traffic.trails.rows_of(["B"])[0] == 1
    assert traffic.trails.last[1, Sum.SECONDS] == 0.0
    assert traffic.gathered().seconds.sum() == 0.0
