"""What looks wrong at one moment: a sign, how bad, and the limits at which it begins and ends to be a disruption."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from core.dispatch.decision import Statement
from core.disruption.detection_policy import DetectionPolicy
from core.disruption.disruption import DisruptionKind, SubjectKind
from core.disruption.tracks import Track
from core.eta.learned_times import LearnedTimes
from core.fleet.fleet import Driver, Vehicle
from core.fleet.route import Route, StopKind
from core.orders.order import ArrivalBand, Order
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, OrderId, VehicleId, ZoneId

type SignKey = tuple[DisruptionKind, str]
"""A kind and the subject it is about: there is one disruption of each at a time."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A measurement that may mean a disruption.

    Parameters
    ----------
    level : how bad it is now, in `unit`
    raise_at, keep_at : from which level on it begins, and below which it is over
    since_at : when what it measures began
    confirm_s : for how long it must hold before it begins, seconds
    calm_s : for how long it must stay below before it is over, seconds, where that is longer than for all
    """

    kind: DisruptionKind
    subject_kind: SubjectKind
    subject_id: str
    level: float
    unit: str
    raise_at: float
    keep_at: float
    since_at: Instant
    finding: Statement
    cause: Statement
    confirm_s: float = 0.0
    calm_s: float = 0.0
    priority: int = 3
    driver_id: DriverId | None = None
    order_ids: tuple[OrderId, ...] = ()
    zone_id: ZoneId | None = None

    @property
    def key(self) -> SignKey:
        """Return what it is about."""
        return self.kind, self.subject_id


@dataclass(frozen=True, slots=True)
class Leg:
    """What a driver is on the way to, as far as a forecast can be held against an earlier one of the same leg.

    A leg to a counter is forecast by the door behind it: what else moves that door, another plan or another ready time
    of the goods that are still to be picked up, makes it another leg. `ready_at` holds those times.
    """

    order_id: OrderId
    kind: StopKind
    plan_number: int = 0
    ready_at: tuple[Instant, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """What the rules look at, as of `now`.

    Parameters
    ----------
    policy : the limits of the city
    zones : the limits of zones that have some of their own
    tracks : what fixes have meant so far, by vehicle
    forecasts : arrival of each open order and the probability that it is late
    bands : the first forecast of the leg that a driver is on, by driver: the leg and its band
    short : drivers short (+) or spare (-) now, by zone
    times : what was learned of times at stops
    """

    operation: Operation
    now: Instant
    policy: DetectionPolicy = field(default_factory=DetectionPolicy)
    zones: Mapping[ZoneId, DetectionPolicy] = field(default_factory=dict)
    tracks: Mapping[VehicleId, Track] = field(default_factory=dict)
    forecasts: Mapping[OrderId, tuple[ArrivalBand, float]] = field(default_factory=dict)
    bands: Mapping[DriverId, tuple[Leg, ArrivalBand]] = field(default_factory=dict)
    short: Mapping[ZoneId, float] = field(default_factory=dict)
    times: LearnedTimes | None = None

    def at_work(self) -> Iterator[tuple[Driver, Vehicle, Route]]:
        """Yield every driver on shift who has stops to make."""
        fleet = self.operation.fleet
        for driver_id, route in sorted(fleet.routes.items()):
            driver = fleet.drivers.get(driver_id)
            vehicle = fleet.vehicles.get(driver.vehicle_id) if driver and driver.vehicle_id else None
            if driver is not None and vehicle is not None and driver.is_on_shift and route.stops:
                yield driver, vehicle, route

    def policy_in(self, zone_id: ZoneId | None) -> DetectionPolicy:
        """Return the limits that hold in a zone, those of the city where it has none."""
        return self.policy if zone_id is None else self.zones.get(zone_id, self.policy)

    def policy_on(self, route: Route) -> DetectionPolicy:
        """Return the limits that hold for a driver on a route: those of the zone of the next stop's order."""
        order = self.operation.orders.orders.get(route.stops[0].order_id) if route.stops else None
        return self.policy_in(None if order is None else order.zone_id)

    def orders_of(self, route: Route) -> tuple[Order, ...]:
        """Return the open orders of a route, in the order of their stops."""
        orders = self.operation.orders.orders
        names = dict.fromkeys(stop.order_id for stop in route.stops)
        return tuple(orders[name] for name in names if name in orders and orders[name].state.is_open)

    def late_probability(self, order: Order) -> float:
        """Return the probability that an order is late; without a forecast, whether the promise has passed."""
        forecast = self.forecasts.get(order.order_id)
        return forecast[1] if forecast is not None else float(self.now > order.promise.by_at)

    def priority_of(self, orders: tuple[Order, ...]) -> int:
        """Return 2 where a promise is probably lost, else 3."""
        return 2 if any(self.late_probability(order) >= _PROBABLY_LATE for order in orders) else 3


_PROBABLY_LATE = 0.70

type Rule = Callable[[Watched], Iterator[Sign]]


def say(code: str, **arguments: str | float | int) -> Statement:
    """Return a statement."""
    return Statement(code=code, arguments=arguments)
