"""Reads how an order's forecast moved out of its events: what is drawn of it. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from core.eta.forecast_history import PastForecast
from core.events import order_events as happened
from core.events.envelope import Envelope, UnknownEvent
from core.orders.order import ArrivalBand
from core.vocabulary import Instant, OrderId
from ui.desk_context import DeskContext
from ui.names import driver_name
from widgets.charts.forecast_history import ForecastPoint, FutureBand, History, HistoryMark
from widgets.formatting import clock_time


def _tr(text: str) -> str:
    return QCoreApplication.translate("forecast_course", text)


def course_of(
    context: DeskContext, order_id: OrderId, forecasts: Sequence[PastForecast], envelopes: Sequence[Envelope]
) -> History | None:
    """Return what is drawn of an order, None while nothing was forecast.

    Parameters
    ----------
    context : DeskContext
    order_id : OrderId
    forecasts : told and silent ones, oldest first
    envelopes : its events, oldest first
    """
    order = context.store.operation.orders.orders.get(order_id)
    if order is None:
        return None
    marks, ended_at = _read(context, envelopes)
    points = [_point(one.arrival, is_told=one.is_told) for one in forecasts]
    newest = context.store.forecasts.get(order_id)
    if newest is not None and ended_at is None and all(newest[0].as_of > point.made_at for point in points):
        points.append(_point(newest[0]))
    if not points:
        return None
    return History(
        points=tuple(sorted(points, key=lambda point: point.made_at)),
        promise_at=order.promise.by_at,
        until_at=ended_at if ended_at is not None else context.now(),
        marks=tuple(marks),
        futures=_futures(context, order_id) if ended_at is None else (),
        is_over=ended_at is not None,
    )


def told_times(history: History) -> int:
    """Return how often the customer was told."""
    return sum(point.is_told for point in history.points)


def _read(context: DeskContext, envelopes: Sequence[Envelope]) -> tuple[list[HistoryMark], Instant | None]:
    """Return what happened, and when the order ended."""
    marks: list[HistoryMark] = []
    ended_at: Instant | None = None
    for envelope in envelopes:
        try:
            event = envelope.event()
        except UnknownEvent:
            continue
        if words := _mark_words(event):
            time = clock_time(envelope.occurred_at, context.zone)
            marks.append(HistoryMark(envelope.occurred_at, f"{words} {time}"))
        if isinstance(event, happened.OrderDelivered | happened.DeliveryFailed | happened.OrderCancelled):
            ended_at = envelope.occurred_at
    return marks, ended_at


def _mark_words(event: object) -> str:
    match event:
        case happened.OrderAssigned():
            return _tr("to {driver}").format(driver=event.driver_id)
        case happened.PickupReached():
            return _tr("at pickup")
        case happened.OrderPickedUp():
            return _tr("picked up")
        case happened.DeliveryReached():
            return _tr("at the door")
        case happened.OrderDelivered():
            return _tr("delivered")
        case happened.DeliveryFailed():
            return _tr("not delivered")
        case happened.OrderCancelled():
            return _tr("cancelled")
    return ""


def _point(band: ArrivalBand, *, is_told: bool = False) -> ForecastPoint:
    return ForecastPoint(band.as_of, band.p10_at, band.p50_at, band.p90_at, is_told, band.undegraded)


def _futures(context: DeskContext, order_id: OrderId) -> tuple[FutureBand, ...]:
    """Return what comes if nothing changes, and if what is proposed is done."""
    proposal = context.store.operation.decisions.standing.get(order_id)
    if proposal is None or proposal.after is None:
        return ()
    forecast = context.store.forecasts.get(order_id)
    before = forecast[0] if forecast is not None else proposal.before
    name = driver_name(context.store.operation, proposal.driver_id)
    futures = [] if before is None else [_future(_tr("If nothing changes"), before)]
    return (*futures, _future(_tr("{driver} takes it").format(driver=name), proposal.after, is_proposed=True))


def _future(name: str, band: ArrivalBand, *, is_proposed: bool = False) -> FutureBand:
    return FutureBand(name, band.p10_at, band.p50_at, band.p90_at, is_proposed, band.undegraded)
