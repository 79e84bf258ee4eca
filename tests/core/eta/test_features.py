"""What a forecast is made from: a van drives east at 10 m/s for 10 minutes, and has 3 km of street left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.eta.features import features_of, ratio, seconds_of
from core.eta.fleet_traffic import FleetTraffic
from core.eta.questions import Questions
from core.geodesy import METRES_PER_DEGREE


def asked(east_m: float, goal_m: float, street_s: float, vehicle: str = "V") -> Questions:
    here, there = ([0.0, place / METRES_PER_DEGREE] for place in (east_m, goal_m))
    return Questions(
        vehicles=[vehicle],
        positions=np.array([here]),
        destinations=np.array([there]),
        street_s=np.array([street_s]),
        street_m=np.array([goal_m - east_m]),
        ways=[np.array([here, there])],
    )


@pytest.fixture
def driven(traffic: FleetTraffic, fixes: Any) -> FleetTraffic:
    traffic.observe(fixes(["V"] * 61, range(0, 610, 10), range(0, 6100, 100)))
    return traffic


def named(traffic: FleetTraffic, questions: Questions, now: float) -> dict[str, float]:
    names, values = features_of(traffic, questions, now)
    return dict(zip(names, values[0].tolist(), strict=True))


def test_own_driving_of_each_window_is_told(driven: FleetTraffic, noon: float) -> None:
    found = named(driven, asked(6000, 9000, 300), noon + 600)
    assert found["own_65_mps"] == pytest.approx(10.0)
    assert found["moved_305_m"] == pytest.approx(3000.0)
    assert found["stood_305"] == 0.0
    assert found["street_mps"] == 10.0


def test_a_slow_stretch_ahead_is_seen_as_delay(driven: FleetTraffic, fixes: Any, noon: float) -> None:
    free = named(driven, asked(6000, 9000, 300), noon + 600)
    driven.observe(fixes(["W"] * 12, range(480, 600, 10), [6800, 6900, *range(7000, 7050, 5)]))
    jammed = named(driven, asked(6000, 9000, 300), noon + 600)
    assert jammed["live_ratio"] > free["live_ratio"] + 0.03
    assert jammed["worst_delay_s"] > free["worst_delay_s"] + 5.0


def test_a_jam_of_those_who_come_towards_is_none_of_ours(driven: FleetTraffic, fixes: Any, noon: float) -> None:
    free = named(driven, asked(6000, 9000, 300), noon + 600)
    driven.observe(fixes(["W"] * 10, range(510, 610, 10), range(7500, 7300, -20)))
    assert named(driven, asked(6000, 9000, 300), noon + 600)["live_ratio"] == pytest.approx(free["live_ratio"])


def test_progress_is_measured_against_what_streets_said_before(driven: FleetTraffic, fixes: Any, noon: float) -> None:
    first = named(driven, asked(6000, 9000, 300), noon + 600)
    assert np.isnan(first["gained_35_s"])
    driven.observe(fixes(["V"] * 3, [610, 620, 630], [6050, 6100, 6150]))
    then = named(driven, asked(6150, 9000, 285), noon + 630)
    assert then["gained_35_s"] == pytest.approx(15.0)
    assert then["progress_35"] == pytest.approx(90.0 / 75.0)


def test_no_position_goes_in(fixes: Any, noon: float, traffic: FleetTraffic) -> None:
    """The same driving elsewhere has the same features."""
    elsewhere = FleetTraffic(traffic.ground, traffic.zone)
    traffic.observe(fixes(["V"] * 61, range(0, 610, 10), range(0, 6100, 100)))
    elsewhere.observe(fixes(["V"] * 61, range(0, 610, 10), range(20_000, 26_100, 100)))
    here = named(traffic, asked(6000, 9000, 300), noon + 600)
    there = named(elsewhere, asked(26_000, 29_000, 300), noon + 600)
    assert there == pytest.approx(here, rel=1e-6, abs=1e-6, nan_ok=True)


def test_nothing_asked_is_nothing_answered(traffic: FleetTraffic, noon: float) -> None:
    nothing = Questions([], np.empty((0, 2)), np.empty((0, 2)), np.empty(0), np.empty(0), [])
    names, values = features_of(traffic, nothing, noon)
    assert values.shape == (0, len(names))


def test_a_vehicle_never_met_is_forecast_all_the_same(traffic: FleetTraffic, noon: float) -> None:
    found = named(traffic, asked(0, 3000, 300, vehicle="new"), noon)
    assert found["age_s"] == 1800.0
    assert np.isfinite(found["usual_ratio"])


def test_ratio_and_seconds_are_each_others_inverse() -> None:
    street_s = np.array([0.0, 60.0, 600.0])
    seconds = np.array([5.0, 90.0, 300.0])
    assert seconds_of(ratio(seconds, street_s), street_s) == pytest.approx(seconds)
    assert seconds_of(np.array([-9.0]), np.array([60.0]))[0] == 0.0
