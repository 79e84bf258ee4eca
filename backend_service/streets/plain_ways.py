"""The ways that arrivals are forecast on: by streets without live speeds, whatever plans are made on.

The forecaster learned what traffic makes of the plain duration. A duration that knows traffic already would be
stretched by it once more, and each change of speeds would make its former answers a lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from backend_service.streets.street_engine import StreetRoute, StreetsDown
from backend_service.streets.supervised_streets import SupervisedStreets
from core.geodesy import as_points
from core.vocabulary import Position


class Ways(Protocol):
    """Whoever knows ways on the streets that plans are made on."""

    async def way(self, start: Position, places: Sequence[Position]) -> StreetRoute:
        """Return the street path from `start` through `places`."""
        ...


class PlainWays:
    """Asks the plain streets while live speeds are in force; else the planner, whose answers are remembered.

    Parameters
    ----------
    planner : Ways
    streets : SupervisedStreets
    """

    def __init__(self, planner: Ways, streets: SupervisedStreets) -> None:
        self._planner = planner
        self._streets = streets

    async def way(self, start: Position, places: Sequence[Position]) -> StreetRoute:
        """Return the street path from `start` through `places`, without live speeds; raises `NoWay`."""
        live = self._streets.live
        if live is None or not live.is_live or self._streets.state.degraded:
            return await self._planner.way(start, places)
        try:
            return await live.plain.route(as_points([(place.lat, place.lon) for place in (start, *places)]))
        except StreetsDown:
            return await self._planner.way(start, places)
