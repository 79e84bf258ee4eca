"""A wave's setting as a problem for the improvement engine: depots as pickups, vehicles that come back, named units.

An order is picked up at its depot and delivered at its door, so that a vehicle which comes back and loads again is
nothing special to the engine: two trips are pickups behind deliveries. Windows are hard. What a route in force is going
to miss by itself keeps its place: its limit becomes what the route reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np

from core.dispatch.improvement.columns import Flags, Floats, Whole
from core.dispatch.improvement.left_out import may_go_with
from core.dispatch.improvement.problem import NOBODY, Fleet, Plan, Prices, Problem, Work
from core.dispatch.loads import amount_of
from core.dispatch.policy import DispatchPolicy
from core.dispatch.waves.setting import BreakSpan, WaveSetting
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import Order
from core.travel import TravelTable
from core.vocabulary import Instant, OrderId, Position

UNSERVED_PRICE = 1e7
"""Minor units for an order left out: above any detour."""
VEHICLE_MINUTES = 30.0
"""Minutes of a driver that sending one vehicle more is held to cost."""
MARGIN_S = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class WaveProblem:
    """A setting's problem and the plan in force, with the names of its numbers."""

    setting: WaveSetting
    problem: Problem
    plan: Plan
    orders: tuple[OrderId, ...]
    units: tuple[str, ...]

    def stop_of(self, number: int) -> tuple[OrderId | None, StopKind | None]:
        """Return the order and the kind of a stop number; nothing for a break."""
        if number // 2 >= len(self.orders):
            return None, None
        return self.orders[number // 2], StopKind.DELIVERY if number % 2 else StopKind.PICKUP


def wave_problem(setting: WaveSetting, travel: TravelTable, policy: DispatchPolicy) -> WaveProblem:
    """Return the problem of a setting.

    Parameters
    ----------
    setting : WaveSetting
    travel : TravelTable
        Knows driving between all of the setting's places.
    policy : DispatchPolicy
        Whose prices count.

    Raises
    ------
    KeyError
        If the travel table lacks a place.
    """
    names = tuple(sorted(setting.orders))
    numbers = {name: r for r, name in enumerate(names)}
    places = {place: k for k, place in enumerate(setting.places)}
    rows, columns = [travel.row(place) for place in places], [travel.column(place) for place in places]
    visits = tuple(_left_alone(setting, v, numbers, travel) for v in range(len(setting.drivers)))
    routes = tuple(tuple(stop for stop, _ in visited) for visited in visits)
    begun = tuple(route[: driver.frozen] for route, driver in zip(routes, setting.drivers, strict=True))
    units = setting.units
    problem = Problem(
        durations_s=travel.matrix.durations_s[np.ix_(rows, columns)],
        distances_m=travel.matrix.distances_m[np.ix_(rows, columns)],
        fleet=_fleet(setting, places, units, len(names)),
        work=_work(setting, names, places, units, dict(chain.from_iterable(visits)), policy),
        prices=_prices(policy),
        frozen=begun,
    )
    visited = {stop // 2 for route in routes for stop in route}
    waiting = tuple(r for r in range(len(names)) if r not in visited)
    return WaveProblem(setting, problem, Plan(routes, waiting), names, units)


def _number(stop: PlannedStop, numbers: Mapping[OrderId, int]) -> int:
    return 2 * numbers[stop.order_id] + (stop.kind is StopKind.DELIVERY)


def _breaks(setting: WaveSetting) -> list[tuple[int, BreakSpan]]:
    """Return every break that is due, in the sequence of their numbers, with the vehicle's number."""
    return [(v, span) for v, driver in enumerate(setting.drivers) for span in driver.breaks]


def _prices(policy: DispatchPolicy) -> Prices:
    return Prices(
        per_metre=policy.cost_per_km / 1000.0,
        per_driving_s=policy.driver_minute / 60.0,
        per_vehicle=VEHICLE_MINUTES * policy.driver_minute,
    )


def _fleet(setting: WaveSetting, places: Mapping[Position, int], units: tuple[str, ...], orders: int) -> Fleet:
    drivers = setting.drivers
    breaks = _breaks(setting)
    skills = _skills(setting)
    holds = [[amount_of(driver.capacity, unit) for unit in units] for driver in drivers]
    ends = [min(driver.ends_at, setting.hours[driver.depot_id][1]) for driver in drivers]
    return Fleet(
        start_place=np.array([places[driver.start] for driver in drivers], np.int64),
        end_place=np.array([places[setting.depots[d.depot_id].position] for d in drivers], np.int64),
        start_at=np.array([driver.start_at for driver in drivers], float),
        shift_ends_at=np.array(ends, float),
        capacity=np.array(holds).reshape(len(drivers), len(units)),
        skills=np.array([[s in d.skills for s in skills] for d in drivers], bool).reshape(len(drivers), len(skills)),
        max_orders=np.full(len(drivers), max(1, orders), np.int64),
        break_vehicle=np.array([v for v, _ in breaks], np.int64),
        break_from_at=np.array([span.from_at for _, span in breaks], float),
        break_until_at=np.array([span.until_at for _, span in breaks], float),
        break_s=np.array([span.length_s for _, span in breaks], float),
    )


def _skills(setting: WaveSetting) -> tuple[str, ...]:
    return tuple(sorted({skill for order in setting.orders.values() for skill in order.skills}))


def _work(
    setting: WaveSetting,
    names: tuple[OrderId, ...],
    places: Mapping[Position, int],
    units: tuple[str, ...],
    expected: Mapping[int, Instant],
    policy: DispatchPolicy,
) -> Work:
    orders = [setting.orders[name] for name in names]
    count, skills = len(orders), _skills(setting)
    homes = {stop.order_id: v for v, driver in enumerate(setting.drivers) for stop in driver.stops}
    home = np.array([homes.get(name, NOBODY) for name in names], np.int64)
    carried = np.array([order.state.is_on_board for order in orders], bool)
    stays = {v for v, driver in enumerate(setting.drivers) if driver.keeps_own and not driver.takes_new}
    pinned = np.array([o.stays_with_driver or v in stays for o, v in zip(orders, home, strict=True)], bool) & ~carried
    hours = [_loading_hours(setting, order) for order in orders]
    until = [max(order.promise.by_at, expected.get(2 * r + 1, -np.inf) + MARGIN_S) for r, order in enumerate(orders)]
    begins = [-np.inf if order.promise.from_at is None else order.promise.from_at for order in orders]
    return Work(
        pickup_place=np.array([places[order.pickup.position] for order in orders], np.int64),
        delivery_place=np.array([places[order.delivery] for order in orders], np.int64),
        ready_at=np.array([begin for begin, _ in hours], float),
        pickup_until_at=np.array([end for _, end in hours], float),
        deliver_from_at=np.array(begins, float),
        deliver_until_at=np.array(until, float),
        due_at=np.full(count, np.inf),
        waits_from_at=np.full(count, setting.now),
        pickup_s=np.array([_loading_s(setting, order) for order in orders], float),
        delivery_s=np.array([order.service_s for order in orders], float),
        load=np.array([[amount_of(o.load, u) for u in units] for o in orders]).reshape(count, len(units)),
        skills=np.array([[s in o.skills for s in skills] for o in orders], bool).reshape(count, len(skills)),
        allowed=_allowed(setting, orders, home),
        carrier=np.where(carried, home, NOBODY),
        bound_to=np.where(pinned, home, NOBODY),
        home=home,
        move_price=np.full(count, policy.hand_over_minutes * policy.driver_minute),
        unserved_price=np.where(home == NOBODY, UNSERVED_PRICE, 10.0 * UNSERVED_PRICE),
    )


def _loading_hours(setting: WaveSetting, order: Order) -> tuple[Instant, Instant]:
    """Return from when to when an order may be loaded: ready, and the depot open; goods that are late still count."""
    opens_at, closes_at = setting.hours.get(order.depot_id, (-np.inf, np.inf)) if order.depot_id else (-np.inf, np.inf)
    return max(opens_at, order.ready_at), max(closes_at, opens_at, order.ready_at)


def _loading_s(setting: WaveSetting, order: Order) -> float:
    depot = setting.depots.get(order.depot_id) if order.depot_id is not None else None
    return 0.0 if depot is None else depot.loading_s


def _allowed(setting: WaveSetting, orders: list[Order], home: Whole) -> Flags:
    """Return who may get which order: nobody who refused it or is kept from it; who has it may keep it."""
    allowed = np.zeros((len(orders), len(setting.drivers)), bool)
    for r, order in enumerate(orders):
        kept_from = {*order.refused_by, *order.forbidden}
        allowed[r] = [d.takes_new and d.driver_id not in kept_from for d in setting.drivers]
        if home[r] != NOBODY and (setting.drivers[home[r]].keeps_own or order.stays_with_driver):
            allowed[r, home[r]] = True
    return allowed


def _left_alone(
    setting: WaveSetting, vehicle: int, numbers: Mapping[OrderId, int], travel: TravelTable
) -> tuple[tuple[int, Instant], ...]:
    """Return the stop numbers of a vehicle's route in force, and when each is reached if nothing is changed.

    The breaks that are due are among them, each as late as its window allows.
    """
    driver = setting.drivers[vehicle]
    breaks = ((2 * (len(numbers) + k) + 1, span) for k, (v, span) in enumerate(_breaks(setting)) if v == vehicle)
    due = sorted(breaks, key=lambda one: one[1].from_at)
    at, place = driver.start_at, driver.start
    visits: list[tuple[int, Instant]] = []
    for place_in_route, stop in enumerate(stop for stop in driver.stops if stop.order_id in numbers):
        way_s = travel.duration_s(travel.row(place), travel.column(stop.position))
        while place_in_route >= driver.frozen and due and _left_at(setting, stop, at + way_s) > due[0][1].until_at:
            number, span = due.pop(0)
            visits.append((number, at))
            at = max(at, span.from_at) + span.length_s
        visits.append((_number(stop, numbers), at + way_s))
        at, place = _left_at(setting, stop, at + way_s), stop.position
    return (*visits, *((number, at) for number, _ in due))


def _left_at(setting: WaveSetting, stop: PlannedStop, arrives_at: Instant) -> Instant:
    order = setting.orders[stop.order_id]
    if stop.kind is StopKind.PICKUP:
        return max(arrives_at, _loading_hours(setting, order)[0]) + _loading_s(setting, order)
    return max(arrives_at, -np.inf if order.promise.from_at is None else order.promise.from_at) + order.service_s


def capacity_short(given: WaveProblem, order: int) -> str:
    """Return the first unit in which no vehicle that the order may go with holds it; empty if one has room."""
    load, capacity = given.problem.work.load[order], given.problem.fleet.capacity
    able = may_go_with(given.problem, order)
    for k, unit in enumerate(given.units):
        able = able & (load[k] <= capacity[:, k] + 1e-9)
        if not able.any():
            return unit
    return ""


def loads_along(given: WaveProblem, vehicle: int, route: tuple[int, ...]) -> Floats:
    """Return the most that a vehicle carries at once on a route, by unit."""
    work = given.problem.work
    load: Floats = work.load[work.carrier == vehicle].sum(axis=0)
    peak: Floats = load.copy()
    for stop in route:
        if stop // 2 < work.count:
            load = load - work.load[stop // 2] if stop % 2 else load + work.load[stop // 2]
            peak = np.maximum(peak, load)
    return peak
