"""What customers were told on a day, and what it came to: every forecast that became an event, beside its arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from backend_service.benchmarks.report import Figure, Row
from core.events.envelope import Envelope
from core.events.order_events import ArrivalForecastRevised, DeliveryReached, OrderDelivered
from core.orders.order import ArrivalBand
from core.vocabulary import Instant, OrderId

_HEARD = frozenset(event.event_type() for event in (ArrivalForecastRevised, DeliveryReached, OrderDelivered))


@dataclass(slots=True)
class ToldArrivals:
    """Have the bus tell `note`."""

    told: dict[OrderId, list[ArrivalBand]] = field(default_factory=dict)
    arrived_at: dict[OrderId, Instant] = field(default_factory=dict)

    def note(self, envelopes: Sequence[Envelope], _: object) -> None:
        """Hear what was told, and who arrived."""
        for envelope in envelopes:
            if envelope.type not in _HEARD:
                continue
            match envelope.event():
                case ArrivalForecastRevised(order_id=order_id, arrival=arrival):
                    self.told.setdefault(order_id, []).append(arrival)
                case DeliveryReached(order_id=order_id) | OrderDelivered(order_id=order_id):
                    self.arrived_at.setdefault(order_id, envelope.occurred_at)

    def row(self, case: str) -> Row:
        """Return how often and how truly customers were told, of orders that have arrived."""
        orders = [name for name in self.told if name in self.arrived_at]
        bands = [(band, self.arrived_at[name]) for name in orders for band in self.told[name]]
        errors = np.array([band.p50_at - at for band, at in bands])
        within = [band.p10_at <= at <= band.p90_at for band, at in bands]
        figures = [Figure.of("orders", "", [float(len(orders))])]
        if bands:
            figures += [
                Figure.of("revisions told per trip", "", [(len(bands) - len(orders)) / len(orders)]),
                Figure.of("forecasts told", "", [float(len(bands))]),
                Figure.of("MAE", "s", [float(np.abs(errors).mean())]),
                Figure.of("median error", "s", [float(np.median(np.abs(errors)))]),
                Figure.of("bias", "s", [float(errors.mean())]),
                Figure.of("within 80 % interval", "%", [100.0 * sum(within) / len(within)]),
                Figure.of("mean interval", "s", [float(np.mean([band.p90_at - band.p10_at for band, _ in bands]))]),
            ]
        return Row(case=case, figures=tuple(figures))
