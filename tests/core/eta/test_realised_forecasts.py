"""Forecasts held until their arrival, and their coverage: P10 at 60 s, P50 at 100 s, P90 at 150 s."""

from __future__ import annotations

from datetime import UTC

import pytest

from core.eta.coverage import Coverage
from core.eta.realised_forecasts import Outcome, Promised, Trip


def promised(*, is_calibrated: bool = True) -> Promised:
    return Promised(
        made_at=0.0, p10_at=60.0, p50_at=100.0, p90_at=150.0, horizon=0, zone="Z", is_calibrated=is_calibrated
    )


def trip() -> Trip:
    return Trip((0.0, 0.0), "Z", 1000.0, open=[promised()])


def test_three_forecasts_of_a_way_are_held_wherever_it_is_asked() -> None:
    way = Trip((0.0, 0.0), "Z", 1000.0)
    assert [way.is_due(left) for left in (1000, 800, 740, 700, 450, 500, 200, 100)] == [
        *(False, False, True, False),
        *(True, False, True, False),
    ]


@pytest.mark.parametrize(
    ("at", "is_early", "is_late", "is_after"),
    [(50.0, True, False, False), (80.0, False, False, False), (120.0, False, False, True), (151.0, False, True, True)],
)
def test_an_arrival_says_how_the_forecast_came_out(at: float, is_early: bool, is_late: bool, is_after: bool) -> None:
    fresh, known = trip().arrived(at)
    assert known == []
    assert fresh == [Outcome(promised(), is_early, is_late, is_after, 100.0 - at)]


def test_a_forecast_whose_latest_instant_passed_is_told_late_once_and_its_error_at_the_arrival() -> None:
    way = trip()
    assert list(way.overdue(150.0)) == []
    assert list(way.overdue(151.0)) == [Outcome(promised(), False, True, True, None)]
    assert list(way.overdue(200.0)) == []
    assert way.arrived(400.0) == ([], [Outcome(promised(), False, True, True, -300.0)])


def test_coverage_is_counted_per_zone_hour_and_horizon() -> None:
    coverage = Coverage(UTC)
    for outcome in (Outcome(promised(), False, False, True, -10.0), Outcome(promised(), True, False, False, 50.0)):
        coverage.count(outcome)
        coverage.count_error(outcome)
    for name in (("all", "all"), ("zone", "Z"), ("hour", "00:00"), ("horizon", "0-5 min")):
        found = coverage.slices[name]
        assert (found.realised, found.within, found.early, found.late) == (2, 1, 1, 0)
        assert found.coverage == 0.5
        assert (found.width_s, found.absolute_s, found.error_s) == (180.0, 60.0, 40.0)


def test_what_was_forecast_before_calibration_is_counted_apart() -> None:
    coverage = Coverage(UTC)
    coverage.count(Outcome(promised(is_calibrated=False), False, False, True, None))
    assert set(coverage.slices) == {("cold start", "not yet calibrated")}


def test_what_is_told_are_shares_and_means() -> None:
    coverage = Coverage(UTC)
    for outcome in (Outcome(promised(), False, False, True, -10.0), Outcome(promised(), False, True, True, None)):
        coverage.count(outcome)
        coverage.count_error(outcome)
    told = {(one.dimension, one.name): one for one in coverage.told()}
    found = told["zone", "Z"]
    assert (found.realised, found.within, found.early, found.late, found.width_s) == (2, 0.5, 0.0, 0.5, 90.0)
    assert (found.mean_error_s, found.bias_s) == (10.0, -10.0)
    assert set(told) == {("all", "all"), ("zone", "Z"), ("hour", "00:00"), ("horizon", "0-5 min")}
