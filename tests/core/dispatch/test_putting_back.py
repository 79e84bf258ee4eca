"""What an undo gives back on the world of its moment: as it was, or each order where it fits; hard limits hold."""

from __future__ import annotations

from dataclasses import replace as with_fields
from typing import Any

import pytest
from msgspec.structs import replace

from core.dispatch.changes import StopName
from core.dispatch.giving_back import GivenBack, GivingBack
from core.dispatch.putting_back import put_back
from core.dispatch.rationale import say
from core.fleet.planned_break import PlannedBreak
from core.fleet.route import StopKind
from core.orders.order import OrderState
from core.refusals import Refusal
from core.vocabulary import Load

ASSIGNED = OrderState.ASSIGNED
KINDS = {"p": StopKind.PICKUP, "d": StopKind.DELIVERY}


def names(words: str) -> tuple[StopName, ...]:
    """Read "Ap Bd" as the pickup of A, then the delivery of B."""
    return tuple(StopName(order_id=word[:-1], kind=KINDS[word[-1]]) for word in words.split())


def put(world: Any, *orders: GivenBack, **wanted: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Return the planned stops of each driver, and why which orders do not go back."""
    found = put_back(world, GivingBack(orders=orders, **wanted), lambda *_: True)
    plans = {p.driver_id: " ".join(f"{s.order_id}{s.kind.value[0]}" for s in p.stops) for p in found.plans}
    return plans, {one.order_id: say(one.why) for one in found.stays}


@pytest.fixture
def moved(street: Any) -> Any:
    """D-2 at 900 m has A (1000 to 4000 m), which goes back to D-1 at 0; B (1000 to 2000 m) is with D-1."""
    orders = [
        street.order("A", 1000, 4000, state=ASSIGNED, driver_id="D-2"),
        street.order("B", 1000, 2000, state=ASSIGNED, driver_id="D-1"),
    ]
    drivers = [street.driver("D-1", 0, orders[1:]), street.driver("D-2", 900, orders[:1])]
    return street.world(drivers, orders)


A_BACK = GivenBack(order_id="A", driver_id="D-1")


def test_order_goes_back_where_it_costs_least(moved: Any) -> None:
    plans, stays = put(moved, A_BACK)
    assert plans["D-2"] == "" and set(plans["D-1"].split()) == {"Ap", "Ad", "Bp", "Bd"}
    assert stays == {}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"is_paused": True}, "On a break"),
        ({"is_out": True}, "Taken out of planning by a person"),
        ({"is_on_shift": False}, "Not on shift"),
        ({"start": None, "stops": (), "position_age_s": float("inf")}, "Position never known"),
    ],
)
def test_order_waits_where_its_driver_may_have_nothing(moved: Any, changes: dict[str, Any], said: str) -> None:
    world = moved.with_driver(with_fields(moved.drivers["D-1"], **changes))
    assert put(world, A_BACK) == ({"D-2": ""}, {"A": said})
    assert put(world, replace(A_BACK, waits=False)) == ({}, {"A": said})


def test_limit_that_the_undo_lifts_does_not_bind(moved: Any) -> None:
    forbidden = replace(moved.orders["A"], forbidden=("D-1",))
    world = with_fields(moved, orders={**moved.orders, "A": forbidden})
    assert put(world, A_BACK)[1] == {"A": "Kept from this order by a person"}
    assert put(world, replace(A_BACK, lifted=("not_forbidden",)))[1] == {}


def test_plans_are_as_they_were_where_nothing_breaks_by_it(moved: Any) -> None:
    before = {"D-1": names("Bp Ap Bd Ad"), "D-2": ()}
    assert put(moved, A_BACK, as_before=before) == ({"D-1": "Bp Ap Bd Ad", "D-2": ""}, {})


def test_plans_that_would_break_a_break_by_now_are_given_back_one_by_one(street: Any) -> None:
    # Both on one trip end after 580 s; B alone after 320 s. The break has to begin within 400 s.
    orders = [
        street.order("A", 1000, 4000, state=ASSIGNED, driver_id="D-2"),
        street.order("B", 1000, 2000, state=ASSIGNED, driver_id="D-1"),
    ]
    due = PlannedBreak(earliest_at=street.now + 60.0, latest_at=street.now + 400.0, length_s=600.0)
    drivers = [street.driver("D-1", 0, orders[1:], due_break=due), street.driver("D-2", 900, orders[:1])]
    world = street.world(drivers, orders)
    plans, stays = put(world, A_BACK, as_before={"D-1": names("Bp Ap Bd Ad"), "D-2": ()})
    assert plans != {"D-1": "Bp Ap Bd Ad", "D-2": ""}
    assert plans.get("D-1", "Bp Bd").startswith("Bp Bd") and stays.keys() <= {"A"}


def test_room_is_made_before_what_had_made_room_comes_back(street: Any) -> None:
    # D-1 holds 40 litres: A (30) took the place of B (30), which went to D-2 and can come back once A waits again.
    large = Load(volume_l=30.0, weight_kg=1.0)
    orders = [
        street.order("A", 1000, 4000, state=ASSIGNED, driver_id="D-1", load=large),
        street.order("B", 1000, 4000, state=ASSIGNED, driver_id="D-2", load=large),
    ]
    # Either alone ends after 580 s, both on two trips not before the end of the shift.
    driver = street.driver("D-1", 0, orders[:1], shift_ends_at=street.now + 620.0)
    drivers = [driver, street.driver("D-2", 900, orders[1:])]
    world = street.world(drivers, orders)
    back = GivenBack(order_id="B", driver_id="D-1", waits=False)
    assert put(world, back)[1].keys() == {"B"}
    assert put(world, GivenBack(order_id="A", driver_id=None), back) == ({"D-1": "Bp Bd", "D-2": ""}, {})


def test_former_sequence_that_no_longer_fits_is_refused_with_its_limit(street: Any) -> None:
    # A was to be delivered before B is picked up; by now B is on board, and beside it A does not fit.
    large = Load(volume_l=30.0, weight_kg=1.0)
    orders = [
        street.order("B", 0, 3000, state=OrderState.ON_THE_WAY, driver_id="D-1", load=large),
        street.order("A", 1000, 2000, state=ASSIGNED, driver_id="D-1", load=large),
    ]
    world = street.world([street.driver("D-1", 0, orders)], orders)
    with pytest.raises(Refusal) as refused:
        put(world, driver_id="D-1", sequence=names("Ap Ad Bd"))
    assert (refused.value.code, refused.value.details) == ("undo.not_possible", {"constraint": "capacity_along"})
    assert put(world, driver_id="D-1", sequence=names("Bd Ap Ad")) == ({}, {})


def test_former_sequence_is_made_again_before_orders_come_back(moved: Any) -> None:
    plans, _ = put(moved, A_BACK, driver_id="D-1", sequence=names("Bp Bd"))
    assert set(plans["D-1"].split()) == {"Ap", "Ad", "Bp", "Bd"}
