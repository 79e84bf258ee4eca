"""One driver's stops in another order: the best one found, or the one that a person wants if no limit forbids it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from msgspec.structs import replace

from core.dispatch.changes import StopName
from core.dispatch.decision import Breach, Statement
from core.dispatch.improvement.from_world import WorldProblem, problem_of
from core.dispatch.improvement.problem import Plan
from core.dispatch.plan_check import Broken, Limit, broken_limits
from core.dispatch.route_insertion import insert_cheapest
from core.dispatch.schedule import Schedule, schedule
from core.dispatch.world import DriverState, PlanningWorld, Stop
from core.fleet.route import StopKind
from core.vocabulary import OrderId

_GRACE = 1e-3
"""By so much more, in its unit, a limit is broken worse than before."""


def resequenced(world: PlanningWorld, driver: DriverState) -> Schedule:
    """Return the driver's stops in the best order found; never one that costs more than the present one.

    Frozen stops stay first and goods on board keep their order; the other orders are taken out and inserted again,
    the earliest promise first.

    Raises
    ------
    ValueError
        If the driver has stops and no known position.
    """
    present = schedule(driver, world.travel)
    if driver.start is None:
        return present
    frozen = {stop.order_id for stop in driver.stops[: driver.frozen]}
    movable = {stop.order_id for stop in driver.stops if stop.kind is StopKind.PICKUP} - frozen
    state = driver
    for order_id in movable:
        state = state.without(order_id)
    for order_id in sorted(movable, key=lambda name: (world.orders[name].promise.by_at, name)):
        insertion = insert_cheapest(world, state, world.orders[order_id])
        if insertion.breaches:
            return present
        state = state.with_stops(insertion.after.stops)
    found = schedule(state, world.travel)
    return found if _money(world, found) < _money(world, present) else present


def _money(world: PlanningWorld, plan: Schedule) -> float:
    late = [max(0.0, at - stop.due_at) for at, stop in zip(plan.arrives, plan.stops, strict=True)]
    late_money = world.policy.lateness_money(sum(late), sum(seconds**2 for seconds in late))
    driving = world.policy.driving_money(plan.driving_s, plan.distance_m)
    idle_s = plan.ends_at - world.now - plan.driving_s
    return driving + world.policy.driver_minute * idle_s / 60.0 + late_money


def put_in_order(
    world: PlanningWorld, driver: DriverState, names: Sequence[StopName]
) -> tuple[DriverState, tuple[Breach, ...]]:
    """Return the driver with the stops in the order that a person wants, or as he is with the limits it would break.

    Whom it is knowingly done to may be under way already; only where the driver is, or nearly, stays first. The
    limits are named by the checker of `core.dispatch.plan_check`, which shares no code with the schedule; one
    that the present plan breaks just as much is not held against the change. How many orders may be on board at once
    is the platform's own limit and binds nobody here.
    """
    known = {StopName(order_id=stop.order_id, kind=stop.kind): stop for stop in driver.stops}
    if sorted(names) != sorted(known):
        return driver, (_breach("other_stops"),)
    if driver.start is None:
        return driver, (_breach("position_never_known"),)
    broken = _broken_by(world, dataclasses.replace(driver, frozen=driver.fixed), names)
    return (driver, broken) if broken else (driver.with_stops(tuple(known[name] for name in names)), ())


def _broken_by(world: PlanningWorld, driver: DriverState, names: Sequence[StopName]) -> tuple[Breach, ...]:
    policy = replace(world.policy, max_bundle=max(world.policy.max_bundle, len(driver.order_ids)))
    alone = dataclasses.replace(world, drivers={driver.driver_id: driver}, policy=policy, policies={})
    given = problem_of(alone, ())
    numbers = {StopName(order_id=stop.order_id, kind=stop.kind): number for number, stop in given.stops.items()}
    wanted = Plan((tuple(numbers[name] for name in names),))
    already = {(broken.limit, broken.number): broken.by for broken in broken_limits(given.problem, given.plan)}
    named: list[Breach] = []
    for found in broken_limits(given.problem, wanted):
        is_worse = found.by > already.get((found.limit, found.number), -1.0) + _GRACE
        if is_worse and (breach := _named(given, found)) not in named:
            named.append(breach)
    return tuple(named)


def turned_from(after: Sequence[Stop], driver: DriverState) -> OrderId | None:
    """Return the order whose stop a driver is on the way to and would no longer make first."""
    if not driver.fixed < driver.frozen:
        return None
    first = driver.stops[driver.fixed]
    is_kept = driver.fixed < len(after) and after[driver.fixed] == first
    return None if is_kept else first.order_id


def put_off(before: Sequence[Stop], after: Sequence[Stop]) -> frozenset[OrderId]:
    """Return the orders of which a stop comes later in `after` than in `before`; both hold the same stops."""
    places = {(stop.order_id, stop.kind): place for place, stop in enumerate(before)}
    return frozenset(stop.order_id for place, stop in enumerate(after) if place > places[stop.order_id, stop.kind])


def _named(given: WorldProblem, broken: Broken) -> Breach:
    number = broken.number // 2
    order_id = given.orders[number] if 0 <= number < len(given.orders) else ""
    match broken.limit:
        case Limit.FROZEN:
            return _breach("frozen")
        case Limit.PRECEDENCE:
            return _breach("precedence", order_id=order_id)
        case Limit.CAPACITY:
            return _breach("capacity_along", order_id=order_id)
        case Limit.SHIFT:
            return _breach("shift_end", over_min=broken.by / 60.0)
        case Limit.REST:
            window = given.problem.fleet.rests[broken.vehicle]
            from_at, until_at = float(window[0]), float(window[1])
            return _breach("planned_break", from_at=from_at, until_at=until_at, over_min=broken.by / 60.0)
        case Limit.REACHABLE:
            return _breach("reachable")
        case _:
            return _breach("other_stops")


def _breach(code: str, **arguments: str | float | int) -> Breach:
    name = "position_known" if code == "position_never_known" else code
    return Breach(constraint=name, statement=Statement(code=f"breach.{code}", arguments=arguments))
