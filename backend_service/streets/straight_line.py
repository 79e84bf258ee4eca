"""Driving estimated without streets: straight lines made longer, at the usual speed of the hour.

What Tower falls back on while the street engine is down; every answer is marked degraded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from backend_service.streets.street_engine import Floats, MatchedPath, SnappedPoints, StreetRoute
from core.geodesy import Points, distance_m, distance_matrix_m
from core.timekeeping import Clock
from core.travel import TravelMatrix

_NIGHT_MPS, _DAY_MPS, _RUSH_MPS = 12.0, 10.0, 8.0


@dataclass(frozen=True, slots=True)
class SpeedByHour:
    """How fast a straight line is driven.

    Parameters
    ----------
    speeds_mps : tuple of 24 floats
        Metres driven per second in each hour of the site's day, above 0.
    detour : float
        Metres driven per metre of straight line, at least 1. Measured in the demo city between 90,000 pairs of
        places on streets: median 1.51, quartiles 1.35 and 1.73; the street engine's free-flow speed 12.4 m/s.
    """

    speeds_mps: tuple[float, ...] = (
        *[_NIGHT_MPS] * 7,
        *[_RUSH_MPS] * 2,
        *[_DAY_MPS] * 8,
        *[_RUSH_MPS] * 3,
        *[_DAY_MPS] * 2,
        *[_NIGHT_MPS] * 2,
    )
    detour: float = 1.5

    def __post_init__(self) -> None:
        if len(self.speeds_mps) != 24 or min(self.speeds_mps) <= 0:
            raise ValueError("a speed above 0 for each of the 24 hours is needed")
        if self.detour < 1:
            raise ValueError(f"no way is shorter than the straight line: detour {self.detour}")


class StraightLineStreets:
    """Implements `StreetEngine` without streets.

    Parameters
    ----------
    clock : Clock
        The operation's time; its hour chooses the speed.
    time_zone : ZoneInfo
        The site's zone.
    profile : SpeedByHour
    """

    def __init__(self, clock: Clock, time_zone: ZoneInfo, profile: SpeedByHour | None = None) -> None:
        self._clock = clock
        self._zone = time_zone
        self._profile = profile or SpeedByHour()

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return estimates from each source to each destination."""
        driven = self._profile.detour * distance_matrix_m(sources, destinations)
        return TravelMatrix(driven / self._speed_mps(), driven, degraded=True, as_of=self._clock.now())

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the straight lines through the points; they have no segments, `annotate` or not."""
        if len(points) < 2:
            raise ValueError("a route needs two points")
        driven = self._profile.detour * distance_m(points[:-1], points[1:])
        durations = driven / self._speed_mps()
        return StreetRoute(
            duration_s=float(durations.sum()),
            distance_m=float(driven.sum()),
            geometry=points.copy(),
            leg_durations_s=durations,
            leg_distances_m=driven,
            degraded=True,
            as_of=self._clock.now(),
        )

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Return the fixes as they are, joined by straight lines, with no confidence at all."""
        route = await self.route(fixes)
        return MatchedPath(
            pieces=(route.geometry,),
            confidences=np.zeros(1),
            snapped=route.geometry,
            duration_s=route.duration_s,
            distance_m=route.distance_m,
            degraded=True,
            as_of=route.as_of,
        )

    async def nearest(self, points: Points) -> SnappedPoints:
        """Return the points themselves: without streets there is nothing nearer."""
        return SnappedPoints(points.copy(), np.zeros(len(points)), degraded=True, as_of=self._clock.now())

    async def ping(self) -> None:
        """Return at once: there is nothing that could be down."""

    def _speed_mps(self) -> float:
        return self._profile.speeds_mps[datetime.fromtimestamp(self._clock.now(), self._zone).hour]
