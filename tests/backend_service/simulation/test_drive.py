"""Congestion arises on segments: from their load, from who is on them, from incidents."""

import numpy as np
import pytest

from backend_service.simulation.drive import Drive
from backend_service.simulation.traffic import Incident, Traffic
from backend_service.streets.street_engine import StreetRoute, StreetSegments
from core.vocabulary import Position

NIGHT_AT = 1_795_147_200.0
"""20 November 2026, 04:00 UTC: 1 in the morning in Chile."""
RUSH_AT = NIGHT_AT + 17 * 3600
"""18:00 in Chile."""

MIDDLE = Position(-29.9, -71.2498)


def street() -> StreetRoute:
    """Return 400 m eastward in 8 segments of 50 m, driven in 40 s when empty: 10 m/s."""
    lons = -71.25 + np.arange(9) * 50.0 / 96_390.0
    geometry = np.stack([np.full(9, -29.9), lons], axis=-1)
    segments = StreetSegments(np.arange(8), np.arange(1, 9), np.full(8, 5.0), np.full(8, 50.0))
    legs = np.array([40.0]), np.array([400.0])
    return StreetRoute(40.0, 400.0, geometry, *legs, degraded=False, as_of=NIGHT_AT, segments=segments)


def seconds_needed(traffic: Traffic, at: float, **temper: float) -> int:
    drive = Drive(street(), traffic, **temper)
    seconds = 0
    while not drive.is_over:
        seconds += 1
        drive.advance(1.0, at + seconds)
    return seconds


def test_an_empty_street_takes_what_the_street_engine_supposes(site) -> None:
    assert seconds_needed(Traffic(site), NIGHT_AT) == 41  # 40 s, and a hundredth for the night's few others


def test_rush_hour_slows(site) -> None:
    assert seconds_needed(Traffic(site), RUSH_AT) > 1.1 * seconds_needed(Traffic(site), NIGHT_AT)


def test_other_vehicles_on_the_segment_slow(site) -> None:
    traffic = Traffic(site)
    alone = traffic.slowdown((3, 4), 50.0, MIDDLE, RUSH_AT)
    for _ in range(5):
        traffic.enter((3, 4))
    assert traffic.slowdown((3, 4), 50.0, MIDDLE, RUSH_AT) > 1.3 * alone
    for _ in range(5):
        traffic.leave((3, 4))
    assert traffic.slowdown((3, 4), 50.0, MIDDLE, RUSH_AT) == alone


def test_an_incident_slows_while_it_lasts_and_near_it_only(site) -> None:
    incident = Incident(MIDDLE, 100.0, RUSH_AT - 60, RUSH_AT + 600, added_load=0.8)
    traffic = Traffic(site, (incident,))
    during = traffic.slowdown((3, 4), 50.0, MIDDLE, RUSH_AT)
    assert during > 1.5 * traffic.slowdown((3, 4), 50.0, MIDDLE, RUSH_AT + 601)
    far = Position(-29.95, -71.25)
    assert traffic.slowdown((3, 4), 50.0, far, RUSH_AT) == Traffic(site).slowdown((3, 4), 50.0, far, RUSH_AT)


def test_haste_and_the_vehicle_bound_the_speed(site) -> None:
    assert seconds_needed(Traffic(site), NIGHT_AT, haste=1.2) < 37
    assert seconds_needed(Traffic(site), NIGHT_AT, top_mps=5.0) == 80


def test_a_finished_or_abandoned_drive_leaves_nobody_on_the_street(site) -> None:
    traffic = Traffic(site)
    empty = [traffic.slowdown((n, n + 1), 50.0, MIDDLE, RUSH_AT) for n in range(8)]
    seconds_needed(traffic, RUSH_AT)
    drive = Drive(street(), traffic)
    drive.advance(10.0, RUSH_AT)
    drive.abandon()
    assert [traffic.slowdown((n, n + 1), 50.0, MIDDLE, RUSH_AT) for n in range(8)] == empty


def test_it_moves_along_the_street(site) -> None:
    drive = Drive(street(), Traffic(site))
    drive.advance(20.0, NIGHT_AT)
    assert drive.position.lat == pytest.approx(-29.9)
    assert drive.position.lon == pytest.approx(-71.25 + 200 / 96_390.0, abs=1e-5)
    assert drive.heading_deg == pytest.approx(90.0, abs=0.1)
    assert drive.speed_mps == pytest.approx(10.0, rel=0.02)
