"""A street engine for a plane: straight ways at one speed, each leg rounded up as the instance says."""

from __future__ import annotations

import numpy as np

from backend_service.benchmarks.mdrplib_days.instance import MINUTE, Day
from backend_service.streets.street_engine import Floats, MatchedPath, SnappedPoints, StreetRoute
from core.geodesy import METRES_PER_DEGREE, Points
from core.timekeeping import Clock
from core.travel import TravelMatrix
from core.vocabulary import Position


def position_of(x_m: float, y_m: float) -> Position:
    """Return the position that stands for a point of the plane."""
    return Position(lat=y_m / METRES_PER_DEGREE, lon=x_m / METRES_PER_DEGREE)


class PlaneStreets:
    """Implements `StreetEngine` on the plane of a day.

    Parameters
    ----------
    day : Day
    rounding_s : float
        Each leg takes a multiple of so many seconds.
    clock : Clock
    """

    def __init__(self, day: Day, rounding_s: float, clock: Clock) -> None:
        self._metres_per_s = day.metres_per_minute / MINUTE
        self._rounding_s = rounding_s
        self._clock = clock

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return the legs from each source to each destination."""
        metres = METRES_PER_DEGREE * np.hypot(
            sources[:, None, 0] - destinations[None, :, 0], sources[:, None, 1] - destinations[None, :, 1]
        )
        return TravelMatrix(self._seconds(metres), metres, degraded=False, as_of=self._clock.now())

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the straight lines through the points; they have no segments."""
        if len(points) < 2:
            raise ValueError("a route needs two points")
        metres = METRES_PER_DEGREE * np.hypot(*np.diff(points, axis=0).T)
        seconds = self._seconds(metres)
        return StreetRoute(
            float(seconds.sum()), float(metres.sum()), points, seconds, metres, degraded=False, as_of=self._clock.now()
        )

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Return the fixes as they are: the plane has no streets to lay them on."""
        way = await self.route(fixes)
        return MatchedPath(
            (fixes,), np.ones(1), fixes, way.duration_s, way.distance_m, degraded=False, as_of=self._clock.now()
        )

    async def nearest(self, points: Points) -> SnappedPoints:
        """Return the points as they are."""
        return SnappedPoints(points, np.zeros(len(points)), degraded=False, as_of=self._clock.now())

    async def ping(self) -> None:
        """Answer at once."""

    def _seconds(self, metres: Floats) -> Floats:
        # A hair less, so that a leg of a whole number is not rounded up to the next by the last bit.
        steps = np.ceil(metres / self._metres_per_s / self._rounding_s - 1e-7)
        return np.asarray(np.maximum(steps, 0.0) * self._rounding_s)
