"""An order as everyone sees it: what was asked, what was promised, where it stands."""

from __future__ import annotations

from enum import StrEnum

from core.fleet.depot import DepotId
from core.vocabulary import DriverId, Instant, Load, OrderId, Place, Position, Value, ZoneId


class OrderState(StrEnum):
    """Where an order stands. The last three are final."""

    WAITING = "waiting"
    ASSIGNED = "assigned"
    AT_PICKUP = "at_pickup"
    ON_THE_WAY = "on_the_way"
    AT_DELIVERY = "at_delivery"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Say whether work remains."""
        return self not in FINAL_STATES

    @property
    def is_on_board(self) -> bool:
        """Say whether the goods are in a vehicle."""
        return self in (OrderState.ON_THE_WAY, OrderState.AT_DELIVERY)


FINAL_STATES = frozenset({OrderState.DELIVERED, OrderState.FAILED, OrderState.CANCELLED})


class PromiseKind(StrEnum):
    """What was promised: by an instant, or within a window."""

    BY = "by"
    WINDOW = "window"


class Promise(Value, frozen=True, kw_only=True):
    """The arrival promised to the customer; `from_at` only for a window."""

    kind: PromiseKind = PromiseKind.BY
    from_at: Instant | None = None
    by_at: Instant

    def __post_init__(self) -> None:
        if self.kind is PromiseKind.WINDOW and (self.from_at is None or self.from_at > self.by_at):
            raise ValueError("a promise window starts before it ends")


class ArrivalBand(Value, frozen=True, kw_only=True):
    """A forecast of one arrival: the 10th, 50th and 90th percentile.

    `undegraded` is the 10th and the 90th percentile that it would have if no source were degraded; ``None`` where none
    is, and in forecasts of earlier versions.
    """

    p10_at: Instant
    p50_at: Instant
    p90_at: Instant
    as_of: Instant
    is_degraded: bool = False
    undegraded: tuple[Instant, Instant] | None = None


class Customer(Value, frozen=True, kw_only=True):
    """Who receives the order. Personal data: sealed under the customer's own key in the log."""

    name: str = ""
    phone: str = ""
    address: str = ""
    note: str = ""


class Order(Value, frozen=True, kw_only=True):
    """An order with its planned and actual times; ``None`` means not yet, or not known.

    `customer` is ``None`` for roles that may not see it and after erasure. `service_s` is the expected time at the
    door. `value` is money in minor units. People may have pinned it to its driver, or
    forbidden drivers. `told_at` is when its driver hears of it, where that is later than `assigned_at`. An order of a
    depot is for waves.
    """

    order_id: OrderId
    customer_id: str
    customer: Customer | None
    pickup: Place
    delivery: Position
    promise: Promise
    placed_at: Instant
    ready_at: Instant
    is_ready: bool = False
    load: Load = Load()
    skills: tuple[str, ...] = ()
    value: int = 0
    service_s: float = 120.0
    zone_id: ZoneId | None = None
    state: OrderState = OrderState.WAITING
    driver_id: DriverId | None = None
    is_accepted: bool = False
    held_until: Instant | None = None
    refused_by: tuple[DriverId, ...] = ()
    is_pinned: bool = False
    forbidden: tuple[DriverId, ...] = ()
    assigned_at: Instant | None = None
    told_at: Instant | None = None
    arrived_at_pickup_at: Instant | None = None
    picked_up_at: Instant | None = None
    left_pickup_at: Instant | None = None
    arrived_at_delivery_at: Instant | None = None
    left_delivery_at: Instant | None = None
    ended_at: Instant | None = None
    failure_reason: str | None = None
    told_arrival: ArrivalBand | None = None
    depot_id: DepotId | None = None
    version: int = 0

    def is_held(self, now: Instant) -> bool:
        """Say whether a person holds it: then the platform decides nothing on it."""
        return (self.held_until or 0.0) > now

    @property
    def stays_with_driver(self) -> bool:
        """Say whether no plan gives it to somebody else: pinned, at the counter with its driver, or on board."""
        is_begun = self.state is OrderState.AT_PICKUP or self.state.is_on_board
        return self.driver_id is not None and (self.is_pinned or is_begun)

    @property
    def asked_at(self) -> Instant | None:
        """Return since when its driver knows that it is his, or when he will."""
        return self.assigned_at if self.told_at is None else self.told_at
