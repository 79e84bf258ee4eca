"""Ways along streets that a desk asks for: through all stops, never for too few or too many, open to dispatchers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from backend_service.handlers.street_ways import StreetWays
from backend_service.streets.street_engine import StreetRoute
from core.geodesy import Points
from core.operations import MOST_STOPS_OF_A_WAY, AskStreetWay
from core.refusals import Refusal
from core.vocabulary import Position

HERE, THERE, MARKET = Position(-29.90, -71.25), Position(-29.91, -71.26), Position(-29.905, -71.255)


class OneCorner:
    """Leads every way over one corner in between."""

    def __init__(self, *, is_degraded: bool = False) -> None:
        self._is_degraded = is_degraded

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        line = np.insert(points, 1, points[0] + 0.001, axis=0)
        return StreetRoute(60.0, 500.0, line, np.array([60.0]), np.array([500.0]), self._is_degraded, 0.0)


def ways(streets: OneCorner) -> StreetWays:
    """Streets that lead degraded round one place, and round no other."""

    @asynccontextmanager
    async def opens_round(position: Position) -> AsyncIterator[OneCorner]:
        assert position == MARKET
        yield OneCorner(is_degraded=True)

    return StreetWays(streets, opens_round)


def test_a_way_leads_by_streets_from_the_first_stop_to_the_last() -> None:
    way = asyncio.run(ways(OneCorner()).through(AskStreetWay(stops=(HERE, THERE))))
    assert [(at.lat, at.lon) for at in way.line] == [
        (HERE.lat, HERE.lon),
        pytest.approx((-29.899, -71.249)),
        (THERE.lat, THERE.lon),
    ]
    assert not way.is_degraded


def test_a_way_says_that_it_was_guessed() -> None:
    way = asyncio.run(ways(OneCorner(is_degraded=True)).through(AskStreetWay(stops=(HERE, THERE))))
    assert way.is_degraded


def test_a_way_round_a_place_is_asked_of_the_streets_without_it() -> None:
    way = asyncio.run(ways(OneCorner()).through(AskStreetWay(stops=(HERE, THERE), round_place=MARKET)))
    assert way.is_degraded


@pytest.mark.parametrize("count", [0, 1, MOST_STOPS_OF_A_WAY + 1])
def test_too_few_or_too_many_stops_are_refused(count: int) -> None:
    with pytest.raises(Refusal) as refused:
        asyncio.run(ways(OneCorner()).through(AskStreetWay(stops=(HERE,) * count)))
    assert refused.value.code == "streets.stops_out_of_range"
