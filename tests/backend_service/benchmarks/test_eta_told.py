"""What customers were told, beside what it came to: forecasts of 600 s, 240 s wide."""

from __future__ import annotations

import pytest

from backend_service.benchmarks.eta_told import ToldArrivals
from core.events import order_events as happened
from core.events.envelope import Envelope
from core.orders.order import ArrivalBand
from core.vocabulary import DriverId, OrderId
from tests.envelopes import envelope_of

T = 1_795_176_000.0


def told(name: str, p50_at: float) -> Envelope:
    band = ArrivalBand(p10_at=p50_at - 120.0, p50_at=p50_at, p90_at=p50_at + 120.0, as_of=T)
    return envelope_of(happened.ArrivalForecastRevised(order_id=OrderId(name), arrival=band, cause="route"), T)


def reached(name: str, at: float) -> Envelope:
    return envelope_of(happened.DeliveryReached(order_id=OrderId(name), driver_id=DriverId("D-1")), at)


def test_each_forecast_told_is_judged_by_its_arrival_and_revisions_are_counted() -> None:
    heard = ToldArrivals()
    heard.note([told("A", T + 600.0), told("A", T + 900.0), told("B", T + 600.0), told("C", T + 600.0)], None)
    heard.note([reached("A", T + 960.0), reached("B", T + 570.0), reached("B", T + 990.0)], None)

    figures = {figure.name: figure.median for figure in heard.row("day").figures}

    assert (figures["orders"], figures["forecasts told"], figures["revisions told per trip"]) == (2.0, 3.0, 0.5)
    assert figures["MAE"] == pytest.approx((360.0 + 60.0 + 30.0) / 3)
    assert figures["bias"] == pytest.approx((-360.0 - 60.0 + 30.0) / 3)
    assert (figures["median error"], figures["mean interval"]) == (60.0, 240.0)
    assert figures["within 80 % interval"] == pytest.approx(200.0 / 3, abs=0.001)


def test_a_day_without_an_arrival_says_so() -> None:
    heard = ToldArrivals()
    heard.note([told("A", T + 600.0)], None)

    assert [(figure.name, figure.median) for figure in heard.row("day").figures] == [("orders", 0.0)]
