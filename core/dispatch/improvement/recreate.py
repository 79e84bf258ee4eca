"""Putting tasks into routes: greedily in a random order of one kind or another, or by largest regret."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.dispatch.improvement.columns import Dice, Flags, Floats, Whole
from core.dispatch.improvement.compiled import compiled, pick, roll
from core.dispatch.improvement.insertion import best_place, put
from core.dispatch.improvement.packing import EARLIEST, HOME, KIND, LATEST, OWNER, SINGLE, UNSERVED, Packed
from core.dispatch.improvement.routes import NOWHERE, Routes
from core.dispatch.improvement.ruin import remember

MANY = 50
"""Vehicles beyond which not every one is tried for every task."""


@compiled
def _way(p: Packed, pickup: int, delivery: int) -> float:
    if p.place[pickup] < 0 or p.place[delivery] < 0:
        return 0.0
    return float(p.seconds[p.place[pickup], p.place[delivery]])


@compiled
def _arrange(p: Packed, waiting: Whole, count: int, keys: Floats, dice: Dice) -> None:
    """Order tasks at random, by load, by length of way, by width of window or by its begin."""
    way = roll(dice)
    for number in range(count):
        task = waiting[number]
        pickup, delivery = 2 * task, 2 * task + 1
        if way < 0.30:
            keys[number] = roll(dice)
        elif way < 0.50:
            keys[number] = -p.load[task, 0] + 1e-6 * roll(dice) if p.load.shape[1] else roll(dice)
        elif way < 0.65:
            keys[number] = -_way(p, pickup, delivery)
        elif way < 0.72:
            keys[number] = _way(p, pickup, delivery)
        elif way < 0.86:
            keys[number] = p.stop[delivery, LATEST] - p.stop[delivery, EARLIEST]
        else:
            keys[number] = p.stop[delivery, LATEST]
    for number in range(1, count):
        key, task, k = keys[number], waiting[number], number - 1
        while k >= 0 and keys[k] > key:
            keys[k + 1], waiting[k + 1] = keys[k], waiting[k]
            k -= 1
        keys[k + 1], waiting[k + 1] = key, task


@compiled
def _mark_near(p: Packed, routes: Routes, task: int, near: Whole, mark: int) -> None:
    """Mark the vehicles that start near a task or have a stop near it, and who has or owns it."""
    for rank in range(p.near_starts.shape[1]):
        near[p.near_starts[task, rank]] = mark
    for stop in (2 * task, 2 * task + 1):
        for rank in range(p.nearest.shape[1]):
            other = p.nearest[stop, rank]
            if other >= 0 and routes.carrier[other >> 1] >= 0:
                near[routes.carrier[other >> 1]] = mark
    for vehicle in (p.task[task, HOME], p.task[task, OWNER]):
        if vehicle >= 0:
            near[vehicle] = mark


@compiled
def cheapest(
    p: Packed,
    routes: Routes,
    closed: Flags,
    task: int,
    blinks: float,
    seen: Whole,
    near: Whole,
    mark: int,
    dice: Dice,
) -> tuple[int, int, int]:
    """Return the vehicle and positions at which a task costs least, or -1; of like empty vehicles one is tried.

    Among many vehicles those near the task come first, and the others only if none of them will do. `mark` is a number
    that neither `seen` nor `near` holds yet.
    """
    best, best_vehicle, best_i, best_j = p.task_price[task, UNSERVED], -1, -1, -1
    is_many = len(closed) > MANY
    if is_many:
        _mark_near(p, routes, task, near, mark)
    for is_last in (not is_many, True):
        for vehicle in range(len(closed)):
            if closed[vehicle] or not p.allowed[task, vehicle] or (not is_last and near[vehicle] != mark):
                continue
            if routes.length[vehicle] == 0:
                kind = p.vehicle_number[vehicle, KIND]
                if seen[kind] == mark:
                    continue
                seen[kind] = mark
            price, i, j = best_place(p, routes, task, vehicle, best, blinks, dice)
            if price < best:
                best, best_vehicle, best_i, best_j = price, vehicle, i, j
        if best_vehicle >= 0:
            break
    return best_vehicle, best_i, best_j


@compiled
def recreate(
    p: Packed,
    routes: Routes,
    kept: Routes,
    touched: Whole,
    closed: Flags,
    waiting: Whole,
    count: int,
    keys: Floats,
    seen: Whole,
    near: Whole,
    blinks: float,
    dice: Dice,
) -> None:
    """Put the first `count` tasks of `waiting` in, each where it costs least; one without a place stays out.

    `closed` vehicles get nothing. `keys` (per task), `seen` and `near` (per vehicle) are room to work in.
    """
    _arrange(p, waiting, count, keys, dice)
    for vehicle in range(len(seen)):
        seen[vehicle] = 0
        near[vehicle] = 0
    for number in range(count):
        task = waiting[number]
        vehicle, i, j = cheapest(p, routes, closed, task, blinks, seen, near, number + 1, dice)
        if vehicle >= 0:
            remember(routes, kept, touched, vehicle)
            put(p, routes, task, vehicle, i, j)


class Regrets(NamedTuple):
    """Each waiting task's price and places with each vehicle, its two best vehicles, and whether it still waits."""

    prices: Floats
    places: Whole
    tops: Whole
    is_open: Flags
    seen: Whole
    near: Whole


def regrets_for(count: int, vehicles: int) -> Regrets:
    """Return room for weighing `count` tasks."""
    return Regrets(
        prices=np.full((count, vehicles), NOWHERE),
        places=np.full((count, vehicles, 2), -1, np.int64),
        tops=np.full((count, 2), -1, np.int64),
        is_open=np.ones(count, np.bool_),
        seen=np.zeros(vehicles, np.int64),
        near=np.zeros(vehicles, np.int64),
    )


@compiled
def _price_row(
    p: Packed,
    routes: Routes,
    closed: Flags,
    task: int,
    prices: Floats,
    places: Whole,
    seen: Whole,
    near: Whole,
    mark: int,
    dice: Dice,
) -> None:
    is_many = len(closed) > MANY
    if is_many:
        _mark_near(p, routes, task, near, mark)
    for vehicle in range(len(closed)):
        if closed[vehicle] or not p.allowed[task, vehicle] or (is_many and near[vehicle] != mark):
            continue
        if routes.length[vehicle] == 0:
            kind = p.vehicle_number[vehicle, KIND]
            if seen[kind] == mark:
                continue
            seen[kind] = mark
        price, i, j = best_place(p, routes, task, vehicle, p.task_price[task, UNSERVED], 0.0, dice)
        prices[vehicle], places[vehicle, 0], places[vehicle, 1] = price, i, j


@compiled
def _rank(prices: Floats, tops: Whole) -> None:
    """Write the vehicles of the lowest and the next price, -1 for none."""
    tops[0], tops[1] = -1, -1
    first, second = NOWHERE, NOWHERE
    for vehicle in range(len(prices)):
        if prices[vehicle] < first:
            second, tops[1] = first, tops[0]
            first, tops[0] = prices[vehicle], vehicle
        elif prices[vehicle] < second:
            second, tops[1] = prices[vehicle], vehicle


@compiled
def _next_empty(p: Packed, routes: Routes, closed: Flags, like: int) -> int:
    """Return another empty vehicle of the same kind, or -1."""
    for vehicle in range(len(closed)):
        is_like = p.vehicle_number[vehicle, KIND] == p.vehicle_number[like, KIND]
        if is_like and vehicle != like and not closed[vehicle] and routes.length[vehicle] == 0:
            return vehicle
    return -1


@compiled
def _regret(p: Packed, task: int, prices: Floats, tops: Whole) -> float:
    second = prices[tops[1]] if tops[1] >= 0 else p.task_price[task, UNSERVED]
    return float(second - prices[tops[0]])


@compiled
def _reprice(
    p: Packed, routes: Routes, task: int, vehicle: int, prices: Floats, places: Whole, tops: Whole, dice: Dice
) -> None:
    before = prices[vehicle]
    if not p.allowed[task, vehicle]:
        return
    # What fits nowhere in a shorter route fits nowhere in a longer one, but an empty one may not have been tried yet.
    price, i, j = best_place(p, routes, task, vehicle, p.task_price[task, UNSERVED], 0.0, dice)
    prices[vehicle], places[vehicle, 0], places[vehicle, 1] = price, i, j
    second = prices[tops[1]] if tops[1] >= 0 else NOWHERE
    if vehicle == tops[0] or vehicle == tops[1]:
        if price > before:
            _rank(prices, tops)
        elif vehicle == tops[1] and price < prices[tops[0]]:
            tops[0], tops[1] = vehicle, tops[0]
    elif price < second:
        tops[1] = vehicle
        if tops[0] < 0 or price < prices[tops[0]]:
            tops[0], tops[1] = vehicle, tops[0]


@compiled
def _may_gain(p: Packed, placed: int, task: int, price: float, vehicles: int) -> bool:
    """Say whether a vehicle that was just given `placed` is to be priced for `task`: it was before, or is near now."""
    if vehicles <= MANY or price < NOWHERE:
        return True
    own = p.place[2 * task + p.task[task, SINGLE]]
    for stop in (2 * placed, 2 * placed + 1):
        if own >= 0 and p.place[stop] >= 0 and p.price[own, p.place[stop]] <= p.reach[task]:
            return True
    return False


@compiled
def insert_by_regret(p: Packed, routes: Routes, closed: Flags, waiting: Whole, work: Regrets, dice: Dice) -> None:
    """Put tasks in, next the one that loses most without its best vehicle (Potvin & Rousseau 1993)."""
    count = len(waiting)
    prices, places, tops = work.prices, work.places, work.tops
    is_open, seen, near = work.is_open, work.seen, work.near
    for number in range(count):
        mark = number + 1
        _price_row(p, routes, closed, waiting[number], prices[number], places[number], seen, near, mark, dice)
        _rank(prices[number], tops[number])
    for _ in range(count):
        chosen, most = -1, -1.0
        for number in range(count):
            if is_open[number] and tops[number, 0] >= 0:
                regret = _regret(p, waiting[number], prices[number], tops[number])
                if regret > most:
                    chosen, most = number, regret
        if chosen < 0:
            return
        vehicle = tops[chosen, 0]
        was_empty = routes.length[vehicle] == 0
        put(p, routes, waiting[chosen], vehicle, places[chosen, vehicle, 0], places[chosen, vehicle, 1])
        is_open[chosen] = False
        like = _next_empty(p, routes, closed, vehicle) if was_empty else -1
        for number in range(count):
            if is_open[number]:
                task = waiting[number]
                if not _may_gain(p, waiting[chosen], task, prices[number, vehicle], len(closed)):
                    continue
                _reprice(p, routes, task, vehicle, prices[number], places[number], tops[number], dice)
                if like >= 0 and p.allowed[task, like]:
                    _reprice(p, routes, task, like, prices[number], places[number], tops[number], dice)


@compiled
def insert_in_turn(
    p: Packed, routes: Routes, closed: Flags, waiting: Whole, begin: int, end: int, seen: Whole, near: Whole, dice: Dice
) -> None:
    """Put tasks number `begin` up to `end` of `waiting` in, one after another, each where it costs least."""
    for vehicle in range(len(seen)):
        seen[vehicle] = 0
        near[vehicle] = 0
    for number in range(begin, end):
        vehicle, i, j = cheapest(p, routes, closed, waiting[number], 0.0, seen, near, number - begin + 1, dice)
        if vehicle >= 0:
            put(p, routes, waiting[number], vehicle, i, j)


@compiled
def add_waiting(p: Packed, routes: Routes, waiting: Whole, count: int, most: int, dice: Dice) -> int:
    """Add up to `most` of the tasks that are in no route to `waiting`, and return how many it holds."""
    tasks = len(routes.carrier)
    begin, held = pick(dice, tasks), count
    for number in range(tasks):
        task = (begin + number) % tasks
        if held - count >= most:
            break
        if routes.carrier[task] < 0:
            is_new = True
            for k in range(count):
                is_new = is_new and waiting[k] != task
            if is_new:
                waiting[held] = task
                held += 1
    return held
