"""Exact driving times put into a sketch where a decision rests on them: along the routes in question, and to orders.

A sketch (`TravelMatrix.is_sketch`) is good for choosing among many. What is recommended or put in force is timed on the
streets as they are driven now: a few small questions, each of which is answered exactly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from backend_service.streets.street_engine import StreetEngine
from backend_service.streets.tabled_streets import SMALL_CELLS
from core.dispatch.candidates import Points as Places
from core.dispatch.candidates import points_of
from core.dispatch.decision import PlanChange
from core.dispatch.matching.from_world import WorldMatch
from core.dispatch.world import DriverState, PlanningWorld
from core.geodesy import Points, as_points
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, Instant, OrderId, Position

AT_ONCE, IN_THE_BACKGROUND = 8, 2
"""Questions under way at once: for an order that waits for its driver, and for a plan that nobody waits for."""

FIRST_LEGS_KITCHENS, FIRST_LEGS_DRIVERS = 40, 8
"""So many kitchens of a match, those ready first, and of each so many drivers, the nearest by the sketch, are asked for
exactly: eighty small questions at most, some 0.2 s."""

type _Question = tuple[Sequence[Position], Sequence[Position]]


def blank(points: Places, now: Instant) -> TravelTable:
    """Return a sketch on which nothing is drawn yet: `sharpened` fills in what pricing an order needs."""
    unknown = np.full((len(points.sources), len(points.destinations)), np.inf)
    matrix = TravelMatrix(unknown, unknown, degraded=False, as_of=now, is_sketch=True)
    return TravelTable(matrix, points.sources, points.destinations)


async def sharpened(
    streets: StreetEngine, world: PlanningWorld, order_ids: Iterable[OrderId], driver_ids: Iterable[DriverId]
) -> PlanningWorld:
    """Return the world with exact times along the drivers' routes, and from and to the orders' places.

    The travel table must hold `points_of` them. What is left of the sketch is driving between stops of two drivers.
    """
    if not world.travel.matrix.is_sketch:
        return world
    drivers = [driver for name in driver_ids if (driver := world.drivers[name]).start is not None]
    starts = _distinct(driver.start for driver in drivers)
    stops = _distinct(stop.position for driver in drivers for stop in driver.stops)
    firsts = _distinct(driver.stops[0].position for driver in drivers if driver.stops)
    ends = _distinct(place for name in order_ids for place in _ends(world, name))
    questions: list[_Question] = [(starts, firsts)]
    questions += [(places, places) for driver in drivers if (places := _distinct(s.position for s in driver.stops))]
    questions += [((end,), (*ends, *stops)) for end in ends]
    questions += [((*starts, *stops), (end,)) for end in ends]
    return await _with_exact(streets, world, questions, at_once=AT_ONCE)


async def with_first_legs(streets: StreetEngine, world: PlanningWorld, made: WorldMatch) -> PlanningWorld:
    """Return the world with exact times to the next kitchens from the nearest drivers' ends, and on to the doors.

    A sketch does not know of a closed street: a kitchen behind one looks near, and so does a door. What is asked for is
    bounded. The travel table must hold the match's places.
    """
    if not world.travel.matrix.is_sketch or not made.couriers:
        return world
    doors: dict[int, dict[int, None]] = {}
    for meal in sorted(made.meals, key=lambda meal: (meal.ready_at, meal.order_id)):
        doors.setdefault(meal.kitchen, {})[meal.door] = None
    ends = list(dict.fromkeys(courier.place for courier in made.couriers))
    rows = np.array([world.travel.row(made.places[place]) for place in ends])
    questions: list[_Question] = []
    for kitchen, behind in list(doors.items())[:FIRST_LEGS_KITCHENS]:
        seconds = world.travel.matrix.durations_s[rows, world.travel.column(made.places[kitchen])]
        nearest = [made.places[ends[row]] for row in np.argsort(seconds, kind="stable")[:FIRST_LEGS_DRIVERS]]
        questions.append((nearest, (made.places[kitchen],)))
        questions.append(((made.places[kitchen],), _distinct(made.places[door] for door in behind)))
    return await _with_exact(streets, world, questions, at_once=AT_ONCE)


async def retimed(streets: StreetEngine, world: PlanningWorld, plans: Sequence[PlanChange]) -> PlanningWorld:
    """Return the world with exact times along the routes that the drivers of `plans` have, and would have.

    Its table is that of these drivers alone where it was a sketch.
    """
    if not world.travel.matrix.is_sketch:
        return world
    drivers = [plan.driver_id for plan in plans]
    # Judging a plan also asks for where its orders were picked up, which no stop of a route tells any more.
    in_hand = sorted(name for driver_id in drivers for name in world.drivers[driver_id].order_ids)
    touched = points_of(world, in_hand, drivers)
    world = world.with_travel(_part(world.travel, touched))
    questions: list[_Question] = []
    for plan in plans:
        driver = world.drivers[plan.driver_id]
        stops = _distinct([*(stop.position for stop in driver.stops), *(stop.position for stop in plan.stops)])
        questions.append((_distinct((*_start(driver), *stops)), stops))
    return await _with_exact(streets, world, questions, at_once=IN_THE_BACKGROUND)


def _part(table: TravelTable, points: Places) -> TravelTable:
    """Return what a table tells of fewer places."""
    block = np.ix_(
        [table.row(place) for place in points.sources], [table.column(place) for place in points.destinations]
    )
    seconds, metres = table.matrix.durations_s[block], table.matrix.distances_m[block]
    part = replace(table.matrix, durations_s=seconds, distances_m=metres)
    return TravelTable(part, points.sources, points.destinations)


async def _with_exact(
    streets: StreetEngine, world: PlanningWorld, questions: Sequence[_Question], *, at_once: int
) -> PlanningWorld:
    asked = [part for question in questions for part in _small(*question)]
    turns = asyncio.Semaphore(at_once)

    async def ask(sources: Sequence[Position], goals: Sequence[Position]) -> TravelMatrix:
        async with turns:
            return await streets.matrix(_array(sources), _array(goals))

    answers = await asyncio.gather(*(ask(*question) for question in asked))
    table = world.travel
    seconds, metres = table.matrix.durations_s.copy(), table.matrix.distances_m.copy()
    for (sources, goals), answer in zip(asked, answers, strict=True):
        block = np.ix_([table.row(place) for place in sources], [table.column(place) for place in goals])
        seconds[block], metres[block] = answer.durations_s, answer.distances_m
    is_degraded = any(answer.degraded for answer in answers)
    return world.with_travel(
        table.retold(TravelMatrix(seconds, metres, degraded=is_degraded, as_of=table.matrix.as_of))
    )


def _small(sources: Sequence[Position], goals: Sequence[Position]) -> Iterable[_Question]:
    """Yield a question in parts that are answered exactly."""
    if not goals:
        return
    step = max(1, SMALL_CELLS // len(goals))
    for begin in range(0, len(sources), step):
        yield sources[begin : begin + step], goals


def _ends(world: PlanningWorld, order_id: OrderId) -> tuple[Position, Position]:
    order = world.orders[order_id]
    return order.pickup.position, order.delivery


def _start(driver: DriverState) -> tuple[Position, ...]:
    return () if driver.start is None else (driver.start,)


def _distinct(places: Iterable[Position | None]) -> tuple[Position, ...]:
    return tuple(dict.fromkeys(place for place in places if place is not None))


def _array(places: Sequence[Position]) -> Points:
    return as_points([(place.lat, place.lon) for place in places])
