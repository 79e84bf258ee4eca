"""Whether a driver has set off: the stop that is being driven to stays as it is, unless a person knows better.

From where he stands nobody turns him away, and no arrival raises the number of a plan: so what was planned before it
is held against it here.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from core.fleet.route import PlannedStop
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant

_IS_THERE = frozenset({OrderState.AT_PICKUP, OrderState.AT_DELIVERY})
_TOUCHED = frozenset({OrderState.AT_PICKUP, OrderState.ON_THE_WAY, OrderState.AT_DELIVERY})
"""States that an order is in once its driver has been somewhere for it."""


def has_set_off(orders: Iterable[Order], leaves_at: Instant | None, now: Instant) -> bool:
    """Say whether a driver is under way: the time to leave has come, or he has been somewhere for one of `orders`.

    Parameters
    ----------
    orders : iterable of Order
        Those that say so: of a wave's route all of its orders, else that of the first stop.
    leaves_at : float or None
        When he leaves, as far as that is known.
    now : float
    """
    return (leaves_at is not None and leaves_at <= now) or any(order.state in _TOUCHED for order in orders)


def leaves_for(order: Order) -> Instant | None:
    """Return when a driver leaves for the first stop: with his yes, for an order is given when he has to go.

    ``None`` before he has said yes.
    """
    return order.assigned_at if order.is_accepted else None


def stands_at(operation: Operation, driver_id: DriverId) -> PlannedStop | None:
    """Return the stop that a driver has reached and is busy with; ``None`` where he is at none."""
    first = next(iter(operation.fleet.route_of(driver_id).stops), None)
    return first if first is not None and operation.orders.orders[first.order_id].state in _IS_THERE else None


def heads_for(operation: Operation, driver_id: DriverId) -> PlannedStop | None:
    """Return the stop where a driver stands or that he has set off to; ``None`` where he has not left yet."""
    first = next(iter(operation.fleet.route_of(driver_id).stops), None)
    if first is None:
        return None
    order = operation.orders.orders[first.order_id]
    leaves_at = None if order.order_id in operation.waves.of_orders else leaves_for(order)  # a wave leaves at its time
    return first if has_set_off((order,), leaves_at, inf) else None


def is_made_first(stop: PlannedStop, stops: Iterable[PlannedStop]) -> bool:
    """Say whether `stops` begin with that stop, or with others of its kind at the same place."""
    for one in stops:
        if (one.order_id, one.kind) == (stop.order_id, stop.kind):
            return True
        if (one.position, one.kind) != (stop.position, stop.kind):
            return False
    return False
