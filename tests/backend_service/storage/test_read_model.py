"""The tables follow the log, and answer pages.

The world: driver D-1 (Ana) in vehicle V-1, orders O-1 to O-5 of customers C-1 to C-5; D-1's route goes to the pickup
and the delivery of O-1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from sqlalchemy import select, text

from backend_service.event_log.log import Append, EventLog, NewEvent
from backend_service.event_log.volatile import VolatileEventLog
from backend_service.storage.read_model import OrderFilter, ReadModel, open_read_model
from backend_service.storage.table_projection import TableProjection
from backend_service.storage.tables import geofences, route_stops, routes, zones
from core.events import fleet_events, geofence_events, order_events
from core.events.envelope import Event
from core.fleet.fleet import DriverPerson, DriverStatus
from core.fleet.route import PlannedStop, StopKind
from core.fleet.zone import Zone
from core.geofencing.fence import Fence
from core.orders.order import Customer, OrderState, Promise
from core.projections.operation import Operation
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import PLATFORM, DriverId, FenceId, OrderId, Place, Position, VehicleId, ZoneId

HERE = Position(-29.9, -71.25)
D1, V1 = DriverId("D-1"), VehicleId("V-1")


@dataclass
class World:
    run: object
    log: EventLog
    operation: Operation
    projection: TableProjection
    engine: object

    def happens(self, stream: str, event: Event, at: float = 10.0) -> None:
        [outcome] = self.run(self.log.append([Append((NewEvent(stream, event, at),), PLATFORM, at, {})]))
        for envelope in outcome.envelopes:
            self.projection.on_commit([envelope], self.operation.apply(envelope))

    def beat(self) -> None:
        self.run(self.projection.run_once(0.0))

    def rows(self, table) -> list[dict]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]


@pytest.fixture
def engine(read_model_url):
    engine = open_read_model(read_model_url)
    yield engine
    engine.dispose()


@pytest.fixture
def world(run, engine, keys):
    log = VolatileEventLog(SteppedClock(1.0))
    operation = Operation()
    keys.ensure([f"order:C-{n}" for n in range(1, 6)] + ["driver:D-1"])  # the log makes them with the events
    world = World(run, log, operation, TableProjection(engine, log.log_id, operation, keys), engine)
    world.happens("vehicle/V-1", fleet_events.VehicleRegistered(vehicle_id=V1, plate="AB-12"))
    person = DriverPerson(name="Anastasia", phone="+56 9 1", licence="B")
    world.happens("driver/D-1", fleet_events.DriverRegistered(driver_id=D1, person=person, skills=("cold",)))
    world.happens("driver/D-1", fleet_events.ShiftStarted(driver_id=D1, vehicle_id=V1, ends_at=9_000.0))
    for n in range(1, 6):
        world.happens(f"order/O-{n}", placed(n), at=100.0 * n)
    return world


@pytest.fixture
def read_model(engine, keys):
    return ReadModel(engine, keys)


def placed(n: int) -> order_events.OrderPlaced:
    return order_events.OrderPlaced(
        order_id=OrderId(f"O-{n}"),
        customer_id=f"C-{n}",
        customer=Customer(name=f"Customer {n}", phone="+56 9 2"),
        pickup=Place(name="Kitchen", position=HERE),
        delivery=HERE,
        promise=Promise(by_at=3_000.0),
        ready_at=500.0,
        zone_id=ZoneId("Z-1" if n < 3 else "Z-2"),
    )


def planned(*stops: tuple[str, StopKind], plan_number: int = 1) -> fleet_events.RoutePlanned:
    return fleet_events.RoutePlanned(
        driver_id=D1,
        plan_number=plan_number,
        stops=tuple(
            PlannedStop(order_id=OrderId(o), kind=k, position=HERE, arrives_at=1.0, starts_at=2.0, departs_at=3.0)
            for o, k in stops
        ),
        geometry=(HERE,),
    )


def fix(at: float, lat: float) -> FixBatch:
    column = np.array([at])
    unknown = np.array([math.nan])
    names = np.array(["V-1"], dtype=object)
    return FixBatch(
        names, names, column, column, column, np.array([lat]), column, unknown, unknown, unknown, np.array([True])
    )


def ids(page) -> list[str]:
    return [row["order_id"] for row in page.rows]


def test_pages_follow_each_other_to_the_end(world, read_model, run):
    world.beat()
    first = run(read_model.orders_page(OrderFilter(), None, 2))
    second = run(read_model.orders_page(OrderFilter(), first.next_after, 2))
    third = run(read_model.orders_page(OrderFilter(), second.next_after, 2))
    assert [ids(first), ids(second), ids(third)] == [["O-1", "O-2"], ["O-3", "O-4"], ["O-5"]]
    assert third.next_after is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (OrderFilter(zone_id=ZoneId("Z-1")), ["O-1", "O-2"]),
        (OrderFilter(driver_id=D1), ["O-4"]),
        (OrderFilter(states=(OrderState.ASSIGNED,)), ["O-4"]),
        (OrderFilter(states=(OrderState.WAITING, OrderState.ASSIGNED), zone_id=ZoneId("Z-2")), ["O-3", "O-4", "O-5"]),
        (OrderFilter(placed_from_at=200.0, placed_until_at=400.0), ["O-2", "O-3"]),
    ],
)
def test_filters_restrict_the_page(world, read_model, run, wanted, found):
    world.happens("order/O-4", order_events.OrderAssigned(order_id=OrderId("O-4"), driver_id=D1))
    world.beat()
    assert ids(run(read_model.orders_page(wanted, None, 100))) == found


def test_personal_data_is_sealed_in_the_tables_and_shown_only_when_asked_for(world, read_model, run, tmp_path):
    world.beat()
    [driver] = run(read_model.drivers_page(None, 10, with_personal=True)).rows
    [without] = run(read_model.drivers_page(None, 10)).rows
    order = run(read_model.orders_page(OrderFilter(), None, 1, with_personal=True)).rows[0]
    assert driver["person"] == DriverPerson(name="Anastasia", phone="+56 9 1", licence="B")
    assert order["customer"].name == "Customer 1"
    assert not {"person", "person_sealed"} & set(without)
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"Anastasia" not in on_disk


def test_erased_subject_is_gone_from_the_tables_and_stays_gone(world, read_model, run, keys):
    world.beat()
    keys.erase("order:C-1")
    page = run(read_model.orders_page(OrderFilter(), None, 2, with_personal=True))
    assert [row["customer"] and row["customer"].name for row in page.rows] == [None, "Customer 2"]
    world.happens("order/O-1", order_events.OrderBecameReady(order_id=OrderId("O-1")))
    world.beat()
    assert run(read_model.orders_page(OrderFilter(), None, 1, with_personal=True)).rows[0]["customer"] is None


def test_driver_status_follows_the_route(world, read_model, run):
    world.beat()
    assert len(run(read_model.drivers_page(None, 10, statuses=(DriverStatus.FREE,))).rows) == 1
    world.happens("driver/D-1", planned(("O-1", StopKind.PICKUP)))
    world.beat()
    assert len(run(read_model.drivers_page(None, 10, statuses=(DriverStatus.FREE,))).rows) == 0


def test_vehicle_carries_its_latest_position(world, read_model, run):
    world.beat()
    assert run(read_model.vehicles_page(None, 10)).rows[0]["lat"] is None
    world.projection.on_positions(fix(20.0, lat=-29.8))
    world.projection.on_positions(fix(30.0, lat=-29.7))
    world.beat()
    [vehicle] = run(read_model.vehicles_page(None, 10)).rows
    assert (vehicle["vehicle_id"], vehicle["plate"], vehicle["lat"], vehicle["fix_at"]) == ("V-1", "AB-12", -29.7, 30.0)


def latest_fix_at(world) -> float | None:
    with world.engine.connect() as connection:
        return connection.scalar(text("SELECT fix_at FROM telemetry"))


def test_positions_that_pile_up_keep_the_newest_only(world):
    for n in range(2_500):
        world.projection.on_positions(fix(float(n), lat=n / 100))
    assert len(world.projection._fixes) <= 501
    world.beat()
    assert latest_fix_at(world) == 2_499.0


def test_positions_of_a_large_fleet_are_written_at_each_fifth_beat(world):
    for n in range(1_500):
        world.projection.on_positions(fix(float(n), lat=-29.9))
    for _ in range(4):
        world.beat()
        assert latest_fix_at(world) is None
    world.beat()
    assert latest_fix_at(world) == 1_499.0


def test_made_stop_keeps_its_planned_and_actual_times(world):
    world.happens("driver/D-1", planned(("O-1", StopKind.PICKUP), ("O-1", StopKind.DELIVERY)))
    world.happens("order/O-1", order_events.OrderAssigned(order_id=OrderId("O-1"), driver_id=D1))
    world.happens("order/O-1", order_events.PickupReached(order_id=OrderId("O-1"), driver_id=D1), at=50.0)
    world.beat()
    world.happens("order/O-1", order_events.OrderPickedUp(order_id=OrderId("O-1"), driver_id=D1), at=60.0)
    world.beat()
    stops = {row["kind"]: row for row in world.rows(route_stops)}
    assert (stops["pickup"]["arrived_at"], stops["pickup"]["departed_at"]) == (50.0, 60.0)
    assert (stops["pickup"]["arrives_at"], stops["pickup"]["sequence"]) == (1.0, None)
    assert (stops["delivery"]["sequence"], stops["delivery"]["departed_at"]) == (0, None)
    assert world.rows(routes)[0]["geometry"] == [[-29.9, -71.25]]


def test_withdrawn_stop_disappears(world):
    world.happens("driver/D-1", planned(("O-1", StopKind.PICKUP), ("O-2", StopKind.PICKUP)))
    world.beat()
    world.happens("driver/D-1", planned(("O-2", StopKind.PICKUP), plan_number=2))
    world.beat()
    assert [(row["order_id"], row["sequence"]) for row in world.rows(route_stops)] == [("O-2", 0)]


def test_fences_and_zones_come_and_go(world):
    fence = Fence(fence_id=FenceId("F-1"), name="Depot", centre=HERE, radius_m=50.0)
    world.happens("fence/F-1", geofence_events.GeofenceDrawn(fence=fence))
    zone = Zone(zone_id=ZoneId("Z-1"), name="Centre", ring=(HERE,))
    world.happens("operation", fleet_events.ZonesDrawn(zones=(zone,)))
    world.beat()
    assert world.rows(geofences)[0]["centre_lat"] == -29.9
    assert world.rows(geofences)[0]["tells"] == ["dispatcher", "supervisor", "administrator"]
    assert [row["name"] for row in world.rows(zones)] == ["Centre"]
    world.happens("fence/F-1", geofence_events.GeofenceRetired(fence_id=FenceId("F-1")))
    world.happens("operation", fleet_events.ZonesDrawn(zones=()))
    world.beat()
    assert world.rows(geofences) == world.rows(zones) == []


def test_restart_catches_up_from_the_stored_position(world, read_model, run, keys):
    world.beat()
    world.happens("order/O-4", order_events.OrderAssigned(order_id=OrderId("O-4"), driver_id=D1))
    again = TableProjection(world.engine, world.log.log_id, world.operation, keys)
    run(again.catch_up(world.log))
    assert ids(run(read_model.orders_page(OrderFilter(driver_id=D1), None, 10))) == ["O-4"]


def test_tables_of_another_log_are_emptied_and_filled_anew(world, read_model, run, keys):
    world.beat()
    log = VolatileEventLog(SteppedClock(1.0))
    run(TableProjection(world.engine, log.log_id, Operation(), keys).catch_up(log))
    assert run(read_model.orders_page(OrderFilter(), None, 10)).rows == ()


def test_changes_survive_a_database_that_cannot_be_written(world, read_model, run):
    with world.engine.connect() as other:
        other.exec_driver_sql("ALTER TABLE orders RENAME TO orders_away")
        other.commit()
        with pytest.raises(Fault) as caught:
            world.beat()
        assert caught.value.code == "read_model.unavailable"
        assert "Customer" not in caught.value.sentence
        other.exec_driver_sql("ALTER TABLE orders_away RENAME TO orders")
        other.commit()
    world.beat()
    assert len(run(read_model.orders_page(OrderFilter(), None, 10)).rows) == 5
