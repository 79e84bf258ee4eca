"""The plain forecasts: 1,200 m to go, 10 m/s now, 5 m/s as a rule at this hour, 100 s by streets."""

from __future__ import annotations

import numpy as np
import pytest

from core.eta.baselines import HourlySpeeds, blended, by_hour, by_streets
from core.eta.questions import Questions

ASKED = Questions(["V"], np.zeros((1, 2)), np.zeros((1, 2)), np.array([100.0]), np.array([1200.0]), [np.zeros((1, 2))])


def test_blended_takes_six_parts_of_now_and_four_of_the_hour() -> None:
    assert blended(ASKED, np.array([10.0]), np.array([5.0]))[0] == pytest.approx(1200.0 / 8.0)


def test_an_unknown_speed_counts_as_standing() -> None:
    assert blended(ASKED, np.array([np.nan]), np.array([5.0]))[0] == pytest.approx(1200.0 / 2.0)


def test_the_hours_speed_and_streets_answer_alone() -> None:
    assert by_hour(ASKED, np.array([5.0]))[0] == 240.0
    assert by_streets(ASKED)[0] == 100.0


def test_hours_that_nobody_drove_have_the_mean_of_all() -> None:
    speeds = HourlySpeeds.of(np.array([8.0, 8.0, 17.0]), np.array([100.0, 200.0, 300.0]), np.array([10.0, 20.0, 60.0]))
    assert speeds.speeds_mps[8] == 10.0
    assert speeds.speeds_mps[17] == 5.0
    assert speeds.speeds_mps[3] == pytest.approx(600.0 / 90.0)
    assert HourlySpeeds.of(np.empty(0), np.empty(0), np.empty(0)).speeds_mps[0] == 7.0
