"""The figures of a simulated day: scores of probabilities, fairness, and deciders compared day by day."""

from __future__ import annotations

import argparse

import pytest

from backend_service.benchmarks.day_figures import differences, gini, over_days
from backend_service.benchmarks.day_promises import Case, base_rate_brier, brier, promise_figures
from backend_service.benchmarks.dispatch_day import DECIDERS, declare


def test_brier_score_is_the_mean_squared_miss() -> None:
    # (0.9 - 1)^2 = 0.01, (0.6 - 0)^2 = 0.36: mean 0.185. Kept in one of two: 0.5 x 0.5.
    cases = [Case(0.9, True), Case(0.6, False)]

    assert brier(cases) == pytest.approx(0.185)
    assert base_rate_brier(cases) == pytest.approx(0.25)
    assert promise_figures(cases)["skill over the base rate"] == ("%", pytest.approx(26.0))


def test_constant_that_is_right_has_no_skill() -> None:
    cases = [Case(0.75, True)] * 3 + [Case(0.75, False)]

    assert brier(cases) == pytest.approx(base_rate_brier(cases))


def test_stages_are_told_apart() -> None:
    figures = promise_figures([Case(0.95, True), Case(0.97, False), Case(0.5, False)])

    assert figures["confidence high: decisions"] == ("", 2.0)
    assert figures["confidence high: given"] == ("%", pytest.approx(96.0))
    assert figures["confidence high: kept"] == ("%", pytest.approx(50.0))
    assert figures["confidence good: decisions"] == ("", 0.0)


@pytest.mark.parametrize(
    ("amounts", "found"), [([], 0.0), ([0.0, 0.0], 0.0), ([3.0, 3.0, 3.0], 0.0), ([0.0, 4.0], 0.5), ([1.0, 3.0], 0.25)]
)
def test_gini_grows_with_inequality(amounts: list[float], found: float) -> None:
    assert gini(amounts) == pytest.approx(found)


def test_deciders_are_compared_on_the_same_days() -> None:
    own = [{"late": ("%", 2.0)}, {"late": ("%", 12.0)}]
    other = [{"late": ("%", 5.0)}, {"late": ("%", 15.0)}]

    (late,) = differences(own, other)

    assert (late.mean, late.deviation, late.runs) == (-3.0, 0.0, (-3.0, -3.0))
    assert over_days(own)[0].deviation == pytest.approx(7.0711)


def test_five_days_are_the_least_that_is_run_by_default() -> None:
    parser = argparse.ArgumentParser()
    declare(parser)

    assert len(parser.parse_args([]).seeds) >= 5
    assert [name for name, rule in DECIDERS.items() if rule is None] == ["policy"]
