"""The world as dispatch sees it at one instant: drivers where they stand with what they still have to do, and orders.

Built purely from the operation's state and the latest positions; the same inputs always give the same world. Travel
times come in a table that the service fetched before, for exactly the points that will be asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf

import numpy as np

from core.dispatch.acceptance import CERTAIN, Acceptance, acceptance_of
from core.dispatch.policy import DispatchPolicy
from core.dispatch.under_way import has_set_off, leaves_for
from core.dispatch.zone_outlook import ZoneOutlook
from core.eta.learned_times import Expected, LearnedTimes
from core.eta.readiness import expected_at
from core.fleet.fleet import Driver, PlannedBreak, SignalState, Vehicle
from core.fleet.planned_break import back_at, due_break
from core.fleet.route import Route, StopKind
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import DriverId, Instant, Load, OrderId, Position, VehicleId, ZoneId

type StopOf = Callable[[Order, StopKind], Stop]
"""Tells what is to be done at an order's pickup or delivery."""

NO_TRAVEL = TravelTable(TravelMatrix(np.empty((0, 0)), np.empty((0, 0)), degraded=False, as_of=0.0), (), ())
"""A table for worlds in which nothing is driven."""


@dataclass(frozen=True, slots=True)
class KnownPosition:
    """Where a vehicle was, and when it said so."""

    position: Position
    fix_at: Instant


@dataclass(frozen=True, slots=True)
class Stop:
    """What is to be done at a stop, without times of its own plan.

    Parameters
    ----------
    order_id, kind, position
    earliest_at : float
        The instant before which service cannot start: readiness, or the start of a promised window.
    earliest_sd_s : float
        Its standard deviation, seconds.
    service_s : float
        Expected time at the stop, seconds.
    volume_l, weight_kg : float
        What comes aboard (plus) or leaves (minus).
    due_at : float
        The promise of a delivery; infinite for a pickup.
    arrived_at : float or None
        When the driver reached it, if that has happened.
    service_sd_s : float or None
        The standard deviation of the time at the stop, seconds; by the policy's share if ``None``.
    usually_late_s : float
        By how much goods are expected after the announced time, as learned, seconds.
    cases : int
        How many earlier stops at the kitchen, or in the door's zone, these times rest on; 0 is the policy alone.
    amounts : tuple of (str, float)
        What comes aboard (plus) or leaves (minus) in further units, by name.
    """

    order_id: OrderId
    kind: StopKind
    position: Position
    earliest_at: Instant
    earliest_sd_s: float
    service_s: float
    volume_l: float
    weight_kg: float
    due_at: Instant
    arrived_at: Instant | None = None
    service_sd_s: float | None = None
    usually_late_s: float = 0.0
    cases: int = 0
    amounts: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class DriverState:
    """A driver at `start`, free to drive from `start_at` on, with the stops still to be made.

    `is_out` is whom a person took out of planning, `acceptance` how likely an offer made now gets a yes. `frozen` is
    how many of the leading stops stay as they are: the one under way; `fixed` how many of them not even a person
    changes: where the driver is, or nearly. `on_board` is carried now; `start` is ``None`` while no position is
    known. A driver who is not heard is taken to have driven on from where the last fix was, since then, and to have
    reached no further stop before `as_of`. Who `is_on_wave` drives a wave's route. `due_break` is the next planned
    break, which `schedule` puts into his route; a wave has breaks of its own. `delayed_s` is by how much later he comes
    to a stop at most than on the streets as they are, where a plan is tried on streets as they would be, seconds.
    """

    driver_id: DriverId
    start: Position | None
    start_at: Instant
    position_age_s: float
    capacity: Load
    skills: frozenset[str]
    is_on_shift: bool
    is_paused: bool
    is_silent: bool
    shift_ends_at: Instant
    stops: tuple[Stop, ...]
    frozen: int
    on_board: Load
    plan_number: int
    as_of: Instant = -inf
    is_out: bool = False
    is_on_wave: bool = False
    acceptance: Acceptance = CERTAIN
    fixed: int = 0
    due_break: PlannedBreak | None = None
    delayed_s: float = 0.0

    @property
    def order_ids(self) -> frozenset[OrderId]:
        """Return the orders in hand."""
        return frozenset(stop.order_id for stop in self.stops)

    def without(self, order_id: OrderId) -> DriverState:
        """Return the same driver without that order's stops."""
        stops = tuple(stop for stop in self.stops if stop.order_id != order_id)
        frozen = sum(stop.order_id != order_id for stop in self.stops[: self.frozen])
        fixed = sum(stop.order_id != order_id for stop in self.stops[: self.fixed])
        return replace(self, stops=stops, frozen=frozen, fixed=fixed)

    def with_stops(self, stops: tuple[Stop, ...]) -> DriverState:
        """Return the same driver with other stops."""
        return replace(self, stops=stops)


@dataclass(frozen=True, slots=True)
class PlanningWorld:
    """Everything a decision rests on, as of `now`; `outlook` is where drivers will be short, as far as counted.

    `policy` holds in the whole city, `policies` in zones that have values of their own.
    """

    now: Instant
    policy: DispatchPolicy
    drivers: Mapping[DriverId, DriverState]
    orders: Mapping[OrderId, Order]
    travel: TravelTable = NO_TRAVEL
    times: LearnedTimes | None = None
    outlook: ZoneOutlook | None = None
    policies: Mapping[ZoneId, DispatchPolicy] = field(default_factory=dict)

    def policy_for(self, order: Order) -> DispatchPolicy:
        """Return what holds for an order: the policy of the zone it is picked up in, or the city's."""
        return self.policy if order.zone_id is None else self.policies.get(order.zone_id, self.policy)

    def with_travel(self, travel: TravelTable) -> PlanningWorld:
        """Return the same world with another table of travel times."""
        return replace(self, travel=travel)

    def with_policy(self, policy: DispatchPolicy) -> PlanningWorld:
        """Return the same world under the policy of an order's zone, where offers may stand for another time."""
        if policy is self.policy:
            return self
        limit_s, former_s = policy.accept_within_s, self.policy.accept_within_s
        if limit_s == former_s:
            return replace(self, policy=policy)
        drivers = self.drivers.items()
        asked = {name: replace(one, acceptance=one.acceptance.within(limit_s, former_s)) for name, one in drivers}
        return replace(self, policy=policy, drivers=asked)

    def with_driver(self, driver: DriverState) -> PlanningWorld:
        """Return the same world with one driver in another state."""
        return replace(self, drivers={**self.drivers, driver.driver_id: driver})

    def stops_of(self, order: Order) -> tuple[Stop, Stop]:
        """Return the pickup and the delivery of an order for whoever may get it: not reached yet."""
        pickup = pickup_of(order, self.now, self.policy, self.times)
        return replace(pickup, arrived_at=None), delivery_of(order, self.policy.spread.service_share, self.times)

    def mean_orders(self) -> float:
        """Return the orders in hand per driver on shift."""
        at_work = [driver for driver in self.drivers.values() if driver.is_on_shift]
        return sum(len(driver.order_ids) for driver in at_work) / len(at_work) if at_work else 0.0


def world_of(
    operation: Operation,
    positions: Mapping[VehicleId, KnownPosition],
    now: Instant,
    policy: DispatchPolicy,
    travel: TravelTable = NO_TRAVEL,
    times: LearnedTimes | None = None,
    outlook: ZoneOutlook | None = None,
    stop_of: StopOf | None = None,
) -> PlanningWorld:
    """Return the world of `operation` at `now`, with every driver who is registered; `times` are those at stops.

    `stop_of` tells the stops that are known already, which are what `made_stop` would make.
    """
    stop_of = stop_of or partial(made_stop, now=now, policy=policy, times=times)
    orders = {order.order_id: order for order in operation.orders.open_orders()}
    drivers = {}
    for driver_id in sorted(operation.fleet.drivers):
        driver = operation.fleet.drivers[driver_id]
        route = operation.fleet.route_of(driver_id)
        vehicle = operation.fleet.vehicles.get(driver.vehicle_id) if driver.vehicle_id else None
        known = positions.get(vehicle.vehicle_id) if vehicle else None
        todo = tuple(stop_of(orders[stop.order_id], stop.kind) for stop in route.stops if stop.order_id in orders)
        state = _driver_state(driver, vehicle, known, route, todo, orders, now, policy)
        asked = acceptance_of(operation.decisions.answers, driver_id, now, policy)
        drivers[driver_id] = _on_wave(replace(state, acceptance=asked), operation)
    return PlanningWorld(now, policy, drivers, orders, travel, times, outlook)


def _on_wave(driver: DriverState, operation: Operation) -> DriverState:
    """Return the driver with what a wave means for him: its orders, and that he does not leave before its time."""
    if not operation.waves.of_orders or operation.waves.of_orders.keys().isdisjoint(driver.order_ids):
        return driver
    leaves_at = operation.waves.leaving(driver.driver_id)
    frozen = driver.frozen if leaves_at <= driver.as_of else driver.fixed
    start_at = max(driver.start_at, leaves_at)
    return replace(driver, is_on_wave=True, start_at=start_at, frozen=frozen, due_break=None)


def made_stop(
    order: Order, kind: StopKind, now: Instant, policy: DispatchPolicy, times: LearnedTimes | None = None
) -> Stop:
    """Return what is to be done at a stop of an order."""
    if kind is StopKind.PICKUP:
        return pickup_of(order, now, policy, times)
    return delivery_of(order, policy.spread.service_share, times)


def pickup_of(order: Order, now: Instant, policy: DispatchPolicy, times: LearnedTimes | None = None) -> Stop:
    """Return the stop at which the goods come aboard; overdue goods take what such goods still take."""
    late = usual_lateness(order, policy, times)
    counter = _learned_at_counter(order, now, policy, times)
    usual_at = order.ready_at + late.mean
    ready_at = order.ready_at if order.is_ready else expected_at(usual_at, late.sd, now, policy.unready_margin_s)
    return Stop(
        order_id=order.order_id,
        kind=StopKind.PICKUP,
        position=order.pickup.position,
        earliest_at=ready_at,
        earliest_sd_s=0.0 if order.is_ready else late.sd,
        service_s=counter.mean,
        volume_l=order.load.volume_l,
        weight_kg=order.load.weight_kg,
        due_at=inf,
        arrived_at=order.arrived_at_pickup_at,
        service_sd_s=counter.sd,
        usually_late_s=0.0 if order.is_ready else late.mean,
        cases=counter.cases if order.is_ready else late.cases,
        amounts=tuple(order.load.amounts.items()),
    )


def delivery_of(order: Order, share: float = 0.0, times: LearnedTimes | None = None) -> Stop:
    """Return the stop at the customer's door; `share` is the policy's spread of a service time that was not learned."""
    door = None if times is None else times.at_door(order.delivery, order.promise.by_at, order.service_s, share)
    return Stop(
        order_id=order.order_id,
        kind=StopKind.DELIVERY,
        position=order.delivery,
        earliest_at=-inf if order.promise.from_at is None else order.promise.from_at,
        earliest_sd_s=0.0,
        service_s=order.service_s if door is None else door.mean,
        volume_l=-order.load.volume_l,
        weight_kg=-order.load.weight_kg,
        due_at=order.promise.by_at,
        arrived_at=order.arrived_at_delivery_at,
        service_sd_s=None if door is None else door.sd,
        cases=0 if door is None else door.cases,
        amounts=tuple((unit, -amount) for unit, amount in order.load.amounts.items()),
    )


def usual_lateness(order: Order, policy: DispatchPolicy, times: LearnedTimes | None) -> Expected:
    """Return how long after the announced instant goods are ready as a rule: the policy's spread, or as learned."""
    spread_s = policy.spread.kitchen_sd_s
    return Expected(0.0, spread_s) if times is None else times.lateness(order.pickup, order.ready_at, spread_s)


def _learned_at_counter(order: Order, now: Instant, policy: DispatchPolicy, times: LearnedTimes | None) -> Expected:
    """Return how long taking the goods over takes: the policy's time, or as learned."""
    service_s = policy.pickup_service_s
    prior = Expected(service_s, policy.spread.service_share * service_s)
    return prior if times is None else times.at_counter(order.pickup, max(now, order.ready_at), prior)


def _driver_state(
    driver: Driver,
    vehicle: Vehicle | None,
    known: KnownPosition | None,
    route: Route,
    stops: tuple[Stop, ...],
    orders: Mapping[OrderId, Order],
    now: Instant,
    policy: DispatchPolicy,
) -> DriverState:
    carried = [orders[stop.order_id] for stop in stops if stop.kind is StopKind.DELIVERY]
    on_board = sum((order.load for order in carried if order.state.is_on_board), Load())
    is_silent = vehicle is None or vehicle.signal in (SignalState.SILENT, SignalState.OFF)
    fixed = _fixed(stops, route, orders, now, policy)
    frozen = max(fixed, _under_way(stops, orders, now))
    start_at = min(now, known.fix_at) if known and is_silent and stops else now
    if frozen == 0 and (until_at := back_at(driver, policy.break_rule)) is not None:
        start_at = max(start_at, until_at)  # who is on the way in spite of a break goes on
    return DriverState(
        driver_id=driver.driver_id,
        start=known.position if known else None,
        start_at=start_at,
        as_of=now,
        position_age_s=max(0.0, now - known.fix_at) if known else inf,
        capacity=vehicle.capacity if vehicle else Load(),
        skills=frozenset(driver.skills),
        is_on_shift=driver.is_on_shift,
        is_paused=driver.is_paused,
        is_out=driver.is_out(now),
        is_silent=is_silent,
        shift_ends_at=inf if driver.shift_ends_at is None else driver.shift_ends_at,
        stops=stops,
        frozen=frozen,
        fixed=fixed,
        on_board=on_board,
        plan_number=route.plan_number,
        due_break=due_break(driver, policy.break_rule),
    )


def _under_way(stops: tuple[Stop, ...], orders: Mapping[OrderId, Order], now: Instant) -> int:
    """Return how many stops the driver has set off to: the first, or none."""
    first = orders[stops[0].order_id] if stops else None
    return int(first is not None and has_set_off((first,), leaves_for(first), now))


def _fixed(
    stops: tuple[Stop, ...], route: Route, orders: Mapping[OrderId, Order], now: Instant, policy: DispatchPolicy
) -> int:
    if not stops:
        return 0
    first = stops[0]
    is_there = orders[first.order_id].state in (OrderState.AT_PICKUP, OrderState.AT_DELIVERY)
    return int(is_there or route.stops[0].arrives_at - now <= policy.freeze_s)
