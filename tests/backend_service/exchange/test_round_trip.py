"""What is written is read again as it was: CSV and JSON, whatever people put into names and notes."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from backend_service.exchange.cells import shielded, unshielded
from backend_service.exchange.columns import TABLES, Kind
from backend_service.exchange.reading import read_csv, read_json
from backend_service.exchange.writing import write_csv, write_json
from core.commands import PlaceOrder, RegisterDriver, RegisterVehicle
from core.fleet.fleet import DriverPerson
from core.orders.order import Customer, Promise, PromiseKind
from core.vocabulary import DriverId, Load, OrderId, Place, Position, VehicleId

NOW_AT = 1_800_000_000.0

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
names = texts.filter(bool)
ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,20}", fullmatch=True)
positions = st.builds(Position, st.floats(-90.0, 90.0), st.floats(-180.0, 180.0))
amounts = st.floats(0.0, 999_999.0)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    datetime.timestamp
)
loads = st.builds(Load, volume_l=amounts, weight_kg=amounts)
skills = st.lists(names, max_size=3).map(tuple)
promises = st.builds(Promise, by_at=instants) | st.builds(
    lambda a, b: Promise(kind=PromiseKind.WINDOW, from_at=min(a, b), by_at=max(a, b)), instants, instants
)
orders = st.builds(
    PlaceOrder,
    order_id=ids.map(OrderId),
    customer_id=ids,
    customer=st.builds(Customer, name=texts, phone=texts, address=texts, note=texts),
    pickup=st.builds(Place, name=names, position=positions, address=texts),
    delivery=positions,
    promise=promises,
    ready_at=instants,
    load=loads,
    skills=skills,
    value=st.integers(0, 10**12),
    service_s=st.floats(0.0, 7200.0),
)
vehicles = st.builds(
    RegisterVehicle, vehicle_id=ids.map(VehicleId), plate=names, make=texts, model=texts, capacity=loads
)
drivers = st.builds(
    RegisterDriver,
    driver_id=ids.map(DriverId),
    person=st.builds(DriverPerson, name=names, phone=texts, licence=texts),
    skills=skills,
)


def read_again(kind, records):
    """Return the commands and problems that are read from what was written, from CSV and from JSON."""
    table = TABLES[kind]
    files = [
        read(write(records, table, is_personal=True), table, NOW_AT)
        for write, read in ((write_csv, read_csv), (write_json, read_json))
    ]
    return [(file.commands, file.problems) for file in files]


def unique(records, key):
    return st.lists(records, max_size=4, unique_by=key)


@settings(max_examples=60, deadline=None)
@given(unique(orders, lambda order: order.order_id))
def test_orders_are_read_again_as_they_were(records):
    assert read_again(Kind.ORDERS, records) == [(records, []), (records, [])]


@settings(max_examples=60, deadline=None)
@given(unique(vehicles, lambda vehicle: vehicle.vehicle_id))
def test_vehicles_are_read_again_as_they_were(records):
    assert read_again(Kind.VEHICLES, records) == [(records, []), (records, [])]


@settings(max_examples=60, deadline=None)
@given(unique(drivers, lambda driver: driver.driver_id))
def test_drivers_are_read_again_as_they_were(records):
    assert read_again(Kind.DRIVERS, records) == [(records, []), (records, [])]


@given(texts)
def test_no_text_starts_like_a_formula_and_each_is_itself_again(value):
    assert not shielded(value).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unshielded(shielded(value)) == value


def test_personal_columns_stay_empty_for_who_may_not_take_them_out():
    table = TABLES[Kind.DRIVERS]
    ana = RegisterDriver(driver_id=DriverId("D-1"), person=DriverPerson(name="Ana", phone="555", licence="L"))
    for content in (write_csv([ana], table, is_personal=False), write_json([ana], table, is_personal=False)):
        assert b"Ana" not in content
        assert b"555" not in content
        assert b"D-1" in content
