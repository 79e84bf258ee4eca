"""Where a task fits best into the route of a vehicle whose planned break is still to come.

The break is where the sequence of stops puts it (`Fleet.rests`), so that one stop more may move it past any other. What
is kept per stop says nothing of that: every pair of places is driven from the start, which few vehicles need, and those
have some ten stops.
"""

from __future__ import annotations

from core.dispatch.improvement.columns import Dice, Whole
from core.dispatch.improvement.compiled import compiled, inlined, roll
from core.dispatch.improvement.packing import (
    EARLIEST,
    FREE_FROM,
    REST_FROM,
    REST_S,
    REST_UNTIL,
    SERVICE,
    SINGLE,
    START,
    START_AT,
    Packed,
)
from core.dispatch.improvement.routes import (
    EPSILON,
    NOWHERE,
    REST_GRACE_S,
    Routes,
    aboard_at_start,
    end_price,
    latest_at,
    latest_end,
    stop_price,
)


@inlined
def _visited(route: Whole, task: int, i: int, j: int, k: int) -> int:
    """Return the stop at position `k` of a route with a task put in as `put` does; `i` is -1 without its pickup."""
    if i < 0:
        return int(2 * task + 1 if k == j else route[k] if k < j else route[k - 1])
    if k < i:
        return int(route[k])
    if k == i:
        return 2 * task
    if k <= j:
        return int(route[k - 1])
    return int(2 * task + 1 if k == j + 1 else route[k - 2])


@inlined
def _is_overfull(p: Packed, routes: Routes, task: int, vehicle: int, i: int, j: int, count: int) -> bool:
    for unit in range(p.load.shape[1]):
        load = p.on_board[vehicle, unit]
        for k in range(count):
            stop = _visited(routes.route[vehicle], task, i, j, k)
            change = p.load[stop >> 1, unit]
            load += -change if stop & 1 else change
            if load > p.capacity[vehicle, unit] + EPSILON:
                return True
    return False


@compiled
def walked_price(p: Packed, routes: Routes, task: int, vehicle: int, i: int, j: int, most: float) -> float:
    """Return what a route would cost with a task in it; `NOWHERE` if a limit breaks, or it is `most` or more."""
    count = routes.length[vehicle] + (1 if i < 0 else 2)
    at, place = p.vehicle[vehicle, START_AT], p.vehicle_number[vehicle, START]
    aboard = aboard_at_start(routes, vehicle) + (1 if i < 0 else 0)
    spent, rested, is_due = 0.0, 0.0, True
    for k in range(count):
        stop = _visited(routes.route[vehicle], task, i, j, k)
        is_free = aboard == 0 and k >= p.vehicle_number[vehicle, FREE_FROM]
        if is_due and is_free and at >= p.vehicle[vehicle, REST_FROM] - REST_GRACE_S:
            if at > p.vehicle[vehicle, REST_UNTIL] + EPSILON:
                return NOWHERE
            rested, is_due = p.vehicle[vehicle, REST_S], False
            at += rested
        aboard += -1 if stop & 1 else 1
        at += p.seconds[place, p.place[stop]]
        spent += p.price[place, p.place[stop]]
        place = p.place[stop]
        if at > latest_at(p, vehicle, stop) + EPSILON:
            return NOWHERE
        begins = max(at, p.stop[stop, EARLIEST])
        spent += stop_price(p, stop, begins)
        at = begins + p.stop[stop, SERVICE]
        if spent >= most:
            return NOWHERE
    if at > latest_end(p, vehicle, place) + EPSILON or (is_due and at > p.vehicle[vehicle, REST_UNTIL] + EPSILON):
        return NOWHERE
    if _is_overfull(p, routes, task, vehicle, i, j, count):
        return NOWHERE
    return spent + end_price(p, vehicle, place, at - rested)


@compiled
def best_walked(
    p: Packed, routes: Routes, task: int, vehicle: int, extra: float, limit: float, blinks: float, dice: Dice
) -> tuple[float, int, int]:
    """Return what `best_place` does, for a vehicle whose break is still to come; `extra` is beside its route."""
    count, is_single = routes.length[vehicle], p.task[task, SINGLE] == 1
    base = routes.cost[vehicle] - extra
    bound, best_i, best_j = limit + base, -1, -1
    for i in range(p.vehicle_number[vehicle, FREE_FROM], count + 1):
        if blinks > 0.0 and not is_single and roll(dice) < blinks:
            continue
        for j in range(i, i + 1 if is_single else count + 1):
            price = walked_price(p, routes, task, vehicle, -1 if is_single else i, j, bound)
            if price < bound:
                bound, best_i, best_j = price, i, j
    if best_i < 0:
        return NOWHERE, -1, -1
    return bound - base, best_i, best_j
