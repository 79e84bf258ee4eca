"""A fix finds the limit of the street it drives along; where it is not sure, the driver has the benefit of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend_service.streets.speed_limits import SpeedLimits, read_limit
from resources.opener import open_path

METRE = 1.0 / 111_195.0
SOUTH, WEST = -29.9, -71.25
NAN = float("nan")


def northwards(metres_east: float) -> list[list[float]]:
    """A street of 400 m to the north; a degree of longitude is 0.867 of one of latitude here."""
    lon = WEST + metres_east * METRE / 0.8669
    return [[SOUTH, lon], [SOUTH + 400 * METRE, lon]]


def eastwards(metres_north: float) -> list[list[float]]:
    lat = SOUTH + metres_north * METRE
    return [[lat, WEST - 0.002], [lat, WEST + 0.002]]


@pytest.fixture
def limits() -> SpeedLimits:
    """50 km/h northwards at 0 m, crossed at 200 m by 80; another street without a limit 60 m east; 30 at 100 m."""
    pieces = np.array([northwards(0), eastwards(200), northwards(60), northwards(100)])
    return SpeedLimits.of(pieces, np.array([13.9, 22.2, NAN, 8.3]))


def at(limits: SpeedLimits, north_m: float, east_m: float, heading_deg: float) -> float:
    lat, lon = SOUTH + north_m * METRE, WEST + east_m * METRE / 0.8669
    return float(limits.at(np.array([lat]), np.array([lon]), np.array([heading_deg]), np.array([50.0]))[0])


def test_the_street_driven_along_counts(limits: SpeedLimits) -> None:
    assert at(limits, 100, 5, 0.0) == 13.9
    assert at(limits, 100, 5, 180.0) == 13.9
    assert at(limits, 195, 2, 0.0) == 13.9, "not the one that is crossed"
    assert at(limits, 195, 2, 90.0) == 22.2


def test_without_a_heading_the_highest_limit_near_counts(limits: SpeedLimits) -> None:
    assert at(limits, 197, 2, NAN) == 22.2
    assert at(limits, 100, 2, NAN) == 13.9


def test_a_street_without_a_limit_and_no_street_are_unknown(limits: SpeedLimits) -> None:
    assert np.isnan(at(limits, 100, 58, 0.0))
    assert np.isnan(at(limits, 100, -200, 0.0))
    assert np.isnan(at(limits, 100, 2, 60.0)), "in a direction that no street has"


def test_many_are_asked_for_together(limits: SpeedLimits) -> None:
    assert limits.at(*[np.empty(0)] * 4).shape == (0,)
    lats = np.full(3, SOUTH + 100 * METRE)
    lons = WEST + np.array([0.0, 100.0, -300.0]) * METRE / 0.8669
    np.testing.assert_array_equal(limits.at(lats, lons, np.zeros(3), np.full(3, 50.0)), [13.9, 8.3, NAN])


def test_who_is_slower_than_every_limit_near_is_not_looked_up(limits: SpeedLimits) -> None:
    lat, lon = np.array([SOUTH + 100 * METRE]), np.array([WEST])
    slow = limits.at(lat, lon, np.zeros(1), np.array([5.0]))
    assert slow[0] >= 5.0
    assert limits.at(lat, lon, np.zeros(1), np.array([14.5]))[0] == 13.9
    rng = np.random.default_rng(1)
    many = rng.uniform(-100, 500, (2_000, 2)) * METRE
    speeds, headings = rng.uniform(0, 30, 2_000), rng.uniform(0, 360, 2_000)
    lats, lons = SOUTH + many[:, 0], WEST + many[:, 1]
    exact = limits.at(lats, lons, headings, np.full(2_000, 99.0))
    quick = limits.at(lats, lons, headings, speeds)
    over = speeds > np.nan_to_num(exact, nan=99.0)
    np.testing.assert_array_equal(speeds > np.nan_to_num(quick, nan=99.0), over)


def test_an_extract_without_streets_knows_no_limits() -> None:
    nowhere = SpeedLimits.of(np.empty((0, 2, 2)), np.empty(0))
    assert np.isnan(nowhere.at(*[np.full(2, 10.0)] * 4)).all()


@pytest.mark.parametrize(
    ("text", "mps"),
    [("50", 13.89), ("50 km/h", 13.89), ("30 mph", 13.41), ("signals", NAN), ("CL:urban", NAN), (None, NAN), ("", NAN)],
)
def test_limits_as_the_extract_writes_them(text: str | None, mps: float) -> None:
    assert read_limit(text) == pytest.approx(mps, abs=0.01, nan_ok=True)


def test_the_demo_city_knows_limits() -> None:
    limits = SpeedLimits.read(Path(open_path("city/la_serena.osm.pbf")))
    known = limits.limits_mps[np.isfinite(limits.limits_mps)]
    assert len(known) > 1_000
    assert known.min() > 5.0
    assert known.max() < 34.0
