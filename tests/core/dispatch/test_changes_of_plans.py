"""A person's change of plans: stops in another order, an order out of a shared trip, and what each would do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from core.dispatch.changes import Reassign, Resequence, Split, StopName
from core.dispatch.decision import ImpactPreview
from core.dispatch.impact_preview import Question, preview_override
from core.dispatch.rationale import say
from core.fleet.route import StopKind
from core.orders.order import OrderState
from core.vocabulary import Load

ASSIGNED = OrderState.ASSIGNED
KINDS = {"p": StopKind.PICKUP, "d": StopKind.DELIVERY}


def names(words: str) -> tuple[StopName, ...]:
    """Read "Ap Bd" as the pickup of A, then the delivery of B."""
    return tuple(StopName(order_id=word[:-1], kind=KINDS[word[-1]]) for word in words.split())


def stops(plans: Iterable[Any], driver_id: str) -> str:
    plan = next(plan for plan in plans if plan.driver_id == driver_id)
    return " ".join(f"{stop.order_id}{stop.kind.value[0]}" for stop in plan.stops)


def resequenced(world: Any, order_id: str, words: str, **settings: Any) -> ImpactPreview:
    change = Resequence(order_id=order_id, driver_id="D-1", stops=names(words))
    return preview_override(world, Question(change, **settings))


@pytest.fixture
def two_trips(street: Any) -> Any:
    """D-1 at 0 has A (1000 to 2000 m), then B (3000 to 4000 m)."""
    orders = [
        street.order("A", 1000, 2000, state=ASSIGNED, driver_id="D-1"),
        street.order("B", 3000, 4000, state=ASSIGNED, driver_id="D-1"),
    ]
    return street.world([street.driver("D-1", 0, orders), street.driver("D-2", 2500)], orders)


def test_stops_come_in_the_order_that_a_person_wants(two_trips: Any, street: Any) -> None:
    found = resequenced(two_trips, "B", "Bp Bd Ap Ad")

    assert found.breaches == () and stops(found.as_is_plans, "D-1") == "Bp Bd Ap Ad"
    # B: 300 s, 60 s at the counter, 100 s; instead of 100 + 60 + 100 + 120 + 100 + 60 + 100 s.
    arrivals = {one.order_id: one for one in found.affected}
    assert arrivals["B"].as_is.p50_at == pytest.approx(street.now + 460.0)
    assert arrivals["B"].now.p50_at == pytest.approx(street.now + 640.0)
    assert found.recommendation == found.present
    assert found.as_is_hands == {}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Ad Ap Bp Bd", "A would be delivered before it is picked up"),
        ("Ap Ad Bp", "The remaining stops are other ones now"),
        ("Ap Ad Bp Bd Cp", "The remaining stops are other ones now"),
    ],
)
def test_nonsense_sequence_is_named_by_its_limit(two_trips: Any, words: str, said: str) -> None:
    found = resequenced(two_trips, "A", words)
    assert [say(breach.statement) for breach in found.breaches] == [said]
    assert found.as_is_plans == () and found.replanned is None


def test_stop_where_the_driver_nearly_is_stays_first(street: Any) -> None:
    orders = [street.order(name, 1000, 2000, state=ASSIGNED, driver_id="D-1") for name in ("A", "B")]
    world = street.world([street.driver("D-1", 0, orders, frozen=1, fixed=1)], orders)
    found = resequenced(world, "B", "Bp Ap Ad Bd")
    assert [say(breach.statement) for breach in found.breaches] == ["The next stop is under way and stays first"]


def test_driver_who_is_under_way_is_turned_knowingly(street: Any) -> None:
    orders = [street.order(name, 1000, 2000, state=ASSIGNED, driver_id="D-1") for name in ("A", "B")]
    drivers = [street.driver("D-1", 0, orders, frozen=1), street.driver("D-2", 500)]
    world = street.world(drivers, orders)
    turns = "D-1 is on the way to A and turns round"

    turned, kept = resequenced(world, "B", "Bp Ap Ad Bd"), resequenced(world, "B", "Ap Bp Bd Ad")
    taken = preview_override(world, Question(Reassign(order_id="A", driver_id="D-2")))
    other = preview_override(world, Question(Reassign(order_id="B", driver_id="D-2")))

    assert turned.breaches == () and stops(turned.as_is_plans, "D-1") == "Bp Ap Ad Bd"
    assert [say(one) for one in turned.said] == [say(one) for one in taken.said] == [turns]
    assert (kept.said, other.said) == ((), ())


def test_load_that_does_not_fit_is_named(street: Any) -> None:
    heavy = Load(volume_l=30.0, weight_kg=1.0)
    orders = [street.order(name, 1000, 2000, state=ASSIGNED, driver_id="D-1", load=heavy) for name in ("A", "B")]
    world = street.world([street.driver("D-1", 0, orders)], orders)
    found = resequenced(world, "B", "Ap Bp Ad Bd")
    assert [say(breach.statement) for breach in found.breaches] == ["The load does not fit at the pickup of B"]


def test_limit_that_the_present_plan_breaks_as_much_is_not_held_against_a_change(street: Any) -> None:
    orders = [street.order(name, 1000, 1000, state=ASSIGNED, driver_id="D-1") for name in ("A", "B")]
    world = street.world([street.driver("D-1", 0, orders, shift_ends_at=street.now + 60.0)], orders)
    assert resequenced(world, "B", "Bp Bd Ap Ad").breaches == ()


def test_overtime_is_for_what_is_on_board_and_not_for_a_pickup_after_the_shift(street: Any) -> None:
    # A is picked up at once and B after 480 s, within the 560 s left; the other way round A after 880 s.
    patient = replace(street, policy=changed(street.policy, overtime_s=1800.0))
    orders = [
        patient.order("A", 0, 100, state=ASSIGNED, driver_id="D-1"),
        patient.order("B", 3000, 3500, state=ASSIGNED, driver_id="D-1"),
    ]
    world = patient.world([patient.driver("D-1", 0, orders, shift_ends_at=street.now + 560.0)], orders)

    said = [say(breach.statement) for breach in resequenced(world, "B", "Bp Bd Ap Ad").breaches]
    assert said == ["Would end 5 min after the shift"]
    assert resequenced(world, "B", "Ap Bp Bd Ad").breaches == ()


def test_more_orders_on_board_than_the_platform_would_take_is_a_persons_choice(street: Any) -> None:
    small = street.order("X", 0, 0).load
    orders = [street.order(f"O{i}", 1000, 2000, state=ASSIGNED, driver_id="D-1", load=small) for i in range(4)]
    world = street.world([street.driver("D-1", 0, orders)], orders)
    pickups, doors = " ".join(f"O{i}p" for i in range(4)), " ".join(f"O{i}d" for i in range(4))
    assert resequenced(world, "O1", f"{pickups} {doors}").breaches == ()


@pytest.fixture
def shared_trip(street: Any) -> Any:
    """D-1 at 0 takes A and B at 1000 m to 4000 m on one trip; D-2 stands at 900 m."""
    orders = [street.order(name, 1000, 4000, state=ASSIGNED, driver_id="D-1") for name in ("A", "B")]
    driver = street.driver("D-1", 0, orders)
    pickups, doors = driver.stops[::2], driver.stops[1::2]
    return street.world([driver.with_stops((*pickups, *doors)), street.driver("D-2", 900)], orders)


def test_split_order_waits_and_what_the_bundle_gained_is_said_to_be_lost(shared_trip: Any, street: Any) -> None:
    found = preview_override(shared_trip, Question(Split(order_id="B"), recommended_driver_id="D-2"))

    assert stops(found.as_is_plans, "D-1") == "Ap Ad"
    # One after the other drives 1000 + 3000 + 3000 + 3000 m, together 1000 + 3000 m: 600 s more.
    assert [say(statement) for statement in found.said] == [
        "The trip shared with A is split: 10 min of driving saved are lost",
        "It waits for a driver of its own; D-1 is kept from it",
    ]
    assert found.as_is_hands == {"B": None}
    assert (found.driver_id, found.recommended_driver_id) == ("D-1", "D-2")
    # 420 s until a driver comes, 60 s at the counter, 300 s of driving: it is expected without a driver too.
    waiting = next(one for one in found.affected if one.order_id == "B")
    assert waiting.as_is.p50_at == pytest.approx(street.now + 780.0, abs=60.0)


def test_split_order_goes_to_another_driver(shared_trip: Any) -> None:
    found = preview_override(shared_trip, Question(Split(order_id="B", driver_id="D-2")))
    assert (stops(found.as_is_plans, "D-1"), stops(found.as_is_plans, "D-2")) == ("Ap Ad", "Bp Bd")
    assert found.as_is_hands == {"B": "D-2"}
    assert say(found.said[-1]) == "D-1 is kept from it"


def test_what_shares_no_trip_cannot_be_split(two_trips: Any) -> None:
    found = preview_override(two_trips, Question(Split(order_id="A")))
    assert [say(breach.statement) for breach in found.breaches] == ["It shares no trip with another order"]


def test_what_is_on_board_cannot_be_split(street: Any, on_the_way: OrderState) -> None:
    orders = [street.order(name, 0, 4000, state=on_the_way, driver_id="D-1") for name in ("A", "B")]
    world = street.world([street.driver("D-1", 0, orders)], orders)
    found = preview_override(world, Question(Split(order_id="A")))
    assert [say(breach.statement) for breach in found.breaches] == ["The goods are with D-1"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_change_loses_or_doubles_a_stop_or_moves_a_frozen_one(street: Any, data: st.DataObject) -> None:
    place = st.integers(-8000, 8000)
    orders = [
        street.order(f"O{i}", data.draw(place), data.draw(place), state=ASSIGNED, driver_id="D-1") for i in range(3)
    ]
    held = data.draw(st.integers(0, 1))
    driver = street.driver("D-1", 0, orders, frozen=held, fixed=held)
    pickups, doors = driver.stops[::2], driver.stops[1::2]
    driver = driver.with_stops((*pickups, *doors))
    world = street.world([driver, street.driver("D-2", data.draw(place))], orders)
    wanted = tuple(StopName(order_id=s.order_id, kind=s.kind) for s in data.draw(st.permutations(driver.stops)))
    change = data.draw(
        st.sampled_from(
            [
                Resequence(order_id="O1", driver_id="D-1", stops=wanted),
                Split(order_id="O2"),
                Split(order_id="O2", driver_id="D-2"),
            ]
        )
    )

    found = preview_override(world, Question(change, neighbours=["D-2"]))

    for plans in (found.as_is_plans, found.replanned_plans):
        after = {name: one.stops for name, one in world.drivers.items()} | {p.driver_id: p.stops for p in plans}
        visits = [(s.order_id, s.kind) for stops in after.values() for s in stops]
        left_out = {"O2"} if change == Split(order_id="O2") and plans else set()
        assert sorted(visits) == sorted((s.order_id, s.kind) for s in driver.stops if s.order_id not in left_out)
        if isinstance(change, Resequence):
            first = [(s.order_id, s.kind) for s in after["D-1"][: driver.frozen]]
            assert first == [(s.order_id, s.kind) for s in driver.stops[: driver.frozen]]
        for stops in after.values():
            seen: set[str] = set()
            for stop in stops:
                assert stop.kind is StopKind.PICKUP or stop.order_id in seen
                seen.add(stop.order_id)
