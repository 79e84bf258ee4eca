"""Says which hard limits a plan breaks, by walking it in plain Python: the solver's opposite number.

It shares no code with the search: it reads the problem's columns and a plan's stop numbers, nothing else, and follows
each vehicle from stop to stop with a clock and a load. What it finds is named, with the vehicle and the stop or order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.dispatch.improvement.problem import NOBODY, Plan, Problem

GRACE_S = 1e-3
"""Seconds by which a limit may be missed: instants of today have that much rounding after a few sums."""
GRACE_LOAD = 1e-6
_NO_REST = float("inf"), float("inf"), 0.0


class Limit(StrEnum):
    """What a plan can break."""

    KNOWN = "known"
    ONCE = "once"
    PAIRING = "pairing"
    PRECEDENCE = "precedence"
    CAPACITY = "capacity"
    WINDOW = "window"
    SHIFT = "shift"
    BREAK = "break"
    REST = "rest"
    SKILLS = "skills"
    ALLOWED = "allowed"
    PINNED = "pinned"
    CARRIER = "carrier"
    FROZEN = "frozen"
    MAX_ORDERS = "max_orders"
    REACHABLE = "reachable"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Broken:
    """One limit that a plan breaks: by which vehicle, at which stop or order number, and by how much in its unit.

    `vehicle` and `number` are -1 where they mean nothing.
    """

    limit: Limit
    vehicle: int = NOBODY
    number: int = NOBODY
    by: float = 0.0


def broken_limits(problem: Problem, plan: Plan) -> tuple[Broken, ...]:
    """Return every hard limit that the plan breaks; empty for a plan that may be carried out."""
    unknown = tuple(_unknown(problem, plan))
    if unknown:
        return unknown
    found = [*_once(problem, plan), *_lost(problem, plan)]
    aboard = _aboard(problem)
    for vehicle, route in enumerate(plan.routes):
        found.extend(_sequence(problem, vehicle, route))
        found.extend(_who(problem, vehicle, route))
        found.extend(_loads(problem, vehicle, route, aboard[vehicle]))
        found.extend(_times(problem, vehicle, route))
    return tuple(found)


class _Rest:
    """Follows when a vehicle with nothing on board first may rest; `over_s` is by how much it then is too late."""

    def __init__(self, problem: Problem, vehicle: int, route: tuple[int, ...]) -> None:
        fleet = problem.fleet
        rest: Sequence[float] = fleet.rests[vehicle].tolist() if len(fleet.rests) else _NO_REST
        self._from_at, self._until_at, self._length_s = rest
        self._frozen = len(problem.frozen[vehicle])
        orders = [stop // 2 for stop in route]
        self._aboard = {order for order in orders if 2 * order not in route}
        self._is_due = self._from_at < float("inf")
        self.over_s = -float("inf")

    def before(self, place: int, stop: int, at: float) -> float:
        """Return when the vehicle sets off to a stop that comes at this place of the route."""
        if self._is_due and not self._aboard and place >= self._frozen and at >= self._from_at - GRACE_S:
            self.end(at)
            at += self._length_s
        self._aboard ^= {stop // 2}
        return at

    def end(self, at: float) -> None:
        """Rest now, or as soon as that may be."""
        if self._is_due:
            self.over_s, self._is_due = max(at, self._from_at) - self._until_at, False


def _unknown(problem: Problem, plan: Plan) -> Iterator[Broken]:
    if len(plan.routes) != problem.fleet.count:
        yield Broken(Limit.KNOWN, len(plan.routes))
    for vehicle, route in enumerate(plan.routes):
        for stop in route:
            if not 0 <= stop < problem.stops or (stop % 2 == 0 and stop // 2 >= problem.work.count):
                yield Broken(Limit.KNOWN, vehicle, stop)
    for order in plan.unserved:
        if not 0 <= order < problem.work.count:
            yield Broken(Limit.KNOWN, NOBODY, order)


def _once(problem: Problem, plan: Plan) -> Iterator[Broken]:
    """Each stop is visited once, and no order is both served and left out."""
    visits = Counter(stop for route in plan.routes for stop in route)
    for stop, times in visits.items():
        if times > 1:
            yield Broken(Limit.ONCE, NOBODY, stop, times - 1.0)
    for order, times in Counter(plan.unserved).items():
        if times > 1 or 2 * order + 1 in visits:
            yield Broken(Limit.ONCE, NOBODY, 2 * order + 1)


def _lost(problem: Problem, plan: Plan) -> Iterator[Broken]:
    """Each order is served or named as left out; goods on board are delivered, and every break is taken."""
    visited = {stop for route in plan.routes for stop in route}
    left_out = set(plan.unserved)
    for order in range(problem.work.count):
        is_served = 2 * order + 1 in visited
        if not is_served and (order not in left_out or problem.work.carrier[order] != NOBODY):
            yield Broken(Limit.LOST, int(problem.work.carrier[order]), order)
    for number, vehicle in enumerate(problem.fleet.break_vehicle.tolist()):
        if 2 * (problem.work.count + number) + 1 not in plan.routes[vehicle]:
            yield Broken(Limit.BREAK, vehicle, 2 * (problem.work.count + number) + 1)


def _sequence(problem: Problem, vehicle: int, route: tuple[int, ...]) -> Iterator[Broken]:
    """What is frozen leads the route; each pickup comes before its delivery, by the same vehicle."""
    frozen = problem.frozen[vehicle]
    if route[: len(frozen)] != frozen:
        yield Broken(Limit.FROZEN, vehicle)
    places = {stop: position for position, stop in enumerate(route)}
    for stop, position in places.items():
        order = stop // 2
        if order >= problem.work.count or problem.work.carrier[order] != NOBODY:
            continue
        other = places.get(stop ^ 1)
        if other is None:
            yield Broken(Limit.PAIRING, vehicle, stop)
        elif stop % 2 == 1 and other > position:
            yield Broken(Limit.PRECEDENCE, vehicle, stop)


def _who(problem: Problem, vehicle: int, route: tuple[int, ...]) -> Iterator[Broken]:
    """The vehicle may carry what it carries."""
    work, fleet = problem.work, problem.fleet
    frozen = {stop // 2 for stop in problem.frozen[vehicle]}
    orders = [stop // 2 for stop in route if stop % 2 == 1 and stop // 2 < work.count]
    for order in orders:
        carrier, pinned = int(work.carrier[order]), int(work.bound_to[order])
        if carrier != NOBODY:
            if carrier != vehicle:
                yield Broken(Limit.CARRIER, vehicle, order)
            if 2 * order in route:
                yield Broken(Limit.CARRIER, vehicle, order)
            continue
        if order in frozen:
            continue
        if pinned not in (NOBODY, vehicle):
            yield Broken(Limit.PINNED, vehicle, order)
        if not work.allowed[order, vehicle]:
            yield Broken(Limit.ALLOWED, vehicle, order)
        if any(wanted and not has for wanted, has in zip(work.skills[order], fleet.skills[vehicle], strict=True)):
            yield Broken(Limit.SKILLS, vehicle, order)
    for stop in route:
        number = stop // 2 - work.count
        if number >= 0 and fleet.break_vehicle[number] != vehicle:
            yield Broken(Limit.BREAK, vehicle, stop)
    if len(orders) > fleet.max_orders[vehicle]:
        yield Broken(Limit.MAX_ORDERS, vehicle, by=float(len(orders) - fleet.max_orders[vehicle]))


def _aboard(problem: Problem) -> list[list[int]]:
    """Return the orders that each vehicle has on board."""
    aboard: list[list[int]] = [[] for _ in range(problem.fleet.count)]
    for order, vehicle in enumerate(problem.work.carrier.tolist()):
        if vehicle != NOBODY:
            aboard[vehicle].append(order)
    return aboard


def _loads(problem: Problem, vehicle: int, route: tuple[int, ...], carried: list[int]) -> Iterator[Broken]:
    """No unit's load is above capacity behind any stop."""
    work = problem.work
    for unit in range(work.load.shape[1]):
        room = float(problem.fleet.capacity[vehicle, unit]) - sum(float(work.load[order, unit]) for order in carried)
        for stop in route:
            if stop // 2 < work.count:
                amount = float(work.load[stop // 2, unit])
                room += amount if stop % 2 else -amount
                if stop % 2 == 0 and room < -GRACE_LOAD:
                    yield Broken(Limit.CAPACITY, vehicle, stop, -room)
                    break


def _times(problem: Problem, vehicle: int, route: tuple[int, ...]) -> Iterator[Broken]:
    """Every stop begins by its latest instant, and pickups and the whole route are done by the end of the shift."""
    work, fleet = problem.work, problem.fleet
    at, place, has_orders = float(fleet.start_at[vehicle]), int(fleet.start_place[vehicle]), False
    rest, over_s = _Rest(problem, vehicle, route), -float("inf")
    for number, stop in enumerate(route):
        order = stop // 2
        from_at, until_at, service_s, here = _visit(problem, stop)
        at = rest.before(number, stop, at)
        if here != NOBODY:
            at += float(problem.durations_s[place, here])
            place = here
        if at == float("inf"):
            yield Broken(Limit.REACHABLE, vehicle, stop)
            return
        if at > until_at + GRACE_S:
            yield Broken(Limit.WINDOW if order < work.count else Limit.BREAK, vehicle, stop, at - until_at)
        at = max(at, from_at)
        if stop % 2 == 0:
            over_s = max(over_s, at - float(fleet.last_pickups[vehicle]))
        at += service_s
        has_orders = has_orders or order < work.count
    rest.end(at)
    if has_orders and fleet.end_place[vehicle] != NOBODY:
        at += float(problem.durations_s[place, fleet.end_place[vehicle]])
    over_s = max(over_s, at - float(fleet.shift_ends_at[vehicle]))
    if route and over_s > GRACE_S:
        yield Broken(Limit.SHIFT, vehicle, by=over_s)
    if route and rest.over_s > GRACE_S:
        yield Broken(Limit.REST, vehicle, by=rest.over_s)


def _visit(problem: Problem, stop: int) -> tuple[float, float, float, int]:
    """Return earliest and latest begin, duration and place of a stop."""
    work, fleet, order = problem.work, problem.fleet, stop // 2
    if order >= work.count:
        number = order - work.count
        window = float(fleet.break_from_at[number]), float(fleet.break_until_at[number])
        return *window, float(fleet.break_s[number]), NOBODY
    if stop % 2 == 0:
        window = float(work.ready_at[order]), float(work.pickup_until_at[order])
        return *window, float(work.pickup_s[order]), int(work.pickup_place[order])
    window = float(work.deliver_from_at[order]), float(work.deliver_until_at[order])
    return *window, float(work.delivery_s[order]), int(work.delivery_place[order])
