"""How an order's forecast moved, over REST."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import httpx

from backend_service.api.application import create_app
from backend_service.forecasting.forecast_record import ForecastRecord
from core.commands import ReviseForecast
from core.eta.forecast_history import RecentForecasts
from core.events.envelope import Envelope
from core.orders.order import ArrivalBand
from core.vocabulary import PLATFORM, OrderId, Role

ORDER = OrderId("O-1")


class Heard:
    """A log of what a bus told its listeners."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    def hear(self, envelopes: Sequence[Envelope], _: object) -> None:
        self.envelopes.extend(envelopes)

    async def read_correlated(self, streams: Sequence[str], limit: int = 1000) -> list[Envelope]:
        return [one for one in self.envelopes if one.stream in streams]


def band(as_of: float, p50_at: float) -> ArrivalBand:
    return ArrivalBand(p10_at=p50_at - 90.0, p50_at=p50_at, p90_at=p50_at + 120.0, as_of=as_of)


def test_the_desk_reads_how_a_forecast_moved(run: Any) -> None:
    async def scenario(world: Any) -> None:
        now, heard = world.clock.now(), Heard()
        world.bus.subscribe(heard.hear)
        first, silent = band(now, now + 1200.0), band(now + 60.0, now + 1230.0)
        await world.bus.execute(ReviseForecast(order_id=ORDER, arrival=first, cause="first"), PLATFORM)
        recent = RecentForecasts()
        for one in (first, silent):
            recent.note({ORDER: (one, 0.125)}, {ORDER})
        record = ForecastRecord(world.bus, heard, recent)
        app = create_app(replace(world.tower, forecasts=record))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://tower") as client:
            token = world.token(Role.DISPATCHER)
            answer = (await client.get("/api/v1/orders/O-1/forecasts", headers=token)).json()
            missing = await client.get("/api/v1/orders/O-9/forecasts", headers=token)
            driver = await client.get("/api/v1/orders/O-1/forecasts", headers=world.token(Role.DRIVER))

        assert answer["order_id"] == "O-1" and answer["promise"]["kind"] == "by"
        assert [(one["is_told"], one["cause"]) for one in answer["forecasts"]] == [(True, "first"), (False, "")]
        assert answer["forecasts"][1]["late_probability"] == 0.125
        assert (missing.status_code, driver.status_code) == (404, 403)

    run(scenario)


def test_a_service_that_keeps_no_forecasts_says_so(run: Any) -> None:
    async def scenario(world: Any) -> None:
        answer = await world.ask("GET", "/api/v1/orders/O-1/forecasts", role=Role.DISPATCHER)
        assert (answer.status_code, answer.json()["code"]) == (503, "forecasts.unavailable")

    run(scenario)
