"""Live speeds stand beside plain streets: plans know them, the plain ones do not, and closures hold in both."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import psutil

from backend_service.streets.city import City
from backend_service.streets.plain_ways import PlainWays
from backend_service.streets.running_streets import running_streets
from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.streets.street_engine import StreetRoute
from backend_service.streets.street_pieces import read_pieces
from backend_service.streets.supervised_streets import StreetsState, SupervisedStreets
from core.eta.ground import Ground
from core.timekeeping import SteppedClock
from core.vocabulary import Position

TOWN = np.array([(-29.9027, -71.2520), (-29.9533, -71.3390)])


class Planner:
    """Asks the streets that plans are made on."""

    def __init__(self, streets: SupervisedStreets) -> None:
        self.streets = streets

    async def way(self, start: Position, places: object) -> StreetRoute:
        return await self.streets.route(TOWN)


def pairs(route: StreetRoute) -> list[tuple[int, int]]:
    assert route.segments is not None
    return list(zip(route.segments.from_nodes.tolist(), route.segments.to_nodes.tolist(), strict=True))


def engines() -> int:
    return sum("osrm-routed" in child.name() for child in psutil.Process().children(recursive=True))


def test_plans_know_live_speeds_and_the_plain_ways_do_not(city: City, clock: SteppedClock, tmp_path: Path) -> None:
    async def play() -> None:
        def hear(_: StreetsState) -> None:
            """Nobody asks."""

        async with running_streets(city, clock, tmp_path / "osrm.log", on_state_change=hear) as streets:
            await streets.until_live()
            live = streets.live
            assert live is not None
            ways = PlainWays(Planner(streets), streets)
            places = [Position(lat, lon) for lat, lon in TOWN.tolist()]
            before = await streets.route(TOWN, annotate=True)
            segments = pairs(before)

            await streets.drive_at([SegmentSpeed(a, b, 5.0) for a, b in segments])
            slow = await streets.route(TOWN, annotate=True)
            plain = await ways.way(places[0], places[1:])
            assert slow.duration_s > before.duration_s == plain.duration_s

            # A piece of the way that is driven now is closed: neither plan leads over it.
            shut = pairs(slow)[len(pairs(slow)) // 2]
            await streets.change_speeds([SegmentSpeed(*shut, 0.0), SegmentSpeed(*shut[::-1], 0.0)])
            assert shut not in pairs(await streets.route(TOWN, annotate=True))
            assert shut not in pairs(await live.plain.route(TOWN, annotate=True))

            # The live engine dies: questions are answered all the same.
            assert live._live is not None
            await live._live.__aexit__(None, None, None)
            again = await streets.route(TOWN + 1e-4)
            assert live.losses and not again.degraded and not streets.state.degraded

            await streets.drive_at(())
            assert not live.is_live
            assert (await ways.way(places[0], places[1:])).duration_s < slow.duration_s

    asyncio.run(play())
    assert engines() == 0
    assert not list((tmp_path / "osrm-live-speeds").glob("*"))


def test_pieces_of_streets_are_those_that_the_engine_drives(city: City, clock: SteppedClock, tmp_path: Path) -> None:
    async def driven() -> list[tuple[int, int]]:
        async with running_streets(city, clock, tmp_path / "osrm.log", on_state_change=lambda _: None) as streets:
            await streets.until_live()
            return pairs(await streets.route(TOWN, annotate=True))

    west, south, east, north = city.facts.bbox
    pieces = read_pieces(city.osm_file, Ground((south + north) / 2, (west + east) / 2))
    known = set(zip(pieces.from_nodes.tolist(), pieces.to_nodes.tolist(), strict=True))
    assert set(asyncio.run(driven())) <= known
