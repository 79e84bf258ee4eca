"""Insertion never loses, doubles or reorders what was there, and finds the cheap place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from core.dispatch.route_insertion import insert_cheapest
from core.dispatch.schedule import schedule
from core.fleet.route import StopKind
from core.vocabulary import Load


def names(stops: Any) -> list[str]:
    return [f"{stop.order_id}{'+' if stop.kind is StopKind.PICKUP else '-'}" for stop in stops]


def test_order_on_the_way_is_picked_up_in_passing(street: Any, on_the_way: Any) -> None:
    carried = street.order("A", 0, 5000, state=on_the_way)
    order = street.order("B", 2000, 6000)
    driver = street.driver("D-1", 0, [carried])

    after = insert_cheapest(street.world([driver], [carried, order]), driver, order).after

    assert names(after.stops) == ["B+", "A-", "B-"]
    # 0 -> 2000 -> 5000 -> 6000: as far as the longest way alone.
    assert after.distance_m == pytest.approx(6000.0)


def test_waiting_service_and_driving_make_up_the_times(street: Any) -> None:
    # There after 100 s, ready after 160 s, leaves at 220 s, 200 s of driving, 120 s at the door.
    order = street.order("A", 1000, 3000, ready_s=160.0)
    driver = street.driver("D-1", 0)

    after = insert_cheapest(street.world([driver], [order]), driver, order).after

    relative = [
        (s.arrives_at - street.now, s.starts_at - street.now, s.departs_at - street.now) for s in after.planned()
    ]
    assert relative == [pytest.approx((100, 160, 220)), pytest.approx((420, 420, 540))]


def test_frozen_stop_stays_first(street: Any, on_the_way: Any) -> None:
    carried = street.order("A", 0, 5000, state=on_the_way)
    order = street.order("B", 100, 200)
    driver = street.driver("D-1", 0, [carried], frozen=1)

    after = insert_cheapest(street.world([driver], [carried, order]), driver, order).after

    assert names(after.stops) == ["A-", "B+", "B-"]


def test_stop_already_reached_costs_no_driving(street: Any, on_the_way: Any) -> None:
    carried = street.order("A", 0, 40, state=on_the_way, arrived_at_delivery_at=street.now - 30.0)
    driver = street.driver("D-1", 0, [carried], frozen=1)

    plan = schedule(driver, street.world([driver], [carried]).travel)

    # Arrived 30 s ago, 120 s at the door: 90 s to go.
    assert plan.driving_s == 0.0
    assert plan.ends_at - street.now == pytest.approx(90.0)


def test_pickup_that_another_driver_reached_is_still_to_be_driven_to(street: Any) -> None:
    order = street.order("A", 1000, 2000, driver_id="D-9", arrived_at_pickup_at=street.now - 60.0)
    driver = street.driver("D-1", 0)

    after = insert_cheapest(street.world([driver], [order]), driver, order).after

    assert after.arrives[0] - street.now == pytest.approx(100.0)


def test_order_it_has_is_moved_and_not_doubled(street: Any) -> None:
    first, second = street.order("A", 1000, 2000), street.order("B", 100, 200)
    driver = street.driver("D-1", 0, [first, second])

    after = insert_cheapest(street.world([driver], [first, second]), driver, second).after

    assert names(after.stops) == ["B+", "B-", "A+", "A-"]


place = st.integers(-8000, 8000)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=place,
    trips=st.lists(st.tuples(place, place, st.integers(0, 25), st.booleans()), max_size=4),
    new=st.tuples(place, place, st.integers(0, 45)),
    frozen=st.integers(0, 1),
)
def test_no_plan_breaks_a_limit_or_loses_doubles_or_reorders_stops(
    street: Any, on_the_way: Any, start: int, trips: Any, new: Any, frozen: int
) -> None:
    orders = [
        street.order(f"O-{i}", a, b, load=Load(volume_l=v), **({"state": on_the_way} if carried else {}))
        for i, (a, b, v, carried) in enumerate(trips)
    ]
    order = street.order("N", new[0], new[1], load=Load(volume_l=new[2]))
    driver = street.driver("D-1", start, orders, frozen=min(frozen, len(orders)))
    world = street.world([driver], [*orders, order])

    found = insert_cheapest(world, driver, order)
    again = insert_cheapest(world, driver, order)

    stops = found.after.stops
    assert tuple(stop for stop in stops if stop.order_id != "N") == driver.stops
    assert stops[: driver.frozen] == driver.stops[: driver.frozen]
    assert [stop.kind for stop in stops if stop.order_id == "N"] == [StopKind.PICKUP, StopKind.DELIVERY]
    assert found.after.planned() == again.after.planned()
    if not found.breaches:
        carried, peak = driver.on_board.volume_l, driver.on_board.volume_l
        for stop in stops:
            carried += stop.volume_l
            peak = max(peak, carried)
        assert peak <= driver.capacity.volume_l + 1e-6
        assert found.after.ends_at <= driver.shift_ends_at


@pytest.mark.parametrize(("doubles_s", "first"), [(0.0, "A"), (600.0, "B")])
def test_growing_lateness_spreads_it_over_customers(street: Any, on_the_way: Any, doubles_s: float, first: str) -> None:
    # A's door lies 1000 m west and B's kitchen and door 1200 m east of the driver; A may wait 310 s, B is promised now.
    # A first: 100 s + 220 s of way, B is 320 + 60 s late. B first: 120 + 60 + 120 s at stops and 220 s of way, then A.
    policy = changed(street.policy, lateness_doubles_s=doubles_s, freshness_per_minute=0, cost_per_km=0)
    street = replace(street, policy=changed(policy, cost_per_driver_hour=0))
    carried = street.order("A", 0, -1000, state=on_the_way, due_s=310.0, service_s=0.0)
    order = street.order("B", 1200, 1200, due_s=0.0, service_s=120.0)
    driver = street.driver("D-1", 0, [carried])

    after = insert_cheapest(street.world([driver], [carried, order]), driver, order).after

    assert after.stops[0].order_id == first
