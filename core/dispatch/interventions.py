"""Decides what people rule for now: an order pinned, a driver kept from it, a hold ended, a driver taken out.

They bind the platform and every proposal until they are lifted; what is under way goes on.
"""

from __future__ import annotations

from core.commands import (
    AllowDriver,
    BringDriverBack,
    ForbidDriver,
    PinOrder,
    ReleaseOrder,
    TakeDriverOut,
    UnpinOrder,
)
from core.deciding import Context, Decision
from core.dispatch.planning_events import is_reassignable, plan_route, unassign, without_order
from core.events import fleet_events, order_events
from core.fleet.decisions import driver_named
from core.fleet.fleet import Driver
from core.orders.decisions import open_order
from core.orders.order import Order
from core.refusals import Refusal
from core.streams import of_driver, of_order
from core.vocabulary import DriverId, OrderId

LONGEST_OUT_S = 24 * 3600.0
LONGEST_NOTE = 500


def pin_order(context: Context, command: PinOrder) -> Decision:
    """Keep an order with the driver it has: the platform no longer gives it to anybody else."""
    order = _movable(context, command.order_id)
    if order.driver_id is None:
        raise Refusal("pin.no_driver", f"{order.order_id} has no driver to stay with.", status=409)
    if order.is_pinned:
        return Decision()
    event = order_events.OrderPinned(order_id=order.order_id, driver_id=order.driver_id, note=_note(command.note))
    return Decision([(of_order(order.order_id), event)])


def unpin_order(context: Context, command: UnpinOrder) -> Decision:
    """Let the platform give the order to somebody else again."""
    order = open_order(context, command.order_id)
    if not order.is_pinned:
        return Decision()
    event = order_events.OrderUnpinned(order_id=order.order_id, driver_id=order.driver_id)
    return Decision([(of_order(order.order_id), event)])


def forbid_driver(context: Context, command: ForbidDriver) -> Decision:
    """Keep a driver from an order; one who has it already gives it back."""
    order = _movable(context, command.order_id)
    driver = driver_named(context, command.driver_id)
    if driver.driver_id in order.forbidden:
        return Decision()
    event = order_events.DriverExcluded(
        order_id=order.order_id, driver_id=driver.driver_id, note=_note(command.note, is_needed=True)
    )
    decision = Decision([(of_order(order.order_id), event)])
    if order.driver_id == driver.driver_id:
        unassign(order, driver.driver_id, "forbidden", decision)
        without_order(context, driver.driver_id, order.order_id, decision)
    return decision


def allow_driver(context: Context, command: AllowDriver) -> Decision:
    """Let a driver have the order again."""
    order = open_order(context, command.order_id)
    if command.driver_id not in order.forbidden:
        return Decision()
    event = order_events.DriverAllowed(order_id=order.order_id, driver_id=command.driver_id)
    return Decision([(of_order(order.order_id), event)])


def release_order(context: Context, command: ReleaseOrder) -> Decision:
    """End a hold or a putting-off before its time."""
    order = open_order(context, command.order_id)
    dismissed_until = context.operation.decisions.dismissed_until.get(order.order_id, 0.0)
    until_at = max(order.held_until or 0.0, dismissed_until)
    if until_at <= context.now:
        raise Refusal("release.not_held", f"{order.order_id} is not held.", status=409)
    event = order_events.OrderReleased(order_id=order.order_id, until_at=until_at)
    return Decision([(of_order(order.order_id), event)])


def take_driver_out(context: Context, command: TakeDriverOut) -> Decision:
    """Plan no more with a driver; what is not picked up goes back to be planned anew, unless it is to stay."""
    driver = driver_named(context, command.driver_id)
    note = _note(command.note, is_needed=True)
    may_be_taken_out(context, driver, command.for_s)
    decision = Decision([(of_driver(driver.driver_id), taken_out(context, driver, command.for_s, note))])
    if not command.keeps_orders:
        _give_all_back(context, driver.driver_id, decision)
    return decision


def taken_out(context: Context, driver: Driver, for_s: float | None, note: str) -> fleet_events.DriverTakenOut:
    """Return the event that takes a driver out from now on, with what held before."""
    was_out = driver.is_out(context.now)
    return fleet_events.DriverTakenOut(
        driver_id=driver.driver_id,
        until_at=None if for_s is None else context.now + for_s,
        note=note,
        was_out=was_out,
        former_until_at=driver.out_until_at if was_out else None,
    )


def may_be_taken_out(context: Context, driver: Driver, for_s: float | None) -> None:
    """Refuse to take a driver out who is not at work, or for longer than a day.

    Raises
    ------
    Refusal
        ``driver.off_shift``, ``driver.out_of_range``.
    """
    if not driver.is_on_shift:
        raise Refusal("driver.off_shift", f"{driver.driver_id} is not on shift.", status=409)
    if for_s is not None and not 0.0 < for_s <= LONGEST_OUT_S:
        raise Refusal("driver.out_of_range", "Take a driver out for up to a day, or until you bring them back.")


def bring_driver_back(context: Context, command: BringDriverBack) -> Decision:
    """Plan with a driver again."""
    driver = driver_named(context, command.driver_id)
    if not driver.is_out(context.now):
        return Decision()
    event = fleet_events.DriverReturned(driver_id=driver.driver_id, until_at=driver.out_until_at)
    return Decision([(of_driver(driver.driver_id), event)])


def _movable(context: Context, order_id: OrderId) -> Order:
    order = open_order(context, order_id)
    if not is_reassignable(order):
        raise Refusal("order.on_board", f"{order_id} is in the vehicle of {order.driver_id} already.", status=409)
    return order


def _give_all_back(context: Context, driver_id: DriverId, decision: Decision) -> None:
    given_back = [order for order in context.operation.orders.of_driver(driver_id) if is_reassignable(order)]
    for order in given_back:
        unassign(order, driver_id, "driver_taken_out", decision)
    names = {order.order_id for order in given_back}
    if names:
        stops = context.operation.fleet.route_of(driver_id).stops
        plan_route(context, driver_id, (stop for stop in stops if stop.order_id not in names), decision)


def _note(text: str, *, is_needed: bool = False) -> str:
    note = text.strip()
    if len(note) > LONGEST_NOTE or (is_needed and not note):
        raise Refusal("note.required", f"Say why, in up to {LONGEST_NOTE} characters.")
    return note
