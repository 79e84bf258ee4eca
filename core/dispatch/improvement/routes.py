"""The routes under change, with everything about them that makes trying an insertion cheap.

Per stop: when the vehicle leaves it, what has been spent up to it and will be from it on, the latest arrival that keeps
all later hard limits (Savelsbergh 1992), the load after it, and where the vehicle stands. Recomputed for a route
whenever that route changes; a try then reads these numbers only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.dispatch.improvement.columns import Floats, Whole
from core.dispatch.improvement.compiled import compiled, inlined
from core.dispatch.improvement.packing import (
    DUE,
    DUTY,
    EARLIEST,
    END,
    FIXED,
    FREE_FROM,
    GROWTH,
    HOME,
    IS_BREAK,
    LAST_PICKUP,
    LATE,
    LATEST,
    MAX_ORDERS,
    MOVE,
    OWNED,
    OWNER,
    REST_FROM,
    REST_S,
    REST_UNTIL,
    RESTS,
    SERVICE,
    SHIFT_END,
    START,
    START_AT,
    UNSERVED,
    WAIT,
    WAIT_FROM,
    Packed,
)
from core.dispatch.improvement.problem import Plan

EPSILON = 1e-7
"""Seconds and units within which a limit is kept: rounding, not lateness."""

NOWHERE = 1e16
"""More than any plan costs: there is no place."""

REST_GRACE_S = 1e-3
"""So much sooner is not too soon for a rest: sums of instants of today have that much rounding."""

LONGEST_S = 1e6
"""Seconds of waiting or lateness beyond which no more is charged, so that no square of them drowns everything."""


class Routes(NamedTuple):
    """Who drives what. `carrier` is per task, `route` and `length`, `cost` and `orders` per vehicle, the rest per stop.

    `cost` leaves out what a used vehicle and moved orders cost: `total` adds those.
    """

    route: Whole
    length: Whole
    carrier: Whole
    cost: Floats
    orders: Whole
    departs: Floats
    spent: Floats
    ahead: Floats
    latest: Floats
    load: Floats
    stands: Whole


def empty_routes(p: Packed) -> Routes:
    """Return routes without a stop."""
    vehicles, tasks, stops = len(p.vehicle), len(p.task), len(p.stop)
    return Routes(
        route=np.full((vehicles, stops + 2), -1, np.int64),
        length=np.zeros(vehicles, np.int64),
        carrier=np.full(tasks, -1, np.int64),
        cost=np.zeros(vehicles),
        orders=np.zeros(vehicles, np.int64),
        departs=np.zeros(stops),
        spent=np.zeros(stops),
        ahead=np.zeros(stops),
        latest=np.zeros(stops),
        load=np.zeros((stops, p.load.shape[1])),
        stands=np.zeros(stops, np.int64),
    )


def filled(p: Packed, routes: Routes, plan: Plan) -> None:
    """Put a plan's routes into `routes`."""
    routes.carrier[:] = -1
    for vehicle, stops in enumerate(plan.routes):
        routes.length[vehicle] = len(stops)
        routes.route[vehicle, : len(stops)] = stops
        routes.carrier[[stop // 2 for stop in stops]] = vehicle
        refresh(p, routes, vehicle)


def plan_of(routes: Routes, orders: int) -> Plan:
    """Return the routes as a plan."""
    return Plan(
        routes=tuple(tuple(row[:count].tolist()) for row, count in zip(routes.route, routes.length, strict=True)),
        unserved=tuple(np.flatnonzero(routes.carrier[:orders] < 0).tolist()),
    )


@inlined
def stop_price(p: Packed, stop: int, begins: float) -> float:
    """Return what beginning service then costs: the wait, and growing lateness."""
    price = 0.0
    if begins > p.stop[stop, WAIT_FROM]:
        price += p.stop[stop, WAIT] * min(LONGEST_S, begins - p.stop[stop, WAIT_FROM])
    late = min(LONGEST_S, begins - p.stop[stop, DUE])
    if late > 0.0:
        price += late * (p.stop[stop, LATE] + late * p.stop[stop, GROWTH])
    return price


@inlined
def end_price(p: Packed, vehicle: int, place: int, at: float) -> float:
    """Return what ending a route costs after the last order's stop was left at `at`."""
    price, end = 0.0, p.vehicle_number[vehicle, END]
    if end >= 0:
        price += p.price[place, end]
        at += p.seconds[place, end]
    return float(price + p.vehicle[vehicle, DUTY] * (at - p.vehicle[vehicle, START_AT]))


@inlined
def latest_end(p: Packed, vehicle: int, place: int) -> float:
    """Return when the last stop must be left at the latest."""
    end = p.vehicle_number[vehicle, END]
    return float(p.vehicle[vehicle, SHIFT_END] - (p.seconds[place, end] if end >= 0 else 0.0))


@inlined
def latest_at(p: Packed, vehicle: int, stop: int) -> float:
    """Return when this vehicle must have reached a stop at the latest; what it may pick up is ready by then."""
    latest = p.stop[stop, LATEST]
    return float(latest if stop & 1 else min(latest, p.vehicle[vehicle, LAST_PICKUP]))


@inlined
def aboard_at_start(routes: Routes, vehicle: int) -> int:
    """Return how many orders of a route without breaks are delivered in it and not picked up."""
    aboard = 0
    for k in range(routes.length[vehicle]):
        aboard += 1 if routes.route[vehicle, k] & 1 else -1
    return aboard


@compiled
def refresh(p: Packed, routes: Routes, vehicle: int) -> None:
    """Compute everything about a vehicle's route anew; `latest` and `ahead` mean nothing while a rest is to come."""
    count = routes.length[vehicle]
    units = p.load.shape[1]
    at, place = p.vehicle[vehicle, START_AT], p.vehicle_number[vehicle, START]
    spent, orders, worked_until = 0.0, p.vehicle_number[vehicle, OWNED], at
    previous = -1
    is_due, rested = p.vehicle_number[vehicle, RESTS] == 1, 0.0
    aboard = aboard_at_start(routes, vehicle) if is_due else 0
    for k in range(count):
        stop = routes.route[vehicle, k]
        if is_due:
            is_free = aboard == 0 and k >= p.vehicle_number[vehicle, FREE_FROM]
            if is_free and at >= p.vehicle[vehicle, REST_FROM] - REST_GRACE_S:
                rested, is_due = p.vehicle[vehicle, REST_S], False
                at += rested
            aboard += -1 if stop & 1 else 1
        here = p.place[stop]
        if here < 0:
            here = place
        else:
            at += p.seconds[place, here]
            spent += p.price[place, here]
        begins = max(at, p.stop[stop, EARLIEST])
        spent += stop_price(p, stop, begins)
        at = begins + p.stop[stop, SERVICE]
        routes.departs[stop], routes.spent[stop], routes.stands[stop] = at, spent, here
        for unit in range(units):
            before = p.on_board[vehicle, unit] if previous < 0 else routes.load[previous, unit]
            change = p.load[stop >> 1, unit]
            routes.load[stop, unit] = before - change if stop & 1 else before + change
        if p.task[stop >> 1, IS_BREAK] == 0:
            worked_until = at
            orders += stop & 1 if p.task[stop >> 1, OWNER] < 0 else 0
        place, previous = here, stop
    routes.orders[vehicle] = orders
    end = end_price(p, vehicle, place, worked_until - rested) if orders > 0 else 0.0
    routes.cost[vehicle] = spent + end
    until = latest_end(p, vehicle, place) if orders > 0 else p.vehicle[vehicle, SHIFT_END]
    for k in range(count - 1, -1, -1):
        stop = routes.route[vehicle, k]
        if k < count - 1:
            following = routes.route[vehicle, k + 1]
            until = routes.latest[following]
            if p.place[following] >= 0:
                until -= p.seconds[routes.stands[stop], p.place[following]]
        routes.latest[stop] = min(latest_at(p, vehicle, stop), until - p.stop[stop, SERVICE])
        before = 0.0
        if k > 0:
            before = routes.spent[routes.route[vehicle, k - 1]]
        leg = 0.0
        if p.place[stop] >= 0:
            stood = routes.stands[routes.route[vehicle, k - 1]] if k > 0 else p.vehicle_number[vehicle, START]
            leg = p.price[stood, p.place[stop]]
        routes.ahead[stop] = routes.cost[vehicle] - before - leg


@compiled
def first_breach(p: Packed, routes: Routes, vehicle: int) -> int:
    """Return where a route first breaks a hard limit: a position, its length for the end, or -1."""
    at, place = p.vehicle[vehicle, START_AT], p.vehicle_number[vehicle, START]
    orders = p.vehicle_number[vehicle, OWNED]
    is_due = p.vehicle_number[vehicle, RESTS] == 1 and routes.length[vehicle] > 0
    aboard = aboard_at_start(routes, vehicle) if is_due else 0
    for k in range(routes.length[vehicle]):
        stop = routes.route[vehicle, k]
        if is_due:
            is_free = aboard == 0 and k >= p.vehicle_number[vehicle, FREE_FROM]
            if is_free and at >= p.vehicle[vehicle, REST_FROM] - REST_GRACE_S:
                if at > p.vehicle[vehicle, REST_UNTIL] + EPSILON:
                    return k
                at += p.vehicle[vehicle, REST_S]
                is_due = False
            aboard += -1 if stop & 1 else 1
        if p.place[stop] >= 0:
            at += p.seconds[place, p.place[stop]]
            place = p.place[stop]
        if at > latest_at(p, vehicle, stop) + EPSILON:
            return k
        at = max(at, p.stop[stop, EARLIEST]) + p.stop[stop, SERVICE]
        for unit in range(p.load.shape[1]):
            if routes.load[stop, unit] > p.capacity[vehicle, unit] + EPSILON:
                return k
        if p.task[stop >> 1, OWNER] < 0:
            orders += stop & 1
        if orders > p.vehicle_number[vehicle, MAX_ORDERS]:
            return k
    ends = latest_end(p, vehicle, place) if orders > 0 else p.vehicle[vehicle, SHIFT_END]
    if is_due and at > p.vehicle[vehicle, REST_UNTIL] + EPSILON:
        return int(routes.length[vehicle])
    return int(routes.length[vehicle]) if at > ends + EPSILON else -1


@compiled
def total(p: Packed, routes: Routes) -> float:
    """Return what the whole plan costs."""
    price = 0.0
    for vehicle in range(len(routes.length)):
        price += routes.cost[vehicle]
        if routes.orders[vehicle] > 0:
            price += p.vehicle[vehicle, FIXED]
    for task in range(len(routes.carrier)):
        if routes.carrier[task] < 0:
            price += p.task_price[task, UNSERVED]
        elif p.task[task, HOME] >= 0 and routes.carrier[task] != p.task[task, HOME]:
            price += p.task_price[task, MOVE]
    return price
