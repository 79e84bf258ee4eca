"""The check beside the planner: a planted breach of each limit is caught, with its numbers, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace as changed

from core.dispatch.rationale import say
from core.dispatch.route_insertion import insert_cheapest
from core.dispatch.taker_check import MOST_PLACES, plan_breaches, reasons_against, route_breaches
from core.orders.order import OrderState
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import Load


def said(street: Any, driver: Any, order: Any, *held: Any, by_person: bool = False) -> list[str]:
    world = street.world([driver], [order, *held])
    return [say(breach.statement) for breach in reasons_against(world, order, driver, is_by_person=by_person)]


def test_driver_who_keeps_every_limit_is_not_out(street: Any) -> None:
    assert said(street, street.driver("D-1", 0), street.order("O-1", 1000, 2000)) == []


@pytest.mark.parametrize(
    ("planted", "words", "binds_people"),
    [
        ({"is_on_shift": False}, "Not on shift", True),
        ({"is_paused": True}, "On a break", True),
        ({"is_out": True}, "Taken out of planning by a person", True),
        ({"is_on_wave": True}, "Drives a wave's route", False),
        ({"position_age_s": 301.0}, "Position 301 s old, limit 300 s", False),
    ],
)
def test_planted_breach_of_a_driver_is_caught(
    street: Any, planted: dict[str, Any], words: str, binds_people: bool
) -> None:
    driver, order = street.driver("D-1", 0, **planted), street.order("O-1", 1000, 2000)

    assert said(street, driver, order) == [words]
    assert said(street, driver, order, by_person=True) == ([words] if binds_people else [])


@pytest.mark.parametrize(
    ("planted", "words", "binds_people"),
    [
        ({"forbidden": ("D-1",)}, "Kept from this order by a person", True),
        ({"skills": ("cold", "age")}, "Lacks: cold, age", True),
        ({"refused_by": ("D-1",)}, "Refused this order before", False),
        ({"load": Load(volume_l=41.0)}, "40 l free, the order needs 41 l", True),
        ({"load": Load(weight_kg=21.0)}, "20 kg free, the order needs 21 kg", True),
        ({"load": Load(amounts={"crates": 1.0})}, "0 crates free, the order needs 1", True),
    ],
)
def test_planted_breach_of_an_order_is_caught(
    street: Any, planted: dict[str, Any], words: str, binds_people: bool
) -> None:
    driver, order = street.driver("D-1", 0), street.order("O-1", 1000, 2000, **planted)

    assert said(street, driver, order) == [words]
    assert said(street, driver, order, by_person=True) == ([words] if binds_people else [])


def test_driver_never_seen_is_out_for_everybody(street: Any) -> None:
    driver, order = street.driver("D-1", None), street.order("O-1", 1000, 2000)

    assert said(street, driver, order) == said(street, driver, order, by_person=True) == ["Position never known"]


def test_driver_with_as_many_orders_as_the_policy_lets_is_out(street: Any) -> None:
    held = [street.order(f"O-{i}", 0, 1000) for i in range(2, 6)]
    order = street.order("O-1", 1000, 2000)

    assert said(street, street.driver("D-1", 0, held[:3]), order, *held) == []
    assert said(street, street.driver("D-1", 0, held), order, *held) == ["4 orders in hand, limit 4"]
    assert said(street, street.driver("D-1", 0, held), order, *held, by_person=True) == []


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (Load(volume_l=32.0), "30 l free, the order needs 32 l"),
        (Load(weight_kg=17.0), "16 kg free, the order needs 17 kg"),
        (Load(amounts={"crates": 2.0}), "1 crates free, the order needs 2"),
    ],
)
def test_load_that_fits_nowhere_along_the_route_is_caught(street: Any, on_the_way: Any, load: Load, words: str) -> None:
    # On board until the driver is there; the shift lasts for both, but not for fetching the other one from there.
    aboard = Load(volume_l=10.0, weight_kg=4.0, amounts={"crates": 2.0})
    carried = street.order("O-2", 0, 10_000, state=on_the_way, load=aboard)
    capacity = Load(volume_l=40.0, weight_kg=20.0, amounts={"crates": 3.0})
    driver = street.driver("D-1", 0, [carried], capacity=capacity, shift_ends_at=street.now + 1400.0)

    assert words in said(street, driver, street.order("O-1", 100, 200, load=load), carried)


def test_load_that_fits_behind_another_delivery_is_no_breach(street: Any, on_the_way: Any) -> None:
    carried = street.order("O-2", 0, 1000, state=on_the_way, load=Load(volume_l=30.0))

    assert said(street, street.driver("D-1", 0, [carried]), street.order("O-1", 500, 1500), carried) == []


@pytest.mark.parametrize(("shift_left_s", "words"), [(380.0, []), (379.0, ["Would end 0 min after the shift"])])
def test_last_stop_is_done_within_the_shift(street: Any, shift_left_s: float, words: list[str]) -> None:
    # 100 s to the pickup, 60 s there, 100 s to the customer, 120 s at the door: 380 s.
    driver = street.driver("D-1", 0, shift_ends_at=street.now + shift_left_s)

    assert said(street, driver, street.order("O-1", 1000, 2000)) == words


def test_nothing_is_picked_up_after_the_shift_however_long_the_last_door_may_take(street: Any) -> None:
    late_doors = replace(street, policy=changed(street.policy, overtime_s=7_200.0))
    driver = late_doors.driver("D-1", 0, shift_ends_at=street.now + 40.0)

    assert said(late_doors, driver, late_doors.order("O-1", 1000, 2000)) == ["Would end 1 min after the shift"]


def test_no_way_is_caught(street: Any) -> None:
    order, driver = street.order("O-1", 0, 1000), street.driver("D-1", 500)
    points = [street.at(500), street.at(0), street.at(1000)]
    nowhere = TravelMatrix(np.full((3, 3), np.inf), np.full((3, 3), np.inf), degraded=False, as_of=0.0)
    world = street.world([driver], [order], travel=TravelTable(nowhere, points, points))

    assert [breach.constraint for breach in reasons_against(world, order, driver)] == ["reachable"]


def test_silent_driver_is_timed_from_where_he_was_heard_last(street: Any) -> None:
    # Heard 100 s ago and 1000 m away: there now. 60 + 100 + 120 s are left to do.
    driver = street.driver("D-1", 0, start_at=street.now - 100.0, as_of=street.now, shift_ends_at=street.now + 280.0)

    assert said(street, driver, street.order("O-1", 1000, 2000)) == []


@pytest.fixture
def planned(street: Any) -> Any:
    """D-1 on the way to A's kitchen, with B to be taken in: what the planner would do with it."""
    first, order = street.order("A", 1000, 3000, state=OrderState.ASSIGNED), street.order("B", 1500, 2500)
    driver = street.driver("D-1", 0, [first], frozen=1)
    world = street.world([driver], [first, order])
    return world, order, driver, list(insert_cheapest(world, driver, order).after.stops)


def test_plan_of_the_planner_breaks_nothing(planned: Any) -> None:
    world, order, driver, stops = planned

    assert plan_breaches(world, order, driver, stops) == ()


@pytest.mark.parametrize(
    ("plant", "constraint"),
    [
        (lambda stops: stops[1:], "other_stops"),
        (lambda stops: [*stops, stops[-1]], "other_stops"),
        (lambda stops: [stops[1], stops[0], *stops[2:]], "frozen"),
        (lambda stops: [stops[0], *sorted(stops[1:], key=lambda stop: stop.kind)], "precedence"),
    ],
)
def test_planted_breach_of_a_sequence_is_caught(planned: Any, plant: Any, constraint: str) -> None:
    world, order, driver, stops = planned

    assert constraint in [breach.constraint for breach in plan_breaches(world, order, driver, plant(stops))]


def test_route_is_judged_by_itself_and_with_several_orders_that_come_new(street: Any) -> None:
    heavy = [street.order(f"O-{i}", 1000, 2000, load=Load(volume_l=30.0)) for i in (1, 2)]
    driver, full = street.driver("D-1", 0), street.driver("D-2", 0, heavy)
    world = street.world([driver, full], heavy)
    pickups, doors = full.stops[::2], full.stops[1::2]

    assert route_breaches(world, driver, full.stops, heavy) == ()
    assert [b.constraint for b in route_breaches(world, driver, (*pickups, *doors), heavy)] == ["capacity_volume"]
    assert [b.constraint for b in route_breaches(world, full, (*pickups, *doors))] == ["capacity_volume"]


def test_places_looked_at_are_bounded(street: Any) -> None:
    wide = replace(street, policy=changed(street.policy, max_orders=50))
    held = [wide.order(f"O-{i}", 1000, 2000) for i in range(2, 32)]
    driver = wide.driver("D-1", 0, held, shift_ends_at=wide.now + 10.0, capacity=Load(volume_l=1e5, weight_kg=1e5))

    assert len(driver.stops) ** 2 / 2 > MOST_PLACES
    assert len(said(wide, driver, wide.order("O-1", 1000, 2000), *held)) == 1
