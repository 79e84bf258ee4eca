"""Why an order has no place in a plan: the first limit that keeps every vehicle from it even without other orders.

Looked at one after another, each among the vehicles that the ones before left: who may have it, skills, load, a way
there and on, windows, the end of the shift. Where some vehicle could serve the order alone, what it has in hand or the
time for planning stood in the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

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
    return Why.NO_ROOM


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
