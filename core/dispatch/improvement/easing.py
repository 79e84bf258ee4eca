"""What must be driven whatever is decided, and limits moved to where that alone already breaks them.

A driver who is late today may be past the end of the shift with what is on board. No plan can mend that, so the limit
becomes what the unavoidable part of the plan reaches: from there on nothing may be worse.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.dispatch.improvement.problem import NOBODY, Plan, Problem

MARGIN_S = 1e-6
REST_GRACE_S = 1e-3
"""So much sooner is not too soon for a rest: sums of instants of today have that much rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Eased:
    """A problem whose unavoidable part keeps every limit, that part as routes, and where limits were moved.

    `moved` names vehicle and limit: ``window``, ``shift``, ``rest``, ``capacity``, ``max_orders``, or ``reachable`` for
    a vehicle that must go where no way leads.
    """

    problem: Problem
    forced: Plan
    moved: tuple[tuple[int, str], ...]


def must_serve(problem: Problem, vehicle: int) -> frozenset[int]:
    """Return the orders whose delivery must stay with a vehicle: on board, or with a frozen stop."""
    work = problem.work
    frozen = {stop // 2 for stop in problem.frozen[vehicle] if stop // 2 < work.count}
    return frozenset(frozen) | set(np.flatnonzero(work.carrier == vehicle).tolist())


def eased(problem: Problem, plan: Plan) -> Eased:
    """Return the problem with limits that no plan can keep moved to what the unavoidable part of `plan` reaches."""
    walk = _Walk(problem)
    routes = tuple(walk.forced(vehicle, plan) for vehicle in range(problem.fleet.count))
    fleet = replace(
        problem.fleet,
        shift_ends_at=walk.shift_ends_at,
        capacity=walk.capacity,
        max_orders=walk.max_orders,
        last_pickup_at=walk.last_pickup_at,
        break_until_at=walk.until_at[2 * problem.work.count + 1 :: 2],
        rests=walk.rests,
    )
    orders = walk.until_at[: 2 * problem.work.count]
    work = replace(problem.work, pickup_until_at=orders[0::2], deliver_until_at=orders[1::2])
    return Eased(replace(problem, fleet=fleet, work=work), Plan(routes), tuple(walk.moved))


class _Walk:
    """Drives the unavoidable routes and keeps the limits it had to move."""

    def __init__(self, problem: Problem) -> None:
        work, fleet = problem.work, problem.fleet
        self._problem = problem
        self._from_at = np.full(problem.stops, -np.inf)
        self._service_s = np.zeros(problem.stops)
        self.until_at = np.full(problem.stops, np.inf)
        self.shift_ends_at = fleet.shift_ends_at.copy()
        self.capacity = fleet.capacity.copy()
        self.max_orders = fleet.max_orders.copy()
        self.rests = fleet.rests.copy()
        self.last_pickup_at = fleet.last_pickup_at.copy()
        self.moved: list[tuple[int, str]] = []
        orders, breaks = slice(0, 2 * work.count), slice(2 * work.count + 1, None, 2)
        for column, pickups, deliveries, pauses in (
            (self._from_at, work.ready_at, work.deliver_from_at, fleet.break_from_at),
            (self.until_at, work.pickup_until_at, work.deliver_until_at, fleet.break_until_at),
            (self._service_s, work.pickup_s, work.delivery_s, fleet.break_s),
        ):
            column[orders][0::2], column[orders][1::2] = pickups, deliveries
            column[breaks] = pauses

    def forced(self, vehicle: int, plan: Plan) -> tuple[int, ...]:
        """Return a vehicle's unavoidable route in the sequence of `plan`, and move the limits that it breaks."""
        route = self._with_breaks(vehicle, self._stops(vehicle, plan))
        must = must_serve(self._problem, vehicle)
        if len(must) > self.max_orders[vehicle]:
            self.max_orders[vehicle] = len(must)
            self.moved.append((vehicle, "max_orders"))
        self._drive(vehicle, route)
        return tuple(route)

    def _stops(self, vehicle: int, plan: Plan) -> list[int]:
        frozen = self._problem.frozen[vehicle]
        planned = plan.routes[vehicle] if vehicle < len(plan.routes) else ()
        owed = {2 * order + 1 for order in must_serve(self._problem, vehicle)} - set(frozen)
        first = [stop for stop in dict.fromkeys(planned) if stop in owed]
        return [*frozen, *first, *sorted(owed - set(first))]

    def _with_breaks(self, vehicle: int, stops: list[int]) -> list[int]:
        """Put each break in as late as its window allows, behind what is frozen."""
        work, fleet = self._problem.work, self._problem.fleet
        numbers = [2 * (work.count + int(b)) + 1 for b in np.flatnonzero(fleet.break_vehicle == vehicle)]
        for stop in sorted(set(numbers) - set(stops), key=lambda number: (self._from_at[number], number)):
            position = len(self._problem.frozen[vehicle])
            while position < len(stops) and self._reached(vehicle, [*stops[: position + 1], stop]):
                position += 1
            stops = [*stops[:position], stop, *stops[position:]]
        return stops

    def _reached(self, vehicle: int, route: list[int]) -> bool:
        """Say whether the last stop of `route` begins in its window."""
        return self._times(vehicle, route)[0][-1][0] <= float(self.until_at[route[-1]])

    def _times(self, vehicle: int, route: list[int]) -> tuple[list[tuple[float, float]], float]:
        """Return the arrival at and the departure from each stop, and when the vehicle rests; infinite for never."""
        fleet = self._problem.fleet
        at, place = float(fleet.start_at[vehicle]), int(fleet.start_place[vehicle])
        rest_from_at, _, rest_s = self.rests[vehicle].tolist() if len(self.rests) else (np.inf, np.inf, 0.0)
        aboard, rests_at = {stop // 2 for stop in route if stop % 2 and stop - 1 not in route}, np.inf
        times = []
        for number, stop in enumerate(route):
            is_free = not aboard and number >= len(self._problem.frozen[vehicle]) and rests_at == np.inf
            if is_free and at >= rest_from_at - REST_GRACE_S:
                rests_at, at = at, at + rest_s
            aboard ^= {stop // 2}
            here = self._place(stop)
            if here != NOBODY:
                at += float(self._problem.durations_s[place, here])
                place = here
            left = max(at, float(self._from_at[stop])) + float(self._service_s[stop])
            times.append((at, left))
            at = left
        return times, min(rests_at, max(at, rest_from_at))

    def _place(self, stop: int) -> int:
        order, work = stop // 2, self._problem.work
        if order >= work.count:
            return NOBODY
        return int(work.delivery_place[order] if stop % 2 else work.pickup_place[order])

    def _drive(self, vehicle: int, route: list[int]) -> None:
        fleet, work = self._problem.fleet, self._problem.work
        load = work.load[work.carrier == vehicle].sum(axis=0)
        peak, place = load, int(fleet.start_place[vehicle])
        times, rests_at = self._times(vehicle, route)
        if times and rests_at < np.inf and rests_at > self.rests[vehicle, 1]:
            self.rests[vehicle, 1] = rests_at + MARGIN_S
            self.moved.append((vehicle, "rest"))
        for stop, (arrives, _) in zip(route, times, strict=True):
            if self.until_at[stop] < arrives < np.inf:
                self.until_at[stop] = arrives + MARGIN_S
                self.moved.append((vehicle, "window"))
            begins = max(arrives, float(self._from_at[stop]))
            if stop % 2 == 0 and float(fleet.last_pickups[vehicle]) < begins < np.inf:
                self.last_pickup_at[vehicle] = max(begins + MARGIN_S, float(self.last_pickup_at[vehicle]))
                self.moved.append((vehicle, "shift"))
            if self._place(stop) != NOBODY:
                place = self._place(stop)
                load = load - work.load[stop // 2] if stop % 2 else load + work.load[stop // 2]
            peak = np.maximum(peak, load)
        ends = times[-1][1] if times else float(fleet.start_at[vehicle])
        if must_serve(self._problem, vehicle) and fleet.end_place[vehicle] != NOBODY:
            ends += float(self._problem.durations_s[place, fleet.end_place[vehicle]])
        if ends == np.inf:
            self.moved.append((vehicle, "reachable"))
        if times and ends > self.shift_ends_at[vehicle]:
            self.shift_ends_at[vehicle] = ends + MARGIN_S
            self.moved.append((vehicle, "shift"))
        if (peak > self.capacity[vehicle] + 1e-9).any():
            self.capacity[vehicle] = np.maximum(peak, self.capacity[vehicle])
            self.moved.append((vehicle, "capacity"))
