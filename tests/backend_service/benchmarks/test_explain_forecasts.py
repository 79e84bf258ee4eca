"""What the desk showed stands beside what came, only of orders that were delivered, and only before the door."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from backend_service.benchmarks.explain_forecasts import ShownForecast, WatchedForecasts, forecast_rows
from core.orders.order import ArrivalBand, Order, OrderState, Promise
from core.projections.operation import Operation
from core.vocabulary import OrderId, Place, Position

T = 1_795_176_000.0


@dataclass
class QuietBus:
    """Has an operation."""

    operation: Operation = field(default_factory=Operation)


@dataclass
class Forecasts:
    """Has a forecast of ten minutes, give or take two, for every order."""

    forecasts: dict[OrderId, Any]


def order(name: str, state: OrderState, came_s: float | None = None) -> Order:
    return Order(
        order_id=OrderId(name),
        customer_id="C-1",
        customer=None,
        pickup=Place(name="Cocina", position=Position(0.0, 0.0)),
        delivery=Position(0.0, 0.02),
        promise=Promise(by_at=T + 3600.0),
        placed_at=T,
        ready_at=T,
        state=state,
        arrived_at_delivery_at=None if came_s is None else T + came_s,
    )


def test_what_was_shown_is_held_against_the_arrival() -> None:
    orders = [order("A", OrderState.ON_THE_WAY), order("B", OrderState.WAITING), order("C", OrderState.ASSIGNED)]
    band = ArrivalBand(p10_at=T + 480.0, p50_at=T + 600.0, p90_at=T + 720.0, as_of=T)
    bus: Any = QuietBus()
    bus.operation.orders.orders.update({one.order_id: one for one in orders})
    eta: Any = Forecasts({one.order_id: (band, 0.1) for one in orders})
    watched = WatchedForecasts(bus, eta)
    asyncio.run(watched.run_once(T))
    ended = [
        order("A", OrderState.DELIVERED, 700.0),
        order("B", OrderState.DELIVERED, 900.0),
        order("C", OrderState.CANCELLED),
    ]

    found = watched.beside({one.order_id: one for one in ended}, day=2)

    assert found == [
        ShownForecast(2, "on board", 600.0, 100.0, 240.0, is_inside=True),
        ShownForecast(2, "without a driver", 600.0, 300.0, 240.0, is_inside=False),
    ]


def test_rows_are_those_of_each_day_and_of_the_later_ones_by_horizon() -> None:
    shown = [
        ShownForecast(0, "on board", 200.0, 60.0, 120.0, is_inside=True),
        ShownForecast(1, "on board", 400.0, 120.0, 120.0, is_inside=False),
        ShownForecast(1, "on board", 2000.0, -60.0, 240.0, is_inside=True),
    ]

    rows = {row.case: {figure.name: figure.median for figure in row.figures} for row in forecast_rows(shown)}

    later = rows["all forecasts shown, second day and later"]
    assert (later["forecasts"], later["within the stated band"], later["mean width"]) == (2.0, 50.0, 3.0)
    assert later["bias (plus: came later)"] == pytest.approx(0.5)
    assert rows["of them, 5 to 15 min ahead"]["mean absolute error"] == 2.0
    assert rows["of them, 30 min and more ahead"]["forecasts"] == 1.0
    assert "of them, 0 to 5 min ahead" not in rows
