"""Why not a certain driver: the first binding limit with the least change that lifts it, or what it costs more."""

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.dispatch.candidates import price, shortlist
from core.dispatch.rationale import say
from core.dispatch.why_not import WhyNot, why_not
from core.eta.arrival import SpreadPolicy
from core.orders.order import OrderState
from core.vocabulary import DriverId, Load

SURE = SpreadPolicy(travel_share=0.0, service_share=0.0, kitchen_sd_s=0.0, position_share=0.0)


@pytest.fixture
def street(street: Any) -> Any:
    return replace(street, policy=changed(street.policy, spread=SURE))


def asked(street: Any, drivers: Any, order: Any, driver: str, others: Any = ()) -> WhyNot:
    world = street.world(drivers, [order, *others])
    return why_not(world, price(world, order, shortlist(world, order)), DriverId(driver))


def words(answer: WhyNot) -> list[str]:
    return [say(statement) for statement in answer.why]


def test_a_full_vehicle_is_the_limit_and_more_room_would_lift_it(street: Any) -> None:
    # 40 l are asked for, 30 l are free in D-2's vehicle.
    order = street.order("B", 0, 1000, load=Load(volume_l=40.0))
    small = street.driver("D-2", 0, capacity=Load(volume_l=30.0, weight_kg=100.0))
    answer = asked(street, [street.driver("D-1", 1000), small], order, "D-2")

    assert words(answer) == ["30 l free, the order needs 40 l"]
    assert answer.change is not None
    assert say(answer.change) == "D-2 could take it with 10 l more room"
    assert (answer.is_possible, answer.best_driver_id) == (False, "D-1")


def test_the_best_driver_has_nothing_against(street: Any) -> None:
    order = street.order("B", 0, 1000)
    answer = asked(street, [street.driver("D-1", 0), street.driver("D-2", 3000)], order, "D-1")

    assert (words(answer), answer.change) == (["Nothing speaks against it: the best now"], None)
    assert answer.is_possible


def test_a_dearer_driver_is_compared_with_the_best(street: Any) -> None:
    # D-2 comes 3000 m at 10 m/s instead of none: 300 s later at the counter, and as much at the door.
    order = street.order("B", 0, 1000)
    answer = asked(street, [street.driver("D-1", 0), street.driver("D-2", 3000)], order, "D-2")

    assert answer.is_possible
    assert any("5 min later" in line for line in words(answer))
    assert answer.alternative is not None
    assert answer.alternative.driver_id == "D-2"


def test_who_has_the_order_is_said_to(street: Any) -> None:
    order = street.order("B", 0, 1000, state=OrderState.ASSIGNED, driver_id=DriverId("D-1"))
    answer = asked(street, [street.driver("D-1", 0, [order])], order, "D-1")

    assert words(answer) == ["Has it already"]


def test_who_is_not_on_shift_is_said_to_be(street: Any) -> None:
    answer = asked(street, [street.driver("D-1", 0)], street.order("B", 0, 1000), "D-9")

    assert (words(answer), answer.alternative) == (["Not on shift"], None)


def helped(answer: WhyNot) -> list[str]:
    return [say(statement) for statement in (answer.change, *answer.also) if statement is not None]


def test_all_that_it_takes_is_said_together(street: Any) -> None:
    # The break hides that the shift, of 100 s more, ends too early: 60 + 100 + 120 = 280 s are needed, 3 min more.
    order = street.order("B", 0, 1000, load=Load(volume_l=40.0), refused_by=("D-1",))
    driver = street.driver(
        "D-1",
        0,
        is_paused=True,
        is_on_wave=True,
        capacity=Load(volume_l=30.0, weight_kg=20.0),
        shift_ends_at=street.now + 100.0,
    )

    answer = asked(street, [driver], order, "D-1")

    assert helped(answer) == [
        "D-1 could take it after the break",
        "and also if a person gives it beside the wave's route",
        "and also if a person asks again",
        "and also with 10 l more room",
        "and also with a shift 3 min longer",
    ]
    able = replace(
        driver,
        is_paused=False,
        is_on_wave=False,
        capacity=Load(volume_l=40.0, weight_kg=20.0),
        shift_ends_at=driver.shift_ends_at + 180.0,
    )
    assert asked(street, [able], changed(order, refused_by=()), "D-1").is_possible
    assert not asked(street, [replace(able, is_paused=True)], changed(order, refused_by=()), "D-1").is_possible


def test_room_in_another_unit_is_said_in_whole_units_that_are_enough(street: Any) -> None:
    order = street.order("B", 0, 1000, load=Load(amounts={"crates": 2.4}))
    driver = street.driver("D-1", 0, capacity=Load(amounts={"crates": 1.0}))

    assert helped(asked(street, [driver], order, "D-1")) == ["D-1 could take it with room for 2 crates more"]


def test_orders_that_would_have_to_go_are_named(street: Any) -> None:
    # Without C, the shift that ends after 1300 s is long enough for the new order; without A it is not.
    street = replace(street, policy=changed(street.policy, max_orders=2))
    held = [street.order("A", 0, 100, driver_id="D-1"), street.order("C", 0, 5000, driver_id="D-1")]
    driver = street.driver("D-1", 0, held, shift_ends_at=street.now + 1300.0)

    answer = asked(street, [driver], street.order("B", 0, 1000), "D-1", held)

    assert helped(answer) == ["D-1 could take it without C"]


def test_nothing_is_said_where_nothing_would_help(street: Any) -> None:
    # After the break the way would still have to be known: this driver was never heard of.
    answer = asked(street, [street.driver("D-1", None, is_paused=True)], street.order("B", 0, 1000), "D-1")

    assert (answer.is_possible, helped(answer)) == (False, [])


def test_promise_that_would_make_a_driver_best_puts_him_before_everybody(street: Any) -> None:
    # D-2 is at a door for 300 s and D-1 comes 2000 m: a minute more lets D-2 pass D-1. It would let D-3 pass him too,
    # who is at a door for as long, 100 m farther away: but D-2 stays before D-3 whatever is promised.
    doors = [street.order(name, 0, 0, state=OrderState.ON_THE_WAY, service_s=300.0) for name in ("A", "C")]
    order = street.order("B", 0, 1000, due_s=340.0)
    drivers = [
        street.driver("D-1", 2000),
        street.driver("D-2", 0, doors[:1], frozen=1),
        street.driver("D-3", 100, doors[1:], frozen=1),
    ]

    assert helped(asked(street, drivers, order, "D-2", doors)) == ["D-2 would be best with a promise 1 min later"]
    assert not any("promise" in line for line in helped(asked(street, drivers, order, "D-3", doors)))
