"""Streets with driving times as they come out in fact: what plans are made on.

The street engine knows the network and no traffic. How much longer the fleet's drives took than it said is learned from
arrivals (`core.eta.learned_times`); a plan that left it out would be too early at every stop, the later the more. Ways
and their durations stay plain: the forecaster has learned what traffic makes of those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backend_service.streets.street_engine import (
    Floats,
    MatchedPath,
    SnappedPoints,
    StreetEngine,
    StreetRoute,
)
from core.geodesy import Points
from core.travel import TravelMatrix


class PacedStreets:
    """Implements `StreetEngine` around another.

    Attributes
    ----------
    pace : callable
        Returns how many times as long as the engine says drives take now; 1 where that is not known.

    Parameters
    ----------
    streets : StreetEngine
    """

    def __init__(self, streets: StreetEngine) -> None:
        self.pace: Callable[[], float] = lambda: 1.0
        self._streets = streets

    def at_this_pace(self, streets: StreetEngine) -> PacedStreets:
        """Return other streets at the pace of this moment, which stays."""
        pace, paced = self.pace(), PacedStreets(streets)
        paced.pace = lambda: pace
        return paced

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return driving times as they come out, and distances; an estimate without streets is left as it is."""
        answer = await self._streets.matrix(sources, destinations)
        pace = self.pace()
        if answer.degraded or pace == 1.0:
            return answer
        return replace(answer, durations_s=answer.durations_s * pace)

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the plain way through points."""
        return await self._streets.route(points, annotate=annotate)

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Return the path that fixes were made on."""
        return await self._streets.match(fixes, times_at, accuracies_m)

    async def nearest(self, points: Points) -> SnappedPoints:
        """Return the places on streets nearest to points."""
        return await self._streets.nearest(points)

    async def ping(self) -> None:
        """Ask whether the engine answers."""
        await self._streets.ping()
