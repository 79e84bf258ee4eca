"""The columns of orders, vehicles and drivers: name, meaning, how a cell is read, and what it is in a record of ours.

`docs/IMPORT.md` is written from here (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend_service.exchange import cells
from backend_service.exchange.cells import Reader
from core.commands import Command, CommandBase, PlaceOrder, RegisterDriver, RegisterVehicle
from core.fleet.depot import DepotId
from core.fleet.fleet import DriverPerson
from core.orders.order import Customer, Promise, PromiseKind
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, Load, OrderId, Place, Position, VehicleId


class Kind(StrEnum):
    """What can be brought in and taken out."""

    ORDERS = "orders"
    VEHICLES = "vehicles"
    DRIVERS = "drivers"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    value_of : its value in a record of ours; ``None`` is an empty cell
    is_text : whether a spreadsheet could take it for a formula
    is_personal : whether it is left empty for who may not take personal data out
    """

    name: str
    meaning: str
    example: str
    read: Reader
    value_of: Callable[[Any], Any]
    is_required: bool = False
    is_text: bool = False
    is_personal: bool = False


type Values = dict[str, Any]
"""What was read of one row, by column; what was empty is not in it."""


@dataclass(frozen=True, slots=True)
class Table:
    """All there is to know of a kind.

    Parameters
    ----------
    key : the column that names a record
    build : makes the command of a row, at an instant of operation time; raises ValueError if columns contradict
    column_of : refusal code -> the column that caused it
    """

    kind: Kind
    key: str
    columns: tuple[Column, ...]
    command: type[CommandBase]
    build: Callable[[Values, Instant], Command]
    records: Callable[[Operation], Iterable[Any]]
    column_of: dict[str, str]


_TEXT, _NAME = cells.text(), cells.text(cells.LONGEST_NAME)
_LAT, _LON = cells.number(-90.0, 90.0), cells.number(-180.0, 180.0)
_AMOUNT = cells.number(0.0, 999_999.0)


def _customer(field: str) -> Callable[[Any], Any]:
    return lambda order: getattr(order.customer, field) if order.customer is not None else None


def _person(field: str) -> Callable[[Any], Any]:
    return lambda driver: getattr(driver.person, field) if driver.person is not None else None


def _window_start(order: Any) -> str | None:
    return cells.write_instant(order.promise.from_at if order.promise.kind is PromiseKind.WINDOW else None)


def _words(record: Any) -> str | None:
    return cells.write_words(record.skills) or None


def _groups(record: Any) -> str | None:
    return cells.write_words(record.groups) or None


_SKILLS = Column("skills", "What it takes, separated by `|`", "cold|fragile", cells.words, _words, is_text=True)
_VOLUME, _WEIGHT = "Litres", "Kilograms"

_ORDER_COLUMNS = (
    Column("order_id", "Id of the order; made here if empty", "O-500", cells.identifier, lambda o: o.order_id or None),
    Column("customer_id", "Id of the customer", "C-81", cells.identifier, lambda o: o.customer_id or None),
    Column("customer_name", "Who receives it", "R. Araya", _TEXT, _customer("name"), False, True, True),
    Column("customer_phone", "Telephone", "+56 9 5555 0101", _TEXT, _customer("phone"), False, True, True),
    Column("customer_address", "Address", "Balmaceda 1020", _TEXT, _customer("address"), False, True, True),
    Column("customer_note", "Note for the driver", "Second floor", _TEXT, _customer("note"), False, True, True),
    Column("pickup_name", "Where the goods are", "Cocina Elqui", _NAME, lambda o: o.pickup.name, True, True),
    Column("pickup_lat", "Degrees, WGS 84", "-29.9027", _LAT, lambda o: o.pickup.position.lat, True),
    Column("pickup_lon", "Degrees, WGS 84", "-71.2519", _LON, lambda o: o.pickup.position.lon, True),
    Column("pickup_address", "Address", "Cordovez 500", _TEXT, lambda o: o.pickup.address, False, True),
    Column("delivery_lat", "Degrees, WGS 84", "-29.9201", _LAT, lambda o: o.delivery.lat, True),
    Column("delivery_lon", "Degrees, WGS 84", "-71.2603", _LON, lambda o: o.delivery.lon, True),
    Column("promise_from_at", "Start of a promised window", "2026-11-20T16:20:00Z", cells.instant, _window_start),
    Column(
        "promise_by_at",
        "Promised arrival at the latest",
        "2026-11-20T16:40:00Z",
        cells.instant,
        lambda o: cells.write_instant(o.promise.by_at),
        True,
    ),
    Column(
        "ready_at",
        "When the goods are ready; now if empty",
        "2026-11-20T16:12:00Z",
        cells.instant,
        lambda o: cells.write_instant(o.ready_at),
    ),
    Column("volume_l", _VOLUME, "8", _AMOUNT, lambda o: o.load.volume_l),
    Column("weight_kg", _WEIGHT, "2.5", _AMOUNT, lambda o: o.load.weight_kg),
    _SKILLS,
    Column("value", "Money in minor units", "12900", cells.integer, lambda o: o.value),
    Column("service_s", "Seconds at the door", "120", cells.number(0.0, 7200.0), lambda o: o.service_s),
    Column("depot_id", "Depot it starts at, in the place of the pickup", "", cells.identifier, lambda o: o.depot_id),
)

_VEHICLE_COLUMNS = (
    Column("vehicle_id", "Id of the vehicle", "V-07", cells.identifier, lambda v: v.vehicle_id, True),
    Column("plate", "Plate", "KXRT-21", _NAME, lambda v: v.plate, True, True),
    Column("make", "Make", "Honda", _TEXT, lambda v: v.make, False, True),
    Column("model", "Model", "Cub", _TEXT, lambda v: v.model, False, True),
    Column("volume_l", _VOLUME, "60", _AMOUNT, lambda v: v.capacity.volume_l),
    Column("weight_kg", _WEIGHT, "25", _AMOUNT, lambda v: v.capacity.weight_kg),
    Column("groups", "Groups, separated by `|`", "vans|north", cells.words, _groups, is_text=True),
)

_DRIVER_COLUMNS = (
    Column("driver_id", "Id of the driver", "DR-07", cells.identifier, lambda d: d.driver_id, True),
    Column("name", "Name", "P. Contreras", _NAME, _person("name"), True, True, True),
    Column("phone", "Telephone", "+56 9 5555 0107", _TEXT, _person("phone"), False, True, True),
    Column("licence", "Driving licence", "A-1 77", _TEXT, _person("licence"), False, True, True),
    _SKILLS,
)


def _order(values: Values, now: Instant) -> PlaceOrder:
    from_at = values.get("promise_from_at")
    kind = PromiseKind.BY if from_at is None else PromiseKind.WINDOW
    customer = {field: values.get(f"customer_{field}", "") for field in ("name", "phone", "address", "note")}
    return PlaceOrder(
        order_id=OrderId(values.get("order_id", "")),
        customer_id=values.get("customer_id", ""),
        customer=Customer(**customer),
        pickup=Place(
            name=values["pickup_name"],
            position=Position(values["pickup_lat"], values["pickup_lon"]),
            address=values.get("pickup_address", ""),
        ),
        delivery=Position(values["delivery_lat"], values["delivery_lon"]),
        promise=Promise(kind=kind, from_at=from_at, by_at=values["promise_by_at"]),
        ready_at=values.get("ready_at", now),
        load=_load(values, Load()),
        skills=values.get("skills", ()),
        value=values.get("value", 0),
        service_s=values.get("service_s", 120.0),
        depot_id=DepotId(values["depot_id"]) if "depot_id" in values else None,
    )


def _vehicle(values: Values, _: Instant) -> RegisterVehicle:
    return RegisterVehicle(
        vehicle_id=VehicleId(values["vehicle_id"]),
        plate=values["plate"],
        make=values.get("make", ""),
        model=values.get("model", ""),
        capacity=_load(values, Load(volume_l=40.0, weight_kg=20.0)),
        groups=values.get("groups", ()),
    )


def _driver(values: Values, _: Instant) -> RegisterDriver:
    person = DriverPerson(name=values["name"], phone=values.get("phone", ""), licence=values.get("licence", ""))
    return RegisterDriver(driver_id=DriverId(values["driver_id"]), person=person, skills=values.get("skills", ()))


def _load(values: Values, usual: Load) -> Load:
    return Load(volume_l=values.get("volume_l", usual.volume_l), weight_kg=values.get("weight_kg", usual.weight_kg))


TABLES = {
    table.kind: table
    for table in (
        Table(
            Kind.ORDERS,
            "order_id",
            _ORDER_COLUMNS,
            PlaceOrder,
            _order,
            lambda operation: operation.orders.orders.values(),
            {
                "order.exists": "order_id",
                "order.promise_out_of_range": "promise_by_at",
                "order.promise_invalid": "promise_from_at",
                "order.ready_out_of_range": "ready_at",
                "order.service_out_of_range": "service_s",
                "access.region": "pickup_lat",
            },
        ),
        Table(
            Kind.VEHICLES,
            "vehicle_id",
            _VEHICLE_COLUMNS,
            RegisterVehicle,
            _vehicle,
            lambda operation: operation.fleet.vehicles.values(),
            {"vehicle.plate_required": "plate"},
        ),
        Table(
            Kind.DRIVERS,
            "driver_id",
            _DRIVER_COLUMNS,
            RegisterDriver,
            _driver,
            lambda operation: operation.fleet.drivers.values(),
            {},
        ),
    )
}
