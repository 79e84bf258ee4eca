"""Who travels with whom, and when orders may not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.dispatch import scoring
from core.dispatch.bundle_limits import bundle_breaches
from core.dispatch.bundling import companions, most_on_board
from core.dispatch.candidates import candidate_of, price, shortlist, with_trip
from core.dispatch.decision import TermShare
from core.dispatch.rationale import say
from core.dispatch.scoring import Option
from core.eta.arrival import SpreadPolicy

SURE = SpreadPolicy(travel_share=0.0, service_share=0.0, kitchen_sd_s=0.0, position_share=0.0)


@pytest.fixture
def street(street: Any) -> Any:
    return replace(street, policy=changed(street.policy, spread=SURE))


def option(street: Any, driver: Any, order: Any, others: Any = ()) -> Option:
    found = candidate_of(street.world([driver], [order, *others]), driver, order, 0.0).option
    assert found is not None
    return found


def amounts(share: TermShare) -> tuple[float, int]:
    return share.minutes, share.money


def priced(street: Any, drivers: Any, order: Any, others: Any = ()) -> Any:
    world = street.world(drivers, [order, *others])
    return price(world, order, shortlist(world, order))


def test_goods_on_board_at_the_same_time_travel_together(street: Any, on_the_way: Any) -> None:
    first, second = street.order("A", 0, 100), street.order("B", 0, 100)
    carried = street.order("C", 0, 50, state=on_the_way)
    a, b = (street.driver("D", 0, [order]).stops for order in (first, second))
    (c,) = street.driver("D", 0, [carried]).stops

    together, one_by_one = (a[0], b[0], a[1], b[1]), (*a, *b)

    assert companions(together, "A") == ("B",)
    assert companions(one_by_one, "A") == ()
    assert companions((a[0], c, a[1]), "A") == ("C",)
    assert [most_on_board(stops) for stops in (together, one_by_one, (a[0], c, a[1]))] == [2, 1, 2]


def test_single_trip_costs_neither_freshness_nor_sharing(street: Any) -> None:
    found = option(street, street.driver("D-1", 0), street.order("A", 3000, 9000))

    assert amounts(scoring.freshness(found)) == (0.0, 0)
    assert amounts(scoring.shared_trip(found)) == (0.0, 0)


def test_customer_who_waits_longer_costs_freshness(street: Any, on_the_way: Any) -> None:
    # A is on board for 5000 m, 500 s. The goods of B lie at 1000 m, on the way, and go on to 6000 m: A waits the
    # 60 s at the counter, 1 min. B leaves at 160 s and would drive 500 s; it stops at A's door for 120 s: 2 min.
    # 3 min x 60 = 180, and one companion x 2 min x 110 = 220.
    carried = street.order("A", 0, 5000, state=on_the_way)
    order = street.order("B", 1000, 6000)

    found = option(street, street.driver("D-1", 0, [carried]), order, [carried])

    assert amounts(scoring.freshness(found)) == (pytest.approx(3.0, abs=1e-6), 180)
    assert amounts(scoring.shared_trip(found)) == (2.0, 220)


def test_free_driver_nearby_takes_an_order_that_saves_little_by_sharing(street: Any, on_the_way: Any) -> None:
    # Joining saves 1100 m, 110 s (323); A waits 1 min, B 2 min at A's door (180), and sharing must save 2 min (220).
    carried = street.order("A", 0, 1500, state=on_the_way)
    order = street.order("B", 500, 4000)
    drivers = [street.driver("D-1", 0, [carried]), street.driver("D-2", 600)]

    found = priced(street, drivers, order, [carried])

    assert found.possible[0].driver_id == "D-2"


def test_order_joins_another_when_the_free_driver_is_far_away(street: Any, on_the_way: Any) -> None:
    carried = street.order("A", 0, 4000, state=on_the_way)
    order = street.order("B", 500, 6000)
    drivers = [street.driver("D-1", 0, [carried]), street.driver("D-2", 9000)]

    found = priced(street, drivers, order, [carried])

    assert found.possible[0].driver_id == "D-1"


def test_order_that_would_break_another_promise_makes_a_trip_of_its_own(street: Any, on_the_way: Any) -> None:
    # A is promised for 410 s and arrives after 400 s. Any stop before it breaks that; after it, B loses nothing.
    carried = street.order("A", 0, 4000, state=on_the_way, due_s=410.0)
    order = street.order("B", 500, 6000)

    found = priced(street, [street.driver("D-1", 0, [carried])], order, [carried])

    (candidate,) = found.possible
    assert [stop.order_id for stop in candidate.option.insertion.after.stops] == ["A", "B", "B"]


def test_order_whose_own_promise_only_a_single_trip_keeps_is_not_bundled(street: Any, on_the_way: Any) -> None:
    # B is promised for 700 s. D-2 is there after 60 + 550 s. D-1 stops at A first: 500 + 120 + 100 + ... s.
    carried = street.order("A", 0, 4000, state=on_the_way)
    order = street.order("B", 500, 6000, due_s=700.0)
    drivers = [street.driver("D-1", 0, [carried]), street.driver("D-2", 500)]

    found = priced(street, drivers, order, [carried])

    assert found.possible[0].driver_id == "D-2"
    assert all(not scoring.companions(c.option.insertion.after.stops, "B") for c in found.possible)


def test_bundle_says_whom_it_would_harm(street: Any, on_the_way: Any) -> None:
    carried = street.order("A", 0, 4000, state=on_the_way, due_s=410.0)
    found = option(street, street.driver("D-1", 0, [carried]), street.order("B", 500, 600, due_s=130.0), [carried])

    broken = bundle_breaches(found, is_kept_alone=False)

    assert [say(breach.statement) for breach in broken] == [
        "Together with B, A would be late with 100 %; alone it is kept"
    ]


def test_no_more_orders_on_board_than_the_policy_says(street: Any, on_the_way: Any) -> None:
    carried = [street.order(name, 0, 9000, state=on_the_way) for name in "ABC"]
    roomy = street.driver("D-1", 0, carried)
    found = option(street, roomy, street.order("E", 100, 9000, due_s=9.0), carried)

    assert [breach.constraint for breach in bundle_breaches(found, is_kept_alone=False)] == ["max_bundle"]


@pytest.mark.parametrize(
    ("due_s", "at_risk", "is_possible"), [(700.0, 0.3, True), (500.0, 0.3, False), (500.0, 1.0, True)]
)
def test_trip_of_a_match_is_no_way_to_break_a_promise_that_single_trips_keep(
    street: Any, due_s: float, at_risk: float, is_possible: bool
) -> None:
    # A alone is at its door after 60 s at the counter and 400 s; with B's pickup and door before it after 640 s.
    street = replace(street, policy=changed(street.policy, at_risk=at_risk))
    first, second = street.order("A", 0, 4000, due_s=due_s), street.order("B", 0, 3000)
    driver = street.driver("D-1", 0, [first])
    world = street.world([driver], [first, second])
    pricing = price(world, second, shortlist(world, second))

    trip = with_trip(world, pricing, driver, [second.order_id, first.order_id])

    assert [one.driver_id for one in trip.possible] == (["D-1"] if is_possible else [])
    assert [[breach.constraint for breach in one.breaches] for one in trip.impossible] == (
        [] if is_possible else [["bundle_promise"]]
    )
