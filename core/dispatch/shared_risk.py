"""Whom new routes would make share a trip at the price of a promise that the routes as they stand keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.dispatch.bundling import companions
from core.dispatch.schedule import forecast, schedule
from core.dispatch.world import DriverState, PlanningWorld, Stop
from core.fleet.route import StopKind
from core.vocabulary import DriverId, OrderId


def put_at_risk(world: PlanningWorld, routes: Mapping[DriverId, Sequence[Stop]]) -> frozenset[DriverId]:
    """Return the drivers in whose new routes an order shares the vehicle anew and is at risk, as it was not before.

    At risk is late with the probability `at_risk` of the order's zone, or above.

    Parameters
    ----------
    world : PlanningWorld
        Its travel table must hold the points of these drivers.
    routes : mapping of DriverId to sequence of Stop
        The stops of those who get others.
    """
    before = [world.drivers[name] for name in routes]
    after = [driver.with_stops(tuple(routes[driver.driver_id])) for driver in before]
    shared, risky = _shared(before), _at_risk(world, before)
    return frozenset(
        driver.driver_id
        for driver in after
        for name in _at_risk(world, [driver]) - risky
        if not set(companions(driver.stops, name)) <= shared.get(name, frozenset())
    )


def _shared(drivers: Iterable[DriverState]) -> dict[OrderId, frozenset[OrderId]]:
    """Return with whom each order shares the vehicle."""
    return {name: frozenset(companions(driver.stops, name)) for driver in drivers for name in driver.order_ids}


def _at_risk(world: PlanningWorld, drivers: Iterable[DriverState]) -> set[OrderId]:
    return {name for driver in drivers for name in _risky(world, driver)}


def _risky(world: PlanningWorld, driver: DriverState) -> Iterator[OrderId]:
    plan = schedule(driver, world.travel)
    for stop, arrival in zip(plan.stops, forecast(driver, plan, world.policy), strict=True):
        policy = world.policy_for(world.orders[stop.order_id])
        if stop.kind is StopKind.DELIVERY and policy.is_at_risk(arrival.late_probability(stop.due_at)):
            yield stop.order_id
