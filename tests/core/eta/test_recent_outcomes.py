"""What is remembered of forecasts, and what of those that still wait."""

from __future__ import annotations

import numpy as np
import pytest

from core.eta.features import SOFT_S
from core.eta.realised_forecasts import Promised, RawForecast
from core.eta.recent_outcomes import LASTS_S, RecentOutcomes


def promised(made_at: float, *, model: str | None = "m") -> Promised:
    """A way of 80 s by the streets, which the model took to be as long, from half to twice."""
    raw = RawForecast(street_s=80.0, p10=-np.log(2.0), p50=0.0, p90=np.log(2.0), model=model)
    return Promised(made_at, made_at + 30.0, made_at + 80.0, made_at + 180.0, 0, "Z", True, raw=raw)


def test_an_arrival_tells_how_far_off_the_model_was() -> None:
    outcomes = RecentOutcomes()
    outcomes.arrived([promised(1000.0)], 1000.0 + 2.0 * (80.0 + SOFT_S) - SOFT_S)
    found = outcomes.of_late([], "m", 1200.0)
    assert found.off.tolist() == pytest.approx([np.log(2.0)])
    assert found.is_known.tolist() == [True]
    assert (found.below[0], found.above[0]) == pytest.approx((np.log(2.0), np.log(2.0)))


def test_one_that_waits_tells_the_least_that_it_can_become() -> None:
    found = RecentOutcomes().of_late([promised(1000.0)], "m", 1080.0)
    assert found.off.tolist() == pytest.approx([0.0])
    assert found.is_known.tolist() == [False]


def test_what_was_made_a_day_ago_is_forgotten() -> None:
    outcomes = RecentOutcomes()
    outcomes.arrived([promised(1000.0), promised(1500.0)], 1510.0)
    assert outcomes.of_late([promised(900.0)], "m", LASTS_S + 1400.0).made_at.tolist() == [1500.0]
    assert len(outcomes.of_late([], "m", LASTS_S + 2200.0)) == 0


def test_another_models_errors_tell_nothing_of_this_one() -> None:
    outcomes = RecentOutcomes()
    outcomes.arrived([promised(1000.0, model=None)], 1080.0)
    assert len(outcomes.of_late([promised(1000.0, model="former")], "m", 1100.0)) == 0
    assert len(outcomes.of_late([], None, 1100.0)) == 1
