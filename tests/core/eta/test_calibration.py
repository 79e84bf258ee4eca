"""Intervals that hold what they promise, also when traffic changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
import pytest

from core.eta.calibration import Band, Calibration, CalibrationPolicy, conformal_offsets, horizon_of
from core.eta.recent_flow import Column
from core.eta.recent_outcomes import Followed

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


def test_each_zone_comes_to_its_own_width() -> None:
    dice = np.random.default_rng(6)
    calibration = Calibration(is_fitted=True)
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


def test_without_a_model_it_is_not_calibrated_until_enough_came_true() -> None:
    calibration = Calibration()
    states = []
    for _ in range(200):
        calibration.learn_end(SHORT, "Z", is_early=False, is_late=False)
        states.append(calibration.is_calibrated)
    assert states == [*[False] * 199, True]
    assert Calibration(is_fitted=True).is_calibrated


def test_a_miss_widens_nine_times_as_much_as_a_hit_narrows() -> None:
    calibration = Calibration(policy=CalibrationPolicy(slice_step=0.1), is_fitted=True)
    calibration.learn_end(SHORT, "Z", is_early=False, is_late=True)
    assert calibration.trims[SHORT].upper == pytest.approx(0.09)
    assert calibration.trims[SHORT].lower == pytest.approx(-0.01)
    assert calibration.trims[LONG].upper == 0.0


def played(shift: float, spread: float, *, delay: int = 30, count: int = 1500) -> tuple[Calibration, Column]:
    """Return what a day of another kind makes of a calibration, and which of its arrivals lay within.

    A forecast every four seconds; each is known to have come out `delay` forecasts later. A log-ratio is drawn from a
    normal distribution `spread` times as wide as the model says, `shift` later.
    """
    dice = np.random.default_rng(7)
    calibration, waiting = Calibration(is_fitted=True), deque[float]()
    within, errors = np.zeros(count), np.array([])
    for number in range(count):
        came = float(dice.normal(shift, spread / 1.2815515594))
        found = calibration.adjusted(band(1), np.array([SHORT]), ["Z"])
        within[number] = found.p10[0] <= came <= found.p90[0]
        waiting.append(came)
        if len(waiting) > delay:
            errors = np.append(errors, waiting.popleft())
        if number % 3 == 0:
            calibration.follow(outcomes(errors, waiting), 4.0 * number)
    return calibration, within


def outcomes(errors: Column, waiting: Iterable[float]) -> Followed:
    """Forecasts four seconds apart, the last ones not known yet."""
    still = [-6.0 for _ in waiting]
    off = np.concatenate([errors, still])
    ones = np.ones(len(off))
    known = np.arange(len(off)) < len(errors)
    return Followed(np.arange(len(off)) * np.float64(4.0), np.zeros(len(off), dtype=np.int64), off, known, ones, ones)


@pytest.mark.parametrize(("shift", "spread"), [(0.5, 1.0), (-0.5, 1.0), (0.0, 1.8), (0.0, 0.6), (0.6, 1.5)])
def test_a_day_of_another_kind_is_followed_either_way(shift: float, spread: float) -> None:
    _, within = played(shift, spread)
    assert np.mean(within[300:]) == pytest.approx(0.8, abs=0.04)


def test_a_jump_shows_within_a_few_times_the_delay_and_does_not_swing() -> None:
    _, within = played(1.0, 1.0)
    assert np.mean(within[:30]) < 0.7
    for first in range(90, 1500, 235):
        assert np.mean(within[first : first + 235]) == pytest.approx(0.8, abs=0.09)


def test_the_middle_follows_a_day_on_which_all_takes_longer() -> None:
    calibration, _ = played(0.4, 1.0)
    assert calibration.middle == pytest.approx(0.4, abs=0.1)


def test_an_ordinary_day_changes_little() -> None:
    calibration, within = played(0.0, 1.0)
    assert calibration.middle == pytest.approx(0.0, abs=0.1)
    assert calibration.sides[SHORT] == pytest.approx((1.0, 1.0), abs=0.25)
    assert np.mean(within) == pytest.approx(0.8, abs=0.03)


def test_after_a_while_without_arrivals_the_ends_are_those_before_operation() -> None:
    calibration, _ = played(0.4, 1.0)
    calibration.follow(outcomes(np.array([]), []), 0.0)
    assert (calibration.middle, calibration.sides[SHORT]) == (0.0, (1.0, 1.0))


def test_no_end_goes_to_the_moon() -> None:
    calibration = Calibration(policy=CalibrationPolicy(widest=1.5, farthest=0.0), is_fitted=True)
    calibration.follow(outcomes(np.full(400, 50.0), []), 1600.0)
    assert calibration.adjusted(band(1), np.array([SHORT]), ["Z"]).p90[0] == pytest.approx(2.5)


def test_nonsense_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="step"):
        CalibrationPolicy(slice_step=0.6)
    with pytest.raises(ValueError, match="half-lives"):
        CalibrationPolicy(longest_half_life_s=60.0)
    with pytest.raises(ValueError, match="usual"):
        CalibrationPolicy(usual=0.0)
