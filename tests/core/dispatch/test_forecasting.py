"""Forecasts and better sequences from the present plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.dispatch.forecasting import (
    Forecast,
    Foreseen,
    forecast_unassigned,
    forecasts_of,
    foreseen,
    standing_plan,
    times_used,
)
from core.dispatch.resequencing import resequenced
from core.dispatch.world import DriverState, PlanningWorld
from core.eta.learned_times import LearnedTimes
from core.eta.route_errors import RouteErrors, Sides, Situation
from core.orders.order import OrderState
from core.vocabulary import OrderId


def forecast(world: PlanningWorld, driver: DriverState) -> dict[OrderId, Forecast]:
    plan = standing_plan(world, driver)
    return {} if plan is None else forecasts_of(world, driver, plan)


def planned_of(world: PlanningWorld, driver: DriverState) -> list[Foreseen]:
    plan = standing_plan(world, driver)
    assert plan is not None
    return foreseen(world, driver, plan)


def test_every_order_of_a_route_is_forecast(street: Any, on_the_way: Any) -> None:
    first = street.order("A", 0, 1000, state=on_the_way)
    second = street.order("B", 2000, 4000)
    driver = street.driver("D-1", 0, [first, second])

    found = forecast(street.world([driver], [first, second]), driver)

    # A: 100 s. B: 100 + 120 at the door + 100 + 60 at the counter + 200 = 580 s.
    assert {name: band.p50_at - street.now for name, (band, _) in found.items()} == {
        "A": pytest.approx(100.0),
        "B": pytest.approx(580.0),
    }


def test_driver_without_a_position_has_no_forecast(street: Any) -> None:
    driver = street.driver("D-1", None)

    assert forecast(street.world([driver], []), driver) == {}


def test_order_without_a_driver_is_expected_after_the_usual_approach(street: Any) -> None:
    order = street.order("A", 0, 1000, due_s=400.0)

    band, late = forecast_unassigned(order, 100.0, street.world([], [order]), is_degraded=False)

    # 420 s, 60 s at the counter, 100 s; nobody comes before the goods are ready, which shifts the mean by 4 s.
    assert band.p50_at - street.now == pytest.approx(420.0 + 60.0 + 100.0, abs=5.0)
    assert late > 0.7


def test_resequencing_never_makes_it_worse_and_keeps_frozen_stops(street: Any) -> None:
    first, second = street.order("A", 3000, 5000), street.order("B", 500, 900)
    free, bound = street.driver("D-1", 0, [first, second]), street.driver("D-2", 0, [first, second], frozen=1)
    world = street.world([free, bound], [first, second])

    assert [stop.order_id for stop in resequenced(world, free).stops] == ["B", "B", "A", "A"]
    assert resequenced(world, bound).stops[0].order_id == "A"
    assert resequenced(world, bound).driving_s <= sum((300, 200, 450, 40))


def forecast_of_silent(street: Any, order: Any, silent_s: float) -> Any:
    """The driver was seen at the origin `silent_s` ago; the way takes 600 s."""
    driver = street.driver(
        "D-1",
        0,
        [order],
        is_silent=True,
        position_age_s=silent_s,
        start_at=street.now - silent_s,
        as_of=street.now,
    )
    (found,) = forecast(street.world([driver], [order]), driver).values()
    return found[0]


def test_forecast_of_a_silent_driver_counts_from_the_last_fix_and_widens(street: Any, on_the_way: Any) -> None:
    order = street.order("A", 0, 6000, state=on_the_way)

    soon, later = forecast_of_silent(street, order, 60.0), forecast_of_silent(street, order, 240.0)

    # 600 s from where and when it was seen: 540 s from now, then 360 s; the same instant.
    assert soon.p50_at - street.now == pytest.approx(540.0, abs=1.0)
    assert later.p50_at - street.now == pytest.approx(360.0, abs=5.0)
    assert later.p90_at - later.p50_at > soon.p90_at - soon.p50_at


def test_silent_driver_is_not_expected_before_now(street: Any, on_the_way: Any) -> None:
    order = street.order("A", 0, 6000, state=on_the_way)

    long_ago = forecast_of_silent(street, order, 900.0)

    assert long_ago.p50_at > street.now
    assert long_ago.p90_at - long_ago.p50_at > 240.0


def test_order_names_what_its_forecast_rests_on(street: Any) -> None:
    order = street.order("A", 0, 1000, is_ready=False, ready_s=500.0)

    pickup, delivery = times_used(order, street.now, street.policy, None)

    assert (pickup.late_s, pickup.late_sd_s, pickup.service_s, pickup.cases) == (0.0, 150.0, 60.0, 0)
    assert (delivery.service_s, delivery.service_sd_s) == (120.0, 48.0)


LATE = Sides(middle=2.0, sooner=1.0, later=3.0)


def learned(situation: Situation) -> LearnedTimes:
    """In this situation plans came two standard deviations late, with a long side."""
    return LearnedTimes(UTC, lambda _: "Z", arrivals=RouteErrors({situation: LATE}))


def test_what_is_told_is_what_such_plans_came_to(street: Any, on_the_way: Any) -> None:
    first, second = street.order("A", 0, 1000, state=on_the_way), street.order("B", 0, 3000, state=on_the_way)
    driver = street.driver("D-1", 0, [first, second])
    plain = street.world([driver], [first, second])
    (_, planned) = planned_of(plain, driver)

    told = forecast(replace(plain, times=learned(Situation.ONE_STOP)), driver)[second.order_id][0]

    assert planned.situation is Situation.ONE_STOP
    sd = planned.planned.sd_s
    assert told.p50_at == pytest.approx(planned.planned.mean_at + 2.0 * sd)
    assert told.p90_at - told.p50_at == pytest.approx(3.0 * (told.p50_at - told.p10_at))


def test_door_that_was_reached_is_told_as_it_is(street: Any, on_the_way: Any) -> None:
    there = street.order("A", 0, 0, state=OrderState.AT_DELIVERY, arrived_at_delivery_at=street.now - 30.0)
    driver = street.driver("D-1", 0, [there])
    world = street.world([driver], [there], times=learned(Situation.NEXT))

    assert forecast(world, driver)[there.order_id][0].p50_at == street.now - 30.0


def test_order_that_its_driver_has_not_accepted_is_in_a_situation_of_its_own(street: Any) -> None:
    order = street.order("A", 0, 1000, state=OrderState.ASSIGNED, driver_id="D-1")
    yes = changed(order, is_accepted=True)
    situations = [
        planned_of(street.world([driver], [one]), driver)[0].situation
        for one in (order, yes)
        for driver in (street.driver("D-1", 0, [one]),)
    ]

    assert situations == [Situation.OFFERED, Situation.ONE_STOP]
