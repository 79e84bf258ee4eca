"""What people rule binds the platform: pins, bans, released holds, drivers taken out; and each can be lifted."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace as with_fields

from core.commands import (
    AllowDriver,
    BringDriverBack,
    ForbidDriver,
    HoldOrder,
    PinOrder,
    RefuseAssignment,
    ReleaseOrder,
    ReportPickup,
    TakeDriverOut,
    UnpinOrder,
)
from core.deciding import Context, Decision
from core.dispatch import constraints
from core.dispatch.constraints import FOR_PEOPLE, Trial
from core.dispatch.counterfactual import replanned_around
from core.dispatch.decision import PlanChange
from core.dispatch.planning_events import carry_out
from core.dispatch.threats import is_left_alone
from core.orders.order import OrderState
from core.people.regions import only_in_regions
from core.projections.operation import decode_operation, encode_operation
from core.refusals import NotFound, Refusal
from core.vocabulary import Actor, DriverId, OrderId, Role, ZoneId

DESK = Actor(role=Role.DISPATCHER, subject="rojas")
O1, D1, D2 = OrderId("O-1"), DriverId("D-1"), DriverId("D-2")


@pytest.fixture
def lunch(scene: Any) -> Any:
    """Two drivers at work; O-1 and O-2 are with D-1."""
    scene.driver("1")
    scene.driver("2")
    for name in ("O-1", "O-2"):
        scene.place(name)
    decision, context = Decision(), Context(scene.operation, DESK, scene.now)
    stops = (*scene.stops("O-1"), *scene.stops("O-2"))
    carry_out(context, [PlanChange(driver_id=D1, plan_number=0, stops=stops)], decision)
    scene.fold(decision, DESK)
    return scene


def _state(scene: Any, name: str) -> tuple[OrderState, DriverId | None]:
    return scene.order(name).state, scene.order(name).driver_id


def test_a_pinned_order_is_left_alone_until_it_is_unpinned(lunch: Any) -> None:
    lunch.do(PinOrder(order_id=O1, note="Knows the customer"), DESK)
    assert is_left_alone(lunch.operation, lunch.order("O-1"), lunch.now)
    assert not is_left_alone(lunch.operation, lunch.order("O-2"), lunch.now)

    lunch.do(UnpinOrder(order_id=O1), DESK)
    assert not is_left_alone(lunch.operation, lunch.order("O-1"), lunch.now)


def test_a_pin_ends_with_the_drivers_refusal(lunch: Any) -> None:
    lunch.do(PinOrder(order_id=O1), DESK)

    lunch.do(RefuseAssignment(order_id=O1, driver_id=D1, reason="bag_full"), Actor(role=Role.DRIVER, subject=D1))

    assert (lunch.order("O-1").is_pinned, *_state(lunch, "O-1")) == (False, OrderState.WAITING, None)


def test_only_an_order_with_a_driver_can_be_pinned(scene: Any) -> None:
    scene.place()
    with pytest.raises(Refusal) as refused:
        scene.do(PinOrder(order_id=O1), DESK)

    assert refused.value.code == "pin.no_driver"


def test_a_forbidden_driver_gives_the_order_back_and_is_excluded(lunch: Any) -> None:
    lunch.do(ForbidDriver(order_id=O1, driver_id=D1, note="Quarrel at this door"), DESK)

    assert _state(lunch, "O-1") == (OrderState.WAITING, None)
    assert {stop.order_id for stop in lunch.operation.fleet.route_of(D1).stops} == {"O-2"}
    assert lunch.order("O-1").forbidden == (D1,)
    lunch.do(AllowDriver(order_id=O1, driver_id=D1), DESK)
    assert lunch.order("O-1").forbidden == ()


def test_a_hold_is_released_before_its_time(lunch: Any) -> None:
    lunch.do(HoldOrder(order_id=O1, for_s=600), DESK)
    lunch.do(ReleaseOrder(order_id=O1), DESK)

    assert not is_left_alone(lunch.operation, lunch.order("O-1"), lunch.now)
    with pytest.raises(Refusal) as refused:
        lunch.do(ReleaseOrder(order_id=O1), DESK)
    assert refused.value.code == "release.not_held"


def test_a_driver_taken_out_keeps_what_is_on_board_only(lunch: Any) -> None:
    lunch.do(ReportPickup(order_id=O1, driver_id=D1), Actor(role=Role.DRIVER, subject=D1))

    lunch.do(TakeDriverOut(driver_id=D1, note="Flat tyre"), DESK)

    assert _state(lunch, "O-1") == (OrderState.ON_THE_WAY, D1)
    assert _state(lunch, "O-2") == (OrderState.WAITING, None)
    assert {stop.order_id for stop in lunch.operation.fleet.route_of(D1).stops} == {"O-1"}


def test_a_driver_is_out_until_the_time_or_until_brought_back(lunch: Any) -> None:
    lunch.do(TakeDriverOut(driver_id=D2, note="Fuel", for_s=600, keeps_orders=True), DESK)
    driver = lunch.operation.fleet.drivers[D2]
    assert (driver.is_out(lunch.now + 599), driver.is_out(lunch.now + 600)) == (True, False)

    lunch.do(BringDriverBack(driver_id=D2), DESK)
    assert not lunch.operation.fleet.drivers[D2].is_out(lunch.now)


def test_rulings_survive_a_snapshot(lunch: Any) -> None:
    lunch.do(PinOrder(order_id=O1), DESK)
    lunch.do(TakeDriverOut(driver_id=D2, note="Fuel"), DESK)

    restored = decode_operation(encode_operation(lunch.operation))

    assert restored.orders.orders[O1].is_pinned and restored.fleet.drivers[D2].is_out(lunch.now)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ForbidDriver(order_id=O1, driver_id=D1, note=" "), "note.required"),
        (TakeDriverOut(driver_id=D1, note=""), "note.required"),
        (TakeDriverOut(driver_id=D1, note="Fuel", for_s=-1), "driver.out_of_range"),
        (TakeDriverOut(driver_id=D1, note="Fuel", for_s=float("nan")), "driver.out_of_range"),
    ],
)
def test_what_makes_no_sense_is_refused(lunch: Any, command: Any, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        lunch.do(command, DESK)

    assert refused.value.code == code


def test_unknown_names_are_not_found(lunch: Any) -> None:
    with pytest.raises(NotFound):
        lunch.do(PinOrder(order_id=OrderId("O-9")), DESK)
    with pytest.raises(NotFound):
        lunch.do(ForbidDriver(order_id=O1, driver_id=DriverId("D-9"), note="Because"), DESK)


def test_who_is_limited_to_a_region_takes_nobody_out_who_works_elsewhere(lunch: Any) -> None:
    regions = frozenset({ZoneId("Z-01")})
    with pytest.raises(Refusal):
        only_in_regions(lunch.operation, TakeDriverOut(driver_id=D1, note="Fuel"), regions)

    only_in_regions(lunch.operation, TakeDriverOut(driver_id=D2, note="Fuel"), regions)


def test_both_rulings_bind_people_and_the_platform(street: Any) -> None:
    order, driver = street.order("O-1", 0, 1000, forbidden=("D-1",)), street.driver("D-1", 0, is_out=True)

    broken = constraints.breaches(Trial(driver, order, street.now, street.policy), FOR_PEOPLE)

    assert {breach.constraint for breach in broken} == {"not_taken_out", "not_forbidden"}


def test_replanning_around_a_change_leaves_a_pinned_or_held_order_where_it_is(street: Any) -> None:
    far, near = street.order("O-1", 0, 9000), street.order("O-2", 9000, 9500)
    held = [with_fields(one, state=OrderState.ASSIGNED, driver_id=D1) for one in (far, near)]
    drivers = [street.driver("D-1", 0, held), street.driver("D-2", 9000)]

    def owner_of_near(orders: list[Any]) -> set[str]:
        after = replanned_around(street.world(drivers, orders), [O1], D1, [D2])
        return {name for name, driver in after.drivers.items() if "O-2" in driver.order_ids}

    assert owner_of_near(held) == {"D-2"}
    assert owner_of_near([held[0], with_fields(held[1], is_pinned=True)]) == {"D-1"}
    assert owner_of_near([held[0], with_fields(held[1], held_until=street.now + 60.0)]) == {"D-1"}
    assert owner_of_near([held[0], with_fields(held[1], held_until=street.now)]) == {"D-2"}
