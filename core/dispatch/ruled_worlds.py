"""What would be if a person ruled: a driver kept from an order or taken out, a place closed, an order held for a while.

The ruling alone leaves the orders that it frees waiting; re-planned around it, each goes to whoever takes it at the
least cost, if anybody can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from msgspec.structs import replace as with_fields

from core.dispatch.changes import CloseStreet, CloseZone, Forbid, Hold, RulingChange, TakeOut
from core.dispatch.counterfactual import Changed, cheapest_of
from core.dispatch.decision import Statement
from core.dispatch.street_closings import StreetsWithout, driven_round
from core.dispatch.world import PlanningWorld
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, OrderId

MOST_GIVEN = 12
"""So many orders at most are given to others around a ruling; of a wave's driver the wave plans the rest anew."""
_FREE_TO_LEAVE = (OrderState.ASSIGNED, OrderState.AT_PICKUP)


def ruled(
    world: PlanningWorld,
    change: RulingChange,
    waiting: Sequence[OrderId] = (),
    without: StreetsWithout | None = None,
) -> Changed:
    """Return the world under a ruling, with nothing else moved; its `waiting` have no driver there.

    Parameters
    ----------
    world : PlanningWorld
    change : RulingChange
    waiting : sequence of OrderId
        For a zone, the orders without a driver that lie in it.
    without : StreetsWithout, optional
        For a street, driving times without it.
    """
    match change:
        case Forbid():
            return _forbidden(world, change)
        case TakeOut():
            return _taken_out(world, change)
        case CloseZone():
            return _closed(world, change, waiting)
        case CloseStreet():
            if without is None:
                raise ValueError("a street is closed on driving times without it")
            return driven_round(world, without)
        case Hold():
            return _held_back(world, change)


def freed_by(world: PlanningWorld, change: RulingChange) -> tuple[OrderId, ...]:
    """Return the orders that a ruling takes from their driver, the earliest promise first."""
    match change:
        case Forbid():
            return (change.order_id,)
        case TakeOut():
            mine = (order for order in world.orders.values() if order.driver_id == change.driver_id)
            return _by_promise(world, (order.order_id for order in mine if order.state in _FREE_TO_LEAVE))
        case CloseZone() | CloseStreet() | Hold():
            return ()


def given_to_others(world: PlanningWorld, waiting: Iterable[OrderId], takers: Sequence[DriverId]) -> PlanningWorld:
    """Return the world in which each of the `waiting` went to whoever of `takers` takes it at the least cost.

    The earliest promise chooses first; what nobody can take without breaking a limit goes on waiting, and so does what
    comes after `MOST_GIVEN`.
    """
    for name in _by_promise(world, waiting)[:MOST_GIVEN]:
        best = cheapest_of(world, world.orders[name], takers)
        if best is not None and best.option is not None:
            insertion = best.option.insertion
            world = world.with_driver(insertion.driver.with_stops(insertion.after.stops))
    return world


def _forbidden(world: PlanningWorld, change: Forbid) -> Changed:
    after = _relieved(world, change.driver_id, (change.order_id,))
    order = after.orders[change.order_id]
    kept_from = with_fields(order, forbidden=tuple(dict.fromkeys((*order.forbidden, change.driver_id))))
    said = Statement(code="override.waits", arguments={"driver_id": change.driver_id})
    after = replace(after, orders={**after.orders, change.order_id: kept_from})
    return Changed(after, said=(said,), waiting=(change.order_id,))


def _taken_out(world: PlanningWorld, change: TakeOut) -> Changed:
    names = freed_by(world, change)
    after = _relieved(world, change.driver_id, names)
    driver = replace(after.drivers[change.driver_id], is_out=True)
    said = Statement(code="override.relieved", arguments={"driver_id": change.driver_id, "orders": len(names)})
    return Changed(after.with_driver(driver), said=(said,), waiting=names)


def _closed(world: PlanningWorld, change: CloseZone, waiting: Sequence[OrderId]) -> Changed:
    """Return the world in which what waits in the zone is picked up after its closing at the earliest."""
    opens_at = world.now + change.for_s
    later = {
        name: with_fields(world.orders[name], is_ready=False, ready_at=max(world.orders[name].ready_at, opens_at))
        for name in waiting
    }
    said = Statement(code="override.closed", arguments={"orders": len(later), "minutes": change.for_s / 60.0})
    return Changed(replace(world, orders={**world.orders, **later}), said=(said,), waiting=tuple(waiting))


def _held_back(world: PlanningWorld, change: Hold) -> Changed:
    order = with_fields(world.orders[change.order_id], held_until=world.now + change.for_s)
    said = Statement(code="override.held", arguments={"minutes": change.for_s / 60.0})
    after = replace(world, orders={**world.orders, order.order_id: order})
    return Changed(after, said=(said,), waiting=(order.order_id,))


def _relieved(world: PlanningWorld, driver_id: DriverId, names: Iterable[OrderId]) -> PlanningWorld:
    """Return the world in which these orders wait and are no longer among the driver's stops."""
    driver, orders = world.drivers[driver_id], dict(world.orders)
    for name in names:
        driver = driver.without(name)
        orders[name] = _waiting(orders[name])
    return replace(world.with_driver(driver), orders=orders)


def _waiting(order: Order) -> Order:
    return with_fields(
        order,
        state=OrderState.WAITING,
        driver_id=None,
        is_accepted=False,
        is_pinned=False,
        arrived_at_pickup_at=None,
    )


def _by_promise(world: PlanningWorld, names: Iterable[OrderId]) -> tuple[OrderId, ...]:
    return tuple(sorted(names, key=lambda name: (world.orders[name].promise.by_at, name)))
