"""A found plan as routes with times: each vehicle leaves as late as that costs nothing, and is back by its hours.

The engine drives from the first possible instant. A vehicle that would then wait at a door waits at the depot instead:
its start moves by the least of what it waits in all and what its windows leave (Savelsbergh 1992).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from core.dispatch.improvement.left_out import Why, why_left_out
from core.dispatch.improvement.problem import NOBODY, Plan
from core.dispatch.waves.wave import UnitLoad, Unserved, WaveRoute, WaveStop, WaveStopKind
from core.dispatch.waves.wave_problem import WaveProblem, capacity_short, loads_along
from core.fleet.route import StopKind
from core.vocabulary import Instant


@dataclass(slots=True)
class _Walk:
    """What a vehicle does along its route; `slack_s` is by how much it could all be later."""

    stops: list[WaveStop]
    returns_at: Instant
    distance_m: float
    driving_s: float
    waits_s: float
    slack_s: float


def wave_routes(given: WaveProblem, plan: Plan) -> tuple[WaveRoute, ...]:
    """Return the routes of all vehicles that have something to deliver."""
    return tuple(_route(given, v, route) for v, route in enumerate(plan.routes) if _has_orders(given, route))


def left_out(given: WaveProblem, plan: Plan) -> tuple[Unserved, ...]:
    """Return the orders that nobody serves, each with the first limit that keeps every vehicle from it."""
    found = []
    for order, why in sorted(why_left_out(given.problem, plan).items()):
        unit = capacity_short(given, order) if why is Why.CAPACITY else ""
        found.append(Unserved(order_id=given.orders[order], why=why.value, unit=unit))
    return tuple(found)


def _has_orders(given: WaveProblem, route: tuple[int, ...]) -> bool:
    return any(stop // 2 < len(given.orders) for stop in route)


def _route(given: WaveProblem, vehicle: int, route: tuple[int, ...]) -> WaveRoute:
    driver = given.setting.drivers[vehicle]
    while route[-1] // 2 >= len(given.orders):
        route = route[:-1]  # a break behind the last door is the driver's own time
    walk = _walked(given, vehicle, route, driver.start_at)
    is_free = not driver.frozen and not (given.problem.work.carrier == vehicle).any()
    delay_s = max(0.0, min(walk.slack_s, walk.waits_s)) if is_free else 0.0
    leaves_at = driver.start_at + delay_s
    if delay_s:
        walk = _walked(given, vehicle, route, leaves_at)
    peaks, capacity = loads_along(given, vehicle, route), given.problem.fleet.capacity[vehicle]
    return WaveRoute(
        driver_id=driver.driver_id,
        vehicle_id=driver.vehicle_id,
        depot_id=driver.depot_id,
        stops=tuple(walk.stops),
        leaves_at=leaves_at,
        returns_at=walk.returns_at,
        distance_m=walk.distance_m,
        driving_s=walk.driving_s,
        trips=_trips(walk.stops),
        loads=tuple(
            UnitLoad(unit=unit, peak=float(peaks[k]), capacity=float(capacity[k]))
            for k, unit in enumerate(given.units)
            if peaks[k] > 0.0 or capacity[k] > 0.0
        ),
        in_hand=driver.in_hand,
        frozen=driver.frozen,
    )


def _trips(stops: list[WaveStop]) -> int:
    """Return how often something is delivered after loading, counting what is on board at the start."""
    kinds = [stop.kind for stop in stops if stop.kind is not WaveStopKind.BREAK]
    delivers = WaveStopKind.DELIVERY
    return sum(kind is delivers and (k == 0 or kinds[k - 1] is not delivers) for k, kind in enumerate(kinds))


def _walked(given: WaveProblem, vehicle: int, route: tuple[int, ...], leaves_at: Instant) -> _Walk:
    problem = given.problem
    fleet = problem.fleet
    at, place = leaves_at, int(fleet.start_place[vehicle])
    walk = _Walk([], at, 0.0, 0.0, 0.0, inf)
    for stop in route:
        from_at, until_at, service_s, here = _visit(given, stop)
        if here != NOBODY:
            at += _drive(given, walk, place, here)
            place = here
        begins = max(at, from_at)
        walk.waits_s += begins - at
        walk.slack_s = min(walk.slack_s, walk.waits_s + until_at - begins)
        walk.stops.append(_stop(given, stop, at, begins, begins + service_s))
        at = begins + service_s
    if fleet.end_place[vehicle] != NOBODY:
        at += _drive(given, walk, place, int(fleet.end_place[vehicle]))
    walk.returns_at = at
    walk.slack_s = min(walk.slack_s, walk.waits_s + float(fleet.shift_ends_at[vehicle]) - at)
    return walk


def _drive(given: WaveProblem, walk: _Walk, origin: int, target: int) -> float:
    seconds = float(given.problem.durations_s[origin, target])
    walk.driving_s += seconds
    walk.distance_m += float(given.problem.distances_m[origin, target])
    return seconds


def _visit(given: WaveProblem, stop: int) -> tuple[Instant, Instant, float, int]:
    """Return earliest and latest begin, duration and place of a stop."""
    work, fleet, order = given.problem.work, given.problem.fleet, stop // 2
    if order >= work.count:
        b = order - work.count
        return float(fleet.break_from_at[b]), float(fleet.break_until_at[b]), float(fleet.break_s[b]), NOBODY
    if stop % 2:
        window = float(work.deliver_from_at[order]), float(work.deliver_until_at[order])
        return *window, float(work.delivery_s[order]), int(work.delivery_place[order])
    window = float(work.ready_at[order]), float(work.pickup_until_at[order])
    return *window, float(work.pickup_s[order]), int(work.pickup_place[order])


def _stop(given: WaveProblem, stop: int, arrives_at: Instant, starts_at: Instant, departs_at: Instant) -> WaveStop:
    order_id, kind = given.stop_of(stop)
    order = None if order_id is None else given.setting.orders[order_id]
    is_load = kind is StopKind.PICKUP
    return WaveStop(
        kind=WaveStopKind.BREAK if order is None else WaveStopKind.LOAD if is_load else WaveStopKind.DELIVERY,
        order_id=order_id,
        position=None if order is None else order.pickup.position if is_load else order.delivery,
        arrives_at=arrives_at,
        starts_at=starts_at,
        departs_at=departs_at,
    )
