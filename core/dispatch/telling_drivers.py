"""What a driver is told now: the plan in force, or the former one while an override is held back.

The only place that decides it. Every door that a driver reads goes through here; the desk sees the plan in force.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from core.fleet.driver_move import DriverMove
from core.fleet.fleet import DriverStatus
from core.fleet.route import Route
from core.orders.order import Order
from core.projections.held_plans import HeldPlan
from core.projections.operation import Operation
from core.vocabulary import Actor, DriverId, Instant, OrderId, Role


def route_told(operation: Operation, driver_id: DriverId, now: Instant) -> Route:
    """Return the route as the driver may know it.

    After an override was taken back in time the plan number is still the one that the driver knows: nothing happened.
    """
    route = operation.fleet.route_of(driver_id)
    held = operation.held.plans.get(driver_id)
    if held is None or not (held.is_taken_back or held.is_held(now)):
        return route
    return replace(route, plan_number=held.route.plan_number) if held.is_taken_back else held.route


def status_told(operation: Operation, driver_id: DriverId, now: Instant) -> DriverStatus:
    """Return what the driver is counted on for, as he may know it: busy while he knows of stops."""
    status = operation.fleet.status_of(driver_id)
    if status not in (DriverStatus.BUSY, DriverStatus.FREE):
        return status
    return DriverStatus.BUSY if route_told(operation, driver_id, now).stops else DriverStatus.FREE


def move_told(operation: Operation, driver_id: DriverId, now: Instant) -> DriverMove | None:
    """Return where the driver may know that he is asked to wait."""
    held = held_back(operation, driver_id, now)
    return operation.moves.under_way.get(driver_id) if held is None else held.move


def orders_told(operation: Operation, driver_id: DriverId, now: Instant) -> list[Order]:
    """Return the open orders that the driver may know to have, oldest id first."""
    held = held_back(operation, driver_id, now)
    if held is None:
        return operation.orders.of_driver(driver_id)
    found = (order_told(operation, order_id, driver_id, now) for order_id in sorted(held.orders))
    return [order for order in found if order is not None]


def order_told(operation: Operation, order_id: OrderId, driver_id: DriverId, now: Instant) -> Order | None:
    """Return an order as the driver may know it; ``None`` for one that is not his, as far as he was told."""
    order = operation.orders.orders.get(order_id)
    held = held_back(operation, driver_id, now)
    if order is None or held is None or not order.state.is_open:
        return order if order is not None and order.driver_id == driver_id else None
    known = held.orders.get(order_id)
    if known is None:
        return None
    if order.state.is_on_board:
        return order
    return replace(
        order,
        driver_id=driver_id,
        is_accepted=known.is_accepted,
        state=known.state,
        assigned_at=known.assigned_at,
        arrived_at_pickup_at=known.arrived_at_pickup_at,
    )


def order_for(operation: Operation, order_id: OrderId, reader: Actor, now: Instant) -> Order | None:
    """Return an order as `reader` may know it: everybody but a driver sees it as it is."""
    if reader.role is Role.DRIVER:
        return order_told(operation, order_id, DriverId(reader.subject), now)
    return operation.orders.orders.get(order_id)


def orders_for(operation: Operation, reader: Actor, now: Instant, *, is_open: bool) -> Iterator[Order]:
    """Yield the orders that `reader` may know of, as known there; only those not ended with `is_open`."""
    board = operation.orders
    if reader.role is not Role.DRIVER:
        yield from board.open_orders() if is_open else board.orders.values()
        return
    driver_id = DriverId(reader.subject)
    yield from orders_told(operation, driver_id, now)
    if not is_open:
        yield from (one for one in board.orders.values() if one.driver_id == driver_id and not one.state.is_open)


def held_back(operation: Operation, driver_id: DriverId, now: Instant) -> HeldPlan | None:
    """Return what the driver still knows while something is held back from him, ``None`` while nothing is."""
    held = operation.held.plans.get(driver_id)
    return held if held is not None and held.is_held(now) else None
