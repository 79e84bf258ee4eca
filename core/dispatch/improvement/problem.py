"""What a planning problem is, in columns: vehicles, orders, driving between places, prices and what stays as it is.

Instants are seconds from any one origin, amounts are in the caller's units, prices in money of any unit. An order's
pickup is stop ``2 r`` and its delivery ``2 r + 1`` for order number r; break number b is stop ``2 (n_orders + b) + 1``.
A route is the sequence of a vehicle's stop numbers. Nothing here is compiled and nothing searches.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.dispatch.improvement.columns import Flags, Floats, Whole

NOBODY = -1
"""The vehicle number of no vehicle, and the place number of no place."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What things are held to be worth, money per unit.

    `late_per_s` for each second that a customer is served after the promise, and `late_growth_per_s2` times the
    square of the seconds on top, so that lateness costs more the longer it is. `duty_per_s` counts from the vehicle's
    start to its last departure, or to its arrival at the end place. `customer_wait_per_s` and `goods_wait_per_s` count
    from an order's `waits_from_at` to its delivery, and from readiness to its pickup.

    Raises
    ------
    ValueError
        If a price is negative or not a number.
    """

    per_metre: float = 0.0
    per_driving_s: float = 0.0
    duty_per_s: float = 0.0
    per_vehicle: float = 0.0
    late_per_s: float = 0.0
    late_growth_per_s2: float = 0.0
    customer_wait_per_s: float = 0.0
    goods_wait_per_s: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if not 0.0 <= getattr(self, name) < np.inf:
                raise ValueError(f"{name} is a price from 0 up, not {getattr(self, name)}")

    @property
    def is_of_time(self) -> bool:
        """Say whether arriving later within the hard limits costs anything."""
        soft = (self.duty_per_s, self.late_per_s, self.late_growth_per_s2)
        return any(price > 0.0 for price in (*soft, self.customer_wait_per_s, self.goods_wait_per_s))


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """The vehicles, one entry per vehicle.

    Parameters
    ----------
    start_place, end_place : (n_vehicles,) int
        Places by number; `end_place` is `NOBODY` where a route ends at its last stop.
    start_at, shift_ends_at : (n_vehicles,) float
        Free to drive from, and done with the last stop (or back at the end place) by. Hard.
    capacity : (n_vehicles, n_units) float
    skills : (n_vehicles, n_skills) bool
    max_orders : (n_vehicles,) int
        How many orders a route may hold.
    break_vehicle, break_from_at, break_until_at, break_s : (n_breaks,)
        Whose break it is, within which instants it begins (hard), and how long it takes, seconds.
    rests : (n_vehicles, 3) float, or (0, 3) where nobody has one
        The next planned break of each: its earliest and its latest begin (hard), and how long it takes, seconds;
        infinite, infinite and 0 for none. Unlike the breaks above it is no stop that is put somewhere: it is taken at
        the first moment between two stops, at or after its earliest begin, at which nothing is on board and nothing
        frozen is to come, or else behind the last stop. No price counts it.
    last_pickup_at : (n_vehicles,) float, or (0,) where no vehicle has one
        Until when a pickup may begin (hard), beside the order's own window; infinite for none.
    """

    start_place: Whole
    end_place: Whole
    start_at: Floats
    shift_ends_at: Floats
    capacity: Floats
    skills: Flags
    max_orders: Whole
    break_vehicle: Whole = field(default_factory=lambda: np.zeros(0, np.int64))
    break_from_at: Floats = field(default_factory=lambda: np.zeros(0))
    break_until_at: Floats = field(default_factory=lambda: np.zeros(0))
    break_s: Floats = field(default_factory=lambda: np.zeros(0))
    rests: Floats = field(default_factory=lambda: np.zeros((0, 3)))
    last_pickup_at: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def count(self) -> int:
        """Return the number of vehicles."""
        return len(self.start_place)

    @property
    def last_pickups(self) -> Floats:
        """Return until when each vehicle's pickups may begin; infinite for none."""
        return self.last_pickup_at if len(self.last_pickup_at) else np.full(self.count, np.inf)

    @property
    def breaks(self) -> int:
        """Return the number of breaks."""
        return len(self.break_vehicle)


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """The orders, one entry per order.

    Parameters
    ----------
    pickup_place, delivery_place : (n_orders,) int
    ready_at, pickup_until_at : (n_orders,) float
        Earliest and latest (hard) begin of the pickup.
    deliver_from_at, deliver_until_at : (n_orders,) float
        Earliest and latest (hard) begin of the delivery.
    due_at : (n_orders,) float
        The promise: later costs `Prices.late_per_s`. Infinite for none.
    waits_from_at : (n_orders,) float
        Since when the customer waits.
    pickup_s, delivery_s : (n_orders,) float
        Time at the stops, seconds.
    load : (n_orders, n_units) float
    skills : (n_orders, n_skills) bool
        What the vehicle must have.
    allowed : (n_orders, n_vehicles) bool
        Who may carry it, beside capacity and skills.
    carrier : (n_orders,) int
        The vehicle that has the goods on board, or `NOBODY`.
    bound_to : (n_orders,) int
        The vehicle that must serve it though its pickup is still to be made (pinned by a person), or `NOBODY`.
    home : (n_orders,) int
        The vehicle that has it in the plan in force, or `NOBODY`.
    move_price, unserved_price : (n_orders,) float
        What giving it to another than `home`, and leaving it out, is held to cost.
    """

    pickup_place: Whole
    delivery_place: Whole
    ready_at: Floats
    pickup_until_at: Floats
    deliver_from_at: Floats
    deliver_until_at: Floats
    due_at: Floats
    waits_from_at: Floats
    pickup_s: Floats
    delivery_s: Floats
    load: Floats
    skills: Flags
    allowed: Flags
    carrier: Whole
    bound_to: Whole
    home: Whole
    move_price: Floats
    unserved_price: Floats

    @property
    def count(self) -> int:
        """Return the number of orders."""
        return len(self.pickup_place)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A whole problem. `frozen` is, per vehicle, the stops at the head of its route that stay as they are.

    Parameters
    ----------
    durations_s, distances_m : (n_places, n_places) float
        Driving from row to column, seconds and metres; infinite where no way leads.
    fleet, work, prices
    frozen : tuple of tuple of int

    Raises
    ------
    ValueError
        If columns have unlike lengths, a number is negative or not a number, or a place, vehicle or stop is not known.
    """

    durations_s: Floats
    distances_m: Floats
    fleet: Fleet
    work: Work
    prices: Prices
    frozen: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        _check_columns(self)
        _check_numbers(self)
        _check_frozen(self)

    @property
    def stops(self) -> int:
        """Return one more than the highest stop number."""
        return 2 * (self.work.count + self.fleet.breaks)


@dataclass(frozen=True, slots=True)
class Plan:
    """Each vehicle's stops in order, breaks among them, and the orders that nobody serves, by number."""

    routes: tuple[tuple[int, ...], ...]
    unserved: tuple[int, ...] = ()


def _check_columns(problem: Problem) -> None:
    fleet, work = problem.fleet, problem.work
    places = len(problem.durations_s)
    if problem.durations_s.shape != (places, places) or problem.distances_m.shape != (places, places):
        raise ValueError("driving is known between every two places, in seconds and in metres")
    _check_lengths(fleet, ("start_place", "end_place", "start_at", "shift_ends_at", "capacity", "skills", "max_orders"))
    _check_lengths(fleet, ("break_vehicle", "break_from_at", "break_until_at", "break_s"))
    if fleet.rests.shape not in ((0, 3), (fleet.count, 3)):
        raise ValueError("three numbers say when each vehicle rests")
    if fleet.last_pickup_at.shape not in ((0,), (fleet.count,)) or np.isnan(fleet.last_pickup_at).any():
        raise ValueError("one instant says until when each vehicle picks up")
    _check_lengths(work, tuple(work.__dataclass_fields__))
    if fleet.capacity.ndim != 2 or work.load.ndim != 2 or fleet.capacity.shape[1] != work.load.shape[1]:
        raise ValueError("loads and capacities are in the same units")
    if work.allowed.shape != (work.count, fleet.count) or fleet.skills.shape[1] != work.skills.shape[1]:
        raise ValueError("who may carry what is said for each order and vehicle")
    for column, least in ((fleet.start_place, 0), (fleet.end_place, NOBODY), (work.pickup_place, 0)):
        _check_within(column, least, places, "place")
    _check_within(work.delivery_place, 0, places, "place")
    _check_within(fleet.break_vehicle, 0, fleet.count, "vehicle")
    for column in (work.carrier, work.bound_to, work.home):
        _check_within(column, NOBODY, fleet.count, "vehicle")


def _check_lengths(table: Fleet | Work, names: tuple[str, ...]) -> None:
    lengths = {len(getattr(table, name)) for name in names}
    if len(lengths) > 1:
        raise ValueError(f"columns of unlike lengths: {', '.join(names)}")


def _check_within(column: Whole, least: int, end: int, what: str) -> None:
    if len(column) and (column.min() < least or column.max() >= end):
        raise ValueError(f"there is no {what} {int(column.min())} to {int(column.max())} among {end}")


def _check_numbers(problem: Problem) -> None:
    fleet, work = problem.fleet, problem.work
    amounts = {
        "durations_s": problem.durations_s,
        "distances_m": problem.distances_m,
        "capacity": fleet.capacity,
        "load": work.load,
        "pickup_s": work.pickup_s,
        "delivery_s": work.delivery_s,
        "break_s": fleet.break_s,
        "rests": fleet.rests[:, 2],
        "move_price": work.move_price,
        "unserved_price": work.unserved_price,
    }
    for name, values in amounts.items():
        if not np.all(values >= 0.0):
            raise ValueError(f"{name} is a number from 0 up")
    if not np.all(np.isfinite(fleet.start_at)):
        raise ValueError("a vehicle starts at a known instant")
    windows = {
        "pickup": (work.ready_at, work.pickup_until_at),
        "delivery": (work.deliver_from_at, work.deliver_until_at),
        "break": (fleet.break_from_at, fleet.break_until_at),
        "rest": (fleet.rests[:, 0], fleet.rests[:, 1]),
    }
    if len(fleet.rests) and np.isfinite(fleet.rests[fleet.break_vehicle, 0]).any():
        raise ValueError("a vehicle has breaks that are stops, or one that is none")
    for name, (from_at, until_at) in windows.items():
        if not np.all(from_at <= until_at):
            raise ValueError(f"a window of a {name} begins before it ends")


def _check_frozen(problem: Problem) -> None:
    if len(problem.frozen) != problem.fleet.count:
        raise ValueError("what is frozen is said for each vehicle")
    stops = [stop for route in problem.frozen for stop in route]
    if len(set(stops)) != len(stops):
        raise ValueError("a stop is frozen once")
    if any(not 0 <= stop < problem.stops or (stop % 2 == 0 and stop >= 2 * problem.work.count) for stop in stops):
        raise ValueError("a frozen stop is one of the problem's")
    for vehicle, route in enumerate(problem.frozen):
        _check_frozen_route(problem, vehicle, route)


def _check_frozen_route(problem: Problem, vehicle: int, route: tuple[int, ...]) -> None:
    seen: set[int] = set()
    for stop in route:
        order = stop // 2
        seen.add(stop)
        if order >= problem.work.count:
            if problem.fleet.break_vehicle[order - problem.work.count] != vehicle:
                raise ValueError("a break is frozen with the vehicle whose it is")
        elif stop % 2 == 1 and stop - 1 not in seen and problem.work.carrier[order] != vehicle:
            raise ValueError(f"order {order} is delivered before it was picked up")
        elif stop % 2 == 0 and problem.work.carrier[order] != NOBODY:
            raise ValueError(f"order {order} is on board and still to be picked up")
