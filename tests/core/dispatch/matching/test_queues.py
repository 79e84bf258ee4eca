"""Queues are priced by when things really happen; bundles move while that helps, and what costs too much is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from msgspec.structs import replace as changed

from core.dispatch.matching.bundles import singles_of
from core.dispatch.matching.match import match
from core.dispatch.matching.queues import Queues
from core.dispatch.matching.work import Barred, Courier, MatchPolicy, Meal
from core.vocabulary import DriverId, OrderId

# Places on a line, 60 s apart.
TRAVEL = 60.0 * np.abs(np.subtract.outer(np.arange(12), np.arange(12)))
POLICY = MatchPolicy(delay_growth_per_minute=0.5, driving_share=0.25, paid_order=3.0, pickup_s=60.0, drop_off_s=60.0)


def a_meal(name: str, kitchen: int, door: int, ready_at: float = 0.0) -> Meal:
    return Meal(OrderId(name), kitchen, door, ready_at, 1e9)


def a_courier(name: str, place: int, free_at: float = 0.0, last_pickup_at: float = 1e9) -> Courier:
    return Courier(DriverId(name), place, free_at, last_pickup_at)


def queues_of(
    couriers: list[Courier], meals: list[Meal], policy: MatchPolicy = POLICY, barred: Barred | None = None
) -> Queues:
    barred = np.zeros((len(couriers), len(meals)), bool) if barred is None else barred
    return Queues(couriers, singles_of(meals, TRAVEL, policy), TRAVEL, policy, 0.0, barred)


def test_what_comes_after_a_late_bundle_is_later_than_that() -> None:
    queues = queues_of([a_courier("D1", 0)], [a_meal("O1", 2, 3), a_meal("O2", 4, 5)])
    queues.put(0, (0, 1))
    # Two minutes there and one at the counter: picked up at 3. Away again at 3 + 1 + 1 + 1 + 1 = 7, then 1 and 1: at 9.
    first, second = 3.0 + 0.5 * 9.0 + 0.25 * 2.0 + 3.0, 9.0 + 0.5 * 81.0 + 0.25 * 1.0 + 3.0
    assert queues.price == pytest.approx(first + second)


def test_a_further_order_of_who_is_below_the_guarantee_costs_no_pay() -> None:
    guaranteed = replace(a_courier("D1", 0), is_below_guarantee=True)
    queues = queues_of([guaranteed], [a_meal("O1", 2, 3)])
    queues.put(0, (0,))
    assert queues.price == pytest.approx(3.0 + 4.5 + 0.5)


def test_bundle_moves_to_the_driver_with_whom_it_waits_less() -> None:
    queues = queues_of([a_courier("D1", 0), a_courier("D2", 8)], [a_meal("O1", 1, 2), a_meal("O2", 7, 6)])
    queues.put(0, (0, 1))
    queues.improve([0, 1])
    assert queues.of == [(0,), (1,)]


def test_quick_one_goes_before_the_long_way_round() -> None:
    queues = queues_of([a_courier("D1", 0)], [a_meal("O1", 9, 11), a_meal("O2", 1, 0)])
    queues.put(0, (0, 1))
    queues.improve([0, 1])
    assert queues.of == [(1, 0)]


def test_driver_who_may_not_have_an_order_does_not_get_it() -> None:
    meals = [a_meal("O1", 7, 6)]
    barred = np.array([[False], [True]])
    queues = queues_of([a_courier("D1", 0), a_courier("D2", 8)], meals, barred=barred)
    queues.put(0, (0,))
    queues.improve([0])
    assert queues.of == [(0,), ()]


def test_bundle_whose_pickup_would_be_after_the_shift_moves_or_is_left() -> None:
    tired, meals = a_courier("D1", 0, last_pickup_at=200.0), [a_meal("O1", 2, 3), a_meal("O2", 4, 5)]
    alone = queues_of([tired], meals)
    alone.put(0, (0, 1))
    alone.improve([0, 1])
    assert alone.of == [(0,)]
    together = queues_of([tired, a_courier("D2", 11)], meals)
    together.put(0, (0, 1))
    together.improve([0, 1])
    assert together.of == [(0,), (1,)]


def test_trip_that_would_end_after_the_shift_moves_or_is_left() -> None:
    # O1 is picked up at 3 min and done at 7; O2, picked up at 9, would be done at 13.
    tired, meals = replace(a_courier("D1", 0), done_by=700.0), [a_meal("O1", 2, 3), a_meal("O2", 4, 5)]
    queues = queues_of([tired, a_courier("D2", 11)], meals)
    queues.put(0, (0,))
    assert queues.price < float("inf")
    queues.put(0, (0, 1))
    assert queues.price == float("inf")
    queues.improve([0, 1])
    assert queues.of == [(0,), (1,)]


def test_order_that_costs_others_more_than_leaving_it_is_left() -> None:
    meals = [a_meal("O1", 1, 2), a_meal("far", 11, 10), a_meal("O2", 2, 1)]
    queues = queues_of([a_courier("D1", 0)], meals, changed(POLICY, unserved=40.0))
    queues.put(0, (0, 1, 2))
    queues.improve([0, 1, 2])
    assert queues.of == [(0, 2)]


def test_order_that_was_left_joins_a_queue_once_it_is_worth_it() -> None:
    queues = queues_of([a_courier("D1", 0)], [a_meal("O1", 1, 2), a_meal("O2", 2, 1)])
    queues.put(0, (0,))
    queues.improve([0, 1])
    assert queues.of == [(0, 1)]


def test_match_gives_a_driver_the_meal_that_keeps_all_behind_it_waiting_least() -> None:
    # One driver, three meals: the long way first would make two customers wait for it.
    meals = [a_meal("O1", 9, 11), a_meal("O2", 1, 0), a_meal("O3", 1, 1)]
    settled = match(
        [a_courier("D1", 0)], meals, TRAVEL, changed(POLICY, max_bundle=1), now=0.0, next_at=30.0
    ).commitments
    assert [[meal.order_id for meal in given.meals] for given in settled] == [["O3"]]


@pytest.mark.parametrize(
    ("from_at", "until_at", "begins"),
    [(0.0, 0.0, [600.0, 1020.0]), (300.0, 420.0, [0.0, 1020.0]), (300.0, 419.0, None), (900.0, 900.0, [0.0, 420.0])],
)
def test_a_courier_rests_before_the_first_bundle_that_begins_at_the_time(
    from_at: float, until_at: float, begins: list[float] | None
) -> None:
    # Free at 0, or rested at 600. The first: 120 s there, 60 + 60 at the counter, 60 on, 60 + 60 at the door.
    resting = replace(a_courier("D1", 0), rests_from_at=from_at, rests_until_at=until_at, rest_s=600.0)
    meals = [a_meal("O1", 2, 3), a_meal("O2", 4, 5)]
    queues = queues_of([resting], meals)
    queues.put(0, (0, 1))
    if begins is None:
        assert queues.price == float("inf")
        return
    first, second = begins[0] / 60.0 + 3.0, begins[1] / 60.0 + 2.0
    waits = sum(minutes + 0.5 * minutes**2 for minutes in (first, second))
    assert queues.price == pytest.approx(waits + 0.25 * 3.0 + 2 * 3.0)


def test_who_rests_first_is_told_only_when_he_has_to_leave_after_it() -> None:
    resting = replace(a_courier("D1", 0), rests_from_at=0.0, rests_until_at=60.0, rest_s=600.0)
    settled = match([resting], [a_meal("O1", 2, 3)], TRAVEL, POLICY, now=0.0, next_at=30.0)
    assert (settled.commitments, settled.leaves_at) == ((), 600.0)
    overdue = replace(resting, rests_until_at=-60.0)
    assert match([overdue], [a_meal("O1", 2, 3)], TRAVEL, POLICY, now=0.0, next_at=30.0).left_out == ("O1",)
