"""Why an order has no place in a plan: the first limit that keeps every vehicle from it even without other orders.

Looked at one after another, each among the vehicles that the ones before left: who may have it, skills, load, a way
there and on, windows, the end of the shift, the breaks that are due. Where some vehicle could serve the order alone,
what it has in hand or the time for planning stood in the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import combinations_with_replacement

import numpy as np

from core.dispatch.improvement.columns import Flags
from core.dispatch.improvement.problem import NOBODY, Plan, Problem


class Why(StrEnum):
    """The first limit that nobody keeps."""

    NO_VEHICLE = "no_vehicle"
    ALLOWED = "allowed"
    SKILLS = "skills"
    CAPACITY = "capacity"
    REACHABLE = "reachable"
    WINDOW = "window"
    SHIFT = "shift"
    BREAK = "break"
    NO_ROOM = "no_room"


def why_left_out(problem: Problem, plan: Plan) -> dict[int, Why]:
    """Return the reason of each order that `plan` leaves out, by number."""
    return {order: _why(problem, order) for order in plan.unserved}


def _why(problem: Problem, order: int) -> Why:
    if not problem.fleet.count:
        return Why.NO_VEHICLE
    able = np.ones(problem.fleet.count, bool)
    for why, keeps in _limits(problem, order):
        able &= keeps
        if not able.any():
            return why
    rests = any(_has_time_to_rest(problem, order, vehicle) for vehicle in np.flatnonzero(able).tolist())
    return Why.NO_ROOM if rests else Why.BREAK


def may_go_with(problem: Problem, order: int) -> Flags:
    """Return which vehicles may have an order, (n_vehicles,): allowed, pinned to no other, and with its skills."""
    return _may_have(problem, order) & _has_skills(problem, order)


def _may_have(problem: Problem, order: int) -> Flags:
    pinned = problem.work.bound_to[order]
    may: Flags = problem.work.allowed[order] & ((np.arange(problem.fleet.count) == pinned) | (pinned == NOBODY))
    return may


def _has_skills(problem: Problem, order: int) -> Flags:
    has: Flags = ~(problem.work.skills[order] & ~problem.fleet.skills).any(axis=1)
    return has


def _limits(problem: Problem, order: int) -> Iterator[tuple[Why, Flags]]:
    """Yield each limit with the vehicles that keep it, driving straight from their start."""
    work, fleet, seconds = problem.work, problem.fleet, problem.durations_s
    yield Why.ALLOWED, _may_have(problem, order)
    yield Why.SKILLS, _has_skills(problem, order)
    yield Why.CAPACITY, (work.load[order] <= fleet.capacity + 1e-9).all(axis=1)
    pickup, delivery = work.pickup_place[order], work.delivery_place[order]
    arrives = fleet.start_at + seconds[fleet.start_place, pickup]
    reaches = np.maximum(arrives, work.ready_at[order]) + work.pickup_s[order] + seconds[pickup, delivery]
    yield Why.REACHABLE, np.isfinite(reaches)
    yield Why.WINDOW, (arrives <= work.pickup_until_at[order]) & (reaches <= work.deliver_until_at[order])
    ends = np.maximum(reaches, work.deliver_from_at[order]) + work.delivery_s[order]
    back = np.where(fleet.end_place == NOBODY, 0.0, seconds[delivery, fleet.end_place])
    is_in_time = np.maximum(arrives, work.ready_at[order]) <= fleet.last_pickups
    yield Why.SHIFT, is_in_time & (ends + back <= fleet.shift_ends_at)


def _has_time_to_rest(problem: Problem, order: int, vehicle: int) -> bool:
    """Say whether a vehicle that has nothing else to do makes an order and its breaks, wherever they lie between."""
    fleet = problem.fleet
    numbers = np.flatnonzero(fleet.break_vehicle == vehicle).tolist()
    numbers.sort(key=lambda number: float(fleet.break_from_at[number]))
    places = combinations_with_replacement(range(3), len(numbers))
    return any(_is_kept(problem, order, vehicle, dict(zip(numbers, taken, strict=True))) for taken in places)


def _is_kept(problem: Problem, order: int, vehicle: int, breaks: Mapping[int, int]) -> bool:
    """Say whether times are kept with each break before the pickup (0), the delivery (1) or the way back (2)."""
    work, fleet, seconds = problem.work, problem.fleet, problem.durations_s
    visits = (
        (
            work.pickup_place,
            work.ready_at,
            np.minimum(work.pickup_until_at, fleet.last_pickups[vehicle]),
            work.pickup_s,
        ),
        (work.delivery_place, work.deliver_from_at, work.deliver_until_at, work.delivery_s),
    )
    at, place = float(fleet.start_at[vehicle]), int(fleet.start_place[vehicle])
    for leg in range(3):
        for number in (one for one, before in breaks.items() if before == leg):
            if at > fleet.break_until_at[number]:
                return False
            at = max(at, float(fleet.break_from_at[number])) + float(fleet.break_s[number])
        if leg < 2:
            places, from_at, until_at, takes_s = visits[leg]
            at += float(seconds[place, places[order]])
            if at > until_at[order]:
                return False
            at, place = max(at, float(from_at[order])) + float(takes_s[order]), int(places[order])
    end = fleet.end_place[vehicle]
    return bool(at + (0.0 if end == NOBODY else float(seconds[place, end])) <= fleet.shift_ends_at[vehicle])
