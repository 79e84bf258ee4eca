"""Asks osrm-routed: our questions as its JSON requests, its answers as our values.

Questions go by POST, so that their size is not bounded by that of an address. Large matrices are asked for in
blocks. A point farther than `reach_m` from any street has no way: OSRM itself would put a boat in the bay onto the
nearest quay. API: https://project-osrm.org/docs (HTTP server).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import msgspec
import numpy as np

from backend_service.streets.engine_lines import EngineLines, LineBroken
from backend_service.streets.osrm_answers import (
    ErrorAnswer,
    MatchAnswer,
    NearestAnswer,
    RouteAnswer,
    TableAnswer,
    Waypoint,
    path_of,
    route_of,
    snapped_of,
    write_block,
)
from backend_service.streets.osrm_process import OsrmProcess
from backend_service.streets.street_engine import (
    Floats,
    MatchedPath,
    NoWay,
    SnappedPoints,
    StreetRoute,
    StreetsDown,
)
from core.geodesy import Points
from core.timekeeping import Clock
from core.travel import TravelMatrix

_NO_WAY = frozenset({"NoRoute", "NoSegment", "NoTable"})
_NO_MATCH = frozenset({"NoMatch", "NoSegment"})
_LEAST_ACCURACY_M = 3.0
_OK = 200
_LARGE_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class AskingLimits:
    """How osrm-routed is asked; seconds are wall time.

    Parameters
    ----------
    answer_seconds : float
        How long a question may take. A block of 400 x 400 took 0.7 s in the demo city on 2 cores.
    ping_seconds : float
    at_once : int
        Questions in flight; the engine has as many threads as there are cores.
    block : int
        Most sources, and most destinations, in one request.
    reach_m : float
        How far from a street a point may be.
    missed_pings : int
        So many unanswered pings in a row mean that the process hangs and is killed.
    """

    answer_seconds: float = 10.0
    ping_seconds: float = 2.0
    at_once: int = 4
    block: int = 400
    reach_m: float = 1000.0
    missed_pings: int = 3


class OsrmStreets:
    """Implements `StreetEngine` by a supervised osrm-routed.

    Use as an async context manager; the connections are closed at its end, the process is its owner's.
    """

    def __init__(self, process: OsrmProcess, clock: Clock, limits: AskingLimits | None = None) -> None:
        self._process = process
        self._clock = clock
        self._limits = limits or AskingLimits()
        self._turns = asyncio.Semaphore(self._limits.at_once)
        self._missed_pings = 0
        self._lines = EngineLines(self._limits.answer_seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._lines.close()

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return driving times and distances, asked for in blocks."""
        durations = np.full((len(sources), len(destinations)), np.inf)
        distances = durations.copy()
        step = self._limits.block
        corners = [(i, j) for i in range(0, len(sources), step) for j in range(0, len(destinations), step)]
        blocks = []
        for i, j in corners:
            rows, columns = slice(i, i + step), slice(j, j + step)
            parts = durations[rows, columns], distances[rows, columns]
            blocks.append(self._block(sources[rows], destinations[columns], *parts))
        await asyncio.gather(*blocks)
        return TravelMatrix(durations, distances, degraded=False, as_of=self._clock.now())

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the quickest way; vehicles may turn round at stops, as the matrix supposes."""
        if len(points) < 2:
            raise ValueError("a route needs two points")
        question = {
            "coordinates": _lon_lat(points),
            "radiuses": [self._limits.reach_m] * len(points),
            "annotations": ["nodes", "duration", "distance"] if annotate else False,
            "overview": "full",
            "geometries": "geojson",
            "continue_straight": False,
            "skip_waypoints": True,
        }
        answer = await self._ask("route", question, RouteAnswer)
        if isinstance(answer, ErrorAnswer):
            raise _no_way(answer)
        return route_of(answer, as_of=self._clock.now(), annotate=annotate)

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Return the ways driven; no piece at all if the fixes fit no street."""
        most = self._process.limits.matching_locations
        if not 2 <= len(fixes) <= most:
            raise ValueError(f"2 to {most} fixes can be matched, not {len(fixes)}")
        question = {
            "coordinates": _lon_lat(fixes),
            "timestamps": np.floor(times_at).astype(np.int64).tolist(),
            "radiuses": np.maximum(accuracies_m, _LEAST_ACCURACY_M).tolist(),
            "overview": "full",
            "geometries": "geojson",
            "generate_hints": False,
        }
        answer = await self._ask("match", question, MatchAnswer)
        if isinstance(answer, ErrorAnswer):
            if answer.code not in _NO_MATCH:
                raise _refused(answer)
            answer = MatchAnswer(matchings=[], tracepoints=[None] * len(fixes))
        return path_of(answer, as_of=self._clock.now())

    async def nearest(self, points: Points) -> SnappedPoints:
        """Return the nearest places, however far, in as many requests as it takes."""
        step = self._process.limits.nearest_locations
        nearest: list[Waypoint] = []
        for start in range(0, len(points), step):
            part = points[start : start + step]
            # A lone point would be answered in another shape than several: it is asked for twice.
            question = {"coordinates": _lon_lat(part) * (2 if len(part) == 1 else 1), "generate_hints": False}
            answer = await self._ask("nearest", question, NearestAnswer)
            if isinstance(answer, ErrorAnswer):
                raise _refused(answer)
            nearest.extend(places[0] for places in answer.waypoints[: len(part)])
        return snapped_of(nearest, as_of=self._clock.now())

    async def ping(self) -> None:
        """Return if the engine answers; kill it when it has not, several times in a row."""
        address = self._process.address
        try:
            await self._lines.ask(address, "/nearest/v1/driving/0,0", seconds=self._limits.ping_seconds)
        except OSError as error:
            self._missed_pings += 1
            if self._missed_pings >= self._limits.missed_pings:
                self._missed_pings = 0
                self._process.kill()
            raise StreetsDown(f"The street engine does not answer ({type(error).__name__}).") from error
        self._missed_pings = 0

    async def _block(self, sources: Points, destinations: Points, durations: Floats, distances: Floats) -> None:
        """Ask for one block, and write it into its part of the matrix."""
        count = len(sources)
        question = {
            "coordinates": _lon_lat(np.concatenate([sources, destinations])),
            "sources": list(range(count)),
            "destinations": list(range(count, count + len(destinations))),
            "annotations": ["duration", "distance"],
            "generate_hints": False,
        }
        status, content = await self._told("table", question)
        read = partial(self._write, status, content, durations, distances)
        await asyncio.to_thread(read) if durations.size > _LARGE_CELLS else read()

    def _write(self, status: int, content: bytes, durations: Floats, distances: Floats) -> None:
        """Write an answer into its part of the matrix; large ones are read beside the event loop."""
        answer = _read(status, content, TableAnswer)
        if not isinstance(answer, ErrorAnswer):
            write_block(answer, durations, distances, reach_m=self._limits.reach_m)
        elif answer.code not in _NO_WAY:
            raise _refused(answer)

    async def _ask[Answer: msgspec.Struct](
        self, service: str, question: dict[str, Any], kind: type[Answer]
    ) -> Answer | ErrorAnswer:
        return _read(*await self._told(service, question), kind)

    async def _told(self, service: str, question: dict[str, Any]) -> tuple[int, bytes]:
        """Return status and content of the engine's answer."""
        path, body = f"/{service}/v1/driving", msgspec.json.encode(question)
        async with self._turns:
            address = self._process.address
            try:
                try:
                    return await self._lines.ask(address, path, body)
                except LineBroken:
                    # The engine closes a connection after so many questions; asking again harms nobody.
                    return await self._lines.ask(address, path, body, fresh=True)
            except OSError as error:
                raise StreetsDown(f"The street engine does not answer ({type(error).__name__}).") from error


def _read[Answer: msgspec.Struct](status: int, content: bytes, kind: type[Answer]) -> Answer | ErrorAnswer:
    try:
        if status != _OK:
            return msgspec.json.decode(content, type=ErrorAnswer)
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise StreetsDown("The street engine's answer cannot be read.") from error


def _lon_lat(points: Points) -> list[list[float]]:
    rounded: list[list[float]] = np.round(points[:, ::-1], 6).tolist()
    return rounded


def _no_way(answer: ErrorAnswer) -> NoWay | ValueError:
    if answer.code in _NO_WAY:
        return NoWay("No street leads through these points.")
    return _refused(answer)


def _refused(answer: ErrorAnswer) -> ValueError:
    """Return the bug that a question was which the engine, alive and well, does not accept."""
    return ValueError(f"osrm-routed refused a question: {answer.code}, {answer.message}")
