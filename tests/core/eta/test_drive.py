"""A forecast drive: 60, 100 and 180 seconds."""

from __future__ import annotations

import pytest

from core.eta.arrival import Z90, Leg, SpreadPolicy, forecast_route
from core.eta.drive import Drive

DRIVE = Drive(60.0, 100.0, 180.0)


def test_its_band_counts_from_now() -> None:
    band = DRIVE.band(1000.0)
    assert (band.p10_at, band.p50_at, band.p90_at, band.as_of) == (1060.0, 1100.0, 1180.0, 1000.0)


@pytest.mark.parametrize(("by_s", "late"), [(60.0, 0.9), (100.0, 0.5), (180.0, 0.1)])
def test_its_percentiles_are_its_probabilities(by_s: float, late: float) -> None:
    assert DRIVE.late_probability(1000.0, 1000.0 + by_s) == pytest.approx(late)


def test_a_drive_without_spread_is_on_time_or_not() -> None:
    certain = Drive(100.0, 100.0, 100.0)
    assert certain.late_probability(0.0, 110.0) < 0.001
    assert certain.late_probability(0.0, 90.0) > 0.999


def test_a_learned_spread_takes_the_place_of_the_policys() -> None:
    legs = [Leg(100.0, float("-inf"), 0.0, 0.0, drive_sd_s=DRIVE.sd_s), Leg(50.0, float("-inf"), 0.0, 0.0)]
    first, second = forecast_route(0.0, 0.0, legs, SpreadPolicy(travel_share=0.2))
    assert first.sd_s == pytest.approx(120.0 / (2 * Z90))
    assert second.sd_s == pytest.approx((first.sd_s**2 + 10.0**2) ** 0.5)
