"""For `tower bench eta --live-speeds`: what the street engine says with the fleet's live speeds, beside the plain one.

The product's own worker measures and changes the speeds, over a replayed day; only ways that are judged are asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from backend_service.clocks import WallClock
from backend_service.streets.city import City
from backend_service.streets.live_streets import LiveStreets
from backend_service.streets.street_engine import NoWay
from backend_service.streets.street_pieces import read_pieces
from backend_service.streets.traffic_streets import TrafficStreets
from backend_service.workers.live_speeds import LiveSpeeds
from core.eta.fleet_traffic import FleetTraffic
from core.eta.recent_flow import Column
from core.eta.street_speeds import LiveSpeedsPolicy
from core.geodesy import as_points
from core.vocabulary import Instant

type Places = Sequence[tuple[float, float, float, float]]
"""Latitudes and longitudes, from and to."""

_AT_ONCE = 32


class BesideLive:
    """Asks streets that know what the fleet drove lately.

    Parameters
    ----------
    city : City
    live : LiveStreets
    policy : LiveSpeedsPolicy
    """

    def __init__(self, city: City, live: LiveStreets, policy: LiveSpeedsPolicy) -> None:
        self._city = city
        self._live = live
        self._policy = policy
        self._worker: LiveSpeeds | None = None
        self._looked_at = -np.inf

    async def durations(self, traffic: FleetTraffic, places: Places, now: Instant) -> Column:
        """Return the driving seconds of ways, (n,), at the speeds that were measured until `now`; NaN without a way."""
        if self._worker is None:
            pieces = await asyncio.to_thread(read_pieces, self._city.osm_file, traffic.ground)
            self._worker = LiveSpeeds(traffic, lambda: pieces, self._live.drive_at, self._policy, now=now)
        if now >= self._looked_at + self._policy.every_s:
            self._looked_at = now
            await self._worker.run_once(now)
        found: list[float] = []
        for first in range(0, len(places), _AT_ONCE):
            found += await asyncio.gather(*map(self._duration, places[first : first + _AT_ONCE]))
        return np.array(found)

    async def _duration(self, place: tuple[float, float, float, float]) -> float:
        try:
            return (await self._live.route(as_points([place[:2], place[2:]]))).duration_s
        except NoWay:
            return float("nan")


@asynccontextmanager
async def beside_live(city: City, aside: Path) -> AsyncIterator[BesideLive]:
    """Run streets with live speeds inside, their files in a folder."""
    clock, log_file = WallClock(), aside / "live.log"

    def streets(name: str) -> TrafficStreets:
        return TrafficStreets(city.streets, clock, log_file, aside / name)

    async with streets("plain") as plain, LiveStreets(plain, lambda: streets("driven")) as live:
        yield BesideLive(city, live, LiveSpeedsPolicy())
