"""Intervals that hold what they promise, also when traffic changes."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from core.eta.calibration import Band, Calibration, CalibrationPolicy, conformal_offsets, horizon_of

SHORT, LONG = 0, 2


def band(count: int) -> Band:
    """A model that claims a spread of one either way."""
    zeros = np.zeros(count)
    return Band(zeros - 1.0, zeros, zeros + 1.0)


def test_horizons_are_cut_at_5_15_and_30_minutes() -> None:
    assert horizon_of(np.array([0.0, 299.0, 300.0, 899.0, 900.0, 1800.0])).tolist() == [0, 0, 1, 1, 2, 3]


def test_split_conformal_ends_leave_a_tenth_outside_on_either_side_of_each_horizon() -> None:
    dice = np.random.default_rng(4)
    horizons = np.repeat([SHORT, LONG], 2000)
    came = dice.normal(0.0, np.where(horizons == SHORT, 0.5, 3.0))
    calibration = Calibration(horizons=conformal_offsets(band(4000), came, horizons), is_fitted=True)
    found = calibration.adjusted(band(4000), horizons, ["Z"] * 4000)
    for number in (SHORT, LONG):
        rows = horizons == number
        assert np.mean(came[rows] < found.p10[rows]) == pytest.approx(0.1, abs=0.002)
        assert np.mean(came[rows] > found.p90[rows]) == pytest.approx(0.1, abs=0.002)


def test_a_horizon_that_was_hardly_seen_takes_the_ends_of_all() -> None:
    came = np.linspace(-2.0, 2.0, 200)
    offsets = conformal_offsets(band(200), came, np.zeros(200, dtype=np.int64))
    assert offsets[LONG] == offsets[SHORT]


def test_ends_follow_a_day_whose_spread_is_three_times_as_wide() -> None:
    dice = np.random.default_rng(5)
    calibration = Calibration(is_fitted=True, in_flight=200)
    within = [realised(calibration, float(dice.normal(0.0, 3.0)), "Z") for _ in range(4000)]
    assert np.mean(within[:200]) < 0.65
    assert np.mean(within[2000:]) == pytest.approx(0.8, abs=0.03)


def test_each_zone_comes_to_its_own_width() -> None:
    dice = np.random.default_rng(6)
    calibration = Calibration(is_fitted=True, in_flight=200)
    within: dict[str, list[bool]] = {"calm": [], "wild": []}
    for _ in range(6000):
        for zone, spread in (("calm", 0.5), ("wild", 2.0)):
            within[zone].append(realised(calibration, float(dice.normal(0.0, spread)), zone))
    for zone in within:
        assert np.mean(within[zone][3000:]) == pytest.approx(0.8, abs=0.03)


def realised(calibration: Calibration, came: float, zone: str) -> bool:
    found = calibration.adjusted(band(1), np.array([SHORT]), [zone])
    is_early, is_late = bool(came < found.p10[0]), bool(came > found.p90[0])
    calibration.learn_end(SHORT, zone, is_early=is_early, is_late=is_late)
    return not (is_early or is_late)


def test_the_middle_follows_a_day_on_which_all_takes_longer() -> None:
    calibration = Calibration(policy=CalibrationPolicy(middle_rate=0.01), is_fitted=True)
    for _ in range(500):
        calibration.learn_middle(is_after=calibration.middle < 0.3)
    assert calibration.middle == pytest.approx(0.3, abs=0.02)


def test_without_a_model_it_is_not_calibrated_until_enough_came_true() -> None:
    calibration = Calibration()
    for _ in range(199):
        calibration.learn_end(SHORT, "Z", is_early=False, is_late=False)
    assert not calibration.is_calibrated
    calibration.learn_end(SHORT, "Z", is_early=False, is_late=False)
    assert calibration.is_calibrated
    assert Calibration(is_fitted=True).is_calibrated


def test_a_miss_widens_nine_times_as_much_as_a_hit_narrows() -> None:
    calibration = Calibration(policy=CalibrationPolicy(most_rate=0.1), is_fitted=True, in_flight=30)
    calibration.learn_end(SHORT, "Z", is_early=False, is_late=True)
    assert calibration.horizons[SHORT].upper == pytest.approx(0.09)
    assert calibration.horizons[SHORT].lower == pytest.approx(-0.01)
    assert calibration.horizons[LONG].upper == 0.0


def test_what_was_never_fitted_learns_in_long_steps_at_first() -> None:
    young, fitted = Calibration(in_flight=300), Calibration(is_fitted=True, in_flight=300)
    assert (young.ends_rate, fitted.ends_rate) == (0.1, pytest.approx(0.01))
    young.realised = 450
    assert young.ends_rate == pytest.approx(0.01)


def test_steps_are_as_long_as_the_forecasts_in_flight_allow() -> None:
    rates = [Calibration(is_fitted=True, in_flight=waiting).ends_rate for waiting in (0, 30, 60, 150, 600, 5000)]
    assert rates == pytest.approx([0.08, 0.08, 0.05, 0.02, 0.005, 0.005])


@pytest.mark.parametrize(("in_flight", "delay"), [(30, 30), (600, 600)])
def test_a_day_of_another_kind_is_followed_after_a_few_times_what_is_in_flight(in_flight: int, delay: int) -> None:
    """Arrivals spread twice as widely as the model says, and are known only after so many further forecasts."""
    dice = np.random.default_rng(7)
    calibration, waiting = Calibration(is_fitted=True, in_flight=in_flight), deque[tuple[bool, bool]]()
    within = []
    for _ in range(40 * delay):
        came = float(dice.normal(0.0, 2.0 / 1.2815515594))
        found = calibration.adjusted(band(1), np.array([SHORT]), ["Z"])
        waiting.append((bool(came < found.p10[0]), bool(came > found.p90[0])))
        within.append(not any(waiting[-1]))
        if len(waiting) > delay:
            is_early, is_late = waiting.popleft()
            calibration.learn_end(SHORT, "Z", is_early=is_early, is_late=is_late)
    assert np.mean(within[: 2 * delay]) < 0.7
    assert np.mean(within[6 * delay :]) == pytest.approx(0.8, abs=0.04)


def test_nonsense_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="rate"):
        CalibrationPolicy(most_rate=0.6)
