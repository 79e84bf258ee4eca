"""Streets twice: as prepared and closed by people, and beside them, when there are any, with the fleet's live speeds.

Plans and dispatch ask for the live ones; the forecaster of arrivals asks for the plain ones, for it learns what traffic
makes of the plain duration. When the live ones fail, questions go to the plain ones and the live ones end.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Self

from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.streets.street_engine import (
    Floats,
    MatchedPath,
    SnappedPoints,
    StreetEngine,
    StreetRoute,
    StreetsDown,
)
from backend_service.streets.traffic_streets import TrafficStreets
from core.geodesy import Points
from core.refusals import Fault
from core.travel import TravelMatrix

log = logging.getLogger(__name__)

type OpensStreets = Callable[[], TrafficStreets]


class LiveStreets:
    """Implements `StreetEngine`; use as an async context manager inside that of the plain streets.

    Attributes
    ----------
    losses : how often the live streets failed

    Parameters
    ----------
    plain : TrafficStreets
    opens : callable
        Returns further streets, with a folder of their own.
    """

    def __init__(self, plain: TrafficStreets, opens: OpensStreets) -> None:
        self.losses = 0
        self.plain = plain
        self._opens = opens
        self._live: TrafficStreets | None = None
        self._stack = AsyncExitStack()
        self._closed: tuple[SegmentSpeed, ...] = ()
        self._driven: tuple[SegmentSpeed, ...] = ()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._end()

    @property
    def is_live(self) -> bool:
        """Say whether live speeds are in force."""
        return self._live is not None

    @property
    def is_free(self) -> bool:
        """Say whether every street is driven as it was prepared: nothing closed, no live speeds."""
        return self._live is None and not self._closed

    async def change_speeds(self, closed: Sequence[SegmentSpeed]) -> None:
        """Close streets, in both; see `TrafficStreets.change_speeds`."""
        await self.plain.change_speeds(closed)
        self._closed = tuple(closed)
        if self._live is not None:
            await self._bring_in_line(self._live, is_behind=False)

    async def drive_at(self, speeds: Sequence[SegmentSpeed]) -> None:
        """Have questions answered with these live speeds from now on, closed streets still closed; none ends it.

        Raises
        ------
        Fault
            ``streets.speeds_failed``: questions are answered without live speeds then.
        """
        self._driven = tuple(speeds)
        if not speeds:
            await self._end()
            return
        live = self._live
        if live is None:
            live = await self._stack.enter_async_context(self._opens())
        await self._bring_in_line(live, is_behind=True)
        self._live = live

    def beside(
        self, closed: Sequence[SegmentSpeed], *, is_behind: bool = False
    ) -> AbstractAsyncContextManager[StreetEngine]:
        """Ask beside these streets the same where just these pieces are closed, at the live speeds if there are any.

        See `TrafficStreets.beside`.
        """
        if self._live is None:
            return self.plain.beside(closed, is_behind=is_behind)
        return self._live.beside(self._driven_round(closed), is_behind=is_behind)

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return driving times and distances; see `StreetEngine`."""
        return await self._ask(lambda streets: streets.matrix(sources, destinations))

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the quickest way; see `StreetEngine`."""
        return await self._ask(lambda streets: streets.route(points, annotate=annotate))

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Lay fixes onto streets; see `StreetEngine`."""
        return await self.plain.match(fixes, times_at, accuracies_m)

    async def nearest(self, points: Points) -> SnappedPoints:
        """Return the nearest places on streets."""
        return await self.plain.nearest(points)

    async def ping(self) -> None:
        """Return if the plain engine answers: the live one is not needed to live."""
        await self.plain.ping()

    async def _ask[Answer](self, question: Callable[[StreetEngine], Awaitable[Answer]]) -> Answer:
        live = self._live
        if live is None:
            return await question(self.plain)
        try:
            return await question(live)
        except StreetsDown as fault:
            self.losses += 1
            log.warning("live speeds lost, asked without them: %s", fault.sentence)
            return await question(self.plain)

    async def _bring_in_line(self, live: TrafficStreets, *, is_behind: bool) -> None:
        try:
            await live.change_speeds(self._driven_round(self._closed), is_behind=is_behind)
        except Fault:
            await self._end()
            raise

    def _driven_round(self, closed: Sequence[SegmentSpeed]) -> list[SegmentSpeed]:
        """Return the live speeds, and those that are closed."""
        pieces = {(one.from_node, one.to_node) for one in closed}
        return [*(one for one in self._driven if (one.from_node, one.to_node) not in pieces), *closed]

    async def _end(self) -> None:
        self._live = None
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()
