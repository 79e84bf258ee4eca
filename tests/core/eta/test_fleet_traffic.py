"""Fixes are taken in by turns that are worth it, and whoever asks sees all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.eta.fleet_traffic import FleetTraffic
from core.eta.trails import Sum


def metres(traffic: FleetTraffic) -> float:
    return float(traffic.trails.last[:, Sum.METRES].sum())


def test_fixes_that_were_only_heard_are_taken_in_when_somebody_asks(traffic: FleetTraffic, fixes: Any) -> None:
    traffic.hear(fixes(["V"], [0], [0]))
    traffic.hear(fixes(["V"], [1], [20]))
    assert metres(traffic) == 0.0
    traffic.settle()
    assert metres(traffic) == pytest.approx(20.0)


def test_a_departure_is_later_than_the_fixes_heard_before_it(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    traffic.hear(fixes(["V"], [0], [0]))
    traffic.arrived(["V"])
    traffic.hear(fixes(["V"], [1], [20]))
    traffic.set_off(["V"], noon + 1.0)
    traffic.hear(fixes(["V"], [2], [50]))
    traffic.settle()
    assert metres(traffic) == pytest.approx(30.0)


def hear_others(traffic: FleetTraffic, fixes: Any, after_s: float) -> None:
    """Hear a few fixes of a vehicle that stands somewhere else, fewer than begin a turn."""
    for number in range(8):
        traffic.hear(fixes(["W"], [after_s + number / 10], [9_000]))


def test_fixes_wait_for_two_seconds_at_most(traffic: FleetTraffic, fixes: Any) -> None:
    traffic.hear(fixes(["V"], [0], [0]))
    traffic.hear(fixes(["V"], [1], [20]))
    hear_others(traffic, fixes, 1.1)
    assert metres(traffic) == 0.0
    hear_others(traffic, fixes, 2.0)
    assert metres(traffic) == pytest.approx(20.0)


def test_many_fixes_are_taken_in_piece_by_piece_while_others_are_heard(traffic: FleetTraffic, fixes: Any) -> None:
    fleet = [f"V{number}" for number in range(250)]
    traffic.hear(fixes(fleet, [0.0] * 250, [0.0] * 250))
    traffic.hear(fixes(fleet, [1.0] * 250, [20.0] * 250))
    assert metres(traffic) == 0.0
    hear_others(traffic, fixes, 1.1)
    assert metres(traffic) == pytest.approx(5000.0)


def test_who_asks_between_two_pieces_sees_all_of_it(traffic: FleetTraffic, fixes: Any, noon: float) -> None:
    fleet = [f"V{number}" for number in range(500)]
    at_once = FleetTraffic(traffic.ground, traffic.zone)
    for at, place in ((0.0, 0.0), (1.0, 20.0), (2.0, 50.0)):
        batch = fixes(fleet, [at] * 500, [place] * 500)
        at_once.observe(batch)
        traffic.hear(batch)  # a turn of its own, of which one piece is taken
    traffic.settle()
    keys = np.zeros(1, dtype=np.int64)
    assert traffic.city.totals(keys, noon, 5) == at_once.city.totals(keys, noon, 5)
    assert np.array_equal(traffic.trails.last, at_once.trails.last, equal_nan=True)


def test_fixes_heard_disordered_come_to_the_same_as_observed_in_order(
    traffic: FleetTraffic, fixes: Any, noon: float
) -> None:
    in_order = FleetTraffic(traffic.ground, traffic.zone)
    in_order.observe(fixes(["A", "A", "B", "B"], [0, 10, 0, 10], [0, 100, 5000, 5040]))
    traffic.hear(fixes(["B"], [10], [5040]))
    traffic.hear(fixes(["A"], [0], [0]))
    traffic.hear(fixes(["B", "A"], [0, 10], [5000, 100]))
    traffic.settle()
    keys = np.zeros(1, dtype=np.int64)
    assert metres(traffic) == pytest.approx(140.0)
    assert traffic.city.totals(keys, noon, 5) == in_order.city.totals(keys, noon, 5)


def test_what_was_driven_is_gathered_once(traffic: FleetTraffic, fixes: Any) -> None:
    traffic.observe(fixes(["V"] * 3, [0, 10, 20], [0, 100, 200]))
    traffic.hear(fixes(["V"], [21], [205]))
    taken = traffic.take_gathered()
    assert float(taken.metres.sum()) == pytest.approx(205.0)
    assert float(taken.seconds.sum()) == pytest.approx(21.0)
    assert len(traffic.take_gathered().cells) == 0
