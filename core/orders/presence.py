"""At which stops of an order its driver was, and has not been seen to drive off from."""

from __future__ import annotations

from core.fleet.route import StopKind
from core.orders.order import Order, OrderState
from core.vocabulary import Instant

_HANDED_OVER_OR_NOT = frozenset({OrderState.DELIVERED, OrderState.FAILED})


def stops_stood_at(order: Order) -> frozenset[StopKind]:
    """Return the stops that the driver reached and has not left; nothing for an order without a driver."""
    if order.driver_id is None:
        return frozenset()
    reached = {
        StopKind.PICKUP: order.left_pickup_at is None and reached_at(order, StopKind.PICKUP) is not None,
        StopKind.DELIVERY: order.left_delivery_at is None and reached_at(order, StopKind.DELIVERY) is not None,
    }
    return frozenset(kind for kind, stands in reached.items() if stands)


def reached_at(order: Order, kind: StopKind) -> Instant | None:
    """Return since when the driver was known to be at a stop: from the arrival, or from what was done there."""
    if kind is StopKind.PICKUP:
        return _either(order.arrived_at_pickup_at, order.picked_up_at)
    return _either(order.arrived_at_delivery_at, served_at(order, kind))


def served_at(order: Order, kind: StopKind) -> Instant | None:
    """Return when a stop's work was done, ``None`` if it was not: goods on board, handed over, or not accepted."""
    if kind is StopKind.PICKUP:
        return order.picked_up_at
    return order.ended_at if order.state in _HANDED_OVER_OR_NOT and order.picked_up_at is not None else None


def _either(arrived_at: Instant | None, served: Instant | None) -> Instant | None:
    return served if arrived_at is None else arrived_at
