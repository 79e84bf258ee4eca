"""A street that a dispatcher closes is driven round by the whole service, and driven again when it opens."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np

from backend_service.handlers.street_ways import StreetWays
from backend_service.stepped_day import SteppedDay, stepped_day
from core.commands import ClosePlace, ReopenPlace
from core.dispatch.street_closings import NEAR_M
from core.fleet.closure import ClosureId
from core.geodesy import as_points, asides_m
from core.operations import AskStreetWay
from core.vocabulary import Actor, Position, Role

LUNCH_AT = datetime.fromisoformat("2026-11-20T12:10:00-03:00").timestamp()
DESK = Actor(subject="rojas", role=Role.DISPATCHER)
TOWN = np.array([(-29.9027, -71.2520), (-29.9533, -71.3390)])


class Way(NamedTuple):
    """How one drives through the town: for how long, and over which pieces of street."""

    duration_s: float
    pieces: set[tuple[int, int]]


class Seen(NamedTuple):
    """The piece of street that was closed, and the way through the town before, meanwhile and after."""

    closed: tuple[int, int]
    before: Way
    meanwhile: Way
    after: Way


async def driven(stepped: SteppedDay) -> Way:
    way = await stepped.service.streets.route(TOWN, annotate=True)
    assert way.segments is not None
    nodes = zip(way.segments.from_nodes.tolist(), way.segments.to_nodes.tolist(), strict=True)
    return Way(way.duration_s, set(nodes))


async def close_and_open(data_dir: Path) -> Seen:
    async with stepped_day(data_dir, starts_at=LUNCH_AT, drivers=4, orders_per_hour=20.0) as stepped:
        bus = stepped.service.bus
        way = await stepped.service.streets.route(TOWN)
        middle = len(way.geometry) // 2
        lat, lon = way.geometry[middle : middle + 2].mean(axis=0).tolist()
        before = await driven(stepped)

        done = await bus.execute(ClosePlace(position=Position(lat, lon), note="Street market"), DESK)
        await stepped.run(0.1, 1.0)
        meanwhile = await driven(stepped)
        [closed] = bus.operation.closures.segments(stepped.clock.now())

        await bus.execute(ReopenPlace(closure_id=ClosureId(str(done.created))), DESK)
        await stepped.run(0.1, 1.0)
        return Seen(closed, before, meanwhile, await driven(stepped))


def test_closed_street_is_driven_round_until_it_opens(tmp_path: Path) -> None:
    seen = asyncio.run(close_and_open(tmp_path))
    both_ways = {seen.closed, seen.closed[::-1]}
    assert both_ways & seen.before.pieces
    assert not both_ways & seen.meanwhile.pieces
    assert seen.meanwhile.duration_s > seen.before.duration_s
    assert seen.after == seen.before


async def told_over_and_round(data_dir: Path) -> tuple[float, float, Way, Way]:
    """Return how near the lines of a map come to a street, as it is and round it, and the way in force meanwhile."""
    async with stepped_day(data_dir, starts_at=LUNCH_AT, drivers=4, orders_per_hour=20.0) as stepped:
        streets, planner = stepped.service.streets, stepped.service.api.planner
        before = await driven(stepped)
        line = (await streets.route(TOWN)).geometry
        lat, lon = line[len(line) // 2 : len(line) // 2 + 2].mean(axis=0).tolist()
        ways = StreetWays(streets, lambda position: planner.streets_round(position, stepped.clock.now()))
        stops = tuple(Position(*place) for place in TOWN.tolist())
        over = await ways.through(AskStreetWay(stops=stops))
        round_it = await ways.through(AskStreetWay(stops=stops, round_place=Position(lat, lon)))
        asides = [
            asides_m(as_points([(at.lat, at.lon) for at in way.line]), np.array([lat, lon])).min()
            for way in (over, round_it)
        ]
        return asides[0], asides[1], before, await driven(stepped)


def test_line_round_a_street_is_told_before_it_is_closed_and_nobody_else_is_led_round_it(tmp_path: Path) -> None:
    over_m, round_m, before, meanwhile = asyncio.run(told_over_and_round(tmp_path))
    assert over_m < NEAR_M < round_m
    assert meanwhile == before
