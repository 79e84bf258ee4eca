"""The live world as a problem for improvement, and an improved plan told back as changed routes and moved orders.

Drivers without a known position are left out together with what they have in hand. What a person pinned or holds, what
is on board and what a driver stands at stays; keeping an order is always allowed. Every stop of a vehicle under way
keeps the meaning it has in `schedule.py`. The prices are the city's policy: driving and a driver's time, waits and
promises. Limits are those of each order's zone: how many a driver may have in hand and on board, how old a position
may be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.dispatch.bundling import most_on_board
from core.dispatch.improvement.columns import Flags, Floats, Whole
from core.dispatch.improvement.problem import NOBODY, Fleet, Plan, Prices, Problem, Work
from core.dispatch.loads import amounts, units_of
from core.dispatch.policy import DispatchPolicy
from core.dispatch.schedule import schedule
from core.dispatch.world import DriverState, PlanningWorld, Stop
from core.fleet.route import StopKind
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId, Instant, OrderId, Position

ROUNDING_S = 1e-3
"""The search adds instants up in another sequence than a schedule does."""
UNSERVED_PRICE = 1e7
"""Minor units for an order left out: above any detour."""


@dataclass(frozen=True, slots=True, eq=False)
class WorldProblem:
    """A world's problem and plan in force, with the names of its numbers; `stops` by stop number."""

    problem: Problem
    plan: Plan
    drivers: tuple[DriverId, ...]
    orders: tuple[OrderId, ...]
    stops: Mapping[int, Stop]


@dataclass(frozen=True, slots=True)
class Moved:
    """An order that changes hands; ``None`` is nobody."""

    order_id: OrderId
    from_driver: DriverId | None
    to_driver: DriverId | None


@dataclass(frozen=True, slots=True)
class ProposedMoves:
    """The routes that differ from the plan in force, the orders that change hands and those without a driver."""

    routes: Mapping[DriverId, tuple[Stop, ...]]
    moved: tuple[Moved, ...]
    unserved: tuple[OrderId, ...]


def problem_of(world: PlanningWorld, order_ids: Collection[OrderId], *, may_move: bool = True) -> WorldProblem:
    """Return the problem of all drivers whose position is known, what they have in hand, and `order_ids` beside it.

    The world's travel table must know driving from every such driver and stop to every stop. Without `may_move`
    every driver keeps the orders in hand, and only their sequence is open.

    Raises
    ------
    KeyError
        If the travel table lacks a point, or an order is not in the world.
    """
    drivers = [driver for _, driver in sorted(world.drivers.items()) if driver.start is not None]
    homes = {stop.order_id: v for v, driver in enumerate(drivers) for stop in driver.stops}
    absent = {name for driver in world.drivers.values() if driver.start is None for name in driver.order_ids}
    names = tuple(sorted({*homes, *order_ids} - absent))
    orders = [world.orders[name] for name in names]
    numbers = {name: r for r, name in enumerate(names)}
    stops = _stops(world, drivers, orders)
    places = _Places(drivers, stops)
    routes = tuple(tuple(_number(stop, numbers) for stop in driver.stops) for driver in drivers)
    frozen = tuple(route[: driver.frozen] for route, driver in zip(routes, drivers, strict=True))
    problem = Problem(
        durations_s=places.table(world, world.travel.matrix.durations_s),
        distances_m=places.table(world, world.travel.matrix.distances_m),
        fleet=_fleet(world, drivers, orders, places, may_move=may_move),
        work=_work(world, drivers, orders, homes, stops, places, may_move=may_move),
        prices=prices_of(world.policy),
        frozen=frozen,
    )
    unserved = tuple(r for r, name in enumerate(names) if name not in homes)
    return WorldProblem(problem, Plan(routes, unserved), tuple(d.driver_id for d in drivers), names, stops)


def proposed_moves(given: WorldProblem, plan: Plan) -> ProposedMoves:
    """Return what carrying out `plan` would change."""
    before, after = _holders(given, given.plan), _holders(given, plan)
    return ProposedMoves(
        routes={
            given.drivers[vehicle]: tuple(given.stops[stop] for stop in route)
            for vehicle, route in enumerate(plan.routes)
            if route != given.plan.routes[vehicle]
        },
        moved=tuple(
            Moved(name, before.get(r), after.get(r))
            for r, name in enumerate(given.orders)
            if before.get(r) != after.get(r)
        ),
        unserved=tuple(given.orders[r] for r in plan.unserved),
    )


def prices_of(policy: DispatchPolicy) -> Prices:
    """Return what the policy holds things to be worth."""
    late_per_s = policy.lateness_per_minute / 60.0
    return Prices(
        per_metre=policy.cost_per_km / 1000.0,
        duty_per_s=policy.driver_minute / 60.0,
        late_per_s=late_per_s,
        late_growth_per_s2=late_per_s * policy.lateness_growth_per_s,
        customer_wait_per_s=policy.freshness_per_minute / 60.0,
        goods_wait_per_s=policy.pickup_delay_per_minute / 60.0,
    )


class _Places:
    """The distinct positions of a problem by number; starts of drivers under way are where their first stop is."""

    def __init__(self, drivers: Iterable[DriverState], stops: Mapping[int, Stop]) -> None:
        self.starts = [_start(driver) for driver in drivers]
        self._targets = dict.fromkeys(stop.position for stop in stops.values())
        self._numbers = {p: number for number, p in enumerate(dict.fromkeys([*self._targets, *self.starts]))}

    def __getitem__(self, position: Position) -> int:
        return self._numbers[position]

    def table(self, world: PlanningWorld, values: Floats) -> Floats:
        """Return driving between the places; to where nothing is to be done none is known."""
        made = np.full((len(self._numbers), len(self._numbers)), np.inf)
        rows = [world.travel.row(position) for position in self._numbers]
        columns = [world.travel.column(position) for position in self._targets]
        if columns:
            made[:, : len(columns)] = values[np.ix_(rows, columns)]
        return made


def _start(driver: DriverState) -> Position:
    assert driver.start is not None
    is_there = bool(driver.stops) and driver.stops[0].arrived_at is not None
    return driver.stops[0].position if is_there else driver.start


def _start_at(world: PlanningWorld, driver: DriverState) -> Instant:
    """Return when a driver goes on; one not heard has driven on since, but has reached nothing before `as_of`."""
    if not driver.stops or driver.start_at >= driver.as_of or driver.stops[0].arrived_at is not None:
        return driver.start_at
    row, column = world.travel.row(_start(driver)), world.travel.column(driver.stops[0].position)
    drive_s = world.travel.duration_s(row, column)
    return max(driver.start_at, driver.as_of - drive_s)


def _number(stop: Stop, numbers: Mapping[OrderId, int]) -> int:
    return 2 * numbers[stop.order_id] + (stop.kind is StopKind.DELIVERY)


def _stops(world: PlanningWorld, drivers: Iterable[DriverState], orders: list[Order]) -> dict[int, Stop]:
    stops = {}
    for r, order in enumerate(orders):
        stops[2 * r], stops[2 * r + 1] = world.stops_of(order)
    numbers = {order.order_id: r for r, order in enumerate(orders)}
    return stops | {_number(stop, numbers): stop for driver in drivers for stop in driver.stops}


def _fleet(
    world: PlanningWorld, drivers: list[DriverState], orders: list[Order], places: _Places, *, may_move: bool
) -> Fleet:
    count, units = len(drivers), units_of(orders)
    policies = {order.order_id: world.policy_for(order) for order in orders}
    in_hand = min([world.policy.max_orders, *(policy.max_orders for policy in policies.values())])
    capacity = [
        (*amounts(d.capacity, units), float(_together(world, d, policies if may_move else d.order_ids, policies)))
        for d in drivers
    ]
    return Fleet(
        start_place=np.array([places[start] for start in places.starts], np.int64),
        end_place=np.full(count, NOBODY),
        start_at=np.array([_start_at(world, driver) for driver in drivers], float),
        shift_ends_at=np.array([driver.shift_ends_at + world.policy.overtime_s for driver in drivers], float),
        capacity=np.array(capacity, float).reshape(count, 3 + len(units)),
        skills=np.zeros((count, 0), bool),
        max_orders=np.array([max(in_hand, len(d.order_ids)) for d in drivers], np.int64),
        rests=_rests(world, drivers),
        last_pickup_at=np.array([_last_pickup_at(world, driver) for driver in drivers], float),
    )


def _last_pickup_at(world: PlanningWorld, driver: DriverState) -> Instant:
    """Return until when a driver may pick up: the end of the shift, or the last pickup of a plan that runs over it."""
    if not driver.stops:
        return driver.shift_ends_at
    plan = schedule(driver, world.travel)
    starts = zip(plan.stops, plan.starts, strict=True)
    begins = [max(at, driver.start_at) for stop, at in starts if stop.kind is StopKind.PICKUP]
    late = [at + ROUNDING_S for at in begins if driver.shift_ends_at < at < np.inf]
    return max([driver.shift_ends_at, *late])


def _rests(world: PlanningWorld, drivers: list[DriverState]) -> Floats:
    """Return when each driver's planned break begins; one that the plan in force misses may come no later than there.

    Empty where no break is due.
    """
    if all(driver.due_break is None for driver in drivers):
        return np.zeros((0, 3))
    return np.array([_rest_of(world, driver) for driver in drivers], float)


def _rest_of(world: PlanningWorld, driver: DriverState) -> tuple[Instant, Instant, float]:
    due = driver.due_break
    if due is None:
        return np.inf, np.inf, 0.0
    taken = schedule(driver, world.travel).taken
    assert taken is not None, "a break that is due is in every schedule"
    return due.earliest_at, max(due.latest_at, taken.begins_at), due.length_s


def _together(
    world: PlanningWorld, driver: DriverState, orders: Collection[OrderId], policies: Mapping[OrderId, DispatchPolicy]
) -> int:
    """Return how many orders a driver may have on board at once: the least of the zones', but what is planned stays."""
    least = min([world.policy.max_bundle, *(policies[name].max_bundle for name in orders if name in policies)])
    return max(least, min(world.policy.max_bundle, most_on_board(driver.stops)))


def _work(
    world: PlanningWorld,
    drivers: list[DriverState],
    orders: list[Order],
    homes: Mapping[OrderId, int],
    stops: Mapping[int, Stop],
    places: _Places,
    *,
    may_move: bool,
) -> Work:
    count = len(orders)
    pickups, deliveries = [stops[2 * r] for r in range(count)], [stops[2 * r + 1] for r in range(count)]
    home = np.array([homes.get(order.order_id, NOBODY) for order in orders], np.int64)
    is_carried = np.array([order.state.is_on_board for order in orders], bool) & (home != NOBODY)
    is_bound = np.array(
        [
            not may_move or order.is_pinned or order.is_held(world.now) or order.state is OrderState.AT_PICKUP
            for order in orders
        ],
        bool,
    )
    units = units_of(orders)
    load = [(*amounts(order.load, units), 1.0) for order in orders]
    moving = [policy.hand_over_minutes + policy.improve_move_minutes for policy in map(world.policy_for, orders)]
    endless = np.full(count, np.inf)
    return Work(
        pickup_place=np.array([places[stop.position] for stop in pickups], np.int64),
        delivery_place=np.array([places[stop.position] for stop in deliveries], np.int64),
        ready_at=np.array([stop.earliest_at for stop in pickups], float),
        pickup_until_at=endless,
        deliver_from_at=np.array([stop.earliest_at for stop in deliveries], float),
        deliver_until_at=endless,
        due_at=np.array([stop.due_at for stop in deliveries], float),
        waits_from_at=np.full(count, world.now),
        pickup_s=_service_s(drivers, home, pickups),
        delivery_s=_service_s(drivers, home, deliveries),
        load=np.array(load, float).reshape(count, 3 + len(units)),
        skills=np.zeros((count, 0), bool),
        allowed=_allowed(world, drivers, orders, home),
        carrier=np.where(is_carried, home, NOBODY),
        bound_to=np.where(is_bound & ~is_carried, home, NOBODY),
        home=home,
        move_price=np.array(moving, float) * world.policy.driver_minute,
        unserved_price=np.where(home == NOBODY, UNSERVED_PRICE, 10.0 * UNSERVED_PRICE),
    )


def _service_s(drivers: list[DriverState], home: Whole, stops: list[Stop]) -> Floats:
    """Return the time each stop takes from when its driver is free; at one already reached, what is left of it."""
    taken = []
    for stop, vehicle in zip(stops, home.tolist(), strict=True):
        if stop.arrived_at is None or vehicle == NOBODY:
            taken.append(stop.service_s)
            continue
        free_at = drivers[vehicle].start_at
        ends_at = max(stop.arrived_at, stop.earliest_at) + stop.service_s
        taken.append(max(0.0, ends_at - max(free_at, stop.earliest_at)))
    return np.array(taken, float)


def _allowed(world: PlanningWorld, drivers: list[DriverState], orders: list[Order], home: Whole) -> Flags:
    """Return who may get which order by the rules of `constraints.BEFORE_ROUTING`; who has it may keep it."""
    gets_work = [d.is_on_shift and not d.is_paused and not d.is_out for d in drivers]
    ages_s = np.array([driver.position_age_s for driver in drivers], float)
    numbers = {driver.driver_id: v for v, driver in enumerate(drivers)}
    wanted = {skill for order in orders for skill in order.skills}
    having = {skill: np.array([skill in driver.skills for driver in drivers], bool) for skill in wanted}
    allowed = np.tile(np.array(gets_work, bool), (len(orders), 1)).reshape(len(orders), len(drivers))
    for r, order in enumerate(orders):
        allowed[r] &= ages_s <= world.policy_for(order).max_position_age_s
        for skill in order.skills:
            allowed[r] &= having[skill]
        kept_from = [numbers[name] for name in (*order.refused_by, *order.forbidden) if name in numbers]
        allowed[r, kept_from] = False
        if home[r] != NOBODY:
            allowed[r, home[r]] = True
    return allowed


def _holders(given: WorldProblem, plan: Plan) -> dict[int, DriverId]:
    return {stop // 2: given.drivers[vehicle] for vehicle, route in enumerate(plan.routes) for stop in route}
