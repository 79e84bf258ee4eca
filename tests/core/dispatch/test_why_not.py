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


def asked(street: Any, drivers: Any, order: Any, driver: str) -> WhyNot:
    world = street.world(drivers, [order])
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
