"""Asks the streets twice, as they are and without one of them, for what it takes to say whom closing it delays.

Every figure here is exact and comes from both sides alike: tables as large plans are made on are sketches where streets
are closed, and would show the sketch and not the street.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import batched, chain, pairwise

import numpy as np

from backend_service.streets.street_engine import StreetEngine
from backend_service.workers.sharpening import AT_ONCE, blank, sharpened
from core.dispatch.candidates import points_of, shortlist
from core.dispatch.impact_preview import Question
from core.dispatch.street_closings import LEAST_DELAY_S, StreetsWithout, delay_s, most_delayed
from core.dispatch.world import DriverState, PlanningWorld
from core.geodesy import Points, as_points
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, Position

MOST_TAKERS = 12
"""So many drivers at most may take an order over from those who are delayed."""
_LEGS_AT_ONCE = 12
"""A block of twelve legs one after the other is answered at once, wherever it lies."""


@dataclass(frozen=True, slots=True)
class BothStreets:
    """Streets as they are driven now, and the same with more of them closed; tables of both are exact."""

    now: StreetEngine
    without: StreetEngine


async def closing_of(both: BothStreets, world: PlanningWorld, question: Question) -> tuple[PlanningWorld, Question]:
    """Return the world and the question about closing a street, with the driving times on both sides.

    Parameters
    ----------
    both : BothStreets
    world : PlanningWorld
        Its travel table may be empty.
    question : Question
        About a `CloseStreet`.
    """
    delays_s = await _delays_s(both, world)
    replanned = most_delayed(world, delays_s) if question.with_replanned else ()
    takers = [name for name in _near(world, replanned) if world.drivers[name].start is not None]
    drivers = list(dict.fromkeys([*delays_s, *takers]))
    empty = world.with_travel(blank(points_of(world, (), drivers), world.now))
    present = await sharpened(both.now, empty, (), drivers)
    then = (await sharpened(both.without, empty, (), drivers)).travel
    then = await _filled(both.without, then, world, [*replanned, *takers])
    without = StreetsWithout(then, delays_s)
    return present, replace(question, neighbours=takers, without=without)


async def _delays_s(both: BothStreets, world: PlanningWorld) -> dict[DriverId, float]:
    """Return by how much later each driver comes without the street whom it delays, seconds."""
    busy = [driver for driver in world.drivers.values() if driver.stops and driver.start is not None]
    turns = asyncio.Semaphore(AT_ONCE)

    async def delay_of(driver: DriverState) -> float:
        async with turns:
            present = await _along(both.now, driver)
            return delay_s(driver, present, await _along(both.without, driver))

    delays = await asyncio.gather(*(delay_of(driver) for driver in busy))
    return {d.driver_id: delay for d, delay in zip(busy, delays, strict=True) if delay >= LEAST_DELAY_S}


async def _along(streets: StreetEngine, driver: DriverState) -> TravelTable:
    """Return the driving times from each place of a driver's way to the next; beside it they are infinite."""
    assert driver.start is not None
    way = (driver.start, *(stop.position for stop in driver.stops))
    places = tuple(dict.fromkeys(way))
    numbers = {place: number for number, place in enumerate(places)}
    seconds = np.full((len(places), len(places)), np.inf)
    metres = seconds.copy()
    as_of, is_degraded = 0.0, False
    for legs in batched(pairwise(way), _LEGS_AT_ONCE):
        sources, goals = (tuple(dict.fromkeys(ends)) for ends in zip(*legs, strict=True))
        told = await streets.matrix(_array(sources), _array(goals))
        block = np.ix_([numbers[place] for place in sources], [numbers[place] for place in goals])
        seconds[block], metres[block] = told.durations_s, told.distances_m
        as_of, is_degraded = told.as_of, is_degraded or told.degraded
    return TravelTable(TravelMatrix(seconds, metres, degraded=is_degraded, as_of=as_of), places, places)


async def _filled(
    streets: StreetEngine, table: TravelTable, world: PlanningWorld, drivers: Sequence[DriverId]
) -> TravelTable:
    """Return the table with the times between all places of these drivers, so that their orders may change hands."""
    points = points_of(world, (), drivers)
    if not points.destinations:
        return table
    told = await streets.matrix(_array(points.sources), _array(points.destinations))
    seconds, metres = table.matrix.durations_s.copy(), table.matrix.distances_m.copy()
    rows, columns = [table.row(place) for place in points.sources], [table.column(p) for p in points.destinations]
    block = np.ix_(rows, columns)
    seconds[block], metres[block] = told.durations_s, told.distances_m
    return table.retold(TravelMatrix(seconds, metres, degraded=table.degraded or told.degraded, as_of=told.as_of))


def _near(world: PlanningWorld, drivers: Sequence[DriverId]) -> list[DriverId]:
    """Return who may take an order over from these drivers: the nearest to each, turn by turn."""
    orders = [name for driver_id in drivers for name in sorted(world.drivers[driver_id].order_ids)]
    listed = [shortlist(world, world.orders[name]).near[: world.policy.neighbours] for name in orders]
    turns = max(map(len, listed), default=0)
    found = chain.from_iterable([near[turn] for near in listed if turn < len(near)] for turn in range(turns))
    return list(dict.fromkeys(found))[:MOST_TAKERS]


def _array(places: Sequence[Position]) -> Points:
    return as_points([(place.lat, place.lon) for place in places])
