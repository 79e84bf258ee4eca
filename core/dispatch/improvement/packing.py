"""The problem as the compiled loops read it: few tables with numbered columns, so that a stop's numbers lie together.

Breaks become tasks of one stop without a place behind the orders. What has no way gets a time beyond every limit, so
that nothing infinite is ever subtracted. Instants count from the earliest start of a vehicle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.dispatch.improvement.columns import Flags, Floats, Whole
from core.dispatch.improvement.problem import NOBODY, Problem

NO_WAY_S = 1e9
"""Driving time that stands for no way."""
NEVER_S = 1e8
"""The limit that stands for none; less than one leg without a way."""
MUST_PRICE = 1e14
"""What leaving out costs when goods are on board: no plan does."""

ROUNDING_S = 1e-7
"""So much later is not too late."""

EARLIEST, LATEST, SERVICE, DUE, LATE, GROWTH, WAIT, WAIT_FROM = range(8)
START_AT, SHIFT_END, DUTY, FIXED, REST_FROM, REST_UNTIL, REST_S, LAST_PICKUP = range(8)
START, END, FREE_FROM, HAS_BREAK, MAX_ORDERS, KIND, OWNED, RESTS = range(8)
SINGLE, FIXED_TASK, HOME, IS_BREAK, OWNER = range(5)
MOVE, UNSERVED = range(2)


class Packed(NamedTuple):
    """The problem in tables; rows are stops, vehicles or tasks, columns as numbered in this module.

    `nearest` holds for each stop the tasks' stops that lie nearest, nearest first, `reach` for each task how far
    those of its own stop go, and `near_starts` the vehicles that start nearest to it. `is_timed` says whether arriving
    later costs anything.
    """

    stop: Floats
    place: Whole
    load: Floats
    vehicle: Floats
    vehicle_number: Whole
    capacity: Floats
    on_board: Floats
    task: Whole
    task_price: Floats
    allowed: Flags
    seconds: Floats
    price: Floats
    nearest: Whole
    reach: Floats
    near_starts: Whole
    is_timed: bool


RANKED_AT_ONCE = 500
"""Places whose neighbours are looked for together, for the sake of memory."""
NEIGHBOURS = 60
NEAR_STARTS = 12


def packed(problem: Problem) -> Packed:
    """Return the tables of a problem."""
    origin = float(problem.fleet.start_at.min()) if problem.fleet.count else 0.0
    seconds = np.ascontiguousarray(np.minimum(problem.durations_s, NO_WAY_S))
    metres = np.minimum(problem.distances_m, NO_WAY_S)
    price = np.ascontiguousarray(problem.prices.per_metre * metres + problem.prices.per_driving_s * seconds)
    stop, place = _stops(problem, origin)
    task = _tasks(problem)
    allowed = _allowed(problem, task)
    vehicle, vehicle_number = _vehicles(problem, origin, task, allowed)
    distance = price if price.any() else seconds
    nearest = _nearest(problem, distance, place, task)
    return Packed(
        stop=stop,
        place=place,
        load=np.ascontiguousarray(np.vstack([problem.work.load, np.zeros((problem.fleet.breaks, _units(problem)))])),
        vehicle=vehicle,
        vehicle_number=vehicle_number,
        capacity=np.ascontiguousarray(problem.fleet.capacity, dtype=np.float64),
        on_board=_on_board(problem),
        task=task,
        task_price=_task_prices(problem, task),
        allowed=allowed,
        seconds=seconds,
        price=price,
        nearest=nearest,
        reach=_reach(distance, place, task, nearest),
        near_starts=_near_starts(problem, distance, place, task, allowed),
        is_timed=problem.prices.is_of_time,
    )


def _units(problem: Problem) -> int:
    return int(problem.work.load.shape[1])


def _stops(problem: Problem, origin: float) -> tuple[Floats, Whole]:
    work, fleet, prices = problem.work, problem.fleet, problem.prices
    stop = np.zeros((problem.stops, 8))
    place = np.full(problem.stops, NOBODY, np.int64)
    orders, breaks = slice(0, 2 * work.count), slice(2 * work.count + 1, None, 2)
    pickups, deliveries = stop[orders][0::2], stop[orders][1::2]
    pickups[:, [EARLIEST, LATEST, SERVICE]] = np.column_stack([work.ready_at, work.pickup_until_at, work.pickup_s])
    deliveries[:, [EARLIEST, LATEST]] = np.column_stack([work.deliver_from_at, work.deliver_until_at])
    deliveries[:, [SERVICE, DUE, WAIT_FROM]] = np.column_stack([work.delivery_s, work.due_at, work.waits_from_at])
    deliveries[:, [LATE, GROWTH, WAIT]] = [prices.late_per_s, prices.late_growth_per_s2, prices.customer_wait_per_s]
    pickups[:, DUE] = np.inf
    pickups[:, WAIT_FROM] = work.ready_at
    pickups[:, WAIT] = prices.goods_wait_per_s
    stop[breaks][:, [EARLIEST, LATEST]] = np.column_stack([fleet.break_from_at, fleet.break_until_at])
    stop[breaks, SERVICE] = fleet.break_s
    stop[breaks, DUE] = np.inf
    place[orders][0::2] = work.pickup_place
    place[orders][1::2] = work.delivery_place
    stop[:, [EARLIEST, LATEST, DUE, WAIT_FROM]] -= origin
    np.clip(stop, -NEVER_S, NEVER_S, out=stop)
    return stop, place


def _tasks(problem: Problem) -> Whole:
    work, fleet = problem.work, problem.fleet
    task = np.zeros((work.count + fleet.breaks, 5), np.int64)
    task[: work.count, HOME] = work.home
    task[: work.count, OWNER] = np.where(work.carrier != NOBODY, work.carrier, NOBODY)
    task[: work.count, SINGLE] = work.carrier != NOBODY
    task[work.count :, [SINGLE, IS_BREAK]] = 1
    task[work.count :, HOME] = NOBODY
    task[work.count :, OWNER] = fleet.break_vehicle
    for vehicle, route in enumerate(problem.frozen):
        for stop in route:
            task[stop // 2, OWNER] = vehicle
            task[stop // 2, FIXED_TASK if stop % 2 else SINGLE] = 1
    return task


def _allowed(problem: Problem, task: Whole) -> Flags:
    work, fleet = problem.work, problem.fleet
    lacks = (work.skills[:, None, :] & ~fleet.skills[None, :, :]).any(axis=2)
    fits = (work.load[:, None, :] <= fleet.capacity[None, :, :] + 1e-9).all(axis=2)
    allowed = np.zeros((len(task), fleet.count), bool)
    is_ready = work.ready_at[:, None] <= fleet.last_pickups[None, :] + ROUNDING_S
    allowed[: work.count] = work.allowed & ~lacks & fits & is_ready
    numbers = np.arange(fleet.count)
    pinned = work.bound_to != NOBODY
    allowed[: work.count][pinned] &= work.bound_to[pinned, None] == numbers
    owned = task[:, OWNER] != NOBODY
    allowed[owned] = task[owned, OWNER][:, None] == numbers
    return np.ascontiguousarray(allowed)


def _vehicles(problem: Problem, origin: float, task: Whole, allowed: Flags) -> tuple[Floats, Whole]:
    fleet, prices = problem.fleet, problem.prices
    vehicle = np.zeros((fleet.count, 8))
    vehicle[:, START_AT] = fleet.start_at - origin
    vehicle[:, SHIFT_END] = np.clip(fleet.shift_ends_at - origin, -NEVER_S, NEVER_S)
    vehicle[:, LAST_PICKUP] = np.clip(fleet.last_pickups - origin, -NEVER_S, NEVER_S)
    vehicle[:, DUTY] = prices.duty_per_s
    vehicle[:, FIXED] = prices.per_vehicle
    number = np.zeros((fleet.count, 8), np.int64)
    if len(fleet.rests):
        number[:, RESTS] = rests = np.isfinite(fleet.rests[:, 0])
        vehicle[rests, REST_FROM] = fleet.rests[rests, 0] - origin
        vehicle[rests, REST_UNTIL] = np.minimum(fleet.rests[rests, 1] - origin, NEVER_S)
        vehicle[rests, REST_S] = fleet.rests[rests, 2]
    number[:, START], number[:, END] = fleet.start_place, fleet.end_place
    number[:, FREE_FROM] = [len(route) for route in problem.frozen]
    number[fleet.break_vehicle, HAS_BREAK] = 1
    number[:, MAX_ORDERS] = fleet.max_orders
    owned = (task[:, OWNER] != NOBODY) & (task[:, IS_BREAK] == 0)
    np.add.at(number[:, OWNED], task[owned, OWNER], 1)
    number[:, KIND] = _kinds(problem, vehicle, number, allowed)
    return vehicle, number


def _kinds(problem: Problem, vehicle: Floats, number: Whole, allowed: Flags) -> Whole:
    """Return a number that empty vehicles share exactly if it makes no difference which of them is taken."""
    at_home = np.arange(problem.fleet.count) * np.isin(np.arange(problem.fleet.count), problem.work.home)
    columns = [vehicle, number[:, :KIND], number[:, OWNED:], problem.fleet.capacity, at_home[:, None] + 0.0, allowed.T]
    if not problem.fleet.count:
        return np.zeros(0, np.int64)
    _, kinds = np.unique(np.hstack(columns), axis=0, return_inverse=True)
    return kinds.reshape(-1).astype(np.int64)


def _on_board(problem: Problem) -> Floats:
    on_board = np.zeros((problem.fleet.count, _units(problem)))
    carried = problem.work.carrier != NOBODY
    np.add.at(on_board, problem.work.carrier[carried], problem.work.load[carried])
    return on_board


def _task_prices(problem: Problem, task: Whole) -> Floats:
    prices = np.zeros((len(task), 2))
    prices[: problem.work.count, MOVE] = problem.work.move_price
    prices[: problem.work.count, UNSERVED] = problem.work.unserved_price
    prices[(task[:, OWNER] != NOBODY) & (task[:, SINGLE] == 1), UNSERVED] = MUST_PRICE
    return prices


def _nearest(problem: Problem, price: Floats, place: Whole, task: Whole) -> Whole:
    """Return for each stop of an order the nearest stops of orders that may move; -1 fills up."""
    free = np.repeat(task[:, FIXED_TASK] == 0, 2) & (place != NOBODY)
    free[0::2] &= task[:, SINGLE] == 0
    others = np.flatnonzero(free).astype(np.int64)
    nearest = np.full((problem.stops, NEIGHBOURS), NOBODY, np.int64)
    if not len(others):
        return nearest
    count = min(NEIGHBOURS, len(others))
    # Stops at one place have the same neighbours: ten thousand orders of some kitchens are ranked once per kitchen.
    places, numbers = np.unique(place[others], return_inverse=True)
    ranked = np.empty((len(places), count), np.int64)
    for begin in range(0, len(places), RANKED_AT_ONCE):
        part = slice(begin, begin + RANKED_AT_ONCE)
        ranked[part] = _ranked(price[np.ix_(places[part], place[others])], count)
    nearest[others, :count] = others[ranked[numbers]]
    return nearest


def _ranked(between: Floats, count: int) -> Whole:
    """Return the columns of the `count` smallest values in each row, the smallest first."""
    rows = np.arange(len(between))[:, None]
    if count < between.shape[1]:
        head = np.argpartition(between, count - 1, axis=1)[:, :count]
    else:
        head = np.broadcast_to(np.arange(count), between.shape)
    ranked: Whole = head[rows, np.argsort(between[rows, head], axis=1, kind="stable")]
    return ranked


def _own_stop(task: Whole) -> Whole:
    """Return the stop at which each task begins: the pickup, or the delivery where that is all."""
    return 2 * np.arange(len(task)) + task[:, SINGLE]


def _reach(distance: Floats, place: Whole, task: Whole, nearest: Whole) -> Floats:
    own = _own_stop(task)
    last = nearest[own, -1]
    known = (last != NOBODY) & (place[own] != NOBODY)
    reach = np.full(len(task), np.inf)
    reach[known] = distance[place[own[known]], place[last[known]]]
    return reach


def _near_starts(problem: Problem, distance: Floats, place: Whole, task: Whole, allowed: Flags) -> Whole:
    count = min(NEAR_STARTS, problem.fleet.count)
    away = distance[np.ix_(problem.fleet.start_place, np.maximum(0, place[_own_stop(task)]))].T
    away = np.where(allowed, away, np.inf)
    return np.ascontiguousarray(np.argsort(away, axis=1, kind="stable")[:, :count])
