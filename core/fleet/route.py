"""A route: the ordered stops of one driver, planned and actual."""

from __future__ import annotations

from enum import StrEnum

from msgspec.structs import replace

from core.vocabulary import DriverId, Instant, OrderId, Position, Value


class StopKind(StrEnum):
    """What happens at a stop."""

    PICKUP = "pickup"
    DELIVERY = "delivery"


class PlannedStop(Value, frozen=True, kw_only=True):
    """One visit: arrival, start of service (after waiting for readiness) and departure, as planned."""

    order_id: OrderId
    kind: StopKind
    position: Position
    arrives_at: Instant
    starts_at: Instant
    departs_at: Instant


class Route(Value, frozen=True, kw_only=True):
    """What one driver is to do next, in order.

    `plan_number` rises by one with every change of plan; a decision that was made on an older number is refused.
    `geometry` is the street path from `starts_from` through all stops, empty until the street engine answered.
    """

    driver_id: DriverId
    plan_number: int = 0
    stops: tuple[PlannedStop, ...] = ()
    planned_at: Instant = 0.0
    distance_m: float = 0.0
    geometry: tuple[Position, ...] = ()
    is_degraded: bool = False

    def without(self, order_id: OrderId, kind: StopKind | None = None) -> Route:
        """Return the route without an order's stops, or only without the one of that kind."""

        def stays(stop: PlannedStop) -> bool:
            return stop.order_id != order_id or (kind is not None and stop.kind is not kind)

        return replace(self, stops=tuple(filter(stays, self.stops)))
