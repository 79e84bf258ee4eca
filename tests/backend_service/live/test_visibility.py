"""What each role is shown of an event and of the whole state."""

from backend_service.live.visibility import may_open_feed, operation_visible_to, visible_to
from core.events.fleet_events import DeviceRegistered
from core.events.order_events import OrderBecameReady, OrderPlaced
from core.orders.order import Customer, Promise
from core.projections.operation import Operation
from core.vocabulary import DeviceId, OrderId, Place, Position, Role, VehicleId
from tests.envelopes import envelope_of

HERE = Position(41.15, -8.61)
PLACED = OrderPlaced(
    order_id=OrderId("O-1"),
    customer_id="C-1",
    customer=Customer(name="Rosa"),
    pickup=Place(name="Kitchen", position=HERE),
    delivery=HERE,
    promise=Promise(by_at=100.0),
    ready_at=10.0,
)
DEVICE = DeviceRegistered(device_id=DeviceId("D-1"), vehicle_id=VehicleId("V-1"), key_digest="ab" * 32)


def test_only_the_roles_of_the_desk_open_the_feed():
    assert {role for role in Role if may_open_feed(role)} == {Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR}


def test_customers_are_shown_to_the_desk_and_blanked_for_others():
    assert visible_to(Role.DISPATCHER, envelope_of(PLACED)).event() == PLACED
    shown = visible_to(Role.DRIVER, envelope_of(PLACED)).event()
    assert isinstance(shown, OrderPlaced)
    assert shown.customer is None
    assert shown.customer_id == "C-1"


def test_key_digests_reach_nobody():
    for role in Role:
        shown = visible_to(role, envelope_of(DEVICE)).event()
        assert isinstance(shown, DeviceRegistered)
        assert shown.key_digest == ""


def test_what_hides_nothing_is_passed_on_as_it_is():
    envelope = envelope_of(OrderBecameReady(order_id=OrderId("O-1")))
    assert visible_to(Role.DRIVER, envelope) is envelope


def test_the_whole_state_is_blanked_the_same_way_and_left_as_it_was():
    operation = Operation()
    operation.apply(envelope_of(PLACED, position=1))
    operation.apply(envelope_of(DEVICE, position=2))
    desk = operation_visible_to(Role.DISPATCHER, operation)
    assert desk.orders.orders[OrderId("O-1")].customer == Customer(name="Rosa")
    assert desk.fleet.devices[DeviceId("D-1")].key_digest == ""
    driver = operation_visible_to(Role.DRIVER, operation)
    assert driver.orders.orders[OrderId("O-1")].customer is None
    assert operation.fleet.devices[DeviceId("D-1")].key_digest == "ab" * 32
