"""The five figures of the top bar, counted from the operation without looking at every order of the day."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass

from core.fleet.fleet import DriverStatus
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.vocabulary import Instant, OrderId

WINDOW_S = 3600.0
ON_TIME_GOAL = 0.95
ALARM_WINDOW_S = 600.0
ALARM_GOAL = 1.0
_LONGEST_ORDER_S = 10_800.0


@dataclass(frozen=True, slots=True)
class Figures:
    """As of one instant; `on_time_share` is ``None`` while nothing was delivered in the last hour.

    What waits for a wave is active, but does not wait for a driver.
    """

    active: int
    waiting: int
    oldest_wait_s: float | None
    on_time_share: float | None
    free_drivers: int
    drivers_on_shift: int


class DayFigures:
    """Remembers the deliveries of the last hour; everything else is counted when asked."""

    def __init__(self) -> None:
        self._delivered: list[tuple[Instant, OrderId, bool]] = []
        self._known: set[OrderId] = set()

    def restart(self, operation: Operation) -> None:
        """Look through the latest orders of a new state."""
        self._delivered.clear()
        self._known.clear()
        newest = max((order.ended_at or 0.0 for order in operation.orders.orders.values()), default=0.0)
        for order in reversed(operation.orders.orders.values()):
            if order.placed_at < newest - WINDOW_S - _LONGEST_ORDER_S:
                break
            self._note(order)

    def note_changed(self, operation: Operation, order_ids: Iterable[str]) -> None:
        """Take in orders that changed."""
        for order_id in order_ids:
            order = operation.orders.orders.get(OrderId(order_id))
            if order is not None:
                self._note(order)

    def at(self, operation: Operation, now: Instant) -> Figures:
        """Return the figures at an instant of operation time."""
        while self._delivered and self._delivered[0][0] < now - WINDOW_S:
            self._known.discard(self._delivered.pop(0)[1])
        orders, fleet = operation.orders.orders, operation.fleet
        placed = [
            orders[order_id].placed_at
            for order_id in operation.orders.open_ids
            if orders[order_id].state is OrderState.WAITING and not operation.waves.keeps(orders[order_id])
        ]
        statuses = [fleet.status_of(driver_id) for driver_id in fleet.drivers]
        kept = [is_kept for _, _, is_kept in self._delivered]
        return Figures(
            active=len(operation.orders.open_ids),
            waiting=len(placed),
            oldest_wait_s=max(0.0, now - min(placed)) if placed else None,
            on_time_share=sum(kept) / len(kept) if kept else None,
            free_drivers=statuses.count(DriverStatus.FREE),
            drivers_on_shift=len(statuses) - statuses.count(DriverStatus.OFF),
        )

    def _note(self, order: Order) -> None:
        if order.state is not OrderState.DELIVERED or order.ended_at is None or order.order_id in self._known:
            return
        reached_at = order.arrived_at_delivery_at or order.ended_at
        self._known.add(order.order_id)
        insort(self._delivered, (order.ended_at, order.order_id, reached_at <= order.promise.by_at))
