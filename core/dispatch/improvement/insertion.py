"""Where a task fits best into one route: every pair of places, most of them dismissed after a few comparisons.

A pair of places is priced from what is kept per stop (`routes.py`). Without prices of time the rest of a route is
judged in one comparison; with them it is driven on only until the delay has been waited away.
"""

from __future__ import annotations

from core.dispatch.improvement.columns import Dice
from core.dispatch.improvement.compiled import compiled, inlined, roll
from core.dispatch.improvement.packing import (
    EARLIEST,
    FIXED,
    FREE_FROM,
    HAS_BREAK,
    HOME,
    IS_BREAK,
    LATEST,
    MAX_ORDERS,
    MOVE,
    OWNER,
    RESTS,
    SERVICE,
    SINGLE,
    START,
    START_AT,
    Packed,
)
from core.dispatch.improvement.resting import best_walked
from core.dispatch.improvement.routes import (
    EPSILON,
    NOWHERE,
    Routes,
    end_price,
    latest_at,
    latest_end,
    refresh,
    stop_price,
)


@inlined
def rest_price(
    p: Packed, routes: Routes, vehicle: int, k: int, at: float, place: int, worked_until: float, bound: float
) -> float:
    """Return what a route costs from position `k` on when `place` is left at `at`; `NOWHERE` if a limit breaks.

    Driving on stops where it costs `bound` or more.
    """
    count = routes.length[vehicle]
    has_break = p.vehicle_number[vehicle, HAS_BREAK] == 1
    if k < count and not has_break:
        following = routes.route[vehicle, k]
        arrives = at + p.seconds[place, p.place[following]]
        if arrives > routes.latest[following] + EPSILON:
            return NOWHERE
        if not p.is_timed:
            return float(p.price[place, p.place[following]] + routes.ahead[following])
    price = 0.0
    while k < count:
        stop = routes.route[vehicle, k]
        if p.place[stop] >= 0:
            at += p.seconds[place, p.place[stop]]
            price += p.price[place, p.place[stop]]
            place = p.place[stop]
        if has_break and at > latest_at(p, vehicle, stop) + EPSILON:
            return NOWHERE
        begins = max(at, p.stop[stop, EARLIEST])
        at = begins + p.stop[stop, SERVICE]
        if not has_break:
            if at == routes.departs[stop]:
                return float(price + routes.ahead[stop])
            if price + routes.ahead[stop] >= bound:
                return NOWHERE
        price += stop_price(p, stop, begins)
        if p.task[stop >> 1, IS_BREAK] == 0:
            worked_until = at
        k += 1
    if at > latest_end(p, vehicle, place) + EPSILON:
        return NOWHERE
    return price + end_price(p, vehicle, place, worked_until)


@inlined
def extra_price(p: Packed, routes: Routes, task: int, vehicle: int) -> float:
    """Return what serving a task with this vehicle costs beside the change of its route."""
    price = 0.0
    if routes.orders[vehicle] == 0 and p.task[task, IS_BREAK] == 0:
        price += p.vehicle[vehicle, FIXED]
    if p.task[task, HOME] >= 0 and p.task[task, HOME] != vehicle:
        price += p.task_price[task, MOVE]
    return price


@inlined
def _fits(p: Packed, routes: Routes, task: int, vehicle: int, stop: int) -> bool:
    """Say whether the task's load fits on top of what is on board after `stop`; -1 is the start."""
    for unit in range(p.load.shape[1]):
        carried = p.on_board[vehicle, unit] if stop < 0 else routes.load[stop, unit]
        if carried + p.load[task, unit] > p.capacity[vehicle, unit] + EPSILON:
            return False
    return True


@compiled
def _best_pair(
    p: Packed, routes: Routes, task: int, vehicle: int, extra: float, limit: float, blinks: float, dice: Dice
) -> tuple[float, int, int]:
    pickup, delivery = 2 * task, 2 * task + 1
    pickup_place, delivery_place = p.place[pickup], p.place[delivery]
    count = routes.length[vehicle]
    has_break = p.vehicle_number[vehicle, HAS_BREAK] == 1
    latest = latest_at(p, vehicle, pickup) + EPSILON
    base = routes.cost[vehicle] - extra
    bound, best_i, best_j = limit + base, -1, -1
    for i in range(p.vehicle_number[vehicle, FREE_FROM], count + 1):
        at, place, spent, before = p.vehicle[vehicle, START_AT], p.vehicle_number[vehicle, START], 0.0, -1
        if i > 0:
            before = routes.route[vehicle, i - 1]
            at, place, spent = routes.departs[before], routes.stands[before], routes.spent[before]
        if at > latest:
            break
        arrives = at + p.seconds[place, pickup_place]
        if arrives > latest or not _fits(p, routes, task, vehicle, before):
            continue
        begins = max(arrives, p.stop[pickup, EARLIEST])
        spent += p.price[place, pickup_place] + stop_price(p, pickup, begins)
        if i < count and not has_break:
            following = routes.route[vehicle, i]
            if spent + p.price[pickup_place, p.place[following]] + routes.ahead[following] >= bound:
                continue
        if blinks > 0.0 and roll(dice) < blinks:
            continue
        at, place = begins + p.stop[pickup, SERVICE], pickup_place
        for j in range(i, count + 1):
            arrives = at + p.seconds[place, delivery_place]
            if arrives <= p.stop[delivery, LATEST] + EPSILON:
                begins = max(arrives, p.stop[delivery, EARLIEST])
                so_far = spent + p.price[place, delivery_place] + stop_price(p, delivery, begins)
                if so_far < bound:
                    left = begins + p.stop[delivery, SERVICE]
                    rest = rest_price(p, routes, vehicle, j, left, delivery_place, left, bound - so_far)
                    if so_far + rest < bound:
                        bound, best_i, best_j = so_far + rest, i, j
            elif at > p.stop[delivery, LATEST] + EPSILON:
                break
            if j == count:
                break
            stop = routes.route[vehicle, j]
            if not _fits(p, routes, task, vehicle, stop):
                break
            if p.place[stop] >= 0:
                at += p.seconds[place, p.place[stop]]
                spent += p.price[place, p.place[stop]]
                place = p.place[stop]
            if at > (latest_at(p, vehicle, stop) if has_break else routes.latest[stop]) + EPSILON:
                break
            begins = max(at, p.stop[stop, EARLIEST])
            spent += stop_price(p, stop, begins)
            at = begins + p.stop[stop, SERVICE]
            if spent >= bound:
                break
    if best_i < 0:
        return NOWHERE, -1, -1
    return bound - base, best_i, best_j


@inlined
def _worked_until(p: Packed, routes: Routes, vehicle: int, k: int) -> float:
    """Return when the last order's stop before position `k` is left."""
    while k > 0:
        stop = routes.route[vehicle, k - 1]
        if p.task[stop >> 1, IS_BREAK] == 0:
            return float(routes.departs[stop])
        k -= 1
    return float(p.vehicle[vehicle, START_AT])


@inlined
def _is_overloaded(p: Packed, routes: Routes, vehicle: int, stop: int) -> bool:
    """Say whether more is on board behind `stop` than there is room for."""
    is_overloaded = False
    for unit in range(p.load.shape[1]):
        is_overloaded |= routes.load[stop, unit] > p.capacity[vehicle, unit] + EPSILON
    return is_overloaded


@compiled
def _best_single(
    p: Packed, routes: Routes, task: int, vehicle: int, extra: float, limit: float
) -> tuple[float, int, int]:
    stop = 2 * task + 1
    base = routes.cost[vehicle] - extra
    bound, best = limit + base, -1
    for k in range(p.vehicle_number[vehicle, FREE_FROM], routes.length[vehicle] + 1):
        at, place, spent = p.vehicle[vehicle, START_AT], p.vehicle_number[vehicle, START], 0.0
        if k > 0:
            before = routes.route[vehicle, k - 1]
            if _is_overloaded(p, routes, vehicle, before):
                # What came aboard there counts on this delivery having been made before.
                break
            at, place, spent = routes.departs[before], routes.stands[before], routes.spent[before]
        worked_until = _worked_until(p, routes, vehicle, k)
        if p.place[stop] >= 0:
            at += p.seconds[place, p.place[stop]]
            spent += p.price[place, p.place[stop]]
            place = p.place[stop]
        if at > p.stop[stop, LATEST] + EPSILON:
            continue
        begins = max(at, p.stop[stop, EARLIEST])
        spent += stop_price(p, stop, begins)
        at = begins + p.stop[stop, SERVICE]
        if p.task[task, IS_BREAK] == 0:
            worked_until = at
        price = spent + rest_price(p, routes, vehicle, k, at, place, worked_until, bound - spent)
        if price < bound:
            bound, best = price, k
    if best < 0:
        return NOWHERE, -1, -1
    return bound - base, best, best


@compiled
def best_place(
    p: Packed, routes: Routes, task: int, vehicle: int, limit: float, blinks: float, dice: Dice
) -> tuple[float, int, int]:
    """Return the extra cost of a task's best place in a route, and the positions of its pickup and its delivery.

    Places costing `limit` or more are not looked for; `NOWHERE` if there is none. With probability `blinks` a
    position is overlooked (Christiaens & Vanden Berghe 2020).
    """
    if p.task[task, OWNER] < 0 and routes.orders[vehicle] >= p.vehicle_number[vehicle, MAX_ORDERS]:
        return NOWHERE, -1, -1
    extra = extra_price(p, routes, task, vehicle)
    if extra >= limit:
        return NOWHERE, -1, -1
    if p.vehicle_number[vehicle, RESTS] == 1:
        return best_walked(p, routes, task, vehicle, extra, limit, blinks, dice)
    if p.task[task, SINGLE] == 1:
        return _best_single(p, routes, task, vehicle, extra, limit)
    return _best_pair(p, routes, task, vehicle, extra, limit, blinks, dice)


@compiled
def put(p: Packed, routes: Routes, task: int, vehicle: int, i: int, j: int) -> None:
    """Put a task into a route: its pickup before position `i`, its delivery before position `j` of the present ones."""
    route, count = routes.route[vehicle], routes.length[vehicle]
    added = 1 if p.task[task, SINGLE] == 1 else 2
    for k in range(count - 1, j - 1, -1):
        route[k + added] = route[k]
    route[j + added - 1] = 2 * task + 1
    if added == 2:
        for k in range(j - 1, i - 1, -1):
            route[k + 1] = route[k]
        route[i] = 2 * task
    routes.length[vehicle] = count + added
    routes.carrier[task] = vehicle
    refresh(p, routes, vehicle)


@compiled
def take_out(p: Packed, routes: Routes, task: int) -> int:
    """Take a task's movable stops out of its route without refreshing it, and return the vehicle."""
    vehicle = routes.carrier[task]
    route, kept = routes.route[vehicle], 0
    single = p.task[task, SINGLE] == 1
    for k in range(routes.length[vehicle]):
        stop = route[k]
        if stop >> 1 != task or (single and stop & 1 == 0):
            route[kept] = stop
            kept += 1
    routes.length[vehicle] = kept
    routes.carrier[task] = -1
    return int(vehicle)
