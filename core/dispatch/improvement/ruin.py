"""Taking a plan apart in one neighbourhood, so that it can be put together better.

Adjacent strings (Christiaens & Vanden Berghe, *Slack Induction by String Removals*, 2020): around a seed stop, a run of
neighbouring stops is taken out of each of several routes. Now and then the orders most alike the seed in place and
time (Shaw 1998), the worst placed ones, or one whole short route are taken instead.
"""

from __future__ import annotations

from core.dispatch.improvement.columns import Dice, Whole
from core.dispatch.improvement.compiled import compiled, inlined, pick, roll
from core.dispatch.improvement.insertion import take_out
from core.dispatch.improvement.packing import EARLIEST, FIXED_TASK, FREE_FROM, IS_BREAK, SINGLE, Packed
from core.dispatch.improvement.routes import Routes, refresh

LONGEST_STRING = 10
SPLIT_SHARE = 0.5
SPLIT_GROWTH = 0.01


@inlined
def may_move(p: Packed, routes: Routes, task: int) -> bool:
    """Say whether a task is in a route and may be taken out."""
    return bool(routes.carrier[task] >= 0 and p.task[task, FIXED_TASK] == 0)


@inlined
def remember(routes: Routes, kept: Routes, touched: Whole, vehicle: int) -> None:
    """Keep a route as it is before its first change; `touched` has a flag per vehicle."""
    if touched[vehicle] == 0:
        touched[vehicle] = 1
        kept.length[vehicle] = routes.length[vehicle]
        for k in range(routes.length[vehicle]):
            kept.route[vehicle, k] = routes.route[vehicle, k]


@inlined
def _take(p: Packed, routes: Routes, kept: Routes, touched: Whole, removed: Whole, count: int, task: int) -> int:
    remember(routes, kept, touched, routes.carrier[task])
    take_out(p, routes, task)
    removed[count] = task
    return count + 1


@compiled
def _string(
    p: Packed,
    routes: Routes,
    kept: Routes,
    touched: Whole,
    removed: Whole,
    count: int,
    stop: int,
    longest: float,
    dice: Dice,
) -> int:
    """Take a string of stops around `stop` out of its route, or one with a part in the middle left in."""
    vehicle = routes.carrier[stop >> 1]
    remember(routes, kept, touched, vehicle)
    first, end = p.vehicle_number[vehicle, FREE_FROM], routes.length[vehicle]
    position = first
    while position < end and routes.route[vehicle, position] != stop:
        position += 1
    if position == end:
        return count
    length = min(end - first, int(roll(dice) * min(float(end - first), longest)) + 1)
    spared = 0
    if roll(dice) < SPLIT_SHARE:
        while length + spared < end - first and roll(dice) > SPLIT_GROWTH:
            spared += 1
            if roll(dice) < 0.5:
                break
    whole = length + spared
    lowest = max(first, position - whole + 1)
    highest = min(position, end - whole)
    begin = lowest + pick(dice, highest - lowest + 1)
    skip_from = begin + pick(dice, length + 1) if spared > 0 else end
    # The kept copy still has the positions from before anything was taken out.
    for k in range(begin, begin + whole):
        if skip_from <= k < skip_from + spared:
            continue
        task = kept.route[vehicle, k] >> 1
        if may_move(p, routes, task) and p.task[task, IS_BREAK] == 0:
            count = _take(p, routes, kept, touched, removed, count, task)
    return count


@compiled
def _strings(
    p: Packed, routes: Routes, kept: Routes, touched: Whole, removed: Whole, mean: int, seed: int, dice: Dice
) -> int:
    stops, used = 0, 0
    for vehicle in range(len(routes.length)):
        stops += routes.length[vehicle]
        used += routes.length[vehicle] > 0
    longest = max(1.0, min(float(LONGEST_STRING), stops / max(1, used)))
    most = 4.0 * mean / (1.0 + longest) - 1.0
    routes_left = int(roll(dice) * max(1.0, most)) + 1
    centre = 2 * seed + (1 if p.task[seed, SINGLE] == 1 or roll(dice) < 0.5 else 0)
    count = _string(p, routes, kept, touched, removed, 0, centre, longest, dice)
    routes_left -= 1
    for rank in range(p.nearest.shape[1]):
        if routes_left <= 0:
            break
        stop = p.nearest[centre, rank]
        if stop < 0:
            break
        task = stop >> 1
        if may_move(p, routes, task) and touched[routes.carrier[task]] == 0:
            count = _string(p, routes, kept, touched, removed, count, stop, longest, dice)
            routes_left -= 1
    return count


@compiled
def _alike(
    p: Packed, routes: Routes, kept: Routes, touched: Whole, removed: Whole, mean: int, seed: int, dice: Dice
) -> int:
    """Take the seed and orders like it in place and hour, with some chance among the next best."""
    wanted = 1 + pick(dice, 2 * mean)
    centre = 2 * seed + (1 if p.task[seed, SINGLE] == 1 or roll(dice) < 0.5 else 0)
    begins = p.stop[centre, EARLIEST]
    if routes.carrier[seed] >= 0:
        begins = routes.departs[centre]
    count = _take(p, routes, kept, touched, removed, 0, seed)
    spread = 0.0
    for rank in range(p.nearest.shape[1]):
        if p.nearest[centre, rank] >= 0:
            spread += abs(routes.departs[p.nearest[centre, rank]] - begins)
    spread /= p.nearest.shape[1]
    for rank in range(p.nearest.shape[1]):
        stop = p.nearest[centre, rank]
        if stop < 0 or count >= wanted:
            break
        task = stop >> 1
        if may_move(p, routes, task) and abs(routes.departs[stop] - begins) <= spread * (0.3 + roll(dice)):
            count = _take(p, routes, kept, touched, removed, count, task)
    return count


@compiled
def _whole_route(p: Packed, routes: Routes, kept: Routes, touched: Whole, removed: Whole, most: int, seed: int) -> int:
    """Take what may move out of the seed's route, from its head on, up to `most` tasks."""
    vehicle, count = routes.carrier[seed], 0
    remember(routes, kept, touched, vehicle)
    for k in range(kept.length[vehicle]):
        task = kept.route[vehicle, k] >> 1
        if count < most and may_move(p, routes, task) and p.task[task, IS_BREAK] == 0:
            count = _take(p, routes, kept, touched, removed, count, task)
    return count


@compiled
def ruin(p: Packed, routes: Routes, kept: Routes, touched: Whole, removed: Whole, mean: int, dice: Dice) -> int:
    """Take about `mean` tasks out, write them into `removed` and return how many they are."""
    tasks = len(routes.carrier)
    seed = -1
    for _ in range(20):
        seed = pick(dice, tasks)
        if may_move(p, routes, seed):
            break
        seed = -1
    if seed < 0:
        return 0
    way = roll(dice)
    if way < 0.80:
        count = _strings(p, routes, kept, touched, removed, mean, seed, dice)
    elif way < 0.92:
        count = _alike(p, routes, kept, touched, removed, mean, seed, dice)
    else:
        count = _whole_route(p, routes, kept, touched, removed, 2 * mean, seed)
    for vehicle in range(len(touched)):
        if touched[vehicle] == 1:
            refresh(p, routes, vehicle)
    return count
