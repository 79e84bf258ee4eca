"""One exception, the thresholds, and the scene that the rules look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.dispatch.decision import Statement
from core.fleet.fleet import SignalState
from core.orders.order import ArrivalBand, Order
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, OrderId, Role, Value, ZoneId

type Forecasts = Mapping[OrderId, tuple[ArrivalBand, float]]
"""The latest arrival and the probability of being late, by order."""


class AlarmPolicy(Value, frozen=True, kw_only=True):
    """From when on something is an exception. Seconds, probabilities, drivers.

    What is shown needs a person: what the platform or the customer's next message takes care of is not. `late` and
    `short_drivers` raise a row, the lower `late_until` and `short_until` let it go, so that rows do not come and go
    with every forecast. `direct_s` is what the quickest delivery from now on would take at least: with less time left
    than that, no plan keeps the promise.
    """

    at_risk: float = 0.30
    late: float = 0.70
    late_until: float = 0.45
    least_late_s: float = 120.0
    critical_late_s: float = 600.0
    silent_late_s: float = 120.0
    silent_s: float = 300.0
    silent_critical_s: float = 600.0
    silent_act_s: float = 900.0
    unready_s: float = 180.0
    unready_long_s: float = 900.0
    waiting_s: float = 300.0
    unanswered_s: float = 240.0
    short_drivers: float = 4.0
    short_until: float = 2.0
    failed_shown_s: float = 900.0
    longest_order_s: float = 10_800.0
    refusals: int = 2
    direct_s: float = 600.0


class ExceptionItem(Value, frozen=True, kw_only=True):
    """One problem. `priority` is 1 (critical) to 4 (low); `act_within_s` is the time in which acting still helps.

    `order_id` is the order it is first about, `order_ids` all those that it holds up. `since_at` is when the cause
    began, where that is known: who acknowledged an earlier one has not seen this one. `disruption_id` names the
    disruption whose options can be chosen from, `recovery_id` what the platform did by itself, or a supervisor is asked
    to look at.
    """

    key: str
    priority: int
    subject_kind: str
    subject_id: str
    finding: Statement
    cause: Statement
    act_within_s: float | None = None
    proposal: Statement | None = None
    order_id: OrderId | None = None
    order_ids: tuple[OrderId, ...] = ()
    since_at: Instant | None = None
    is_acknowledged: bool = False
    disruption_id: str = ""
    recovery_id: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the rules look at. `listed` names what an exception was shown for a moment ago; `role` is who looks."""

    operation: Operation
    now: Instant
    forecasts: Forecasts
    short: Mapping[ZoneId, float]
    policy: AlarmPolicy
    open_orders: tuple[Order, ...]
    listed: frozenset[str]
    role: Role | None = None

    def late_probability(self, order: Order) -> float:
        """Return the probability of being late; without a forecast, whether the promise has passed."""
        forecast = self.forecasts.get(order.order_id)
        return forecast[1] if forecast else float(self.now > order.promise.by_at)

    def late_s(self, order: Order) -> float:
        """Return the seconds after the promise at which the order is expected; minus is earlier."""
        forecast = self.forecasts.get(order.order_id)
        return (forecast[0].p50_at if forecast else self.now) - order.promise.by_at

    def is_silent(self, driver_id: DriverId | None) -> bool:
        """Say whether the driver's vehicle is not heard."""
        fleet = self.operation.fleet
        driver = fleet.drivers.get(driver_id) if driver_id else None
        vehicle = fleet.vehicles.get(driver.vehicle_id) if driver and driver.vehicle_id else None
        return vehicle is not None and vehicle.signal in (SignalState.SILENT, SignalState.OFF)

    def waits_for_kitchen(self, order: Order) -> bool:
        """Say whether the goods are overdue, or told to be ready too late for any driver."""
        if order.is_ready or order.state.is_on_board:
            return False
        return order.ready_at < self.now or order.ready_at + self.policy.direct_s > order.promise.by_at
