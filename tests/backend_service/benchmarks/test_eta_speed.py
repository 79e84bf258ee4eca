"""How long many forecasts take: the drives of a made day, on straight streets."""

from __future__ import annotations

import asyncio
from datetime import UTC
from types import SimpleNamespace
from typing import Any

from backend_service.benchmarks.eta_speed import ROUNDS, timed_day
from backend_service.forecasting.forecaster import Forecaster
from backend_service.streets.straight_line import StraightLineStreets
from backend_service.streets.street_engine import NoWay
from core.eta.ground import Ground
from core.orders.order import Order, Promise
from core.projections.operation import Operation
from core.timekeeping import SteppedClock
from core.vocabulary import OrderId, Place, Position

T = 1_795_176_000.0


class BrokenAtTheHarbour(StraightLineStreets):
    """Straight streets; no way leads to the harbour."""

    async def route(self, points: Any, *, annotate: bool = False) -> Any:
        if points[-1][0] > 0.05:
            raise NoWay("Nothing leads there.")
        return await super().route(points, annotate=annotate)


def test_a_thousand_drives_of_the_day_are_asked_and_forecast_those_that_lead_somewhere() -> None:
    clock, operation = SteppedClock(T), Operation()
    for number, lat in enumerate((0.02, 0.03, 0.09)):
        order = Order(
            order_id=OrderId(f"O-{number}"),
            customer_id="C-1",
            customer=None,
            pickup=Place(name="Kitchen", position=Position(0.0, 0.0)),
            delivery=Position(lat, 0.0),
            promise=Promise(by_at=T + 3600.0),
            placed_at=T,
            ready_at=T,
        )
        operation.orders.orders[order.order_id] = order
    service = SimpleNamespace(streets=BrokenAtTheHarbour(clock, UTC), bus=SimpleNamespace(operation=operation))
    running: Any = SimpleNamespace(service=service, clock=clock)

    row = asyncio.run(timed_day(running, Forecaster(Ground(0.0, 0.0), UTC, lambda *_: "Z"), 300))

    count = int(row.case.split()[0])
    assert row.case.endswith("stops forecast anew") and 150 < count < 250
    figures = {figure.name: figure for figure in row.figures}
    assert list(figures) == ["forecast", "ways by the street engine", "both", "per forecast"]
    assert len(figures["both"].runs) == ROUNDS
