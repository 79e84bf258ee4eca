"""The latest forecast of every open order, oldest change first, so that a session finds what is new from the end."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from core import wire
from core.orders.order import ArrivalBand
from core.vocabulary import OrderId

type Forecast = tuple[ArrivalBand, float]


class ForecastTable:
    """Forecasts by order; `changes` counts updates."""

    def __init__(self) -> None:
        self.changes = 0
        self._rows: dict[OrderId, tuple[int, Forecast]] = {}
        self._encoded: tuple[int, int, bytes] = (-1, -1, b"")

    def __len__(self) -> int:
        return len(self._rows)

    def update(self, forecasts: Mapping[OrderId, Forecast], open_ids: Collection[OrderId]) -> None:
        """Take new forecasts and drop those of orders that are no longer open."""
        self.changes += 1
        for order_id, forecast in forecasts.items():
            self._rows.pop(order_id, None)
            self._rows[order_id] = (self.changes, forecast)
        for order_id in [order_id for order_id in self._rows if order_id not in open_ids]:
            del self._rows[order_id]

    def encoded_since(self, seen: int) -> bytes:
        """Return the message with every forecast that changed after `seen` (a former value of `changes`)."""
        if self._encoded[:2] != (seen, self.changes):
            self._encoded = (seen, self.changes, wire.encode(self._since(seen)))
        return self._encoded[2]

    def _since(self, seen: int) -> wire.Forecasts:
        fresh: list[tuple[OrderId, Forecast]] = []
        for order_id, (changed, forecast) in reversed(self._rows.items()):
            if changed <= seen:
                break
            fresh.append((order_id, forecast))
        return wire.Forecasts(
            orders=tuple(order_id for order_id, _ in fresh),
            arrivals=tuple(arrival for _, (arrival, _) in fresh),
            late_probability=tuple(late for _, (_, late) in fresh),
        )
