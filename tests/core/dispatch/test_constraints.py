"""Each hard limit excludes exactly when it is passed, and says its numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace as changed

from core.dispatch import constraints
from core.dispatch.bundling import most_on_board
from core.dispatch.candidates import candidate_of, price, shortlist, with_trip
from core.dispatch.constraints import BEFORE_ROUTING, Trial
from core.dispatch.counterfactual import given
from core.dispatch.rationale import say
from core.dispatch.route_insertion import insert_cheapest
from core.dispatch.schedule import schedule
from core.orders.order import OrderState
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, Load, OrderId


def trial(street: Any, driver: Any, order: Any) -> Trial:
    return Trial(driver, order, street.now, street.policy)


def test_driver_off_shift_is_out(street: Any) -> None:
    order, driver = street.order("O-1", 0, 1000), street.driver("D-1", 0)

    assert constraints.on_shift(trial(street, driver, order)) is None
    breach = constraints.on_shift(trial(street, replace(driver, is_on_shift=False), order))

    assert breach is not None and breach.constraint == "on_shift"


def test_driver_on_a_break_is_out(street: Any) -> None:
    order, driver = street.order("O-1", 0, 1000), street.driver("D-1", 0)

    assert constraints.not_paused(trial(street, driver, order)) is None
    assert constraints.not_paused(trial(street, replace(driver, is_paused=True), order)) is not None


def test_missing_skill_is_named(street: Any) -> None:
    order = street.order("O-1", 0, 1000, skills=("cold", "age"))

    breach = constraints.skills(trial(street, street.driver("D-1", 0, skills=frozenset({"cold"})), order))

    assert breach is not None and say(breach.statement) == "Lacks: age"
    assert constraints.skills(trial(street, street.driver("D-1", 0, skills=frozenset({"cold", "age"})), order)) is None


def test_who_refused_is_not_asked_again(street: Any) -> None:
    order = street.order("O-1", 0, 1000, refused_by=("D-1",))

    assert constraints.refused_before(trial(street, street.driver("D-1", 0), order)) is not None
    assert constraints.refused_before(trial(street, street.driver("D-2", 0), order)) is None


@pytest.mark.parametrize(("age_s", "is_out"), [(300.0, False), (301.0, True)])
def test_old_position_is_out(street: Any, age_s: float, is_out: bool) -> None:
    order, driver = street.order("O-1", 0, 1000), street.driver("D-1", 0, position_age_s=age_s)

    assert (constraints.position_known(trial(street, driver, order)) is not None) is is_out


def test_position_never_known_is_out(street: Any) -> None:
    breach = constraints.position_known(trial(street, street.driver("D-1", None), street.order("O-1", 0, 1000)))

    assert breach is not None and say(breach.statement) == "Position never known"


def test_too_many_orders_in_hand_is_out(street: Any) -> None:
    others = [street.order(f"O-{i}", 0, 1000) for i in range(4)]
    order = street.order("O-9", 0, 1000)

    assert constraints.max_stops(trial(street, street.driver("D-1", 0, others[:3]), order)) is None
    breach = constraints.max_stops(trial(street, street.driver("D-1", 0, others), order))

    assert breach is not None and say(breach.statement) == "4 orders in hand, limit 4"


def test_no_way_is_out(street: Any) -> None:
    order, driver = street.order("O-1", 0, 1000), street.driver("D-1", 500)
    points = [street.at(500), street.at(0), street.at(1000)]
    nowhere = TravelMatrix(np.full((3, 3), np.inf), np.full((3, 3), np.inf), degraded=False, as_of=0.0)
    world = street.world([driver], [order], travel=TravelTable(nowhere, points, points))

    insertion = insert_cheapest(world, driver, order)

    assert [breach.constraint for breach in insertion.breaches] == ["reachable"]


@pytest.mark.parametrize(
    ("load", "constraint", "words"),
    [
        (Load(volume_l=32.0, weight_kg=1.0), "capacity_volume", "30 l free, the order needs 32 l"),
        (Load(volume_l=1.0, weight_kg=17.0), "capacity_weight", "16 kg free, the order needs 17 kg"),
    ],
)
def test_load_must_fit_along_the_whole_route(
    street: Any, on_the_way: Any, load: Load, constraint: str, words: str
) -> None:
    # 10 l and 4 kg are on board until 2000 m; the shift ends before the goods could be delivered first.
    carried = street.order("O-1", 0, 20_000, state=on_the_way)
    order = street.order("O-2", 100, 200, load=load)
    driver = street.driver("D-1", 0, [carried], shift_ends_at=street.now + 2000 + 120 + 20 + 200)
    world = street.world([driver], [carried, order])
    pickup, delivery = world.stops_of(order)
    plan = schedule(driver, world.travel, (pickup, delivery, *driver.stops))

    check = getattr(constraints, constraint)(Trial(driver, order, street.now, street.policy, plan))

    assert check.constraint == constraint
    assert say(check.statement) == words


def test_load_that_fits_after_another_delivery_is_no_breach(street: Any, on_the_way: Any) -> None:
    carried = street.order("O-1", 0, 1000, state=on_the_way, load=Load(volume_l=30.0, weight_kg=1.0))
    order = street.order("O-2", 500, 1500, load=Load(volume_l=30.0, weight_kg=1.0))
    driver = street.driver("D-1", 0, [carried])

    insertion = insert_cheapest(street.world([driver], [carried, order]), driver, order)

    assert insertion.breaches == ()
    assert [stop.order_id for stop in insertion.after.stops] == ["O-1", "O-2", "O-2"]


@pytest.mark.parametrize(("shift_left_s", "is_out"), [(380.0, False), (379.0, True)])
def test_work_ends_before_the_shift(street: Any, shift_left_s: float, is_out: bool) -> None:
    # 100 s to the pickup, 60 s there, 100 s to the customer, 120 s at the door: 380 s.
    order = street.order("O-1", 1000, 2000)
    driver = street.driver("D-1", 0, shift_ends_at=street.now + shift_left_s)

    insertion = insert_cheapest(street.world([driver], [order]), driver, order)

    assert [breach.constraint for breach in insertion.breaches] == (["shift_end"] if is_out else [])


def test_nothing_is_picked_up_after_the_shift_however_long_the_last_door_may_take(street: Any) -> None:
    # O-1 is picked up 100 s from now; with O-2 before it, 60 s later, 40 s after the shift.
    late_doors = replace(street, policy=changed(street.policy, overtime_s=7_200.0))
    planned = late_doors.order("O-1", 1000, 9000, state=OrderState.ASSIGNED, driver_id=DriverId("D-1"))
    order = late_doors.order("O-2", 900, 9000)
    driver = late_doors.driver("D-1", 0, [planned], shift_ends_at=street.now + 120.0)
    world = late_doors.world([driver], [planned, order])
    pickup, delivery = world.stops_of(order)

    def broken(*stops: Any) -> bool:
        plan = schedule(driver, world.travel, stops)
        trial = Trial(driver, order, world.now, world.policy, plan)
        return constraints.shift_end(trial) is not None

    first, last = driver.stops
    assert broken(pickup, first, last, delivery)
    assert broken(first, pickup, last, delivery)
    assert not broken(first, last)


def crates(count: float) -> Load:
    return Load(volume_l=1.0, weight_kg=1.0, amounts={"crates": count})


def test_further_units_count_planned_pickups_as_well(street: Any) -> None:
    # Six crates fit, four are planned: three more fit behind them, but not together with them.
    planned = street.order("O-1", 0, 1000, load=crates(4.0))
    order = street.order("O-2", 0, 1000, load=crates(3.0))
    driver = street.driver("D-1", 0, [planned], capacity=Load(volume_l=40.0, weight_kg=20.0, amounts={"crates": 6.0}))
    world = street.world([driver], [planned, order])
    pickup, delivery = world.stops_of(order)

    together = schedule(driver, world.travel, [driver.stops[0], pickup, driver.stops[1], delivery])
    breach = constraints.capacity_amounts(Trial(driver, order, street.now, street.policy, together))

    assert breach is not None and say(breach.statement) == "2 crates free, the order needs 3"
    after = insert_cheapest(world, driver, order)
    assert after.breaches == ()
    assert most_on_board(after.after.stops) == 1


def test_what_is_on_board_is_delivered_before_further_units_are_needed_again(street: Any, on_the_way: Any) -> None:
    carried = street.order("O-1", 0, 1000, load=crates(6.0), state=on_the_way)
    order = street.order("O-2", 0, 2000, load=crates(6.0))
    driver = street.driver("D-1", 0, [carried], capacity=Load(volume_l=40.0, weight_kg=20.0, amounts={"crates": 6.0}))
    world = street.world([driver], [carried, order])

    found = candidate_of(world, driver, order, 0.0)

    assert found.breaches == ()
    assert found.option is not None and found.option.insertion.after.stops[0].order_id == "O-1"


def test_what_not_even_the_empty_vehicle_holds_is_out_before_routing_and_named_once(street: Any) -> None:
    order = street.order("O-1", 0, 1000, load=Load(volume_l=50.0, weight_kg=1.0))
    driver = street.driver("D-1", 0)

    before = constraints.breaches(trial(street, driver, order), BEFORE_ROUTING)
    assert [say(breach.statement) for breach in before] == ["40 l free, the order needs 50 l"]
    found = candidate_of(street.world([driver], [order]), driver, order, 0.0)
    assert [breach.constraint for breach in found.breaches] == ["capacity_volume"]


def test_far_van_is_looked_at_although_many_small_vehicles_are_nearer(street: Any) -> None:
    order = street.order("O-1", 0, 1000, load=Load(volume_l=50.0, weight_kg=1.0))
    near = [street.driver(f"D-{i}", 10 * i) for i in range(street.policy.candidates + 1)]
    van = street.driver("van", 9000, capacity=Load(volume_l=400.0, weight_kg=200.0))

    assert shortlist(street.world([*near, van], [order]), order).near == ("van",)


def test_bundle_of_a_trip_counts_towards_the_orders_in_hand(street: Any) -> None:
    in_hand = [street.order(f"O-{i}", 0, 1000) for i in range(4)]
    order = street.order("O-9", 0, 1000)
    driver = street.driver("D-1", 0, in_hand)
    world = street.world([driver, street.driver("D-2", 0)], [*in_hand, order])

    pricing = with_trip(world, price(world, order, shortlist(world, order)), driver, [OrderId("O-8"), OrderId("O-9")])

    assert pricing.of(DriverId("D-1")) is None
    assert [b.constraint for c in pricing.impossible if c.driver_id == "D-1" for b in c.breaches] == ["max_stops"]


def test_not_even_a_person_gives_a_vehicle_what_it_does_not_hold_in_some_unit(street: Any) -> None:
    order = street.order("O-1", 0, 1000, load=crates(2.0))
    bicycle = street.driver("D-1", 0)
    van = street.driver("D-2", 0, capacity=Load(volume_l=40.0, weight_kg=20.0, amounts={"crates": 2.0}))
    world = street.world([bicycle, van], [order])

    assert [say(b.statement) for b in given(world, order, DriverId("D-1"))[1].breaches] == [
        "0 crates free, the order needs 2"
    ]
    assert given(world, order, DriverId("D-2"))[1].breaches == ()
