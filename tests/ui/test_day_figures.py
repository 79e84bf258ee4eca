"""The figures of the top bar."""

from typing import Any

from msgspec.structs import replace

from core.events.order_events import DeliveryReached, OrderDelivered, OrderPickedUp, PickupReached
from core.fleet.depot import DepotId
from core.vocabulary import DriverId, OrderId
from ui.day_figures import DayFigures


def _deliver(scene: Any, order_id: OrderId, driver: str) -> None:
    driver_id = DriverId(driver)
    scene.happened(
        PickupReached(order_id=order_id, driver_id=driver_id),
        OrderPickedUp(order_id=order_id, driver_id=driver_id),
        DeliveryReached(order_id=order_id, driver_id=driver_id),
        OrderDelivered(order_id=order_id, driver_id=driver_id),
    )


def test_counts_active_waiting_and_free(desk_scene: Any) -> None:
    desk_scene.driver("042")
    desk_scene.driver("043")
    desk_scene.order(1)
    desk_scene.wait(420.0)
    desk_scene.order(2, driver="D-042")
    figures = DayFigures().at(desk_scene.store.operation, desk_scene.context.now())
    assert (figures.active, figures.waiting, figures.oldest_wait_s) == (2, 1, 420.0)
    assert (figures.free_drivers, figures.drivers_on_shift) == (2, 2)  # no route was planned


def test_what_waits_for_a_wave_does_not_wait_for_a_driver(desk_scene: Any) -> None:
    order_id = desk_scene.order(1)
    orders = desk_scene.store.operation.orders.orders
    orders[order_id] = replace(orders[order_id], depot_id=DepotId("DP-1"))
    figures = DayFigures().at(desk_scene.store.operation, desk_scene.context.now())
    assert (figures.active, figures.waiting, figures.oldest_wait_s) == (1, 0, None)


def test_on_time_is_the_share_of_the_last_hour(desk_scene: Any) -> None:
    desk_scene.driver("042")
    kept, broken = desk_scene.order(1, driver="D-042"), desk_scene.order(2, promised_in_s=-60.0, driver="D-042")
    operation, figures = desk_scene.store.operation, DayFigures()
    assert figures.at(operation, desk_scene.context.now()).on_time_share is None
    for order_id in (kept, broken):
        _deliver(desk_scene, order_id, "D-042")
    figures.note_changed(operation, [kept, broken, kept])
    assert figures.at(operation, desk_scene.context.now()).on_time_share == 0.5
    desk_scene.wait(3601.0)
    assert figures.at(operation, desk_scene.context.now()).on_time_share is None


def test_a_new_state_is_counted_as_the_old_one(desk_scene: Any) -> None:
    desk_scene.driver("042")
    _deliver(desk_scene, desk_scene.order(1, driver="D-042"), "D-042")
    figures = DayFigures()
    figures.restart(desk_scene.store.operation)
    assert figures.at(desk_scene.store.operation, desk_scene.context.now()).on_time_share == 1.0
