"""Orders that go to other drivers: each where it costs least, by the same scores and limits as any assignment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.dispatch.candidates import Shortlist, keep, price
from core.dispatch.world import PlanningWorld
from core.fleet.route import StopKind
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, OrderId


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The world in which orders went to others, and who has each now."""

    world: PlanningWorld
    takers: dict[OrderId, DriverId]


def movable_orders(world: PlanningWorld, driver_id: DriverId) -> tuple[OrderId, ...]:
    """Return what a driver has in hand that may go to somebody else, the earliest promise first.

    Not on board, not at the counter, not pinned, and not where the driver is or nearly: what is under way may go, for a
    driver with whom something is wrong may not get there.
    """
    driver = world.drivers[driver_id]
    fixed = {stop.order_id for stop in driver.stops[: driver.fixed]}
    names = [name for name in driver.order_ids - fixed if _may_move(world.orders[name])]
    return tuple(sorted(names, key=lambda name: (world.orders[name].promise.by_at, name)))


def is_movable(world: PlanningWorld, order: Order) -> bool:
    """Say whether an order may change hands: nobody has it, or it is one of `movable_orders`."""
    if order.driver_id is None or order.driver_id not in world.drivers:
        return order.state is OrderState.WAITING
    return order.order_id in movable_orders(world, order.driver_id)


def shares_trip(world: PlanningWorld, order: Order) -> bool:
    """Say whether the driver who has an order has others in hand beside it."""
    driver = world.drivers.get(order.driver_id) if order.driver_id is not None else None
    doors = [stop.order_id for stop in driver.stops if stop.kind is StopKind.DELIVERY] if driver else []
    return order.order_id in doors and len(doors) > 1


def handed_over(
    world: PlanningWorld, order_ids: Iterable[OrderId], takers: Sequence[DriverId], *, only_better: bool = False
) -> HandedOver:
    """Return the world in which each order went to whoever of `takers` takes it at the least cost, one by one.

    An order that nobody can take without breaking a limit stays. With `only_better` so does one whose whole score,
    hand-over included, does not improve by the least gain of the policy.

    Raises
    ------
    KeyError
        If the travel table lacks a point of the orders or the drivers.
    """
    given: dict[OrderId, DriverId] = {}
    for name in order_ids:
        order = world.orders[name]
        near = tuple(taker for taker in takers if taker != order.driver_id and world.drivers[taker].start is not None)
        possible = price(world, order, Shortlist(name, near, (), len(near))).possible
        if not possible or (only_better and not _is_better(world, order, possible[0].total_money)):
            continue
        best = possible[0]
        assert best.option is not None
        if order.driver_id is not None and order.driver_id in world.drivers:
            world = world.with_driver(world.drivers[order.driver_id].without(name))
        insertion = best.option.insertion
        world = world.with_driver(insertion.driver.with_stops(insertion.after.stops))
        given[name] = best.driver_id
    return HandedOver(world, given)


def _is_better(world: PlanningWorld, order: Order, money: int) -> bool:
    present = keep(world, order, world.mean_orders())
    gain = world.policy.reassign_gain_minutes * world.policy.driver_minute
    return present is None or money + gain < present.total_money


def _may_move(order: Order) -> bool:
    return order.state is OrderState.ASSIGNED and not order.is_pinned
