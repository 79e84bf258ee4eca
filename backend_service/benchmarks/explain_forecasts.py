"""What the desk showed of every open order, minute by minute, beside when the door was reached: bias and coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from backend_service.benchmarks.report import Figure, Row
from backend_service.workers.collaborators import Bus
from backend_service.workers.eta_cycle import EtaCycle
from core.eta.calibration import HORIZONS_S
from core.orders.order import ArrivalBand, Order, OrderState
from core.vocabulary import Instant, OrderId

_STAGES = {
    OrderState.WAITING: "without a driver",
    OrderState.ASSIGNED: "with a driver, before the pickup",
    OrderState.AT_PICKUP: "with a driver, before the pickup",
    OrderState.ON_THE_WAY: "on board",
}


@dataclass(frozen=True, slots=True)
class ShownForecast:
    """A forecast of one order as it stood: how long it was, what came less its middle, seconds; and where it stood."""

    day: int
    stage: str
    shown_s: float
    error_s: float
    width_s: float
    is_inside: bool


class WatchedForecasts:
    """A worker that notes all forecasts each minute.

    Parameters
    ----------
    bus : Bus
    eta : EtaCycle
    """

    name = "watched forecasts"
    every_s = 60.0

    def __init__(self, bus: Bus, eta: EtaCycle) -> None:
        self._bus = bus
        self._eta = eta
        self._noted: list[tuple[OrderId, str, Instant, ArrivalBand]] = []

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Note what is shown of the orders whose door was not reached yet."""
        orders = self._bus.operation.orders.orders
        for order_id, (band, _) in self._eta.forecasts.items():
            stage = _STAGES.get(orders[order_id].state)
            if stage is not None and now - band.as_of < self.every_s:
                self._noted.append((order_id, stage, now, band))

    def beside(self, orders: Mapping[OrderId, Order], day: int) -> list[ShownForecast]:
        """Return what was noted of the orders that were delivered, beside what came."""
        found = []
        for order_id, stage, at, band in self._noted:
            order = orders[order_id]
            came_at = order.arrived_at_delivery_at or order.ended_at
            if order.state is OrderState.DELIVERED and came_at is not None and at < came_at:
                shown_s, width_s = band.p50_at - at, band.p90_at - band.p10_at
                is_inside = band.p10_at <= came_at <= band.p90_at
                found.append(ShownForecast(day, stage, shown_s, came_at - band.p50_at, width_s, is_inside))
        return found


def forecast_rows(shown: Sequence[ShownForecast]) -> list[Row]:
    """Return bias, error, coverage and width: each day, later days together, and these by horizon and by stage."""
    rows = [
        _row(f"all forecasts shown, day {day + 1}", [one for one in shown if one.day == day])
        for day in sorted({one.day for one in shown})
    ]
    later = [one for one in shown if one.day > 0]
    edges = (0.0, *HORIZONS_S, np.inf)
    rows.append(_row("all forecasts shown, second day and later", later))
    for low, high in pairwise(edges):
        name = f"{low / 60:.0f} to {high / 60:.0f} min" if high < np.inf else f"{low / 60:.0f} min and more"
        alike = [one for one in later if low <= one.shown_s < high]
        rows.append(_row(f"of them, {name} ahead", alike))
    rows += [_row(f"of them, {stage}", [one for one in later if one.stage == stage]) for stage in set(_STAGES.values())]
    return [row for row in rows if row.figures]


def _row(case: str, shown: Sequence[ShownForecast]) -> Row:
    if not shown:
        return Row(case=case, figures=())
    errors = np.array([one.error_s for one in shown]) / 60.0
    return Row(
        case=case,
        figures=(
            Figure.of("forecasts", "", [float(len(shown))]),
            Figure.of("bias (plus: came later)", "min", [float(errors.mean())]),
            Figure.of("median error (plus: came later)", "min", [float(np.median(errors))]),
            Figure.of("mean absolute error", "min", [float(np.abs(errors).mean())]),
            Figure.of("within the stated band", "%", [100.0 * float(np.mean([one.is_inside for one in shown]))]),
            Figure.of("mean width", "min", [float(np.mean([one.width_s for one in shown])) / 60.0]),
        ),
    )
