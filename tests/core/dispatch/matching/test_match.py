"""The match settles what waiting no longer helps, chooses bundles only where they help, and is the same each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given as tried
from hypothesis import settings
from hypothesis import strategies as st

from core.dispatch.matching.bundles import shared_of
from core.dispatch.matching.match import match
from core.dispatch.matching.work import Courier, MatchPolicy, Meal, Settlement
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
    made = match([a_courier("D1", 1)], [a_meal("O1")], TRAVEL, POLICY, now=0.0, next_at=300.0)
    assert made == Settlement((), 780.0)


def test_driver_who_has_to_leave_before_the_next_look_is_settled() -> None:
    settled = match([a_courier("D1", 1)], [a_meal("O1")], TRAVEL, POLICY, now=600.0, next_at=900.0).commitments
    assert [(c.driver_id, [m.order_id for m in c.meals]) for c in settled] == [("D1", ["O1"])]


def test_driver_who_becomes_free_at_the_kitchen_is_preferred_to_a_free_one_far_away() -> None:
    drivers = [a_courier("far", 5), a_courier("soon", 0, free_at=900.0)]
    settled = match(drivers, [a_meal("O1")], TRAVEL, POLICY, now=800.0, next_at=1_100.0).commitments
    assert [c.driver_id for c in settled] == ["soon"]


def test_driver_whose_last_pickup_would_be_too_late_gets_nothing() -> None:
    tired = replace(a_courier("D1", 0), last_pickup_at=999.0)
    made = match([tired], [a_meal("O1")], TRAVEL, POLICY, now=900.0, next_at=1_200.0)
    assert made == Settlement(left_out=(OrderId("O1"),))


def test_one_driver_for_two_meals_of_a_kitchen_takes_both() -> None:
    meals = [a_meal("O1"), a_meal("O2", door=3)]
    settled = match([a_courier("D1", 0)], meals, TRAVEL, POLICY, now=1_000.0, next_at=1_300.0).commitments
    assert [[m.order_id for m in c.meals] for c in settled] == [["O1", "O2"]]


def test_two_drivers_for_two_meals_of_a_kitchen_take_one_each() -> None:
    meals = [a_meal("O1"), a_meal("O2", door=3)]
    drivers = [a_courier("D1", 0), a_courier("D2", 0)]
    settled = match(drivers, meals, TRAVEL, POLICY, now=800.0, next_at=1_100.0).commitments
    assert [len(c.meals) for c in settled] == [1, 1]


def test_bundle_that_breaks_a_promise_kept_by_the_single_trip_is_not_offered() -> None:
    # Alone the meal is at door 3 at 1,000 + 120 + 300 + 120 = 1,540; after door 2 it takes 1,780 or more.
    meals = [a_meal("O1", due_at=1_500.0), a_meal("O2", door=3, due_at=1_600.0)]
    assert not any(b.meals[-1].order_id == "O2" for b in shared_of(meals, TRAVEL, POLICY, 0.0))
    assert list(shared_of([meals[0], replace(meals[1], due_at=9_000.0)], TRAVEL, POLICY, 0.0))


def test_bundle_that_breaks_a_promise_for_who_takes_it_is_taken_apart() -> None:
    # From place 5 the driver picks up at 1,620. O2 is at its door at 2,400 after O1, at 2,160 alone, and O1 is in time
    # after it as well. Of a driver at the kitchen the bundle would keep both.
    meals = [a_meal("O1"), a_meal("O2", door=3, due_at=2_200.0)]
    assert given([a_courier("D1", 5)], meals) == [("D1", ["O2"])]
    assert given([a_courier("D1", 0)], meals) == [("D1", ["O1", "O2"])]
    assert given([a_courier("D1", 5)], [meals[0], replace(meals[1], due_at=2_400.0)]) == [("D1", ["O1", "O2"])]
    assert given([a_courier("D1", 5)], [meals[0], replace(meals[1], may_be_late=True)]) == [("D1", ["O1", "O2"])]


def test_bundle_stays_where_single_trips_only_break_another_promise() -> None:
    # O1 first is in time, O2 after it at 1,620 + 2 x 340 + 540 = 2,840 is not; O2 first, and O1 is late.
    meals = [a_meal("O1", due_at=2_100.0), a_meal("O2", door=3, due_at=2_200.0)]
    assert given([a_courier("D1", 5)], meals) == [("D1", ["O1", "O2"])]


@settings(max_examples=150, deadline=None)
@tried(
    place=st.integers(0, 5),
    meals=st.lists(st.tuples(st.integers(2, 5), st.integers(0, 900), st.integers(300, 2_500)), min_size=2, max_size=4),
)
def test_no_bundle_breaks_a_promise_that_the_same_driver_keeps_trip_by_trip(
    place: int, meals: list[tuple[int, int, int]]
) -> None:
    waiting = [a_meal(f"O{i}", door=d, ready_at=500.0 + r, due_at=1_000.0 + due) for i, (d, r, due) in enumerate(meals)]
    made = match([a_courier("D1", place)], waiting, TRAVEL, POLICY, now=1_000.0, next_at=1_300.0).commitments
    for bundle in (each.meals for each in made if len(each.meals) > 1):
        together = late_of(place, [bundle])
        assert not any(late_of(place, [(meal,) for meal in turn]) < together for turn in permutations(bundle))


def late_of(place: int, trips: Sequence[Sequence[Meal]]) -> set[str]:
    """Which meals are late if a driver at `place` makes these trips from 1,000 on; 120 s to either side of a stop."""
    at, late = 1_000.0, set()
    for trip in trips:
        at = max(at + TRAVEL[place, 0] + 120.0, *(meal.ready_at for meal in trip)) + 120.0
        place = 0
        for meal in trip:
            at += TRAVEL[place, meal.door] + 120.0
            late |= {meal.order_id} if at > meal.due_at else set()
            at, place = at + 120.0, meal.door
    return late


def test_meals_of_different_kitchens_are_never_bundled() -> None:
    assert not list(shared_of([a_meal("O1"), a_meal("O2", kitchen=1)], TRAVEL, POLICY, 0.0))


def given(couriers: list[Courier], meals: list[Meal], **settings: object) -> list[tuple[str, list[str]]]:
    barred = settings.get("barred")
    made = match(couriers, meals, TRAVEL, POLICY, now=1_000.0, next_at=1_300.0, barred=barred)  # type: ignore[arg-type]
    return [(each.driver_id, [meal.order_id for meal in each.meals]) for each in made.commitments]


def test_bundle_that_would_be_too_many_in_hand_is_not_given() -> None:
    # Three meals of a kitchen for one driver with three in hand and a limit of four: one of them, and no bundle.
    meals = [replace(a_meal(f"O{i}", door=2 + i % 2), most_in_hand=4) for i in range(3)]
    assert [len(names) for _, names in given([replace(a_courier("D1", 0), in_hand=3)], meals)] == [1]
    assert [len(names) for _, names in given([replace(a_courier("D1", 0), in_hand=1)], meals)] == [3]
    assert given([replace(a_courier("D1", 0), in_hand=4)], meals) == []


def test_bundle_that_the_vehicle_does_not_hold_together_is_not_given() -> None:
    meals = [replace(a_meal(f"O{i}", door=2 + i), load=(30.0, 1.0)) for i in range(2)]
    assert [len(names) for _, names in given([replace(a_courier("D1", 0), capacity=(40.0, 9.0))], meals)] == [1]
    assert [len(names) for _, names in given([replace(a_courier("D1", 0), capacity=(60.0, 9.0))], meals)] == [2]


def test_meal_goes_past_the_near_bicycle_to_the_van_that_holds_it() -> None:
    couriers = [replace(a_courier("bicycle", 0), capacity=(40.0,)), replace(a_courier("van", 5), capacity=(400.0,))]
    assert given(couriers, [replace(a_meal("O1"), load=(90.0,))]) == [("van", ["O1"])]


def test_trip_that_ends_after_the_shift_is_not_given() -> None:
    # Picked up at 1,120, 120 at the counter, 200 on the way and 240 at the door: done at 1,680.
    meals, driver = [a_meal("O1")], a_courier("D1", 0)
    assert given([replace(driver, done_by=1_680.0)], meals) == [("D1", ["O1"])]
    assert given([replace(driver, done_by=1_679.0)], meals) == []


def test_door_that_no_way_leads_to_is_left_out_and_keeps_nobody() -> None:
    travel = TRAVEL.copy()
    travel[:, 4] = np.inf
    meals = [a_meal("O1", door=4), a_meal("O2", door=4), a_meal("O3")]
    made = match([a_courier("D1", 0)], meals, travel, POLICY, now=1_000.0, next_at=1_300.0)
    assert [[meal.order_id for meal in each.meals] for each in made.commitments] == [["O3"]]
    assert made.left_out == ("O1", "O2")


def test_zone_of_small_bundles_is_heard_beside_one_of_large() -> None:
    meals = [replace(a_meal("O1"), most_together=1), a_meal("O2", door=3), a_meal("O3", door=3)]
    found = {tuple(m.order_id for m in b.meals) for b in shared_of(meals, TRAVEL, POLICY, 0.0)}
    assert {tuple(sorted(names)) for names in found} == {("O2", "O3")}


def test_meal_is_given_as_early_as_its_own_zone_wants() -> None:
    # Leaves at 780; the next look is at 300.
    early = replace(a_meal("O1"), early_s=800.0)
    made = match([a_courier("D1", 1)], [early], TRAVEL, POLICY, now=0.0, next_at=300.0)
    assert [each.driver_id for each in made.commitments] == ["D1"]


def test_meal_is_not_given_before_its_time_however_far_its_driver_is() -> None:
    # Leaves at 780, and the next look is at 900; but it is given away from 850 on.
    later = replace(a_meal("O1"), given_from_at=850.0)
    waits = match([a_courier("D1", 1)], [later], TRAVEL, POLICY, now=840.0, next_at=900.0)
    assert (waits.commitments, waits.leaves_at) == ((), 850.0)
    given_away = match([a_courier("D1", 1)], [later], TRAVEL, POLICY, now=850.0, next_at=900.0)
    assert [each.driver_id for each in given_away.commitments] == ["D1"]


def test_driver_never_gets_a_barred_meal_from_behind_another() -> None:
    # The cheapest chain is D1: O1, then O2, which D1 may not have; it goes to the driver far away.
    meals = [a_meal("O1", door=2), a_meal("O2", kitchen=1, door=3, ready_at=1_100.0)]
    couriers = [a_courier("D1", 0), a_courier("D2", 5)]
    barred = np.array([[False, True], [False, False]])
    assert ("D1", ["O2"]) not in given(couriers, meals, barred=barred)
    alone = match(couriers[:1], meals, TRAVEL, POLICY, now=1_000.0, next_at=1_300.0, barred=barred[:1])
    assert alone.left_out == ("O2",)


def test_policy_refuses_a_bundle_of_nothing_and_negative_prices() -> None:
    with pytest.raises(ValueError, match="at least one"):
        MatchPolicy(max_bundle=0)
    with pytest.raises(ValueError, match="unserved"):
        MatchPolicy(unserved=-1.0)


@tried(
    places=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    wanted=st.lists(st.tuples(st.integers(0, 1), st.integers(2, 4), st.integers(0, 3_000)), min_size=1, max_size=6),
)
def test_no_meal_and_no_driver_is_settled_twice_and_the_answer_repeats(
    places: list[int], wanted: list[tuple[int, int, int]]
) -> None:
    couriers = [a_courier(f"D{i}", place) for i, place in enumerate(places)]
    meals = [a_meal(f"O{i}", kitchen=k, door=d, ready_at=float(r)) for i, (k, d, r) in enumerate(wanted)]
    first = match(couriers, meals, TRAVEL, POLICY, now=1_500.0, next_at=1_800.0)
    names = [meal.order_id for commitment in first.commitments for meal in commitment.meals]
    drivers = [commitment.driver_id for commitment in first.commitments]
    assert len(set(names)) == len(names) and len(set(drivers)) == len(drivers)
    assert match(couriers[::-1], meals[::-1], TRAVEL, POLICY, now=1_500.0, next_at=1_800.0) == first


@tried(
    hands=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=3),
    wanted=st.lists(st.tuples(st.integers(0, 1), st.integers(2, 4), st.integers(1, 3)), min_size=1, max_size=6),
    barred=st.lists(st.booleans(), min_size=18, max_size=18),
)
def test_nothing_is_settled_beyond_a_limit_and_nothing_is_left_out_that_somebody_may_have(
    hands: list[tuple[int, int, int]], wanted: list[tuple[int, int, int]], barred: list[bool]
) -> None:
    couriers = [
        replace(a_courier(f"D{i}", place), in_hand=held, capacity=(float(holds),), last_pickup_at=1e9)
        for i, (place, held, holds) in enumerate(hands)
    ]
    meals = [
        replace(a_meal(f"O{i}", kitchen=k, door=d), load=(float(load),), most_in_hand=4)
        for i, (k, d, load) in enumerate(wanted)
    ]
    kept = np.array(barred, bool).reshape(3, 6)[: len(couriers), : len(meals)] & (np.arange(len(meals)) % 2 == 0)
    made = match(couriers, meals, TRAVEL, POLICY, now=1_500.0, next_at=1_800.0, barred=kept)

    rows = {courier.driver_id: row for row, courier in enumerate(couriers)}
    columns = {meal.order_id: column for column, meal in enumerate(meals)}
    for each in made.commitments:
        row = rows[each.driver_id]
        assert couriers[row].in_hand + len(each.meals) <= 4
        assert sum(meal.load[0] for meal in each.meals) <= couriers[row].capacity[0]
        assert not any(kept[row, columns[meal.order_id]] for meal in each.meals)
    for meal in meals:
        able = [
            courier
            for row, courier in enumerate(couriers)
            if courier.in_hand < 4 and meal.load[0] <= courier.capacity[0] and not kept[row, columns[meal.order_id]]
        ]
        assert (meal.order_id in made.left_out) is not bool(able)
