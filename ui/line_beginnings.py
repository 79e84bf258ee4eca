"""How the line of a command begins that needs words a key cannot give: what is selected is filled in already."""

from __future__ import annotations

from app.command_catalogue import CommandId, Needs, spec_of
from core.dispatch.planning_events import is_reassignable
from core.orders.order import Order
from core.vocabulary import DriverId, OrderId, VehicleId, ZoneId
from ui.desk_context import DeskContext
from ui.names import zone_name
from ui.selection import Kind

_USUAL_MIN = 60
"""Minutes for which something is closed unless another number is written."""


def beginning_of(context: DeskContext, command: CommandId) -> str:
    """Return the beginning of a command's line; empty where it can be run as it is."""
    verb = spec_of(command).verb
    match command:
        case CommandId.FORBID | CommandId.ALLOW:
            return _of_order_and_driver(context, command, verb)
        case CommandId.TAKE_OUT | CommandId.BRING_BACK:
            driver_id = selected_driver(context)
            if command is CommandId.TAKE_OUT and driver_id is not None and movable_order(context, driver_id):
                return ""
            ends = " # " if command is CommandId.TAKE_OUT else ""
            return f"{verb} " if driver_id is None else f"{verb} {driver_id}{ends}"
        case CommandId.BREAK:
            driver_id = selected_driver(context)
            return f"{verb} " if driver_id is None else f"{verb} {driver_id} "
        case CommandId.CLOSE | CommandId.OPEN:
            zone_id = selected_zone(context)
            ends = f" {_USUAL_MIN} # " if command is CommandId.CLOSE else ""
            return f"{verb} " if zone_id is None else f"{verb} {zone_name(context.store.operation, zone_id)}{ends}"
        case CommandId.WHY_NOT:
            order = selected_order(context)
            return f"{verb} " if order is None else f"{verb} {order.order_id} "
    return f"{verb} " if spec_of(command).needs is Needs.TRANSPORT else ""


def selected_order(context: DeskContext) -> Order | None:
    """Return the order that is selected."""
    selected = context.selection.current
    is_order = selected is not None and selected.kind is Kind.ORDER
    return context.store.operation.orders.orders.get(OrderId(selected.id)) if selected and is_order else None


def selected_driver(context: DeskContext) -> DriverId | None:
    """Return the driver that is selected, who drives the selected vehicle, or who has the selected order."""
    selected, order = context.selection.current, selected_order(context)
    if selected is None or order is not None:
        return None if order is None else order.driver_id
    if selected.kind is Kind.VEHICLE:
        vehicle = context.store.operation.fleet.vehicles.get(VehicleId(selected.id))
        return None if vehicle is None else vehicle.driver_id
    return DriverId(selected.id) if selected.kind is Kind.DRIVER else None


def movable_order(context: DeskContext, driver_id: DriverId) -> Order | None:
    """Return an order of a driver that is not picked up: then taking the driver out is previewed, and needs no line."""
    in_hand = context.store.operation.orders.of_driver(driver_id)
    return next((order for order in in_hand if is_reassignable(order)), None)


def selected_zone(context: DeskContext) -> ZoneId | None:
    """Return the zone that is selected, or the one that the selected order is picked up in."""
    selected, order = context.selection.current, selected_order(context)
    if order is not None:
        return order.zone_id
    return ZoneId(selected.id) if selected is not None and selected.kind is Kind.ZONE else None


def _of_order_and_driver(context: DeskContext, command: CommandId, verb: str) -> str:
    order = selected_order(context)
    if order is None:
        return f"{verb} "
    if command is CommandId.ALLOW:
        return "" if len(order.forbidden) == 1 else f"{verb} {order.order_id} "
    begun = f"{verb} {order.order_id} "
    if order.driver_id is None:
        return begun
    return "" if is_reassignable(order) else f"{begun}{order.driver_id} # "
