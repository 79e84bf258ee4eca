"""Matching gives each driver at most one new order, at the least total, and knows how to wait."""

from __future__ import annotations

from typing import Any

from core.dispatch.assignment import match
from core.dispatch.candidates import price, shortlist


def pricings(world: Any) -> list[Any]:
    return [price(world, order, shortlist(world, order)) for order in world.orders.values()]


def test_two_orders_are_given_so_that_both_are_served_well(street: Any) -> None:
    # D-1 is nearest to both; D-2 is only 400 m further from the second.
    orders = [street.order("A", 0, 1000), street.order("B", 100, 1000)]
    world = street.world([street.driver("D-1", 0), street.driver("D-2", 500)], orders)

    assert match(pricings(world), wait_money=5_000) == {"A": "D-1", "B": "D-2"}


def test_order_waits_for_the_next_cycle_when_the_other_driver_is_far(street: Any) -> None:
    orders = [street.order("A", 0, 1000), street.order("B", 0, 1000)]
    world = street.world([street.driver("D-1", 0), street.driver("D-2", 20_000)], orders)

    found = match(pricings(world), wait_money=400)

    assert sorted(found.values(), key=str) == ["D-1", None]


def test_order_without_a_possible_driver_waits(street: Any) -> None:
    world = street.world([street.driver("D-1", 0, is_paused=True)], [street.order("A", 0, 1000)])

    assert match(pricings(world), wait_money=400) == {"A": None}


def test_nothing_to_match_is_no_trouble() -> None:
    assert match([], wait_money=400) == {}


def test_shortlist_keeps_the_nearest_and_counts_all(street: Any) -> None:
    drivers = [street.driver(f"D-{i:02}", 100.0 * i) for i in range(20)]
    world = street.world([*drivers, street.driver("D-99", 0, is_on_shift=False)], [street.order("A", 0, 1000)])

    listed = shortlist(world, world.orders["A"])

    assert listed.near == tuple(f"D-{i:02}" for i in range(12))
    assert listed.considered == 20


def test_driver_whose_route_ends_at_the_kitchen_is_near(street: Any, on_the_way: Any) -> None:
    carried = street.order("Z", 9000, 10, state=on_the_way)
    drivers = [street.driver("D-1", 9000, [carried]), *(street.driver(f"D-{i}", 500.0) for i in range(2, 20))]
    world = street.world(drivers, [street.order("A", 0, 1000), carried])

    assert shortlist(world, world.orders["A"]).near[0] == "D-1"
