"""Fixes lie on streets where the engine is sure of it, and stay where the receiver put them where it is not."""

from __future__ import annotations

import asyncio

import numpy as np

from backend_service.streets.snapping import MOST_AT_ONCE, Snapped, snap
from backend_service.streets.street_engine import Floats, MatchedPath, SnappedPoints, StreetRoute, StreetsDown
from core.geodesy import Points
from core.telemetry.fix_batch import FixBatch
from core.travel import TravelMatrix

AT = 1_795_190_400.0
STREET_LAT = -29.9
METRE = 1.0 / 111_195.0


class OneStreet:
    """A street to the east along `STREET_LAT`; it notes what it was asked, and may be as unsure or down as told."""

    def __init__(self, *, confidence: float = 0.9, is_down: bool = False, degraded: bool = False) -> None:
        self.asked: list[int] = []
        self._confidence, self._is_down, self._degraded = confidence, is_down, degraded

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        assert 2 <= len(fixes) <= MOST_AT_ONCE
        assert (np.diff(np.floor(times_at)) > 0).all()
        assert np.isfinite(accuracies_m).all()
        self.asked.append(len(fixes))
        if self._is_down:
            raise StreetsDown("gone")
        on_street = np.stack([np.full(len(fixes), STREET_LAT), fixes[:, 1]], -1)
        on_street[fixes[:, 0] > STREET_LAT + 500 * METRE] = np.nan
        confidences = np.array([self._confidence, 1.0])
        return MatchedPath((on_street,), confidences, on_street, 1.0, 1.0, degraded=self._degraded, as_of=AT)

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        raise NotImplementedError

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        raise NotImplementedError

    async def nearest(self, points: Points) -> SnappedPoints:
        raise NotImplementedError

    async def ping(self) -> None:
        """Answer."""


def track(*north_m: float, step_s: float = 5.0) -> FixBatch:
    count = len(north_m)
    names, unknown = np.full(count, "V-1", dtype=object), np.full(count, np.nan)
    at = AT + step_s * np.arange(count)
    lat, lon = STREET_LAT + np.array(north_m) * METRE, -71.25 + 1e-4 * np.arange(count)
    return FixBatch(names, names, at, at, at, lat, lon, unknown, unknown, unknown, np.ones(count, dtype=np.bool_))


def snapped(fixes: FixBatch, streets: OneStreet) -> Snapped:
    return asyncio.run(snap(fixes, streets))


def test_fixes_are_put_onto_the_street_with_the_least_confidence() -> None:
    found = snapped(track(8, -5, 12), OneStreet(confidence=0.7))
    assert found.lat.tolist() == [STREET_LAT] * 3
    assert found.is_snapped.all()
    assert found.confidence.tolist() == [0.7] * 3


def test_what_fits_no_street_or_lies_far_from_it_stays() -> None:
    fixes = track(5, 900, 200, 5)
    found = snapped(fixes, OneStreet())
    assert found.is_snapped.tolist() == [True, False, False, True]
    assert found.lat[1:3].tolist() == fixes.lat[1:3].tolist()


def test_an_engine_that_is_unsure_down_or_an_estimate_changes_nothing() -> None:
    fixes = track(5, 6, 7)
    for streets in (OneStreet(confidence=0.05), OneStreet(is_down=True), OneStreet(degraded=True)):
        found = snapped(fixes, streets)
        assert not found.is_snapped.any()
        assert found.lat.tolist() == fixes.lat.tolist()


def test_long_tracks_and_gaps_are_asked_about_in_pieces() -> None:
    fixes = track(*[5.0] * 1201)
    fixes.fix_at[600:] += 1_000.0
    streets = OneStreet()
    assert snapped(fixes, streets).is_snapped.sum() == 1201
    assert streets.asked == [500, 100, 500, 101]


def test_several_fixes_in_a_second_and_invalid_ones_are_not_asked_about() -> None:
    fixes = track(*[5.0] * 6, step_s=0.5)
    fixes.is_valid[4] = False
    streets = OneStreet()
    found = snapped(fixes, streets)
    assert streets.asked == [3]
    assert found.is_snapped.tolist() == [True, False, True, False, False, True]


def test_a_track_of_nothing_asks_nothing() -> None:
    streets = OneStreet()
    assert len(snapped(track(), streets).lat) == 0
    assert len(snapped(track(1.0), streets).lat) == 1
    assert streets.asked == []
