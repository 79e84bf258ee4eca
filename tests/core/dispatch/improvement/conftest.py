"""Problems on a straight lane: 1 s per metre and 1 of money per metre, so that plans can be priced by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any

import numpy as np
import pytest

from core.dispatch.improvement.problem import NOBODY, Fleet, Plan, Prices, Problem, Work
from core.dispatch.plan_check import broken_limits
from core.dispatch.plan_price import route_price


@dataclass(frozen=True)
class Lane:
    """Makes problems; places are metres east of the origin, instants seconds from 0."""

    prices: Prices

    def problem(
        self,
        orders: Sequence[tuple[float, float]],
        starts: Sequence[float] = (0.0,),
        *,
        frozen: tuple[tuple[int, ...], ...] | None = None,
        prices: Prices | None = None,
        fleet: dict[str, Any] | None = None,
        **work: Any,
    ) -> Problem:
        """Orders from where to where, vehicles from where; further columns by their names."""
        count, vehicles = len(orders), len(starts)
        x = np.array([*starts, *(place for order in orders for place in order)], dtype=float)
        metres = np.abs(x[:, None] - x[None, :])
        made_fleet = Fleet(
            start_place=np.arange(vehicles),
            end_place=np.full(vehicles, NOBODY),
            start_at=np.zeros(vehicles),
            shift_ends_at=np.full(vehicles, inf),
            capacity=np.full((vehicles, 1), 10.0),
            skills=np.zeros((vehicles, 1), bool),
            max_orders=np.full(vehicles, 100),
        )
        made_work = Work(
            pickup_place=vehicles + 2 * np.arange(count),
            delivery_place=vehicles + 2 * np.arange(count) + 1,
            ready_at=np.zeros(count),
            pickup_until_at=np.full(count, inf),
            deliver_from_at=np.zeros(count),
            deliver_until_at=np.full(count, inf),
            due_at=np.full(count, inf),
            waits_from_at=np.full(count, inf),
            pickup_s=np.zeros(count),
            delivery_s=np.zeros(count),
            load=np.ones((count, 1)),
            skills=np.zeros((count, 1), bool),
            allowed=np.ones((count, vehicles), bool),
            carrier=np.full(count, NOBODY),
            bound_to=np.full(count, NOBODY),
            home=np.full(count, NOBODY),
            move_price=np.zeros(count),
            unserved_price=np.full(count, 1e7),
        )
        return Problem(
            durations_s=metres,
            distances_m=metres,
            fleet=replace(made_fleet, **_columns(fleet or {})),
            work=replace(made_work, **_columns(work)),
            prices=prices or self.prices,
            frozen=((),) * vehicles if frozen is None else frozen,
        )

    def nothing(self, problem: Problem) -> Plan:
        """The plan without a stop."""
        return Plan(((),) * problem.fleet.count)


def _columns(given: dict[str, Any]) -> dict[str, Any]:
    return {name: np.asarray(values) for name, values in given.items()}


@pytest.fixture
def lane() -> Lane:
    return Lane(Prices(per_metre=1.0))


@pytest.fixture
def no_clock() -> Callable[[], float]:
    """A clock that must not be asked."""

    def ask() -> float:
        raise AssertionError("the clock was asked")

    return ask


@pytest.fixture(scope="session")
def any_problem() -> Callable[[int], Problem]:
    """Returns a problem of up to 14 orders for a seed, with everything that can occur in one."""
    return _any_problem


@pytest.fixture(scope="session")
def possible() -> Callable[[Problem, Plan, int, int], Iterator[float]]:
    """Yields the price of every route of a vehicle with one order more that breaks no limit, by the plain walks."""
    return _possible


def _possible(problem: Problem, plan: Plan, vehicle: int, order: int) -> Iterator[float]:
    """Yield the price of every route of a vehicle with one order more that breaks no limit."""
    route, frozen = plan.routes[vehicle], len(problem.frozen[vehicle])
    left_out = tuple(one for one in plan.unserved if one != order)
    for i in range(frozen, len(route) + 1):
        for j in range(i, len(route) + 1):
            tried = (*route[:i], 2 * order, *route[i:j], 2 * order + 1, *route[j:])
            routes = tuple(tried if v == vehicle else one for v, one in enumerate(plan.routes))
            if not broken_limits(problem, Plan(routes, left_out)):
                yield route_price(problem, vehicle, tried)


def _any_problem(seed: int) -> Problem:
    dice = np.random.default_rng(seed)
    vehicles, count, breaks = int(dice.integers(1, 5)), int(dice.integers(1, 15)), int(dice.integers(0, 3))
    places = vehicles + 2 * count
    x = dice.uniform(0.0, 1000.0, (places, 2))
    metres = np.hypot(*(x[:, None] - x[None, :]).transpose(2, 0, 1))
    seconds = metres * dice.uniform(0.8, 1.3, metres.shape)
    if dice.random() < 0.2:
        seconds[dice.integers(0, places), :] = inf
    from_at = dice.uniform(0.0, 2000.0, breaks)
    fleet = Fleet(
        start_place=np.arange(vehicles),
        end_place=np.where(dice.random(vehicles) < 0.5, NOBODY, np.arange(vehicles)),
        start_at=dice.uniform(0.0, 300.0, vehicles) + 1e9,
        shift_ends_at=1e9 + dice.uniform(500.0, 8000.0, vehicles),
        capacity=dice.uniform(3.0, 10.0, (vehicles, 2)),
        skills=dice.random((vehicles, 2)) < 0.8,
        max_orders=dice.integers(2, 8, vehicles),
        break_vehicle=dice.integers(0, vehicles, breaks),
        break_from_at=1e9 + from_at,
        break_until_at=1e9 + from_at + dice.uniform(0.0, 2000.0, breaks),
        break_s=dice.uniform(10.0, 300.0, breaks),
    )
    carrier = np.where(dice.random(count) < 0.15, dice.integers(0, vehicles, count), NOBODY)
    home = np.where(dice.random(count) < 0.6, dice.integers(0, vehicles, count), NOBODY)
    ready_at, from_at = 1e9 + dice.uniform(0.0, 2000.0, count), 1e9 + dice.uniform(0.0, 3000.0, count)
    timed = bool(dice.random() < 0.6)
    bound = (dice.random(count) < 0.1) & (carrier == NOBODY)
    work = Work(
        pickup_place=vehicles + 2 * np.arange(count),
        delivery_place=vehicles + 2 * np.arange(count) + 1,
        ready_at=ready_at,
        pickup_until_at=np.where(dice.random(count) < 0.5, inf, ready_at + dice.uniform(100.0, 3000.0, count)),
        deliver_from_at=from_at,
        deliver_until_at=np.where(dice.random(count) < 0.5, inf, from_at + dice.uniform(100.0, 4000.0, count)),
        due_at=1e9 + dice.uniform(500.0, 5000.0, count),
        waits_from_at=ready_at,
        pickup_s=dice.uniform(0.0, 60.0, count),
        delivery_s=dice.uniform(0.0, 60.0, count),
        load=dice.uniform(0.0, 4.0, (count, 2)),
        skills=dice.random((count, 2)) < 0.2,
        allowed=dice.random((count, vehicles)) < 0.9,
        carrier=carrier,
        bound_to=np.where(bound, dice.integers(0, vehicles, count), NOBODY),
        home=home,
        move_price=dice.uniform(0.0, 500.0, count),
        unserved_price=np.full(count, 1e7),
    )
    prices = Prices(
        per_metre=1.0,
        per_vehicle=float(dice.uniform(0.0, 100.0)),
        duty_per_s=0.2 * timed,
        late_per_s=1.0 * timed,
        late_growth_per_s2=0.001 * timed,
        customer_wait_per_s=0.1 * timed,
        goods_wait_per_s=0.1 * timed,
    )
    frozen = tuple(_frozen(vehicle, carrier, dice) for vehicle in range(vehicles))
    taken = {stop // 2 for route in frozen for stop in route}
    if any(bound[order] for order in taken):
        work = replace(work, bound_to=np.full(count, NOBODY))
    return Problem(seconds, metres, fleet, work, prices, _each_once(frozen))


def _frozen(vehicle: int, carrier: np.ndarray[Any, Any], dice: np.random.Generator) -> tuple[int, ...]:
    if dice.random() < 0.5:
        return ()
    aboard, waiting = np.flatnonzero(carrier == vehicle), np.flatnonzero(carrier == NOBODY)
    stops = [2 * int(order) + 1 for order in aboard[:1]]
    if len(waiting):
        order = int(dice.choice(waiting))
        stops += [2 * order, 2 * order + 1] if dice.random() < 0.3 else [2 * order]
    return tuple(stops)


def _each_once(frozen: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """Leave an order that is frozen with several vehicles with the first of them."""
    owner: dict[int, int] = {}
    for vehicle, route in enumerate(frozen):
        for stop in route:
            owner.setdefault(stop // 2, vehicle)
    return tuple(tuple(s for s in route if owner[s // 2] == vehicle) for vehicle, route in enumerate(frozen))
