"""Events at stops become cases, and cases become amounts."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from core.eta.learned_times import EVERY_DRIVE, Expected, LearnedTimes, TimeKind, name_of
from core.eta.stop_teaching import taught_by, taught_by_drive
from core.eta.stop_visits import CounterLeft, DoorLeft, GoodsReady, SilentHandover, StopVisits
from core.events import order_events as happened
from core.orders.order import Order, OrderState, Promise
from core.vocabulary import DriverId, OrderId, Place, Position

T = 1_795_176_000.0
DRIVER = DriverId("D-1")
KITCHEN = Place(name="Cocina", position=Position(0.0, 0.0))
HOME = Position(0.02, 0.0)


def order(name: str = "O-1", **fields: Any) -> Order:
    settings: dict[str, Any] = {
        "customer_id": "C-1",
        "customer": None,
        "pickup": KITCHEN,
        "delivery": HOME,
        "promise": Promise(by_at=T + 3600.0),
        "placed_at": T - 1200.0,
        "ready_at": T,
        "service_s": 120.0,
        "driver_id": DRIVER,
    }
    return Order(order_id=OrderId(name), **{**settings, **fields})


def play(*steps: tuple[Any, float], orders: tuple[Order, ...] = (order(),), has_next_stop: bool = True) -> list[Any]:
    """Return the cases of events at seconds from T, after the orders were placed twenty minutes before."""
    visits, by_id, cases = StopVisits(), {one.order_id: one for one in orders}, []
    for one in orders:
        visits.know(one)
    for event, second in steps:
        about = by_id[event.order_id]
        cases += visits.follow(event, T + second, about, has_next_stop=has_next_stop)
    return cases


def at(event: type, name: str = "O-1", **fields: Any) -> Any:
    driver = {} if event in (happened.OrderBecameReady, happened.OrderReadinessRevised) else {"driver_id": DRIVER}
    return event(order_id=OrderId(name), **driver, **fields)


def test_goods_that_are_eight_minutes_late_say_so() -> None:
    assert play((at(happened.OrderBecameReady), 480.0)) == [GoodsReady(KITCHEN, T, 480.0)]


def test_a_new_time_named_in_the_last_minutes_does_not_make_them_punctual() -> None:
    late = at(happened.OrderReadinessRevised, ready_at=T + 480.0)
    assert play((late, 400.0), (at(happened.OrderBecameReady), 480.0)) == [GoodsReady(KITCHEN, T, 480.0)]


def test_a_new_time_named_early_counts() -> None:
    late = at(happened.OrderReadinessRevised, ready_at=T + 480.0)
    assert play((late, -600.0), (at(happened.OrderBecameReady), 500.0)) == [GoodsReady(KITCHEN, T + 480.0, 20.0)]


def test_counter_time_begins_when_the_goods_are_there() -> None:
    cases = play(
        (at(happened.PickupReached), 100.0),
        (at(happened.OrderBecameReady), 200.0),
        (at(happened.OrderPickedUp), 240.0),
        (at(happened.PickupLeft), 275.0),
    )
    # Left at 275 - 15 = 260; ready at 200.
    assert cases[1:] == [CounterLeft(KITCHEN, T + 260.0, 60.0)]


def test_two_orders_of_one_kitchen_share_the_time() -> None:
    both = (order(), order("O-2"))
    cases = play(
        (at(happened.OrderBecameReady), 0.0),
        (at(happened.OrderBecameReady, "O-2"), 50.0),
        (at(happened.PickupReached), 100.0),
        (at(happened.PickupReached, "O-2"), 100.0),
        (at(happened.OrderPickedUp), 150.0),
        (at(happened.OrderPickedUp, "O-2"), 160.0),
        (at(happened.PickupLeft), 195.0),
        (at(happened.PickupLeft, "O-2"), 195.0),
        orders=both,
    )
    assert cases[2:] == [CounterLeft(KITCHEN, T + 180.0, 40.0)] * 2


def test_who_drives_off_without_the_goods_teaches_nothing() -> None:
    assert play((at(happened.PickupReached), 100.0), (at(happened.PickupLeft), 900.0)) == []


def test_door_time_is_from_arrival_to_departure() -> None:
    cases = play(
        (at(happened.DeliveryReached), 1000.0),
        (at(happened.OrderDelivered), 1010.0),
        (at(happened.DeliveryLeft), 1195.0),
    )
    assert cases == [DoorLeft(HOME, T + 1180.0, 180.0, 120.0)]


def test_who_has_nothing_to_do_next_is_done_with_the_handover() -> None:
    cases = play(
        (at(happened.DeliveryReached), 1000.0),
        (at(happened.OrderDelivered), 1090.0),
        (at(happened.DeliveryLeft), 2500.0),
        has_next_stop=False,
    )
    assert cases == [DoorLeft(HOME, T + 1090.0, 90.0, 120.0)]


def test_cancelled_order_is_no_visit() -> None:
    gone = replace(order(), state=OrderState.CANCELLED)
    visits = StopVisits()
    visits.know(gone)
    visits.follow(at(happened.PickupReached), T, gone, has_next_stop=True)
    visits.follow(at(happened.OrderCancelled, reason="customer_cancelled"), T + 10.0, gone, has_next_stop=True)
    assert visits.follow(at(happened.PickupLeft), T + 100.0, gone, has_next_stop=True) == []


def known() -> LearnedTimes:
    return LearnedTimes(ZoneInfo("UTC"), lambda _: "Norte")


COUNTER = Expected(60.0, 24.0)


def test_silent_kitchen_where_a_driver_waited_was_late() -> None:
    # Stood for 600 s where 60 are usual: ready at left - 60, 540 s after announced.
    case = SilentHandover(KITCHEN, T, T, T + 600.0)
    assert taught_by(case, known(), COUNTER, 150.0) == [(name_of(TimeKind.READINESS, KITCHEN), T, 540.0)]


def test_silent_kitchen_where_nobody_waited_is_as_expected_or_earlier() -> None:
    late, counter = name_of(TimeKind.READINESS, KITCHEN), name_of(TimeKind.COUNTER, KITCHEN)
    early = SilentHandover(KITCHEN, T, T - 200.0, T - 130.0)
    afterwards = SilentHandover(KITCHEN, T, T + 900.0, T + 950.0)
    assert taught_by(early, known(), COUNTER, 150.0) == [(late, T, -200.0), (counter, T - 130.0, 70.0)]
    assert taught_by(afterwards, known(), COUNTER, 150.0) == [(late, T, 0.0), (counter, T + 950.0, 50.0)]


def test_door_teaches_its_zone_a_share_of_what_was_planned() -> None:
    case = DoorLeft(HOME, T, 180.0, 120.0)
    assert taught_by(case, known(), COUNTER, 150.0) == [("door/Norte", T, 1.5)]


@pytest.mark.parametrize(("late_s", "counts_s"), [(9000.0, 3600.0), (-9000.0, -1800.0)])
def test_an_odd_case_is_bounded(late_s: float, counts_s: float) -> None:
    ((_, _, amount),) = taught_by(GoodsReady(KITCHEN, T, late_s), known(), COUNTER, 150.0)
    assert amount == counts_s


def test_drive_teaches_how_many_times_as_long_it_took_within_bounds() -> None:
    assert taught_by_drive(T, 200.0, 260.0) == [(EVERY_DRIVE, T, 1.3)]
    assert taught_by_drive(T, 200.0, 9000.0) == [(EVERY_DRIVE, T, 4.0)]
    assert taught_by_drive(T, 59.0, 100.0) == []
