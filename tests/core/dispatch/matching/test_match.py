"""The match settles what waiting no longer helps, chooses bundles only where they help, and is the same each time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dispatch.matching.bundles import shared_of
from core.dispatch.matching.match import match
from core.dispatch.matching.work import Courier, MatchPolicy, Meal
from core.vocabulary import DriverId, OrderId

# Places on a line, 100 s apart: kitchens at 0 and 1, doors at 2, 3, 4, drivers anywhere.
TRAVEL = 100.0 * np.abs(np.subtract.outer(np.arange(6), np.arange(6)))
POLICY = MatchPolicy()


def a_meal(name: str, *, kitchen: int = 0, door: int = 2, ready_at: float = 1_000.0, due_at: float = 4_000.0) -> Meal:
    return Meal(OrderId(name), kitchen, door, ready_at, due_at)


def a_courier(name: str, place: int, free_at: float = 0.0) -> Courier:
    return Courier(DriverId(name), place, free_at, last_pickup_at=9_000.0)


def test_driver_who_need_not_leave_yet_is_not_settled_and_the_leaving_is_told() -> None:
    # 100 s to drive and 120 s at the counter before the meal is ready at 1,000: leaving at 780.
    settled, leaves_at = match([a_courier("D1", 1)], [a_meal("O1")], TRAVEL, POLICY, now=0.0, next_at=300.0)
    assert (settled, leaves_at) == ((), 780.0)


def test_driver_who_has_to_leave_before_the_next_look_is_settled() -> None:
    settled, _ = match([a_courier("D1", 1)], [a_meal("O1")], TRAVEL, POLICY, now=600.0, next_at=900.0)
    assert [(c.driver_id, [m.order_id for m in c.meals]) for c in settled] == [("D1", ["O1"])]


def test_driver_who_becomes_free_at_the_kitchen_is_preferred_to_a_free_one_far_away() -> None:
    drivers = [a_courier("far", 5), a_courier("soon", 0, free_at=900.0)]
    settled, _ = match(drivers, [a_meal("O1")], TRAVEL, POLICY, now=800.0, next_at=1_100.0)
    assert [c.driver_id for c in settled] == ["soon"]


def test_driver_whose_last_pickup_would_be_too_late_gets_nothing() -> None:
    tired = replace(a_courier("D1", 0), last_pickup_at=999.0)
    assert match([tired], [a_meal("O1")], TRAVEL, POLICY, now=900.0, next_at=1_200.0) == ((), None)


def test_one_driver_for_two_meals_of_a_kitchen_takes_both() -> None:
    meals = [a_meal("O1"), a_meal("O2", door=3)]
    settled, _ = match([a_courier("D1", 0)], meals, TRAVEL, POLICY, now=1_000.0, next_at=1_300.0)
    assert [[m.order_id for m in c.meals] for c in settled] == [["O1", "O2"]]


def test_two_drivers_for_two_meals_of_a_kitchen_take_one_each() -> None:
    meals = [a_meal("O1"), a_meal("O2", door=3)]
    drivers = [a_courier("D1", 0), a_courier("D2", 0)]
    settled, _ = match(drivers, meals, TRAVEL, POLICY, now=800.0, next_at=1_100.0)
    assert [len(c.meals) for c in settled] == [1, 1]


def test_bundle_that_breaks_a_promise_kept_by_the_single_trip_is_not_offered() -> None:
    # Alone the meal is at door 3 at 1,000 + 120 + 300 + 120 = 1,540; after door 2 it takes 1,780 or more.
    meals = [a_meal("O1", due_at=1_500.0), a_meal("O2", door=3, due_at=1_600.0)]
    assert not any(b.meals[-1].order_id == "O2" for b in shared_of(meals, TRAVEL, POLICY, 0.0))
    assert list(shared_of([meals[0], replace(meals[1], due_at=9_000.0)], TRAVEL, POLICY, 0.0))


def test_meals_of_different_kitchens_are_never_bundled() -> None:
    assert not list(shared_of([a_meal("O1"), a_meal("O2", kitchen=1)], TRAVEL, POLICY, 0.0))


def test_policy_refuses_a_bundle_of_nothing_and_negative_prices() -> None:
    with pytest.raises(ValueError, match="at least one"):
        MatchPolicy(max_bundle=0)
    with pytest.raises(ValueError, match="unserved"):
        MatchPolicy(unserved=-1.0)


@given(
    places=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    wanted=st.lists(st.tuples(st.integers(0, 1), st.integers(2, 4), st.integers(0, 3_000)), min_size=1, max_size=6),
)
def test_no_meal_and_no_driver_is_settled_twice_and_the_answer_repeats(
    places: list[int], wanted: list[tuple[int, int, int]]
) -> None:
    couriers = [a_courier(f"D{i}", place) for i, place in enumerate(places)]
    meals = [a_meal(f"O{i}", kitchen=k, door=d, ready_at=float(r)) for i, (k, d, r) in enumerate(wanted)]
    first = match(couriers, meals, TRAVEL, POLICY, now=1_500.0, next_at=1_800.0)
    names = [meal.order_id for commitment in first[0] for meal in commitment.meals]
    drivers = [commitment.driver_id for commitment in first[0]]
    assert len(set(names)) == len(names) and len(set(drivers)) == len(drivers)
    assert match(couriers[::-1], meals[::-1], TRAVEL, POLICY, now=1_500.0, next_at=1_800.0) == first
