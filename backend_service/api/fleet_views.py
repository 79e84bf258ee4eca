"""Drivers, vehicles, routes and the fleet as a whole, as the API writes them."""

from __future__ import annotations

import msgspec

from backend_service.api.order_views import LoadView, OrderView
from backend_service.api.places_and_times import Moment, PositionView, moment, moment_or_none
from backend_service.ingestion.live_positions import LivePosition, LivePositions
from core.fleet.fleet import Driver, DriverStatus, PlannedBreak, SignalState, Vehicle
from core.fleet.route import PlannedStop, Route, StopKind
from core.projections.operation import Operation


class LocationView(msgspec.Struct, kw_only=True):
    """A vehicle's newest fix: m/s, degrees clockwise from north, metres; ``null`` where the device did not say.

    `device_id` is the device that told it; `is_stand_in` says that it is not the primary, which is silent.
    """

    vehicle_id: str
    position: PositionView
    fix_at: Moment
    age_s: float
    speed_mps: float | None
    heading_deg: float | None
    accuracy_m: float | None
    signal: SignalState
    device_id: str | None
    is_stand_in: bool

    @classmethod
    def of(cls, live: LivePosition, signal: SignalState, now: float, *, is_stand_in: bool = False) -> LocationView:
        """Return where a vehicle is, `age_s` as of `now`."""
        return cls(
            vehicle_id=live.vehicle_id,
            position=PositionView.of(live.position),
            fix_at=moment(live.fix_at),
            age_s=round(max(0.0, now - live.fix_at), 3),
            speed_mps=live.speed_mps,
            heading_deg=live.heading_deg,
            accuracy_m=live.accuracy_m,
            signal=signal,
            device_id=live.device_id or None,
            is_stand_in=is_stand_in,
        )


class VehicleView(msgspec.Struct, kw_only=True):
    """A vehicle, who drives it, and whether it is heard.

    `signal` is ``silent`` for one that stays away, and ``off`` for one that said so; `last_heard_at` tells their age.
    """

    vehicle_id: str
    plate: str
    make: str
    model: str
    capacity: LoadView
    driver_id: str | None
    signal: SignalState
    last_heard_at: Moment | None
    position: PositionView | None
    fix_at: Moment | None
    groups: list[str]

    @classmethod
    def of(cls, vehicle: Vehicle, live: LivePosition | None) -> VehicleView:
        """Return a vehicle with its newest fix."""
        return cls(
            vehicle_id=vehicle.vehicle_id,
            plate=vehicle.plate,
            make=vehicle.make,
            model=vehicle.model,
            capacity=LoadView.of(vehicle.capacity),
            driver_id=vehicle.driver_id,
            signal=vehicle.signal,
            last_heard_at=_heard_at(vehicle, live),
            position=None if live is None else PositionView.of(live.position),
            fix_at=None if live is None else moment(live.fix_at),
            groups=list(vehicle.groups),
        )


class VehiclePage(msgspec.Struct, kw_only=True):
    """A page of vehicles."""

    items: list[VehicleView]
    next: str | None = None


class DriverView(msgspec.Struct, kw_only=True):
    """A driver and the shift. Personal data is ``null`` after erasure.

    `signal` and `last_heard_at` are those of the vehicle driven, ``null`` without one.
    """

    driver_id: str
    name: str | None
    phone: str | None
    licence: str | None
    skills: list[str]
    status: DriverStatus
    vehicle_id: str | None
    shift_started_at: Moment | None
    shift_ends_at: Moment | None
    open_orders: int
    signal: SignalState | None
    last_heard_at: Moment | None

    @classmethod
    def of(cls, driver: Driver, operation: Operation, open_orders: int) -> DriverView:
        """Return a driver as the desk sees one."""
        person = driver.person
        vehicle = None if driver.vehicle_id is None else operation.fleet.vehicles.get(driver.vehicle_id)
        return cls(
            driver_id=driver.driver_id,
            name=None if person is None else person.name,
            phone=None if person is None else person.phone,
            licence=None if person is None else person.licence,
            skills=list(driver.skills),
            status=operation.fleet.status_of(driver.driver_id),
            vehicle_id=driver.vehicle_id,
            shift_started_at=moment_or_none(driver.shift_started_at),
            shift_ends_at=moment_or_none(driver.shift_ends_at),
            open_orders=open_orders,
            signal=None if vehicle is None else vehicle.signal,
            last_heard_at=None if vehicle is None else _heard_at(vehicle, None),
        )


def _heard_at(vehicle: Vehicle, live: LivePosition | None) -> Moment | None:
    """Return when a vehicle was last heard, as far as the log or its newest fix tells."""
    known = [at for at in (vehicle.last_heard_at, None if live is None else live.fix_at) if at is not None]
    return moment_or_none(max(known, default=None))


class DriverPage(msgspec.Struct, kw_only=True):
    """A page of drivers."""

    items: list[DriverView]
    next: str | None = None


class StopView(msgspec.Struct, kw_only=True):
    """One planned visit; service starts after waiting for the goods."""

    order_id: str
    kind: StopKind
    position: PositionView
    arrives_at: Moment
    starts_at: Moment
    departs_at: Moment

    @classmethod
    def of(cls, stop: PlannedStop) -> StopView:
        """Return a stop as the API writes it."""
        return cls(
            order_id=stop.order_id,
            kind=stop.kind,
            position=PositionView.of(stop.position),
            arrives_at=moment(stop.arrives_at),
            starts_at=moment(stop.starts_at),
            departs_at=moment(stop.departs_at),
        )


class RouteView(msgspec.Struct, kw_only=True):
    """A driver's remaining stops in order; `geometry` is the way along the streets, as far as it is known."""

    driver_id: str
    plan_number: int
    stops: list[StopView]
    distance_m: float
    geometry: list[PositionView]
    is_degraded: bool

    @classmethod
    def of(cls, route: Route) -> RouteView:
        """Return a route as the API writes it."""
        return cls(
            driver_id=route.driver_id,
            plan_number=route.plan_number,
            stops=[StopView.of(stop) for stop in route.stops],
            distance_m=route.distance_m,
            geometry=[PositionView.of(point) for point in route.geometry],
            is_degraded=route.is_degraded,
        )


class PlannedBreakView(msgspec.Struct, kw_only=True):
    """A break that is due: it begins within two instants, at the first moment with nothing on board."""

    earliest_at: Moment
    latest_at: Moment
    length_s: float

    @classmethod
    def of(cls, one: PlannedBreak) -> PlannedBreakView:
        """Return a break as the API writes it."""
        return cls(earliest_at=moment(one.earliest_at), latest_at=moment(one.latest_at), length_s=one.length_s)


class ScheduleView(msgspec.Struct, kw_only=True):
    """A driver's shift, planned stops and the breaks to come; `break_ends_at` while on a planned one."""

    driver_id: str
    status: DriverStatus
    vehicle_id: str | None
    shift_started_at: Moment | None
    shift_ends_at: Moment | None
    plan_number: int
    stops: list[StopView]
    breaks: list[PlannedBreakView]
    break_ends_at: Moment | None


class TaskView(msgspec.Struct, kw_only=True):
    """One order that a driver has, with its remaining stops."""

    order: OrderView
    stops: list[StopView]


class WaitElsewhereView(msgspec.Struct, kw_only=True):
    """Where a driver without work is asked to wait, and until when that makes sense."""

    zone_id: str
    position: PositionView
    until_at: Moment


class TasksView(msgspec.Struct, kw_only=True):
    """What a driver has to do: stops in order, and the orders they belong to. Refuse or accept each order once.

    `wait_at` is where the desk asks a driver without work to wait; ``null`` where that does not matter.
    """

    driver_id: str
    status: DriverStatus
    vehicle_id: str | None
    plan_number: int
    stops: list[StopView]
    tasks: list[TaskView]
    geometry: list[PositionView]
    wait_at: WaitElsewhereView | None = None


class DriverInPlace(msgspec.Struct, kw_only=True):
    """A driver on shift, where they are and what they have."""

    driver_id: str
    status: DriverStatus
    vehicle_id: str | None
    position: PositionView | None
    fix_at: Moment | None
    open_orders: int
    remaining_stops: int


class OverviewView(msgspec.Struct, kw_only=True):
    """The operation at a glance, as of `as_of` and log `position`."""

    as_of: Moment
    position: int
    orders: dict[str, int]
    drivers: dict[str, int]
    vehicles: dict[str, int]
    recommendations_standing: int
    degraded_sources: dict[str, str]
    on_shift: list[DriverInPlace]


def drivers_in_place(operation: Operation, live: LivePositions) -> list[DriverInPlace]:
    """Return everyone on shift, by id."""
    counts = open_order_counts(operation)
    return [
        _in_place(driver, operation, live, counts.get(driver.driver_id, 0))
        for _, driver in sorted(operation.fleet.drivers.items())
        if driver.is_on_shift
    ]


def _in_place(driver: Driver, operation: Operation, live: LivePositions, open_orders: int) -> DriverInPlace:
    newest = None if driver.vehicle_id is None else live.latest(driver.vehicle_id)
    return DriverInPlace(
        driver_id=driver.driver_id,
        status=operation.fleet.status_of(driver.driver_id),
        vehicle_id=driver.vehicle_id,
        position=None if newest is None else PositionView.of(newest.position),
        fix_at=None if newest is None else moment(newest.fix_at),
        open_orders=open_orders,
        remaining_stops=len(operation.fleet.route_of(driver.driver_id).stops),
    )


def open_order_counts(operation: Operation) -> dict[str, int]:
    """Return how many open orders each driver has."""
    counts: dict[str, int] = {}
    for order in operation.orders.open_orders():
        if order.driver_id is not None:
            counts[order.driver_id] = counts.get(order.driver_id, 0) + 1
    return counts
