"""The guard over every option that changes plans: the independent checker walks it before anybody sees it.

A plan in force may break a limit already, such as a shift that ran out; an option may leave that as it is or mend it.
It may break nothing that was kept, and nothing further than before.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from core.dispatch.improvement.from_world import WorldProblem, problem_of
from core.dispatch.improvement.problem import Plan
from core.dispatch.plan_check import Broken, Limit, broken_limits
from core.dispatch.world import PlanningWorld
from core.fleet.route import StopKind
from core.vocabulary import DriverId, OrderId

_ROUNDING_S = 1.0


def breaks_of(
    before: PlanningWorld, after: PlanningWorld, drivers: Collection[DriverId], moved: Collection[OrderId]
) -> tuple[Broken, ...]:
    """Return the hard limits that `after` breaks and `before` did not, or did by less.

    Parameters
    ----------
    drivers : those whose stops differ; the travel table holds their starts and stops
    moved : the orders that change hands
    """
    # What is under way may be turned by a recovery; where the driver is, or nearly, stays.
    involved = {
        name: replace(driver, frozen=driver.fixed) for name, driver in before.drivers.items() if name in drivers
    }
    if any(driver.start is None and driver.stops for driver in involved.values()):
        return (Broken(Limit.KNOWN),)
    given = problem_of(replace(before, drivers=involved), moved)
    plan = _plan_in(given, after)
    if plan is None:
        return (Broken(Limit.KNOWN),)
    known = {(b.limit, b.vehicle, b.number): b.by for b in broken_limits(given.problem, given.plan)}
    return tuple(
        broken
        for broken in broken_limits(given.problem, plan)
        if broken.by > known.get((broken.limit, broken.vehicle, broken.number), -1.0) + _ROUNDING_S
        or (broken.limit, broken.vehicle, broken.number) not in known
    )


def _plan_in(given: WorldProblem, world: PlanningWorld) -> Plan | None:
    """Return the plan of a world in the numbers of a problem; ``None`` if it has stops that the problem has not."""
    numbers = {name: number for number, name in enumerate(given.orders)}
    routes = []
    for driver_id in given.drivers:
        stops = world.drivers[driver_id].stops
        if any(stop.order_id not in numbers for stop in stops):
            return None
        routes.append(tuple(2 * numbers[stop.order_id] + (stop.kind is StopKind.DELIVERY) for stop in stops))
    served = {number // 2 for route in routes for number in route}
    # What had a driver and has none is lost, not left out.
    return Plan(tuple(routes), tuple(number for number in given.plan.unserved if number not in served))
