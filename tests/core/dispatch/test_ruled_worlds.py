"""What a ruling would do before it is made: orders freed, given to others where that is asked for, or kept waiting."""

from __future__ import annotations

from typing import Any

import pytest

from core.dispatch.bundling import companions
from core.dispatch.changes import CloseZone, Forbid, Hold, TakeOut
from core.dispatch.impact_preview import Question, preview_override
from core.dispatch.ruled_worlds import MOST_GIVEN, given_to_others, ruled
from core.orders.order import OrderState
from core.vocabulary import DriverId, OrderId, ZoneId

D1, D2, O1, O2 = DriverId("D-1"), DriverId("D-2"), OrderId("O-1"), OrderId("O-2")
GIVEN = {"driver_id": D1, "state": OrderState.ASSIGNED}


def lunch(street: Any, **more: Any) -> Any:
    """D-1 stands at 0 with O-1 and O-2, each from 1000 to 2000 m; D-2 stands at 3000 with nothing."""
    orders = [street.order("O-1", 1000, 2000, **GIVEN), street.order("O-2", 1000, 2000, **GIVEN, due_s=3000.0)]
    return street.world([street.driver("D-1", 0.0, orders), street.driver("D-2", 3000.0)], orders, **more)


def test_forbidden_driver_loses_the_order_which_waits_and_may_not_come_back(street: Any) -> None:
    found = ruled(lunch(street), Forbid(order_id=O1, driver_id=D1))
    order = found.world.orders[O1]
    assert (order.state, order.driver_id, order.forbidden) == (OrderState.WAITING, None, (D1,))
    assert found.world.drivers[D1].order_ids == {O2}
    assert given_to_others(found.world, found.waiting, [D1]).drivers[D1].order_ids == {O2}


def test_driver_taken_out_keeps_only_what_is_on_board(street: Any) -> None:
    carried = street.order("O-3", 0, 500, driver_id=D1, state=OrderState.ON_THE_WAY)
    orders = [carried, street.order("O-1", 1000, 2000, **GIVEN)]
    world = street.world([street.driver("D-1", 0.0, orders)], orders)
    found = ruled(world, TakeOut(order_id=O1, driver_id=D1))
    assert (found.waiting, found.world.drivers[D1].order_ids, found.world.drivers[D1].is_out) == ((O1,), {"O-3"}, True)


def test_preview_of_taking_out_shows_both_futures(street: Any) -> None:
    question = Question(change=TakeOut(order_id=O1, driver_id=D1), neighbours=(D2,))
    preview = preview_override(lunch(street), question)
    assert preview.as_is_hands == {O1: None, O2: None}
    assert preview.replanned is not None
    assert preview.replanned_hands == {O1: D2, O2: D2}
    # As is nobody drives; re-planned D-2 drives 2000 m to the counter and 1000 m to the door, for both at once.
    assert (preview.as_is.distance_m, preview.replanned.distance_m) == (0.0, 3000.0)
    assert {one.order_id for one in preview.affected} == {O1, O2}


def test_without_anybody_else_there_is_nothing_to_re_plan(street: Any) -> None:
    question = Question(change=Forbid(order_id=O1, driver_id=D1))
    assert preview_override(lunch(street), question).replanned is None


def test_closed_zone_puts_off_what_waits_there_and_leaves_the_rest(street: Any) -> None:
    orders = [street.order("O-1", 1000, 2000), street.order("O-2", 1000, 2000, **GIVEN)]
    world = street.world([street.driver("D-1", 0.0, orders[1:])], orders)
    change = CloseZone(order_id=O1, zone_id=ZoneId("Z-1"), for_s=3600.0)
    preview = preview_override(world, Question(change=change, waiting=(O1,)))
    [moved] = [one for one in preview.affected if one.order_id == O1]
    assert moved.as_is is not None and moved.now is not None
    assert 3000.0 < moved.as_is.p50_at - moved.now.p50_at <= 3700.0
    assert preview.as_is.promises_broken == preview.present.promises_broken + 1
    assert (preview.as_is_plans, preview.as_is_hands, preview.replanned) == ((), {}, None)


def test_held_order_comes_later_by_the_hold_and_is_set_beside_the_driver_recommended(street: Any) -> None:
    world = street.world([street.driver("D-1", 0.0)], [street.order("O-1", 1000, 2000)])
    question = Question(change=Hold(order_id=O1, for_s=1200.0), recommended_driver_id=D1)
    preview = preview_override(world, question)
    [moved] = preview.affected
    assert moved.now is not None and moved.as_is is not None and moved.recommended is not None
    assert moved.as_is.p50_at - moved.now.p50_at == pytest.approx(1200.0, abs=10.0)
    assert moved.recommended.p50_at < moved.as_is.p50_at
    assert preview.as_is.waited_minutes - preview.present.waited_minutes == pytest.approx(20.0, abs=0.1)
    assert (preview.as_is_plans, preview.as_is_hands, preview.replanned) == ((), {}, None)
    assert [said.code for said in preview.said] == ["override.held"]


def test_of_many_freed_orders_the_earliest_promises_are_given_to_others(street: Any) -> None:
    names = [f"O-{number:02d}" for number in range(MOST_GIVEN + 3)]
    mine = [street.order(name, 1000, 2000, **GIVEN, due_s=3600.0 + 60.0 * i) for i, name in enumerate(names)]
    takers = [street.driver(f"D-{number}", 3000.0) for number in range(2, 9)]
    world = street.world([street.driver("D-1", 0.0, mine), *takers], mine)
    freed = ruled(world, TakeOut(order_id=OrderId(names[0]), driver_id=D1))
    after = given_to_others(freed.world, freed.waiting, [taker.driver_id for taker in takers])
    given = {name for taker in takers for name in after.drivers[taker.driver_id].order_ids}
    assert given == set(names[:MOST_GIVEN])


@pytest.mark.parametrize(("due_s", "is_shared"), [(3600.0, True), (660.0, False)])
def test_freed_order_shares_no_trip_that_puts_a_promise_at_risk(street: Any, due_s: float, is_shared: bool) -> None:
    # A is at its door after 460 s, and after 640 with a counter and a door on the way.
    freed = street.order("O-1", 0, 3000)
    held = street.order("A", 0, 4000, due_s=due_s, state=OrderState.ASSIGNED, driver_id=D2)
    world = street.world([street.driver("D-2", 0.0, [held])], [freed, held])

    after = given_to_others(world, [O1], [D2])

    assert after.drivers[D2].order_ids == {"A", "O-1"}
    assert (companions(after.drivers[D2].stops, O1) == ("A",)) == is_shared
