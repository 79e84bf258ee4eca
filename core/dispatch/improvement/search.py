"""The search itself: ruin, recreate, accept by annealing; and the same on fewer vehicles than the plan has.

Both run a given number of iterations and come back, so that the caller can look at its clock. All that must outlive a
call is in `Search`: a search cut into other pieces is the same search.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from core.dispatch.improvement.columns import Dice, Flags, Floats, Whole
from core.dispatch.improvement.compiled import compiled, roll
from core.dispatch.improvement.packing import FIXED_TASK, OWNED, OWNER, UNSERVED, Packed
from core.dispatch.improvement.recreate import add_waiting, recreate
from core.dispatch.improvement.routes import NOWHERE, Routes, first_breach, refresh, total
from core.dispatch.improvement.ruin import ruin

BLINKS = 0.01
MEAN_RUIN = 10
LONGEST_WAITING = 20
CURRENT, BEST = range(2)


class Search(NamedTuple):
    """Where the search stands: the routes it is at, the best it found, and what it needs to go back one step.

    `prices` holds the price of the current and the best plan; `absences` how often each task was left out.
    """

    routes: Routes
    best: Routes
    kept: Routes
    touched: Whole
    carriers: Whole
    waiting: Whole
    keys: Floats
    seen: Whole
    near: Whole
    closed: Flags
    absences: Floats
    prices: Floats
    dice: Dice


@compiled
def copied(source: Routes, target: Routes) -> None:
    """Copy who carries what in which order; the rest of `target` is not kept up."""
    for vehicle in range(len(source.length)):
        target.length[vehicle] = source.length[vehicle]
        target.orders[vehicle] = source.orders[vehicle]
        for k in range(source.length[vehicle]):
            target.route[vehicle, k] = source.route[vehicle, k]
    for task in range(len(source.carrier)):
        target.carrier[task] = source.carrier[task]


@compiled
def return_to(p: Packed, s: Search, source: Routes) -> None:
    """Make `source` the current plan."""
    copied(source, s.routes)
    for vehicle in range(len(s.routes.length)):
        refresh(p, s.routes, vehicle)
    s.prices[CURRENT] = total(p, s.routes)


@compiled
def _begin(s: Search) -> None:
    for vehicle in range(len(s.touched)):
        s.touched[vehicle] = 0
    for task in range(len(s.carriers)):
        s.carriers[task] = s.routes.carrier[task]


@compiled
def _undo(p: Packed, s: Search) -> None:
    for vehicle in range(len(s.touched)):
        if s.touched[vehicle] == 1:
            s.routes.length[vehicle] = s.kept.length[vehicle]
            for k in range(s.kept.length[vehicle]):
                s.routes.route[vehicle, k] = s.kept.route[vehicle, k]
            refresh(p, s.routes, vehicle)
    for task in range(len(s.carriers)):
        s.routes.carrier[task] = s.carriers[task]


@compiled
def _step(p: Packed, s: Search, mean: int) -> float:
    """Take the current plan apart somewhere and put it together again; return the price.

    It is `NOWHERE` if a limit breaks, which it can: where a detour is quicker than the direct way, leaving a stop out
    makes later ones late.
    """
    _begin(s)
    count = ruin(p, s.routes, s.kept, s.touched, s.waiting, mean, s.dice)
    count = add_waiting(p, s.routes, s.waiting, count, LONGEST_WAITING, s.dice)
    recreate(p, s.routes, s.kept, s.touched, s.closed, s.waiting, count, s.keys, s.seen, s.near, BLINKS, s.dice)
    for vehicle in range(len(s.touched)):
        if s.touched[vehicle] == 1 and first_breach(p, s.routes, vehicle) >= 0:
            return NOWHERE
    return total(p, s.routes)


@compiled
def anneal(p: Packed, s: Search, iterations: int, warmth: float, mean: int) -> None:
    """Improve the price for so many iterations at one warmth (money)."""
    for _ in range(iterations):
        price = _step(p, s, mean)
        if price < s.prices[CURRENT] - warmth * np.log(1.0 - roll(s.dice)):
            s.prices[CURRENT] = price
            if price < s.prices[BEST] - 1e-9:
                s.prices[BEST] = price
                copied(s.routes, s.best)
        else:
            _undo(p, s)


@compiled
def _absence(s: Search) -> float:
    """Return how often the tasks in no route have been left out; 0 if every task is in one."""
    count = 0.0
    for task in range(len(s.absences)):
        if s.routes.carrier[task] < 0:
            count += 1.0 + s.absences[task]
    return count


@compiled
def _absent(carrier: Whole) -> int:
    count = 0
    for task in range(len(carrier)):
        count += carrier[task] < 0
    return count


@compiled
def _left_out_price(p: Packed, carrier: Whole) -> float:
    price = 0.0
    for task in range(len(carrier)):
        if carrier[task] < 0:
            price += p.task_price[task, UNSERVED]
    return price


@compiled
def squeeze(p: Packed, s: Search, iterations: int, warmth: float, mean: int) -> int:
    """Look for places for what is in no route, on the vehicles that are not closed; return the iterations made.

    Stops as soon as everything has a place. A step counts as better when the tasks left out have been left out less
    often so far (Christiaens & Vanden Berghe 2020, 5.2).
    """
    out = _absence(s)
    for iteration in range(iterations):
        if out == 0.0:
            return iteration
        price = _step(p, s, mean)
        now_out = _absence(s)
        for task in range(len(s.absences)):
            if s.routes.carrier[task] < 0:
                s.absences[task] += 1.0
        is_cheap = _absent(s.routes.carrier) <= _absent(s.carriers) and (
            price - _left_out_price(p, s.routes.carrier)
            < s.prices[CURRENT] - _left_out_price(p, s.carriers) - warmth * np.log(1.0 - roll(s.dice))
        )
        if price < NOWHERE and (now_out < out or is_cheap):
            s.prices[CURRENT] = price
        else:
            _undo(p, s)
        out = _absence(s)
    return iterations


@compiled
def close_a_route(p: Packed, s: Search) -> bool:
    """Close the vehicle whose tasks have been left out least often so far, and take all its tasks out.

    Unused vehicles are closed as well. Returns whether one of those in use could be closed.
    """
    chosen, least = -1, 0.0
    for vehicle in range(len(s.closed)):
        if s.routes.orders[vehicle] == 0:
            s.closed[vehicle] = True
        elif not s.closed[vehicle] and p.vehicle_number[vehicle, OWNED] == 0:
            hardness = 0.0
            for k in range(s.routes.length[vehicle]):
                task = s.routes.route[vehicle, k] >> 1
                hardness += s.absences[task] + 1e-3 * (1.0 + roll(s.dice))
            if chosen < 0 or hardness < least:
                chosen, least = vehicle, hardness
    if chosen < 0:
        return False
    s.closed[chosen] = True
    for k in range(s.routes.length[chosen]):
        task = s.routes.route[chosen, k] >> 1
        if p.task[task, OWNER] < 0 and p.task[task, FIXED_TASK] == 0:
            s.routes.carrier[task] = -1
    kept = 0
    for k in range(s.routes.length[chosen]):
        stop = s.routes.route[chosen, k]
        if p.task[stop >> 1, OWNER] >= 0:
            s.routes.route[chosen, kept] = stop
            kept += 1
    s.routes.length[chosen] = kept
    refresh(p, s.routes, chosen)
    s.prices[CURRENT] = total(p, s.routes)
    return True
