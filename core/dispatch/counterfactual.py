"""What would be if an order went to a driver: as is, or with the work around it re-planned."""

from __future__ import annotations

from collections.abc import Iterable

from core.dispatch.candidates import Candidate, candidate_of, keep
from core.dispatch.route_insertion import Insertion, insert_cheapest
from core.dispatch.world import PlanningWorld
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, OrderId


def given(world: PlanningWorld, order: Order, driver_id: DriverId) -> tuple[PlanningWorld, Insertion]:
    """Return the world in which `driver_id` has the order, inserted where it costs least, and that insertion.

    Raises
    ------
    ValueError
        If the driver's position is not known.
    """
    if order.driver_id is not None and order.driver_id != driver_id:
        world = taken_from(world, order, order.driver_id)
    insertion = insert_cheapest(world, world.drivers[driver_id], order)
    return world.with_driver(insertion.driver.with_stops(insertion.after.stops)), insertion


def taken_from(world: PlanningWorld, order: Order, driver_id: DriverId) -> PlanningWorld:
    """Return the world in which `driver_id` no longer has the order."""
    return world.with_driver(world.drivers[driver_id].without(order.order_id))


def replanned_around(
    world: PlanningWorld, order_id: OrderId, driver_id: DriverId, neighbours: Iterable[DriverId]
) -> PlanningWorld:
    """Return the world in which the other orders of `driver_id` went to `neighbours` where that is clearly better.

    One pass, order by order: an order moves if its whole score, hand-over included, is better by the least gain of
    the policy. Orders on board, at the counter, pinned, or in a frozen stop stay, and so does `order_id`.
    """
    gain = world.policy.reassign_gain_minutes * world.policy.driver_minute
    others = [name for name in dict.fromkeys(neighbours) if name != driver_id]
    for name in _movable(world, order_id, driver_id):
        order = world.orders[name]
        mean = world.mean_orders()
        present = keep(world, order, mean)
        best = _cheapest(candidate_of(world, world.drivers[other], order, mean) for other in others)
        if present is None or best is None or best.option is None:
            continue
        if best.total_money + gain < present.total_money:
            world = taken_from(world, order, driver_id)
            world = world.with_driver(best.option.insertion.driver.with_stops(best.option.insertion.after.stops))
    return world


def _movable(world: PlanningWorld, order_id: OrderId, driver_id: DriverId) -> list[OrderId]:
    driver = world.drivers[driver_id]
    frozen = {stop.order_id for stop in driver.stops[: driver.frozen]}
    return sorted(name for name in driver.order_ids - frozen - {order_id} if _may_move(world.orders[name], driver_id))


def _may_move(order: Order, driver_id: DriverId) -> bool:
    return order.state is OrderState.ASSIGNED and order.driver_id == driver_id and not order.is_pinned


def _cheapest(candidates: Iterable[Candidate]) -> Candidate | None:
    possible = [candidate for candidate in candidates if not candidate.breaches and candidate.option is not None]
    return min(possible, key=lambda c: (c.total_money, c.driver_id), default=None)
