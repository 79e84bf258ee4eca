"""One driver's stops in a better order: everything that may move is put back where it costs least."""

from __future__ import annotations

from core.dispatch.route_insertion import insert_cheapest
from core.dispatch.schedule import Schedule, schedule
from core.dispatch.world import DriverState, PlanningWorld
from core.fleet.route import StopKind


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
    late_s = sum(max(0.0, at - stop.due_at) for at, stop in zip(plan.arrives, plan.stops, strict=True))
    driving = world.policy.driving_money(plan.driving_s, plan.distance_m)
    idle_s = plan.ends_at - world.now - plan.driving_s
    return driving + world.policy.driver_minute * idle_s / 60.0 + world.policy.lateness_per_minute * late_s / 60.0
