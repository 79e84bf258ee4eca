"""Cheapest insertion: where a pickup and its delivery fit best into the stops that a driver already has.

Every pair of places behind the frozen stops is tried, each with a full schedule (waiting for readiness, service,
promises soft). Stops that were there keep their order, so nothing is lost, doubled or moved. The cheapest place that
breaks no limit along the route wins; if every place breaks one, the cheapest is returned for its breaches to be named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from core.dispatch.constraints import ALONG_ROUTE, Trial, breaches
from core.dispatch.decision import Breach
from core.dispatch.policy import DispatchPolicy
from core.dispatch.schedule import BREAK_GRACE_S, Legs, Schedule, break_places, legs_between, schedule, timed
from core.dispatch.world import DriverState, PlanningWorld, Stop
from core.fleet.route import StopKind
from core.orders.order import Order
from core.vocabulary import OrderId

_BROKEN = 1e12
"""Added per broken limit, so that any feasible place is cheaper than every infeasible one."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """An order put into a driver's route.

    `before` is the route without it and `after` with it; `breaches` is empty if no limit along the route breaks.
    """

    driver: DriverState
    before: Schedule
    after: Schedule
    breaches: tuple[Breach, ...]

    @property
    def extra_driving_s(self) -> float:
        """Return the seconds of driving that the order adds."""
        return self.after.driving_s - self.before.driving_s

    @property
    def extra_distance_m(self) -> float:
        """Return the metres that the order adds."""
        return self.after.distance_m - self.before.distance_m


def insert_cheapest(world: PlanningWorld, driver: DriverState, order: Order, *, apart: bool = False) -> Insertion:
    """Return the best place for `order` in the driver's route; stops it has there already are taken out first.

    With `apart` it is a trip of its own, after all the others.

    Raises
    ------
    KeyError
        If the travel table lacks a point of the route or the order.
    ValueError
        If the driver's position is not known.
    """
    if driver.start is None:
        raise ValueError(f"the position of {driver.driver_id} is not known")
    start, driver = driver.start, driver.without(order.order_id)
    pickup, delivery = world.stops_of(order)
    places = (*driver.stops, pickup, delivery)
    legs = legs_between(start, [stop.position for stop in places], world.travel)
    count = len(driver.stops)
    room = (
        driver.capacity.volume_l - driver.on_board.volume_l,
        driver.capacity.weight_kg - driver.on_board.weight_kg,
    )
    best, best_price = tuple(range(count + 2)), inf
    for sequence in _sequences(count, count if apart else driver.frozen):
        price = _price(driver, places, sequence, legs, room, world.policy)
        if order.load.amounts:
            price += _BROKEN * _overfull(driver, order, [places[number] for number in sequence])
        if price < best_price:
            best, best_price = sequence, price
    before, after = timed(driver, places, range(count), legs), timed(driver, places, best, legs)
    trial = Trial(driver, order, world.now, world.policy, after)
    return Insertion(driver, before, after, breaches(trial, ALONG_ROUTE))


def insert_as_trip(world: PlanningWorld, driver: DriverState, order: Order, bundle: Sequence[OrderId]) -> Insertion:
    """Return `order` as part of a trip after all others, in which the doors of `bundle` follow in that sequence.

    Orders of the bundle that the driver does not have yet are not in it. Raises as `insert_cheapest` does.
    """
    driver = driver.without(order.order_id)
    pickup, delivery = world.stops_of(order)
    held = driver.order_ids & set(bundle)
    before = [stop for stop in driver.stops if stop.order_id not in held]
    together = [stop for stop in driver.stops if stop.order_id in held]
    pickups = [*(stop for stop in together if stop.kind is StopKind.PICKUP), pickup]
    doors = [*(stop for stop in together if stop.kind is StopKind.DELIVERY), delivery]
    doors.sort(key=lambda stop: bundle.index(stop.order_id))
    after = schedule(driver, world.travel, [*before, *pickups, *doors])
    trial = Trial(driver, order, world.now, world.policy, after)
    return Insertion(driver, schedule(driver, world.travel), after, breaches(trial, ALONG_ROUTE))


def _sequences(count: int, frozen: int) -> Iterator[tuple[int, ...]]:
    """Yield every order of visits that keeps stops 0..count-1 in order; count is the pickup, count + 1 the delivery."""
    stops = tuple(range(count))
    for i in range(frozen, count + 1):
        for j in range(i, count + 1):
            yield (*stops[:i], count, *stops[i:j], count + 1, *stops[j:])


def _overfull(driver: DriverState, order: Order, stops: Sequence[Stop]) -> int:
    """Return how often, in the further units of the order, more is on board than the vehicle holds."""
    broken = 0
    for unit in order.load.amounts:
        room = driver.capacity.amounts.get(unit, 0.0) - driver.on_board.amounts.get(unit, 0.0)
        for stop in stops:
            room -= dict(stop.amounts).get(unit, 0.0)
            broken += room < -1e-9
    return broken


def _price(
    driver: DriverState,
    places: Sequence[Stop],
    sequence: Sequence[int],
    legs: Legs,
    room: tuple[float, float],
    policy: DispatchPolicy,
) -> float:
    """Return what a sequence costs in money: driving, the driver's time, each customer's wait, and growing lateness.

    Broken limits come on top. A break costs nothing by itself: it is taken whatever comes before or after it.

    This is the innermost loop (45 sequences of up to 10 stops per candidate), hence plain arithmetic.
    """
    at, row, metres, late, squared, waits, broken = driver.start_at, 0, 0.0, 0.0, 0.0, 0.0, 0
    volume, weight = room
    due, rested_s, may_begin = driver.due_break, 0.0, break_places(driver, places, sequence)
    for number in sequence:
        stop = places[number]
        if due is not None and number in may_begin and at >= due.earliest_at - BREAK_GRACE_S:
            broken += at > due.latest_at + BREAK_GRACE_S
            rested_s, due = due.length_s, None
            at += rested_s
        if stop.arrived_at is None:
            metres += legs.metres[row][number]
            at = max(driver.as_of, at + legs.seconds[row][number])
        if at > stop.due_at:
            late += at - stop.due_at
            squared += (at - stop.due_at) ** 2
        if stop.due_at < inf:
            waits += at - driver.start_at
        starts_at = max(at, stop.earliest_at)
        broken += starts_at > driver.shift_ends_at and stop.kind is StopKind.PICKUP
        at = starts_at + stop.service_s
        volume -= stop.volume_l
        weight -= stop.weight_kg
        broken += volume < -1e-9 or weight < -1e-9
        row = number + 1
    if at == inf:
        return _BROKEN * 1e3
    broken += at > driver.shift_ends_at + policy.overtime_s
    broken += due is not None and at > due.latest_at + BREAK_GRACE_S
    time_money = policy.driver_minute * (at - driver.start_at - rested_s) / 60.0
    waits_money = policy.lateness_money(late, squared) + policy.freshness_per_minute * waits / 60.0
    return broken * _BROKEN + policy.cost_per_km * metres / 1000.0 + time_money + waits_money
