"""Tests of what is counted of forecasts that came out: by slice, and beside the plain forecasts."""

from datetime import UTC

import pytest

from core.eta.coverage import COUNTED_DAYS, Coverage, CoverageSlice
from core.eta.realised_forecasts import Outcome, Promised

NOON_AT = 1_795_176_000.0


def _told(coverage: Coverage, dimension: str) -> CoverageSlice:
    return next(one for one in coverage.told() if one.dimension == dimension)


def _outcome(
    *, error_s: float = 30.0, is_calibrated: bool = True, has_plain: bool = True, made_at: float = NOON_AT
) -> Outcome:
    """A forecast of 300 s, 120 s wide; the plain ones said 400, 250 and 300 s."""
    plainly = (made_at + 400.0, made_at + 250.0, made_at + 300.0)
    promised = Promised(
        made_at=made_at,
        p10_at=made_at + 240.0,
        p50_at=made_at + 300.0,
        p90_at=made_at + 360.0,
        horizon=1,
        zone="centro",
        is_calibrated=is_calibrated,
        plainly_at=plainly if has_plain else None,
    )
    return Outcome(promised, is_early=False, is_late=False, is_after_middle=False, error_s=error_s)


def test_plain_forecasts_are_judged_by_the_same_arrival() -> None:
    coverage = Coverage(UTC)
    outcome = _outcome()  # arrived after 270 s
    coverage.count(outcome)
    coverage.count_error(outcome)

    told = _told(coverage, "all")
    assert told.mean_error_s == 30.0
    assert told.plainly is not None
    assert (told.plainly.blended_s, told.plainly.streets_s, told.plainly.by_hour_s) == (130.0, 20.0, 30.0)


def test_plain_errors_are_means() -> None:
    coverage = Coverage(UTC)
    for error_s in (30.0, 0.0):  # arrived after 270 and 300 s
        coverage.count(_outcome(error_s=error_s))
        coverage.count_error(_outcome(error_s=error_s))

    plainly = _told(coverage, "zone").plainly
    assert plainly is not None
    assert plainly.blended_s == pytest.approx((130.0 + 100.0) / 2)
    assert plainly.streets_s == pytest.approx((20.0 + 50.0) / 2)


def test_without_plain_forecasts_nothing_is_said_of_them() -> None:
    coverage = Coverage(UTC)
    coverage.count(_outcome(has_plain=False))
    coverage.count_error(_outcome(has_plain=False))

    assert _told(coverage, "all").plainly is None


def test_what_was_forecast_before_calibration_counts_only_as_cold_start() -> None:
    coverage = Coverage(UTC)
    coverage.count(_outcome(is_calibrated=False))

    assert [one.dimension for one in coverage.told()] == ["cold start"]


def test_the_last_seven_days_count_and_the_cold_start_for_ever() -> None:
    coverage, day = Coverage(UTC), 86_400.0
    coverage.count(_outcome(is_calibrated=False))
    for number in range(9):
        coverage.count(_outcome(made_at=NOON_AT + number * day))

    assert _told(coverage, "all").realised == COUNTED_DAYS == 7
    assert _told(coverage, "hour").realised == 7
    assert _told(coverage, "cold start").realised == 1
    coverage.count_error(_outcome())  # of a day that counts no more
    assert _told(coverage, "all").mean_error_s is None
