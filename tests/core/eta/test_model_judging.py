"""A new model takes the place of the old one only if it is no worse on a day that it did not learn from."""

from __future__ import annotations

import numpy as np
import pytest

from core.eta.calibration import Band, Offsets
from core.eta.features import ratio
from core.eta.model_judging import HeldOut, Judgement, is_no_worse


def judgement(error_s: float, within: float) -> Judgement:
    return Judgement(forecasts=1000, mean_error_s=error_s, within=within)


def test_error_and_coverage_are_those_of_the_calibrated_band() -> None:
    street_s, came_s = np.full(4, 100.0), np.array([100.0, 112.0, 136.0, 70.0])
    middle = np.zeros(4)
    side = float(ratio(np.array([110.0]), np.array([100.0]))[0])
    # Raw ends at 10 s; doubled by the offset: about 21 s above and 17 below, which 136 and 70 lie beyond.
    raw = Band(middle - side, middle, middle + side)
    wide = [Offsets(float(np.log(2.0)), float(np.log(2.0)))] * 4
    found = HeldOut(street_s, came_s).judged(raw, wide)
    assert (found.forecasts, found.mean_error_s, found.within) == (4, pytest.approx(78.0 / 4), 0.5)


def test_streets_are_judged_by_their_error() -> None:
    assert HeldOut(np.array([100.0]), np.array([130.0])).judged_streets().mean_error_s == 30.0


@pytest.mark.parametrize(
    ("new", "old", "may"),
    [
        (judgement(30.0, 0.80), judgement(31.0, 0.80), True),
        (judgement(31.2, 0.80), judgement(31.0, 0.80), True),
        (judgement(31.4, 0.80), judgement(31.0, 0.80), False),
        (judgement(25.0, 0.74), judgement(31.0, 0.80), False),
        (judgement(25.0, 0.78), judgement(31.0, 0.80), True),
        (judgement(25.0, 0.74), judgement(31.0, 0.70), True),
    ],
)
def test_it_may_be_worse_by_noise_only(new: Judgement, old: Judgement, may: bool) -> None:
    assert is_no_worse(new, old) is may
