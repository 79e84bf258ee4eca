"""Looks up how the forecast of an order moved: in the log what was told, in memory what was not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from core.eta.forecast_history import ForecastHistory, RecentForecasts, StopTimeUsed, history_of
from core.events.envelope import Envelope
from core.orders.order import Order
from core.projections.operation import Operation
from core.refusals import NotFound
from core.streams import of_forecast
from core.vocabulary import OrderId


class Streams(Protocol):
    """The log, as far as it is read here."""

    async def read_correlated(self, streams: Sequence[str], limit: int = 1000) -> list[Envelope]:
        """Return the envelopes of several streams together, in log order."""
        ...


class OperationOfNow(Protocol):
    """Whoever has the operation as it stands."""

    @property
    def operation(self) -> Operation:
        """Return the state as it stands."""
        ...


class ForecastRecord:
    """Answers for one order at a time.

    Parameters
    ----------
    bus : OperationOfNow
    log : Streams
    recent : RecentForecasts
        What the ETA cycle notes.
    times : callable, optional
        Returns what forecasts expect of the stops of an order.
    """

    def __init__(
        self,
        bus: OperationOfNow,
        log: Streams,
        recent: RecentForecasts,
        times: Callable[[Order], Sequence[StopTimeUsed]] | None = None,
    ) -> None:
        self._bus = bus
        self._log = log
        self._recent = recent
        self._times = times or _nothing_of

    async def of(self, order_id: OrderId) -> ForecastHistory:
        """Return the forecasts of an order, oldest first; of one that has ended, those that were told.

        Raises
        ------
        NotFound
            If there is no such order.
        Fault
            If the log cannot be read.
        """
        order = self._bus.operation.orders.orders.get(order_id)
        if order is None:
            raise NotFound("order", order_id)
        told = await self._log.read_correlated([of_forecast(order_id)])
        return history_of(order, told, self._recent.of(order_id), self._times(order))


def _nothing_of(_: Order) -> Sequence[StopTimeUsed]:
    return ()
