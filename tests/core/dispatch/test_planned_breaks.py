"""A planned break lies where the sequence of stops puts it, and no plan pushes it beyond its latest start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dispatch.break_turns import begins_now
from core.dispatch.candidates import price, shortlist
from core.dispatch.improvement.from_world import problem_of
from core.dispatch.plan_check import Limit, broken_limits
from core.dispatch.rationale import say
from core.dispatch.route_insertion import insert_cheapest
from core.dispatch.schedule import forecast, schedule
from core.dispatch.taker_check import plan_breaches, reasons_against, route_breaches
from core.dispatch.why_not import why_not
from core.fleet.fleet import PlannedBreak
from core.fleet.route import StopKind
from core.vocabulary import DriverId, Load


def due(street: Any, from_s: float, until_s: float, length_s: float = 1800.0) -> PlannedBreak:
    return PlannedBreak(earliest_at=street.now + from_s, latest_at=street.now + until_s, length_s=length_s)


def test_break_comes_at_the_first_stop_boundary_with_nothing_on_board(street: Any) -> None:
    # A: there at 100, away at 160, at the door at 260, done at 380. B: 100 s of way each, done at 860 without a break.
    orders = [street.order("A", 1000, 2000), street.order("B", 3000, 4000)]
    driver = street.driver("D-1", 0, orders, due_break=due(street, 200.0, 900.0, 600.0))

    plan = schedule(driver, street.world([driver], orders).travel)

    assert plan.taken is not None
    assert (plan.taken.begins_at - street.now, plan.taken.before) == (pytest.approx(380.0), 2), "not with A on board"
    assert [at - street.now for at in plan.arrives] == pytest.approx([100.0, 260.0, 1080.0, 1240.0])
    assert plan.ends_at - street.now == pytest.approx(1360.0)


def test_break_that_may_not_begin_before_the_last_stop_lies_behind_it(street: Any) -> None:
    order = street.order("A", 1000, 2000)
    driver = street.driver("D-1", 0, [order], due_break=due(street, 500.0, 900.0))

    plan = schedule(driver, street.world([driver], [order]).travel)

    assert plan.taken is not None
    assert (plan.taken.begins_at - street.now, plan.taken.before) == (500.0, 2)
    assert plan.ends_at - street.now == pytest.approx(380.0), "the route is done before"


def test_break_waits_for_what_is_on_board_and_for_what_is_under_way(street: Any, on_the_way: Any) -> None:
    carried, ahead = street.order("A", 0, 1000, state=on_the_way), street.order("B", 1000, 2000)
    for orders, frozen in (([carried], 0), ([ahead], 1)):
        driver = street.driver("D-1", 0, orders, frozen=frozen, due_break=due(street, 0.0, 900.0))
        plan = schedule(driver, street.world([driver], orders).travel)
        assert plan.taken is not None
        assert plan.taken.before == len(plan.stops)
        assert not begins_now(driver, street.now)
    free = street.driver("D-1", 0, [ahead], due_break=due(street, 0.0, 900.0))
    assert schedule(free, street.world([free], [ahead]).travel).arrives[0] - street.now == pytest.approx(1900.0)
    assert begins_now(free, street.now)


def test_arrivals_behind_a_break_are_foretold_later_by_it(street: Any) -> None:
    orders = [street.order("A", 1000, 2000), street.order("B", 3000, 4000)]
    plain = street.driver("D-1", 0, orders)
    resting = replace(plain, due_break=due(street, 200.0, 900.0, 600.0))
    travel = street.world([plain], orders).travel

    without, having = (forecast(one, schedule(one, travel), street.policy) for one in (plain, resting))

    moved = [after.mean_at - before.mean_at for before, after in zip(without, having, strict=True)]
    assert moved == pytest.approx([0.0, 0.0, 600.0, 600.0])
    assert [one.sd_s for one in having] == pytest.approx([one.sd_s for one in without])


def test_order_that_would_push_the_break_too_far_is_impossible_by_name(street: Any) -> None:
    # 100 s to the counter, 60 there, 100 s to the door, 120 there: done at 380; the break begins by 330.
    order = street.order("A", 1000, 2000)
    late = street.driver("D-1", 0, due_break=due(street, 100.0, 330.0))
    free = street.driver("D-2", 5000)
    world = street.world([late, free], [order])
    pricing = price(world, order, shortlist(world, order))

    answer = why_not(world, pricing, DriverId("D-1"))

    assert [one.driver_id for one in pricing.possible] == ["D-2"]
    assert answer.why[0].code == "breach.planned_break"
    window = answer.why[0].arguments
    assert (window["from_at"], window["until_at"]) == (street.now + 100.0, street.now + 330.0)
    assert answer.change is not None
    assert say(answer.change) == "D-1 could take it with a break that may begin 1 min later"
    assert [breach.constraint for breach in reasons_against(world, order, late)] == ["planned_break"]
    enough = replace(late, due_break=due(street, 100.0, 380.0))
    assert reasons_against(world, order, enough) == ()
    assert insert_cheapest(world, enough, order).breaches == ()


def test_a_planted_breach_is_found_by_both_checkers(street: Any) -> None:
    orders = [street.order("A", 1000, 2000), street.order("B", 3000, 4000)]
    driver = street.driver("D-1", 0, orders, due_break=due(street, 200.0, 400.0, 600.0))
    world = street.world([driver], orders)
    one_trip = [driver.stops[0], driver.stops[2], driver.stops[1], driver.stops[3]]

    assert route_breaches(world, driver, driver.stops) == ()
    assert [breach.constraint for breach in route_breaches(world, driver, one_trip)] == ["planned_break"]
    given = problem_of(world, ())
    numbers = {(stop.order_id, stop.kind): number for number, stop in given.stops.items()}
    together = replace(given.plan, routes=(tuple(numbers[stop.order_id, stop.kind] for stop in one_trip),))
    assert broken_limits(given.problem, given.plan) == ()
    assert [broken.limit for broken in broken_limits(given.problem, together)] == [Limit.REST]


def test_search_makes_a_break_that_is_missed_anyway_no_later(street: Any) -> None:
    orders = [street.order("A", 1000, 2000)]
    driver = street.driver("D-1", 0, orders, due_break=due(street, 100.0, 200.0))
    given = problem_of(street.world([driver], orders), ())
    assert given.problem.fleet.rests[0].tolist() == pytest.approx([street.now + 100.0, street.now + 380.0, 1800.0])
    assert broken_limits(given.problem, given.plan) == ()


place = st.integers(-6000, 6000)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=place,
    trips=st.lists(st.tuples(place, place, st.integers(0, 20), st.booleans()), max_size=3),
    new=st.tuples(place, place),
    frozen=st.integers(0, 1),
    window=st.tuples(st.integers(-600, 3000), st.integers(0, 3000), st.integers(60, 2400)),
)
def test_planner_and_check_put_a_break_where_it_belongs(
    street: Any, on_the_way: Any, start: int, trips: Any, new: Any, frozen: int, window: Any
) -> None:
    orders = [
        street.order(f"O-{i}", a, b, load=Load(volume_l=v), **({"state": on_the_way} if carried else {}))
        for i, (a, b, v, carried) in enumerate(trips)
    ]
    order = street.order("N", *new)
    rest = due(street, window[0], window[0] + window[1], window[2])
    driver = street.driver("D-1", start, orders, frozen=min(frozen, len(orders)), due_break=rest)
    world = street.world([driver], [*orders, order])

    found = insert_cheapest(world, driver, order)

    again = schedule(driver, world.travel, found.after.stops)
    assert found.after == again, "the price of an insertion is that of the schedule"
    told = {breach.constraint for breach in found.breaches}
    assert told == {breach.constraint for breach in plan_breaches(world, order, driver, found.after.stops)}
    assert bool(told) == bool(reasons_against(world, order, driver))
    taken = found.after.taken
    assert taken is not None
    assert ("planned_break" in told) == (taken.begins_at > rest.latest_at + 1e-3)
    assert taken.begins_at >= rest.earliest_at - 1e-3
    behind = found.after.stops[taken.before :]
    picked_up = {stop.order_id for stop in behind if stop.kind is StopKind.PICKUP}
    assert {stop.order_id for stop in behind} == picked_up, "nothing is on board meanwhile"
