"""The plan in force taken over: what is still possible stays where it is, what is not is left out for now."""

from __future__ import annotations

from core.dispatch.improvement.easing import Eased, must_serve
from core.dispatch.improvement.packing import Packed
from core.dispatch.improvement.problem import NOBODY, Plan, Problem
from core.dispatch.improvement.routes import Routes, empty_routes, filled, first_breach, refresh


def adopted(p: Packed, given: Eased, plan: Plan) -> Routes:
    """Return routes that keep every limit: those of `plan`, without the orders that no longer fit.

    Orders that `plan` doubles, halves, takes from their carrier or gives to who may not have them are left out as well.
    """
    routes, taken = empty_routes(p), set[int]()
    sequences = [_sound(p, given, plan, vehicle, taken) for vehicle in range(given.problem.fleet.count)]
    filled(p, routes, Plan(tuple(sequences)))
    for vehicle in range(given.problem.fleet.count):
        _drop_what_breaks(p, given, routes, vehicle)
    routes.carrier[:] = -1
    for vehicle, count in enumerate(routes.length):
        routes.carrier[routes.route[vehicle, :count] // 2] = vehicle
    return routes


def _sound(p: Packed, given: Eased, plan: Plan, vehicle: int, taken: set[int]) -> tuple[int, ...]:
    """Return a vehicle's planned stops behind the frozen ones, with what must be driven, and whole orders only."""
    problem, forced = given.problem, given.forced.routes[vehicle]
    frozen = problem.frozen[vehicle]
    planned = list(dict.fromkeys(plan.routes[vehicle])) if vehicle < len(plan.routes) else []
    if tuple(planned[: len(frozen)]) != frozen:
        planned = [*frozen, *(stop for stop in planned if stop not in frozen)]
    free = _free_orders(p, problem, planned, vehicle, taken)
    taken |= free
    kept = [stop for stop in planned if stop in forced or stop // 2 in free]
    for k, stop in enumerate(forced):
        if stop not in kept:
            following = next((kept.index(later) for later in forced[k + 1 :] if later in kept), len(kept))
            kept.insert(following, stop)
    return tuple(kept)


def _free_orders(p: Packed, problem: Problem, planned: list[int], vehicle: int, taken: set[int]) -> set[int]:
    places = {stop: k for k, stop in enumerate(planned)}
    must = must_serve(problem, vehicle)
    return {
        order
        for order in {stop // 2 for stop in planned}
        if order < problem.work.count
        and order not in must
        and order not in taken
        and problem.work.carrier[order] == NOBODY
        and p.allowed[order, vehicle]
        and 2 * order + 1 in places
        and places.get(2 * order, len(planned)) < places[2 * order + 1]
    }


def _drop_what_breaks(p: Packed, given: Eased, routes: Routes, vehicle: int) -> None:
    """Leave out the last order up to the first breach until none is left; what must be driven keeps the limits."""
    forced = set(given.forced.routes[vehicle])
    refresh(p, routes, vehicle)
    while (position := first_breach(p, routes, vehicle)) >= 0:
        stops = routes.route[vehicle, : routes.length[vehicle]].tolist()
        movable = [stop for stop in stops[: position + 1] if stop not in forced]
        movable = movable or [stop for stop in stops if stop not in forced]
        if not movable:
            stops = list(given.forced.routes[vehicle])
        else:
            stops = [stop for stop in stops if stop // 2 != movable[-1] // 2]
        is_bare = not movable
        routes.length[vehicle] = len(stops)
        routes.route[vehicle, : len(stops)] = stops
        refresh(p, routes, vehicle)
        if is_bare:
            return
