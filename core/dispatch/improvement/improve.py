"""The way in: a plan improved within an iteration budget and a deadline, with what is needed to do exactly it again.

The plan in force is taken over, what has no place yet is inserted, and the whole is ruined and recreated until the
budget or the time is used up. Whatever happens, the best plan so far comes back, and it keeps every hard limit.
Time enters only through `Effort.seconds` and is noted as shares of the effort: a run handed the shares of an earlier
one as `marks` asks no clock and makes the same plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.dispatch.improvement.adoption import adopted
from core.dispatch.improvement.compiled import dice_of
from core.dispatch.improvement.easing import eased
from core.dispatch.improvement.packing import DUE, FIXED, LATEST, UNSERVED, Packed, packed
from core.dispatch.improvement.problem import Plan, Problem
from core.dispatch.improvement.recreate import insert_by_regret, insert_in_turn, regrets_for
from core.dispatch.improvement.routes import Routes, empty_routes, plan_of, refresh, total
from core.dispatch.improvement.search import (
    BEST,
    CURRENT,
    MEAN_RUIN,
    Search,
    anneal,
    close_a_route,
    copied,
    return_to,
    squeeze,
)

HOT_SHARE, COLD_SHARE = 0.1, 0.003
"""The first and last warmth of annealing, as shares of what one order costs in the plan on average."""
FLEET_SHARE = 0.5
"""How much of the effort may go into doing with fewer vehicles, where that comes first."""
LARGEST_REGRET = 600_000
"""Orders times vehicles that are weighed against each other within about 0.1 s."""
FEWER_FIRST = 1e9
"""What a vehicle costs where fewer vehicles come before everything but serving all orders."""
IN_TURN = 50
"""Orders inserted in turn between two looks at the clock."""
COOLING_STEPS = 50
"""Pieces that a budget of iterations is cut into at least."""
PIECE = 20_000
"""Stops times iterations between two looks at the clock: about 10 ms."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try: at most so many iterations, and until `seconds` after the start on the clock handed in.

    `marks` are those of an earlier run, which is then repeated exactly.

    Raises
    ------
    ValueError
        If a number is negative.
    """

    iterations: int
    seconds: float = np.inf
    marks: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.iterations < 0 or self.seconds < 0.0:
            raise ValueError("an effort is from 0 up")


@dataclass(frozen=True, slots=True)
class Improved:
    """A plan, its price as against the start's, and the record of how it was found.

    `eased` names vehicles and the limits that could not be kept whatever was planned. `iterations` is the count
    reached; `marks` are the shares of the effort used up before each piece of the search.
    """

    plan: Plan
    price: float
    first_price: float
    iterations: int
    marks: tuple[float, ...]
    eased: tuple[tuple[int, str], ...]


def improve(
    problem: Problem,
    plan: Plan,
    *,
    seed: int,
    effort: Effort,
    clock: Callable[[], float],
    fewest_vehicles: bool = False,
    largest_regret: int = LARGEST_REGRET,
) -> Improved:
    """Return the best plan found.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        The plan in force; empty routes for none.
    seed : int
        Of the dice.
    effort : Effort
    clock : callable
        Monotonic seconds, of any origin. Not asked if `effort.marks` are given.
    fewest_vehicles : bool
        Whether one vehicle less is worth any detour.
    largest_regret : int
        Waiting orders times vehicles up to which orders are weighed against each other when they are first inserted;
        beyond it they are inserted in turn, which always has an end in sight.
    """
    pace = _Pace(effort, clock)
    given = eased(problem, plan)
    p = packed(given.problem)
    s = _search(p, adopted(p, given, plan), seed)
    first_price = float(s.prices[BEST])
    if problem.fleet.count and problem.work.count:
        weighed = _fewer_first(p) if fewest_vehicles else p
        piece = max(1, min(500, PIECE // len(p.stop), effort.iterations // COOLING_STEPS))
        _insert_waiting(p, s, pace, largest_regret)
        if fewest_vehicles:
            _reduce_fleet(weighed, s, pace, piece)
        _anneal(weighed, s, pace, piece)
    return_to(p, s, s.best)
    return Improved(
        plan=plan_of(s.best, problem.work.count),
        price=float(s.prices[CURRENT]),
        first_price=first_price,
        iterations=pace.iterations,
        marks=tuple(pace.marks),
        eased=given.moved,
    )


def _fewer_first(p: Packed) -> Packed:
    """Return the problem with a price on vehicles above any detour, and one on leaving out above any vehicle."""
    vehicle, task_price = p.vehicle.copy(), p.task_price.copy()
    vehicle[:, FIXED] += FEWER_FIRST
    task_price[:, UNSERVED] += 1e3 * FEWER_FIRST
    return p._replace(vehicle=vehicle, task_price=task_price)


class _Pace:
    """Says how much of the effort is used up, by iterations or by time, whichever is more, and keeps what it said."""

    def __init__(self, effort: Effort, clock: Callable[[], float]) -> None:
        self.marks: list[float] = []
        self.iterations = 0
        self._effort = effort
        self._clock = clock
        self._began = clock() if effort.marks is None else 0.0

    def used(self) -> float:
        """Return the share used up; 1 or more is the end."""
        effort = self._effort
        if effort.marks is not None:
            share = effort.marks[len(self.marks)] if len(self.marks) < len(effort.marks) else 1.0
        else:
            share = self.iterations / effort.iterations if effort.iterations else 1.0
            if effort.seconds < np.inf:
                elapsed = self._clock() - self._began
                share = max(share, elapsed / effort.seconds if effort.seconds > 0.0 else 1.0)
        self.marks.append(share)
        return share

    def room(self, piece: int) -> int:
        """Return how many iterations the next piece has: within the budget, where that counts."""
        return min(piece, self._effort.iterations - self.iterations)


def _search(p: Packed, routes: Routes, seed: int) -> Search:
    for vehicle in range(len(routes.length)):
        refresh(p, routes, vehicle)
    s = Search(
        routes=routes,
        best=empty_routes(p),
        kept=empty_routes(p),
        touched=np.zeros(len(p.vehicle), np.int64),
        carriers=np.zeros(len(p.task), np.int64),
        waiting=np.zeros(len(p.task) + 1, np.int64),
        keys=np.zeros(len(p.task) + 1),
        seen=np.zeros(len(p.vehicle), np.int64),
        near=np.zeros(len(p.vehicle), np.int64),
        closed=np.zeros(len(p.vehicle), bool),
        absences=np.zeros(len(p.task)),
        prices=np.zeros(2),
        dice=dice_of(seed),
    )
    s.prices[CURRENT] = total(p, routes)
    _keep_as_best(s)
    return s


def _keep_as_best(s: Search) -> None:
    s.prices[BEST] = s.prices[CURRENT]
    copied(s.routes, s.best)


def _insert_waiting(p: Packed, s: Search, pace: _Pace, largest_regret: int) -> None:
    """Give every order without a place one, if there is time; few of them by regret, many in turn."""
    waiting = np.flatnonzero(s.routes.carrier < 0).astype(np.int64)
    if not len(waiting) or pace.used() >= 1.0:
        return
    if len(waiting) * len(s.closed) <= largest_regret:
        room = regrets_for(len(waiting), len(s.closed))
        insert_by_regret(p, s.routes, s.closed, waiting, room, s.dice)
        # Of many vehicles it weighed the near ones only.
        waiting = np.flatnonzero(s.routes.carrier < 0).astype(np.int64)
        insert_in_turn(p, s.routes, s.closed, waiting, 0, len(waiting), s.seen, s.near, s.dice)
    else:
        waiting = waiting[np.argsort(np.minimum(p.stop[2 * waiting + 1, DUE], p.stop[2 * waiting + 1, LATEST]))]
        for begin in range(0, len(waiting), IN_TURN):
            insert_in_turn(
                p, s.routes, s.closed, waiting, begin, min(begin + IN_TURN, len(waiting)), s.seen, s.near, s.dice
            )
            if pace.used() >= 1.0:
                break
    s.prices[CURRENT] = total(p, s.routes)
    if s.prices[CURRENT] < s.prices[BEST]:
        _keep_as_best(s)


def _reduce_fleet(p: Packed, s: Search, pace: _Pace, piece: int) -> None:
    """Close one vehicle after another as long as all tasks find a place on the others."""
    return_to(p, s, s.best)
    _keep_as_best(s)
    if (s.routes.carrier < 0).any() or not close_a_route(p, s):
        return
    warmth = HOT_SHARE * _order_price(p, s)
    while pace.used() < FLEET_SHARE:
        pace.iterations += squeeze(p, s, pace.room(piece), warmth, MEAN_RUIN)
        if (s.routes.carrier >= 0).all():
            _keep_as_best(s)
            if not close_a_route(p, s):
                break


def _anneal(p: Packed, s: Search, pace: _Pace, piece: int) -> None:
    """Improve the price, cooling as the effort is used up."""
    s.closed[:] = False
    return_to(p, s, s.best)
    _keep_as_best(s)
    begins = used = pace.used()
    hot = HOT_SHARE * _order_price(p, s)
    while used < 1.0:
        cooled = (used - begins) / (1.0 - begins)
        count = pace.room(piece)
        anneal(p, s, count, max(1e-9, hot * (COLD_SHARE / HOT_SHARE) ** cooled), MEAN_RUIN)
        pace.iterations += count
        used = pace.used()


def _order_price(p: Packed, s: Search) -> float:
    """Return what an order costs on average, without what is charged per vehicle and for those left out."""
    return float(s.routes.cost.sum()) / max(1, int((s.routes.carrier >= 0).sum()))


def never_asked() -> float:
    """Stand in for a clock where an earlier run's marks say all that there is to know of time."""
    raise AssertionError("who repeats a search asks no clock")
