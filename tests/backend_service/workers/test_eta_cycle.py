"""Every open order has a forecast; only those that matter are told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from backend_service.workers.eta_cycle import EtaCycle
from core.commands import ReviseForecast
from core.eta.forecast_history import RecentForecasts
from core.orders.order import OrderState
from core.vocabulary import ZoneId


def run(cycle: EtaCycle, at: float) -> None:
    asyncio.run(cycle.run_once(at))


def test_forecast_is_street_time_plus_service(town: Any) -> None:
    told: list[Any] = []
    cycle = EtaCycle(town.bus, town.planner, told.append)
    town.driver("D-1", 0)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)

    run(cycle, town.now)

    # 100 s, 60 s at the counter, 200 s.
    band, late = told[0]["O-1"]
    assert band.p50_at - town.now == pytest.approx(360.0, abs=1.0)
    assert band.p10_at < band.p50_at < band.p90_at and band.is_degraded
    assert band.undegraded is not None
    assert band.p10_at < band.undegraded[0] < band.p50_at < band.undegraded[1] < band.p90_at
    assert late < 0.01


def test_order_without_a_driver_has_a_wide_forecast(town: Any) -> None:
    cycle = EtaCycle(town.bus, town.planner, lambda _: None)
    town.order("O-1", 1000, 3000)

    run(cycle, town.now)

    # 420 s until somebody comes, 60 s at the counter, 200 s.
    band, _ = cycle.forecasts["O-1"]
    assert band.p50_at - town.now == pytest.approx(680.0, abs=5.0)
    assert band.p90_at - band.p50_at > 300.0
    assert town.bus.commands == []


def test_small_moves_are_not_recorded(town: Any) -> None:
    cycle = EtaCycle(town.bus, town.planner, lambda _: None)
    town.driver("D-1", 0)
    order = town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)

    run(cycle, town.now)
    first = town.bus.commands.pop()
    assert isinstance(first, ReviseForecast) and first.cause == "first"
    town.bus.operation.orders.orders["O-1"] = replace(order, told_arrival=first.arrival)
    run(cycle, town.now + 60.0)
    small = len(town.bus.commands)
    run(cycle, town.now + 200.0)
    not_yet = len(town.bus.commands)
    run(cycle, town.now + 230.0)

    assert small == not_yet == 0
    assert [command.cause for command in town.bus.commands] == ["route"]


def test_every_forecast_is_noted_told_or_not(town: Any) -> None:
    recent = RecentForecasts()
    cycle = EtaCycle(town.bus, town.planner, lambda _: None, recent=recent)
    town.driver("D-1", 0)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)

    for second in (0.0, 60.0):
        run(cycle, town.now + second)

    assert [one.arrival.as_of - town.now for one in recent.of("O-1")] == [0.0, 60.0]


def test_kitchen_that_needs_longer_is_named_as_the_cause(town: Any) -> None:
    cycle = EtaCycle(town.bus, town.planner, lambda _: None)
    town.driver("D-1", 0)
    order = town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)
    run(cycle, town.now)
    told = town.bus.commands.pop().arrival
    town.bus.operation.orders.orders["O-1"] = replace(
        order, told_arrival=told, is_ready=False, ready_at=town.now + 1800.0
    )

    run(cycle, town.now + 10.0)

    assert [command.cause for command in town.bus.commands] == ["pickup_not_ready"]


def test_order_of_a_driver_who_is_nowhere_keeps_its_last_forecast(town: Any) -> None:
    cycle = EtaCycle(town.bus, town.planner, lambda _: None)
    town.driver("D-1", 0)
    town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)
    run(cycle, town.now)
    before = cycle.forecasts["O-1"]
    town.positions.seen.clear()

    run(cycle, town.now + 10.0)

    assert cycle.forecasts["O-1"] == before


def test_ended_orders_are_forgotten_and_refusals_are_no_trouble(town: Any) -> None:
    cycle = EtaCycle(town.bus, town.planner, lambda _: None)
    town.bus.refuses.add(ReviseForecast)
    town.driver("D-1", 0)
    order = town.order("O-1", 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED)
    run(cycle, town.now)
    town.bus.operation.orders.orders["O-1"] = replace(order, state=OrderState.DELIVERED)
    town.bus.operation.orders.open_ids.clear()
    town.bus.operation.fleet.routes.clear()

    run(cycle, town.now + 10.0)

    assert cycle.forecasts == {}


def test_when_customers_hear_is_the_policy_of_the_zone_of_the_order(town: Any) -> None:
    book = town.bus.operation.policy
    book.number, book.zones = 1, {ZoneId("Z-01"): {"told_move_s": 900.0, "told_move_soon_s": 900.0}}
    cycle = EtaCycle(town.bus, town.planner, lambda _: None)
    town.driver("D-1", 0)
    orders = [
        town.order(name, 1000, 3000, driver_id="D-1", state=OrderState.ASSIGNED, zone_id=zone)
        for name, zone in (("O-1", None), ("O-2", ZoneId("Z-01")))
    ]
    run(cycle, town.now)
    first = {command.order_id: command.arrival for command in town.bus.commands}
    for order in orders:
        town.bus.operation.orders.orders[order.order_id] = replace(order, told_arrival=first[order.order_id])
    town.bus.commands.clear()

    run(cycle, town.now + 250.0)  # nobody moved meanwhile: each comes so much later

    assert [command.order_id for command in town.bus.commands] == ["O-1"]
