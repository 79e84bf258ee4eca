"""Answers by which streets a way leads through stops: what a desk's map draws of a plan that is not in force yet.

A plan in force has its way in the log (`backend_service.workers.route_refinement`); that of a proposal is asked for
only where somebody looks at it, and kept by whoever asked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import numpy as np

from backend_service.streets.street_engine import StreetRoute
from core.geodesy import Points
from core.operations import MOST_STOPS_OF_A_WAY, AskStreetWay, StreetWay
from core.refusals import Refusal
from core.vocabulary import Position


class Streets(Protocol):
    """The street engine, as far as lines on a map need it."""

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the quickest way through points."""
        ...


type OpensRound = Callable[[Position], AbstractAsyncContextManager[Streets]]


class StreetWays:
    """Asks the street engine; changes nothing.

    Parameters
    ----------
    streets : Streets
    opens_round : callable
        Opens the streets as they would be without the one at a position.
    """

    def __init__(self, streets: Streets, opens_round: OpensRound) -> None:
        self._streets, self._opens_round = streets, opens_round

    async def through(self, asked: AskStreetWay) -> StreetWay:
        """Return the way through the stops that were asked for.

        Raises
        ------
        Refusal
            ``streets.stops_out_of_range``; ``streets.no_way`` if no street leads there; ``closure.no_street``.
        Fault
            If the street engine does not answer.
        """
        if not 2 <= len(asked.stops) <= MOST_STOPS_OF_A_WAY:
            sentence = f"A way leads through 2 to {MOST_STOPS_OF_A_WAY} stops."
            raise Refusal("streets.stops_out_of_range", sentence, status=400)
        stops = np.array([(stop.lat, stop.lon) for stop in asked.stops])
        if asked.round_place is None:
            route = await self._streets.route(stops)
        else:
            async with self._opens_round(asked.round_place) as streets:
                route = await streets.route(stops)
        line = tuple(Position(float(lat), float(lon)) for lat, lon in route.geometry)
        return StreetWay(line=line, is_degraded=route.degraded)
