"""Arrivals and their spread, against numbers worked out by hand or from tables of the normal distribution."""

from __future__ import annotations

from math import inf, pi, sqrt

import pytest

from core.eta.arrival import Arrival, Leg, SpreadPolicy, forecast_route, later_of
from core.eta.telling import TellingPolicy, is_worth_telling
from core.orders.order import ArrivalBand

NOW = 1_800_000_000.0
SPREAD = SpreadPolicy(travel_share=0.2, service_share=0.5, kitchen_sd_s=100.0, degraded_factor=2.0)


def leg(drive_s: float, service_s: float = 0.0, earliest_at: float = -inf, earliest_sd_s: float = 0.0) -> Leg:
    return Leg(drive_s=drive_s, earliest_at=earliest_at, earliest_sd_s=earliest_sd_s, service_s=service_s)


def test_spread_grows_along_the_route() -> None:
    # First: sd 0.2 x 300 = 60. Then service 120 (sd 60) and 200 s (sd 40): sqrt(3600 + 3600 + 1600) = 93.8.
    first, second = forecast_route(NOW, 0.0, [leg(300, service_s=120), leg(200)], SPREAD)

    assert (first.mean_at - NOW, first.sd_s) == pytest.approx((300.0, 60.0))
    assert (second.mean_at - NOW, second.sd_s) == pytest.approx((620.0, sqrt(8800)))


def test_estimates_without_streets_are_wider() -> None:
    (found,) = forecast_route(NOW, 0.0, [leg(300)], SPREAD, is_degraded=True)

    assert found.sd_s == pytest.approx(120.0)


def test_old_position_widens_the_first_arrival() -> None:
    (found,) = forecast_route(NOW, 80.0, [leg(300)], SPREAD)

    assert found.sd_s == pytest.approx(100.0)


def test_goods_ready_much_later_decide_when_service_starts() -> None:
    ready = NOW + 3_000.0
    pickup, delivery = forecast_route(NOW, 0.0, [leg(100, 60, ready, 100.0), leg(200)], SPREAD)

    assert pickup.mean_at == NOW + 100.0
    assert delivery.mean_at == pytest.approx(ready + 60.0 + 200.0)
    assert delivery.sd_s == pytest.approx(sqrt(100**2 + 30**2 + 40**2))


def test_later_of_two_equal_uncertain_instants_is_later_than_both() -> None:
    # Two independent normals with sd 1: the mean of the later is 1 / sqrt(pi), its variance 1 - 1 / pi.
    found = later_of(Arrival(NOW, 1.0), Arrival(NOW, 1.0))

    assert found.mean_at - NOW == pytest.approx(1 / sqrt(pi), abs=1e-6)
    assert found.sd_s == pytest.approx(sqrt(1 - 1 / pi))


def test_stop_already_reached_is_known() -> None:
    there = Leg(drive_s=50, earliest_at=-inf, earliest_sd_s=0.0, service_s=120, arrived_at=NOW - 30.0)
    first, second = forecast_route(NOW, 40.0, [there, leg(100)], SPREAD)

    assert (first.mean_at, first.sd_s) == (NOW - 30.0, 0.0)
    assert second.mean_at == pytest.approx(NOW + 90.0 + 100.0)


def test_service_that_takes_longer_than_expected_does_not_end_in_the_past() -> None:
    there = Leg(drive_s=50, earliest_at=-inf, earliest_sd_s=0.0, service_s=120, arrived_at=NOW - 600.0)

    assert forecast_route(NOW, 0.0, [there, leg(100)], SPREAD)[1].mean_at == pytest.approx(NOW + 100.0)


def test_band_and_probabilities_are_those_of_the_normal_distribution() -> None:
    arrival = Arrival(NOW + 1000.0, 100.0)
    band = arrival.band(NOW)

    assert (band.p10_at - NOW, band.p50_at - NOW, band.p90_at - NOW) == pytest.approx((871.8, 1000.0, 1128.2), abs=0.1)
    assert arrival.late_probability(NOW + 1000.0) == pytest.approx(0.5)
    assert arrival.late_probability(NOW + 1128.155) == pytest.approx(0.1, abs=1e-4)
    # E[max(0, X - mean)] = sd / sqrt(2 pi).
    assert arrival.expected_lateness_s(NOW + 1000.0) == pytest.approx(100 / sqrt(2 * pi))


def test_sides_of_their_own_keep_the_middle_and_agree_where_they_meet() -> None:
    arrival = Arrival(NOW + 1000.0, 100.0, 300.0)
    band = arrival.band(NOW)

    assert (band.p10_at - NOW, band.p50_at - NOW, band.p90_at - NOW) == pytest.approx((871.8, 1000.0, 1384.5), abs=0.1)
    assert arrival.late_probability(NOW + 1000.0) == pytest.approx(0.5)
    assert arrival.late_probability(NOW + 1384.466) == pytest.approx(0.1, abs=1e-4)
    assert arrival.late_probability(NOW + 871.845) == pytest.approx(0.9, abs=1e-4)
    # The mean lies (300 - 100) / sqrt(2 pi) after the middle: far before the arrival, all of it is lateness.
    assert arrival.expected_lateness_s(NOW) == pytest.approx(1000.0 + 200 / sqrt(2 * pi))
    before, after = (arrival.expected_lateness_s(NOW + 1000.0 + s) for s in (-1e-6, 1e-6))
    assert before == pytest.approx(after, abs=1e-3) and after == pytest.approx(300 / sqrt(2 * pi), abs=1e-3)


def test_expected_square_of_lateness_is_that_of_the_distribution() -> None:
    even, lopsided = Arrival(NOW + 1000.0, 100.0), Arrival(NOW + 1000.0, 100.0, 300.0)

    # Half of the variance lies after the middle; far before the arrival it is the square of the mean and the variance.
    assert even.expected_squared_lateness_s2(NOW + 1000.0) == pytest.approx(5_000.0)
    assert even.expected_squared_lateness_s2(NOW) == pytest.approx(1_010_000.0)
    assert even.expected_squared_lateness_s2(NOW + 9_000.0) == pytest.approx(0.0)
    far = 1000.0**2 + 2.0 * 1000.0 * 200.0 / sqrt(2 * pi) + (100.0**2 + 300.0**2) / 2.0
    assert lopsided.expected_squared_lateness_s2(NOW) == pytest.approx(far)
    before, after = (lopsided.expected_squared_lateness_s2(NOW + 1000.0 + s) for s in (-1e-6, 1e-6))
    assert before == pytest.approx(after, abs=1e-2) and after == pytest.approx(300.0**2 / 2.0, abs=1e-2)


def test_band_does_not_reach_into_the_past() -> None:
    assert Arrival(NOW + 30.0, 100.0).band(NOW).p10_at == NOW


def test_spread_policy_refuses_nonsense() -> None:
    for wrong in ({"travel_share": -0.1}, {"kitchen_sd_s": float("nan")}, {"degraded_factor": 0.5}):
        with pytest.raises(ValueError):
            SpreadPolicy(**wrong)


def band(p50_s: float) -> ArrivalBand:
    return ArrivalBand(p10_at=NOW + p50_s - 60, p50_at=NOW + p50_s, p90_at=NOW + p50_s + 60, as_of=NOW)


@pytest.mark.parametrize(
    ("told_s", "new_s", "is_told"),
    [(2000, 2239, False), (2000, 2240, True), (2000, 1760, True), (500, 381, False), (500, 380, True)],
)
def test_small_moves_are_not_told_and_less_so_when_far_away(told_s: float, new_s: float, is_told: bool) -> None:
    assert is_worth_telling(band(told_s), band(new_s), TellingPolicy()) is is_told


def test_first_forecast_is_told() -> None:
    assert is_worth_telling(None, band(2000), TellingPolicy())


def test_learned_time_at_a_stop_brings_its_own_spread() -> None:
    legs = (
        Leg(100.0, -inf, 0.0, 120.0, drive_sd_s=0.0, service_sd_s=30.0),
        Leg(100.0, -inf, 0.0, 120.0, drive_sd_s=40.0),
    )
    _, second = forecast_route(0.0, 0.0, legs, SpreadPolicy())
    assert (second.mean_at, second.sd_s) == (pytest.approx(320.0), pytest.approx(50.0))


def test_a_degraded_band_knows_how_narrow_it_would_be_with_streets() -> None:
    (known,) = forecast_route(NOW, 0.0, [leg(300)], SPREAD)
    (wider,) = forecast_route(NOW, 0.0, [leg(300)], SPREAD, is_degraded=True)

    band, usual = wider.band(NOW, is_degraded=True), known.band(NOW)

    # 60 s give or take with streets, 120 s without.
    assert band.undegraded == pytest.approx((usual.p10_at, usual.p90_at))
    assert band.p10_at < usual.p10_at and usual.p90_at < band.p90_at
    assert usual.undegraded is None


def test_behind_a_pickup_less_of_the_spread_is_for_want_of_streets() -> None:
    (_, door) = forecast_route(NOW, 0.0, [leg(300, service_s=120), leg(300)], SPREAD, is_degraded=True)

    # With streets 60, 60 at the counter and 60 s; without 120, 60 and 120.
    assert door.known_share == pytest.approx(sqrt(3 * 60**2) / sqrt(2 * 120**2 + 60**2))


def test_a_stop_that_was_reached_is_not_degraded() -> None:
    reached = Leg(drive_s=300.0, earliest_at=-inf, earliest_sd_s=0.0, service_s=0.0, arrived_at=NOW - 10.0)
    (there,) = forecast_route(NOW, 0.0, [reached], SPREAD, is_degraded=True)

    assert there.band(NOW, is_degraded=True).undegraded is None
