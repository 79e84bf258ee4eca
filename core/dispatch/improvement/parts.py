"""An improved plan taken apart into changes that do not need each other, of which only those worth it are kept.

Drivers who exchange orders belong to one part; a driver whose stops are only put in another order is one alone. Each
part keeps every limit by itself, for limits are those of single vehicles.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from math import inf

from core.dispatch.improvement.problem import NOBODY, Plan, Problem
from core.dispatch.plan_price import route_price


def worthwhile(
    problem: Problem, before: Plan, after: Plan, least: float, *, most: float = inf, without: Collection[int] = ()
) -> Plan:
    """Return `after` without the parts that are not worth it, as against `before`.

    Parameters
    ----------
    problem : Problem
    before, after : Plan
    least : float
        Money that a part must save.
    most : float
        So many vehicles may get other stops: the parts that save most come first, and one part is kept in any case.
    without : collection of int
        Vehicles whose parts are left out whatever they save.
    """
    had, has = _holders(problem, before), _holders(problem, after)
    parts = _Parts(problem.fleet.count)
    saves: defaultdict[int, float] = defaultdict(float)
    for old, new in zip(had, has, strict=True):
        if NOBODY not in (old, new):
            parts.join(old, new)
    for vehicle, (old_route, new_route) in enumerate(zip(before.routes, after.routes, strict=True)):
        if old_route != new_route:
            change = route_price(problem, vehicle, old_route) - route_price(problem, vehicle, new_route)
            saves[parts.of(vehicle)] += change
    for order, (old, new) in enumerate(zip(had, has, strict=True)):
        if old == NOBODY != new:
            saves[parts.of(new)] += float(problem.work.unserved_price[order])
        elif new == NOBODY != old:
            saves[parts.of(old)] -= float(problem.work.unserved_price[order])
    touched = Counter(
        parts.of(vehicle)
        for vehicle, (old_route, new_route) in enumerate(zip(before.routes, after.routes, strict=True))
        if old_route != new_route
    )
    left = {parts.of(vehicle) for vehicle in without}
    worth = {root: money for root, money in saves.items() if money >= least and root not in left}
    chosen = _best(worth, touched, most)
    routes = tuple(
        new_route if parts.of(vehicle) in chosen else old_route
        for vehicle, (old_route, new_route) in enumerate(zip(before.routes, after.routes, strict=True))
    )
    kept = Plan(routes)
    return Plan(routes, tuple(order for order, who in enumerate(_holders(problem, kept)) if who == NOBODY))


def _best(saves: Mapping[int, float], touched: Mapping[int, int], most: float) -> set[int]:
    chosen: set[int] = set()
    count = 0
    for root in sorted(saves, key=lambda root: (-saves[root], root)):
        if chosen and count + touched[root] > most:
            continue
        chosen.add(root)
        count += touched[root]
    return chosen


class _Parts:
    """Which vehicles belong together: a forest in which each names its part's root in the end."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def of(self, vehicle: int) -> int:
        """Return the root of a vehicle's part."""
        while self._above[vehicle] != vehicle:
            self._above[vehicle] = self._above[self._above[vehicle]]
            vehicle = self._above[vehicle]
        return vehicle

    def join(self, one: int, other: int) -> None:
        """Make two parts one."""
        self._above[self.of(one)] = self.of(other)


def _holders(problem: Problem, plan: Plan) -> list[int]:
    """Return the vehicle of each order, `NOBODY` for none."""
    holders = [NOBODY] * problem.work.count
    for vehicle, route in enumerate(plan.routes):
        for stop in route:
            if stop // 2 < problem.work.count:
                holders[stop // 2] = vehicle
    return holders
