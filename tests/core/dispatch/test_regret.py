"""Means of estimates: how sure they are, by hand."""

from __future__ import annotations

import pytest

from core.dispatch.regret import Interval, interval_of, interval_of_mean


def _estimate(mean: float, sd: float = 0.0) -> Interval:
    return Interval(mean=mean, sd=sd, low=mean - sd, high=mean + sd)


def test_nine_of_ten_draws_lie_within_the_bounds_of_a_normal_spread() -> None:
    found = interval_of([-1.0, 0.0, 1.0])

    assert (found.mean, found.sd) == (0.0, 1.0)
    assert (found.low, found.high) == (pytest.approx(-1.645, abs=1e-3), pytest.approx(1.645, abs=1e-3))


@pytest.mark.parametrize(("cases", "quantile"), [(4, 2.353), (5, 2.132), (10, 1.833), (100, 1.660)])
def test_few_cases_are_less_sure_than_many(cases: int, quantile: float) -> None:
    means = [float(number) for number in range(cases)]
    found = interval_of_mean([_estimate(mean) for mean in means])

    assert found.high - found.mean == pytest.approx(quantile * found.sd, rel=0.01)
    assert found.sd == pytest.approx((sum((m - found.mean) ** 2 for m in means) / (cases - 1) / cases) ** 0.5)


def test_of_one_case_its_own_spread_is_all_that_is_known() -> None:
    assert interval_of_mean([_estimate(-4.0, 2.0)]) == _estimate(-4.0, 2.0)
    assert interval_of([3.0]).sd == 0.0
