"""How drivers, orders, zones and states are called on the desk."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.dispatch.changes import Change, CloseStreet, CloseZone
from core.fleet.closure import Closure
from core.fleet.fleet import Driver, DriverStatus
from core.orders.order import OrderState
from core.projections.operation import Operation
from core.vocabulary import DriverId, OrderId, Position, Role, UserId, ZoneId
from widgets.formatting import UNKNOWN


def _tr(text: str) -> str:
    return QCoreApplication.translate("names", text)


def short_name(name: str) -> str:
    """Return a person's name as `M. Castillo`: the initial and the first surname; a single word stays as it is.

    Of three names the second, of more the last but one is taken for the first surname, as where people have two;
    `de la Cruz` is one name.
    """
    names = _with_particles(name.split())
    if len(names) < 2 or names[0].endswith("."):
        return name
    return f"{names[0][0]}. {names[1] if len(names) < 4 else names[-2]}"


def _with_particles(words: list[str]) -> list[str]:
    names: list[str] = []
    open_name = ""
    for word in words:
        open_name = f"{open_name} {word}".strip()
        if not word.islower():
            names.append(open_name)
            open_name = ""
    return [*names, open_name] if open_name else names


def driver_name(operation: Operation, driver_id: DriverId | None) -> str:
    """Return `M. Castillo`, or the id where the name may not be seen, or an en dash for nobody."""
    if driver_id is None:
        return UNKNOWN
    driver: Driver | None = operation.fleet.drivers.get(driver_id)
    if driver is None or driver.person is None or not driver.person.name:
        return driver_id
    return short_name(driver.person.name)


def driver_label(operation: Operation, driver_id: DriverId | None) -> str:
    """Return `M. Castillo, D-042`, or just the id where the name may not be seen."""
    name = driver_name(operation, driver_id)
    return name if driver_id is None or name == driver_id else f"{name}, {driver_id}"


def street_name(position: Position, street: str = "") -> str:
    """Return what people call a street, else where it is: `the street at 29.9045 S, 71.2489 W`."""
    return street or _tr("the street at {place}").format(place=place_words(position))


def place_words(position: Position) -> str:
    """Return a position as it is read, to some ten metres: `29.9045 S, 71.2489 W`."""
    lat = _tr("{degrees} N") if position.lat >= 0.0 else _tr("{degrees} S")
    lon = _tr("{degrees} E") if position.lon >= 0.0 else _tr("{degrees} W")
    return f"{lat.format(degrees=f'{abs(position.lat):.4f}')}, {lon.format(degrees=f'{abs(position.lon):.4f}')}"


def closed_place(operation: Operation, closure: Closure) -> str:
    """Return what a closed zone or street is called."""
    if closure.position is not None:
        return street_name(closure.position, closure.street)
    return zone_name(operation, closure.zone_id)


def place_closed_by(operation: Operation, change: Change | None) -> str:
    """Return what the zone or street is called that a change closes; empty for any other change."""
    match change:
        case CloseZone(zone_id=zone_id):
            return zone_name(operation, zone_id)
        case CloseStreet(position=position, street=street):
            return street_name(position, street)
        case _:
            return ""


def order_label(order_id: OrderId) -> str:
    """Return what people call an order."""
    return order_id


def zone_name(operation: Operation, zone_id: ZoneId | None) -> str:
    """Return a zone's name, its id if it is not drawn, an en dash for none."""
    if zone_id is None:
        return UNKNOWN
    zone = operation.fleet.zones.get(zone_id)
    return zone.name if zone is not None else zone_id


def person_name(user_id: UserId | str, operation: Operation) -> str:
    """Return who decided: a driver's name, or the user id as it is."""
    return driver_name(operation, DriverId(user_id)) if user_id in operation.fleet.drivers else user_id


def state_word(state: OrderState) -> str:
    """Return the word for an order's state."""
    return {
        OrderState.WAITING: _tr("Waiting"),
        OrderState.ASSIGNED: _tr("Assigned"),
        OrderState.AT_PICKUP: _tr("At pickup"),
        OrderState.ON_THE_WAY: _tr("On the way"),
        OrderState.AT_DELIVERY: _tr("At the door"),
        OrderState.DELIVERED: _tr("Delivered"),
        OrderState.FAILED: _tr("Failed"),
        OrderState.CANCELLED: _tr("Cancelled"),
    }[state]


def status_word(status: DriverStatus) -> str:
    """Return the word for what a driver can be counted on for."""
    return {
        DriverStatus.OFF: _tr("off shift"),
        DriverStatus.FREE: _tr("free"),
        DriverStatus.BUSY: _tr("busy"),
        DriverStatus.PAUSED: _tr("paused"),
    }[status]


def role_word(role: Role) -> str:
    """Return the word for a role."""
    return {
        Role.DISPATCHER: _tr("dispatcher"),
        Role.SUPERVISOR: _tr("supervisor"),
        Role.ADMINISTRATOR: _tr("administrator"),
        Role.DRIVER: _tr("driver"),
        Role.DEVICE: _tr("device"),
        Role.PLATFORM: _tr("platform"),
    }[role]
