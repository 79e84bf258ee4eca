"""A driver's stops put in another order by keys and by dragging, and what cannot be."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.dispatch.changes import Resequence, StopName
from core.events.order_events import OrderAssigned, OrderDelivered, OrderPickedUp, PickupReached
from core.fleet.route import StopKind
from core.streams import of_driver, of_order
from core.vocabulary import DriverId, OrderId
from ui.panels.override_sheet import OverrideSheet

A, B = OrderId("O-48213"), OrderId("O-48160")
ROSA = DriverId("D-117")
P, D = StopKind.PICKUP, StopKind.DELIVERY


@pytest.fixture
def sheet(afternoon, qtbot):
    """R. Fuentes has A, then B."""
    over = QWidget()
    qtbot.addWidget(over)
    over.resize(1600, 1000)
    over.show()
    qtbot.waitExposed(over)
    over.activateWindow()
    afternoon.happen(of_order(B), OrderAssigned(order_id=B, driver_id=ROSA))
    route = afternoon.route(ROSA, 2)
    later = tuple(replace(stop, order_id=B, arrives_at=stop.arrives_at + 2400) for stop in route.stops)
    afternoon.happen(of_driver(ROSA), replace(route, stops=(*route.stops, *later)))
    sheet = OverrideSheet(over, afternoon.context)
    sheet.open_stops(A)
    return sheet


def shown(sheet):
    return [(name.order_id, name.kind) for name in sheet.stops.names]


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def column(sheet, number):
    model = sheet.stops.table.model()
    return [model.index(row, number).data() for row in range(model.rowCount())]


def test_stops_are_listed_as_planned_with_the_one_of_the_order_marked(sheet):
    assert shown(sheet) == [(A, P), (A, D), (B, P), (B, D)]
    assert column(sheet, 1) == ["Pickup", "Delivery", "Pickup", "Delivery"]
    assert sheet.stops.table.selected_key() == "O-48213 pickup"
    assert sheet._title.text() == "Override: the stops of R. Fuentes, D-117 in another order"
    assert not sheet.commit.isVisible()


def test_whole_sequence_by_keys(sheet, afternoon):
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert shown(sheet) == [(A, P), (B, P), (A, D), (B, D)]
    assert column(sheet, 6) == ["–", "was 3", "was 2", "–"]
    press(Qt.Key.Key_Return)
    names = tuple(StopName(order_id=order_id, kind=kind) for order_id, kind in shown(sheet))
    change = Resequence(order_id=A, driver_id=ROSA, stops=names)
    assert afternoon.operations.named("preview") == [(change,)]
    afternoon.operations.finish(afternoon.preview(change=change, driver_id=ROSA, recommended_driver_id=None))
    sheet.impact.reasons.chip("safety").click()
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert afternoon.operations.named("override")[0][0].change == change


def test_order_is_never_delivered_before_it_is_picked_up(sheet):
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert shown(sheet)[:2] == [(A, P), (A, D)]
    assert sheet.stops.message.text() == "O-48213 is picked up before it is delivered."


def test_stop_that_the_driver_is_at_stays_first(sheet, afternoon, qtbot):
    afternoon.happen(of_order(A), PickupReached(order_id=A, driver_id=ROSA))
    sheet.stops.show_for(A, ROSA)
    sheet.stops.move_stop("O-48160 pickup", -1)
    sheet.stops.move_stop("O-48160 pickup", -1)
    assert shown(sheet) == [(A, P), (B, P), (A, D), (B, D)]
    assert sheet.stops.message.text() == "The driver is at the first stop. It stays first."
    assert column(sheet, 6)[0] == "stays first"


def test_stop_is_dragged_to_its_place(sheet):
    view = sheet.stops.table
    rows = [QPoint(60, view.rowViewportPosition(row) + 8) for row in range(4)]
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rows[2])
    QTest.mouseMove(view.viewport(), rows[1])
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rows[1])
    assert shown(sheet) == [(A, P), (B, P), (A, D), (B, D)]


def test_order_as_planned_asks_nothing(sheet, afternoon):
    press(Qt.Key.Key_Return)
    assert afternoon.operations.named("preview") == []
    assert sheet.stops.message.text() == "The stops are as planned. Move one first."


def test_stop_that_is_done_meanwhile_goes_and_the_order_of_the_others_stays(sheet, afternoon, qtbot):
    sheet.stops.move_stop("O-48160 pickup", -1)
    sheet.stops.move_stop("O-48160 pickup", -1)
    afternoon.happen(of_order(A), OrderPickedUp(order_id=A, driver_id=ROSA))
    qtbot.waitUntil(lambda: shown(sheet) == [(B, P), (A, D), (B, D)])
    assert sheet.stops.message.text() == "The stops changed. Look again."
    afternoon.happen(of_order(A), OrderDelivered(order_id=A, driver_id=ROSA))
    qtbot.waitUntil(lambda: shown(sheet) == [(B, P), (B, D)])


def test_back_to_the_stops_from_the_preview(sheet, afternoon):
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_Return)
    afternoon.operations.refuse("The streets are down.", "streets.down")
    assert sheet.message.text() == "Not counted: The streets are down."
    sheet.another.click()
    assert sheet.stops.isVisible()
