"""What a simulated day came to: promises, times, ways, idleness, fairness and churn, measured from outside and in."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from backend_service.benchmarks.day_promises import GivenPromises
from backend_service.benchmarks.report import Figure
from backend_service.stepped_day import SteppedDay
from core.alarms.exceptions import ExceptionItem, current_exceptions
from core.dispatch.forecasting import Forecast
from core.events.envelope import Envelope
from core.events.order_events import ArrivalForecastRevised, AssignmentAccepted, OrderAssigned
from core.geodesy import short_distance_m
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, Instant, OrderId

_HEARD = frozenset(event.event_type() for event in (OrderAssigned, AssignmentAccepted, ArrivalForecastRevised))


@dataclass(slots=True)
class DayWatch:
    """Looks at a running day between its steps, and hears its events.

    Attributes
    ----------
    driven_m : metres that all drivers drove, wherever to
    idle_s, shift_s : seconds that drivers on shift had no order in hand, and were on shift
    most_in_hand : the most orders that one driver had at once
    alarms : how many exceptions came up that were not there before
    promises : the probabilities that decisions gave
    """

    day: SteppedDay
    began_at: Instant
    driven_m: float = 0.0
    idle_s: float = 0.0
    shift_s: float = 0.0
    most_in_hand: int = 0
    in_hand: list[float] = field(default_factory=list)
    alarms: int = 0
    open_alarms: list[int] = field(default_factory=list)
    assigned: int = 0
    moved: int = 0
    moved_after_yes: int = 0
    told_moves_min: list[float] = field(default_factory=list)
    promises: GivenPromises = field(default_factory=GivenPromises)
    _told: dict[OrderId, Instant] = field(default_factory=dict)
    _said_yes: set[OrderId] = field(default_factory=set)
    _shown: list[ExceptionItem] = field(default_factory=list)
    _shifts: Counter[DriverId] = field(default_factory=Counter)
    _were: np.ndarray[tuple[int, int], np.dtype[np.float64]] | None = None

    def note(self, envelopes: Sequence[Envelope], changes: object) -> None:
        """Hear what happened: who got an order, who said yes, and what customers were told."""
        self.promises.note(envelopes)
        for envelope in envelopes:
            if envelope.type not in _HEARD:
                continue
            match envelope.event():
                case OrderAssigned() as assigned:
                    self._assigned(assigned)
                case AssignmentAccepted(order_id=order_id):
                    self._said_yes.add(order_id)
                case ArrivalForecastRevised(order_id=order_id, arrival=arrival):
                    before = self._told.get(order_id)
                    if before is not None:
                        self.told_moves_min.append(abs(arrival.p50_at - before) / 60.0)
                    self._told[order_id] = arrival.p50_at

    def _assigned(self, event: OrderAssigned) -> None:
        self.assigned += 1
        if event.previous_driver_id is not None:
            self.moved += 1
            self.moved_after_yes += event.order_id in self._said_yes
        self._said_yes.discard(event.order_id)

    def look(self, seconds: float, forecasts: dict[OrderId, Forecast]) -> None:
        """Count `seconds` that have passed since the last look."""
        operation = self.day.service.bus.operation
        held: Counter[DriverId] = Counter()
        for order in operation.orders.open_orders():
            if order.driver_id is not None:
                held[order.driver_id] += 1
        at_work = [driver.driver_id for driver in operation.fleet.drivers.values() if driver.is_on_shift]
        for name in at_work:
            self._shifts[name] += round(seconds)
        self.shift_s += seconds * len(at_work)
        self.idle_s += seconds * sum(not held[name] for name in at_work)
        busy = [held[name] for name in at_work if held[name]]
        self.most_in_hand = max(self.most_in_hand, *busy, 0)
        self.in_hand.append(statistics.fmean(busy) if busy else 0.0)
        self._follow()
        self._count_alarms(forecasts)

    def _follow(self) -> None:
        now = np.array([[driver.position.lat, driver.position.lon] for driver in self.day.day.drivers])
        if self._were is not None:
            self.driven_m += float(short_distance_m(self._were, now).sum())
        self._were = now

    def _count_alarms(self, forecasts: dict[OrderId, Forecast]) -> None:
        service = self.day.service
        items = current_exceptions(service.bus.operation, self.day.clock.now(), forecasts, shown=self._shown)
        self.alarms += len({item.key for item in items} - {item.key for item in self._shown})
        self.open_alarms.append(len(items))
        self._shown = items

    def figures(self) -> dict[str, tuple[str, float]]:
        """Return name -> (unit, amount)."""
        now, orders = self.day.clock.now(), self.day.service.bus.operation.orders.orders.values()
        done = [order for order in orders if order.state is OrderState.DELIVERED]
        due = [order for order in orders if _is_due(order, now)]
        late = sum(_is_late(order, now) for order in due)
        hours = {name: seconds / 3600.0 for name, seconds in self._shifts.items() if seconds >= 1800}
        each = Counter(order.driver_id for order in done)
        rates = [each[name] / worked for name, worked in hours.items()]
        ten_minutes = (now - self.began_at) / 600.0
        return {
            "orders placed": ("", len(orders)),
            "delivered": ("", len(done)),
            "late": ("%", 100.0 * late / max(1, len(due))),
            "minutes late, of the late": (
                "min",
                _mean([_late_min(order, now) for order in due if _is_late(order, now)]),
            ),
            "ready to door": ("min", _mean([(_door(order) - order.ready_at) / 60.0 for order in done])),
            "ready to door, 90 of 100 below": (
                "min",
                _ninth([(_door(order) - order.ready_at) / 60.0 for order in done]),
            ),
            "click to door": ("min", _mean([(_door(order) - order.placed_at) / 60.0 for order in done])),
            "way per order": ("km", self.driven_m / 1000.0 / max(1, len(done))),
            "idle": ("min/driver h", 60.0 * self.idle_s / max(1.0, self.shift_s)),
            "orders in hand, mean of busy drivers": ("", _mean(self.in_hand)),
            "orders in hand, most": ("", self.most_in_hand),
            "deliveries per driver hour, standard deviation": ("", statistics.pstdev(rates) if rates else 0.0),
            "deliveries per driver hour, Gini": ("", gini(rates)),
            "orders moved to another driver": ("%", 100.0 * self.moved / max(1, self.assigned)),
            "orders moved after a driver's yes": ("%", 100.0 * self.moved_after_yes / max(1, self.assigned)),
            "told arrivals moved, per order": ("", len(self.told_moves_min) / max(1, len(done))),
            "told arrivals moved by, of those moved": ("min", _mean(self.told_moves_min)),
            "alarms raised": ("/10 min", self.alarms / ten_minutes),
            "alarms open": ("", _mean(self.open_alarms)),
        }

    def kept(self) -> dict[OrderId, bool]:
        """Return of each order whose promise was put to the test whether it was kept."""
        now, orders = self.day.clock.now(), self.day.service.bus.operation.orders.orders.values()
        return {order.order_id: not _is_late(order, now) for order in orders if _is_due(order, now)}


def over_days(days: Sequence[dict[str, tuple[str, float]]]) -> tuple[Figure, ...]:
    """Return every figure over several days."""
    return tuple(Figure.of(name, unit, [day[name][1] for day in days]) for name, (unit, _) in days[0].items())


def differences(
    days: Sequence[dict[str, tuple[str, float]]], against: Sequence[dict[str, tuple[str, float]]]
) -> tuple[Figure, ...]:
    """Return every figure less that of the same day under another decider; the days are those of the same seeds."""
    return tuple(
        Figure.of(name, unit, [day[name][1] - other[name][1] for day, other in zip(days, against, strict=True)])
        for name, (unit, _) in days[0].items()
    )


def gini(amounts: Sequence[float]) -> float:
    """Return the Gini coefficient: 0 where all have the same, towards 1 where one has all; 0 of nothing."""
    ordered, whole = sorted(amounts), sum(amounts)
    if whole <= 0.0:
        return 0.0
    count = len(ordered)
    ranked = sum(rank * amount for rank, amount in enumerate(ordered, 1))
    return 2.0 * ranked / (count * whole) - (count + 1.0) / count


def _door(order: Order) -> Instant:
    at = order.arrived_at_delivery_at if order.arrived_at_delivery_at is not None else order.ended_at
    assert at is not None
    return at


def _is_due(order: Order, now: Instant) -> bool:
    """Say whether the promise of an order was put to the test: delivered, or open beyond it."""
    return order.state is OrderState.DELIVERED or (order.state.is_open and order.promise.by_at < now)


def _is_late(order: Order, now: Instant) -> bool:
    return _late_min(order, now) > 0.0


def _late_min(order: Order, now: Instant) -> float:
    reached_at = _door(order) if order.state is OrderState.DELIVERED else now
    return max(0.0, reached_at - order.promise.by_at) / 60.0


def _mean(amounts: Sequence[float]) -> float:
    return statistics.fmean(amounts) if amounts else 0.0


def _ninth(amounts: Sequence[float]) -> float:
    return float(np.quantile(amounts, 0.9)) if amounts else 0.0
