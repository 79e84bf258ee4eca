"""How the forecast of one order moved: what customers were told, from the log, and the silent ones in between.

The silent ones are kept in memory alone, bounded per open order; they are not events, for they meant nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from math import isnan, nan

import msgspec

from core.events.envelope import Envelope
from core.events.order_events import ArrivalForecastRevised
from core.fleet.route import StopKind
from core.orders.order import ArrivalBand, Order, Promise
from core.vocabulary import OrderId

KEPT = 180
"""Silent forecasts of an order: at one every 20 s, those of the last hour."""

LEAST_APART_S = 20.0
_WHOLE = (nan, nan)
_COLUMNS = 8


class PastForecast(msgspec.Struct, frozen=True, kw_only=True):
    """A forecast as it was made at `arrival.as_of`.

    `late_probability` is that of missing the promise, ``None`` for what is known from the log alone; `is_told` says
    whether the customer heard of it, and `cause` why then.
    """

    arrival: ArrivalBand
    late_probability: float | None = None
    is_told: bool = False
    cause: str = ""


class StopTimeUsed(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected of a stop of an order, seconds: `late_s` after the announced time, then `service_s` there.

    `cases` is how many earlier stops at the kitchen, or in the door's zone, it was learned from; 0 is the policy alone.
    """

    kind: StopKind
    late_s: float
    late_sd_s: float
    service_s: float
    service_sd_s: float
    cases: int


class ForecastHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The forecasts of an order, oldest first, beside what is promised; `times` are those of the stops still ahead."""

    order_id: OrderId
    promise: Promise
    forecasts: tuple[PastForecast, ...]
    times: tuple[StopTimeUsed, ...] = ()


class RecentForecasts:
    """The last forecasts of every open order, told or not, some seconds apart: 12 kB an order at most.

    Parameters
    ----------
    kept : int
        How many of each order; the oldest goes first.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._rows: dict[OrderId, array[float]] = {}

    def note(self, forecasts: Mapping[OrderId, tuple[ArrivalBand, float]], open_ids: Collection[OrderId]) -> None:
        """Keep forecasts with their probabilities of being late, and forget orders that are no longer open."""
        for order_id, (band, late) in forecasts.items():
            rows = self._rows.setdefault(order_id, array("d"))
            if rows and band.as_of - rows[-_COLUMNS] < LEAST_APART_S:
                continue
            rows.extend((band.as_of, band.p10_at, band.p50_at, band.p90_at, float(band.is_degraded), late))
            rows.extend(band.undegraded or _WHOLE)
            if len(rows) > _COLUMNS * self._kept:
                del rows[:_COLUMNS]
        for order_id in [order_id for order_id in self._rows if order_id not in open_ids]:
            del self._rows[order_id]

    def of(self, order_id: OrderId) -> list[PastForecast]:
        """Return an order's forecasts, oldest first; none of one that is not open."""
        rows = self._rows.get(order_id, array("d"))
        return [_forecast(rows[first : first + _COLUMNS]) for first in range(0, len(rows), _COLUMNS)]


def history_of(
    order: Order,
    told: Sequence[Envelope],
    silent: Sequence[PastForecast],
    times: Sequence[StopTimeUsed] = (),
) -> ForecastHistory:
    """Return an order's forecasts together.

    Parameters
    ----------
    order : Order
    told : sequence of Envelope
        The stream of its forecasts (`core.streams.of_forecast`).
    silent : sequence of PastForecast
        Those in memory; one that was told as well counts as told.
    times : sequence of StopTimeUsed
    """
    events = [event for one in told if isinstance(event := one.event(), ArrivalForecastRevised)]
    lates = {one.arrival: one.late_probability for one in silent}
    heard = [
        PastForecast(arrival=one.arrival, late_probability=lates.get(one.arrival), is_told=True, cause=one.cause)
        for one in events
    ]
    arrivals = {one.arrival for one in heard}
    together = [*heard, *(one for one in silent if one.arrival not in arrivals)]
    together.sort(key=lambda one: one.arrival.as_of)
    return ForecastHistory(
        order_id=order.order_id, promise=order.promise, forecasts=tuple(together), times=tuple(times)
    )


def _forecast(row: Sequence[float]) -> PastForecast:
    as_of, p10_at, p50_at, p90_at, is_degraded, late, *undegraded = row
    band = ArrivalBand(
        p10_at=p10_at,
        p50_at=p50_at,
        p90_at=p90_at,
        as_of=as_of,
        is_degraded=bool(is_degraded),
        undegraded=None if isnan(undegraded[0]) else (undegraded[0], undegraded[1]),
    )
    return PastForecast(arrival=band, late_probability=late)
