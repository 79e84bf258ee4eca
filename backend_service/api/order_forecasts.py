"""How the forecast of an order's arrival moved, over REST: what the order screen draws."""

from __future__ import annotations

import msgspec
from litestar import get

from backend_service.api.collaborators import Tower
from backend_service.api.identification import DESK, allowed
from backend_service.api.order_views import PromiseView
from backend_service.api.places_and_times import IdInPath, Moment, moment, moment_or_none, undegraded_of
from backend_service.api.problems import problems
from core.eta.forecast_history import PastForecast
from core.fleet.route import StopKind
from core.refusals import Fault
from core.vocabulary import OrderId


class PastForecastView(msgspec.Struct, kw_only=True):
    """A forecast as it was made; `late_probability` is ``null`` for what only the log still knows.

    `undegraded` is the 10th and the 90th percentile that it would have if no source were degraded, where one is.
    `is_told` says whether the customer heard of it, and `cause` why then: ``first``, ``route``, ``driver_silent`` or
    ``pickup_not_ready``.
    """

    made_at: Moment
    p10_at: Moment
    p50_at: Moment
    p90_at: Moment
    is_degraded: bool
    is_told: bool
    cause: str
    late_probability: float | None
    undegraded: tuple[Moment, Moment] | None = None

    @classmethod
    def of(cls, forecast: PastForecast) -> PastForecastView:
        """Return a forecast as it is written."""
        arrival = forecast.arrival
        return cls(
            made_at=moment(arrival.as_of),
            p10_at=moment(arrival.p10_at),
            p50_at=moment(arrival.p50_at),
            p90_at=moment(arrival.p90_at),
            is_degraded=arrival.is_degraded,
            is_told=forecast.is_told,
            cause=forecast.cause,
            late_probability=forecast.late_probability,
            undegraded=undegraded_of(arrival),
        )


class StopTimeView(msgspec.Struct, kw_only=True):
    """What is expected of a stop still ahead, seconds: goods `late_s` after the announced time, then `service_s` there.

    `cases` is how many earlier stops at that kitchen, or in the door's zone, it was learned from; 0: the policy alone.
    """

    kind: StopKind
    late_s: float
    late_sd_s: float
    service_s: float
    service_sd_s: float
    cases: int


class OrderForecastsView(msgspec.Struct, kw_only=True):
    """The forecasts of an order, oldest first, beside what is promised; `times` is what they rest on at its stops."""

    order_id: str
    promise: PromiseView
    forecasts: list[PastForecastView]
    times: list[StopTimeView]


@get(
    "/orders/{order_id:str}/forecasts",
    guards=[allowed(DESK)],
    responses=problems(404, 503),
    summary="Read how an order's forecast moved",
)
async def order_forecasts(order_id: IdInPath, tower: Tower) -> OrderForecastsView:
    """Return what the customer was told and, while the order is open, the silent forecasts of the last hour."""
    if tower.forecasts is None:
        raise Fault("forecasts.unavailable", "This service does not keep how forecasts moved.")
    found = await tower.forecasts.of(OrderId(order_id))
    promise = found.promise
    return OrderForecastsView(
        order_id=found.order_id,
        promise=PromiseView(by_at=moment(promise.by_at), kind=promise.kind, from_at=moment_or_none(promise.from_at)),
        forecasts=[PastForecastView.of(one) for one in found.forecasts],
        times=[StopTimeView(**msgspec.structs.asdict(one)) for one in found.times],
    )
