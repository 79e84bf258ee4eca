"""What closing a street does to plans: whose planned way leads over it, and the same stops with the times round it.

A closed street moves no stop by itself: whoever was to drive there drives round it, and comes later. Who that is, two
tables of driving times tell, with the street and without it. Orders that nobody has are not counted: whoever gets one
is planned round the street.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from core.dispatch.counterfactual import Changed, replanned_around
from core.dispatch.decision import Statement
from core.dispatch.resequencing import resequenced
from core.dispatch.schedule import schedule
from core.dispatch.world import DriverState, PlanningWorld
from core.fleet.route import PlannedStop, Route
from core.geodesy import as_points, asides_m
from core.projections.operation import Operation
from core.travel import TravelTable
from core.vocabulary import DriverId, OrderId, Position

NEAR_M = 20.0
"""A planned way that comes so near to a place leads over it."""
LEAST_DELAY_S = 5.0
"""Whom a closed street delays by less at every stop is not touched by it: two engines round differently."""
MOST_REPLANNED = 6
"""So many drivers at most are planned anew round a closed street, those whom it delays most; the others drive on."""
_AS_NEAR_M = 10.0
"""A way may pass a stop's house again later: the first time it comes about as near as ever counts."""


@dataclass(frozen=True, slots=True)
class StreetsWithout:
    """Driving times without a street, and by how much each driver whose way leads over it comes later at most, seconds.

    Infinite for whom no way leads to some stop any more.
    """

    travel: TravelTable
    delays_s: Mapping[DriverId, float]


def ways_over(operation: Operation, position: Position) -> tuple[OrderId, ...]:
    """Return the orders with a stop behind a place that the planned way of their driver leads over, the soonest first.

    Ways that were not drawn yet lead nowhere.
    """
    stops = [stop for route in operation.fleet.routes.values() for stop in _stops_behind(route, position)]
    by_arrival = sorted(stops, key=lambda stop: (stop.arrives_at, stop.order_id))
    orders = operation.orders.orders
    names = dict.fromkeys(stop.order_id for stop in by_arrival)
    return tuple(name for name in names if name in orders and orders[name].state.is_open)


def delay_s(driver: DriverState, present: TravelTable, without: TravelTable) -> float:
    """Return by how much later a driver comes to a stop at most on other driving times, seconds; 0 for nowhere later.

    Infinite where no way leads to a stop any more. The tables must hold the way along the driver's stops.
    """
    now, then = schedule(driver, present).arrives, schedule(driver, without).arrives
    return max((after - before for before, after in zip(now, then, strict=True) if before < inf), default=0.0)


def driven_round(world: PlanningWorld, without: StreetsWithout) -> Changed:
    """Return the world in which everybody makes the same stops on the times without a street."""
    delayed = {name: replace(world.drivers[name], delayed_s=delay) for name, delay in without.delays_s.items()}
    after = replace(world, drivers={**world.drivers, **delayed}, travel=without.travel)
    return Changed(after, said=tuple(_said(world, without.delays_s)))


def replanned_round(world: PlanningWorld, neighbours: Sequence[DriverId]) -> PlanningWorld:
    """Return the world with the work of the delayed drivers re-planned: a better order of stops, or other drivers.

    An order goes to one of the `neighbours` only where that is clearly better. Whose stops a wave planned keeps them,
    for the wave plans them anew itself.
    """
    delays_s = {name: driver.delayed_s for name, driver in world.drivers.items() if driver.delayed_s}
    for name in most_delayed(world, delays_s):
        present = world.drivers[name]
        found = resequenced(world, present).stops
        if found != present.stops:
            world = world.with_driver(present.with_stops(found))
        world = replanned_around(world, (), name, neighbours)
    return world


def most_delayed(world: PlanningWorld, delays_s: Mapping[DriverId, float]) -> tuple[DriverId, ...]:
    """Return the drivers who are planned anew: those delayed most, who still get everywhere and drive no wave."""
    known = [name for name, delay in delays_s.items() if delay < inf and not world.drivers[name].is_on_wave]
    return tuple(sorted(known, key=lambda name: (-delays_s[name], name))[:MOST_REPLANNED])


def _said(world: PlanningWorld, delays_s: Mapping[DriverId, float]) -> Iterator[Statement]:
    if not delays_s:
        yield Statement(code="override.nobody_later")
    later = [delay for delay in delays_s.values() if delay < inf]
    if later:
        arguments: dict[str, str | float | int] = {"drivers": len(later), "minutes": max(later) / 60.0}
        yield Statement(code="override.driven_round", arguments=arguments)
    for name in sorted(name for name, delay in delays_s.items() if delay == inf):
        yield Statement(code="override.no_way_left", arguments={"driver_id": name})


def _stops_behind(route: Route, position: Position) -> Iterable[PlannedStop]:
    """Return the stops of a route behind the first place where its way comes near to a position."""
    if len(route.geometry) < 2:
        return ()
    line = as_points([(place.lat, place.lon) for place in route.geometry])
    passes = np.flatnonzero(asides_m(line, np.array([position.lat, position.lon])) <= NEAR_M)
    if not len(passes):
        return ()
    reached = 0
    for number, stop in enumerate(route.stops):
        asides = asides_m(line[reached:], np.array([stop.position.lat, stop.position.lon]))
        reached += int(np.argmax(asides <= asides.min() + _AS_NEAR_M))
        if reached >= passes[0]:
            return route.stops[number:]
    return ()
