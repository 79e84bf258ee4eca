"""Ten thousand orders at once: a round of dispatch and a search end, and what has no place is named with its reason."""

from __future__ import annotations

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from msgspec.structs import replace

from backend_service.streets.straight_line import StraightLineStreets
from backend_service.workers.dispatch_cycle import DispatchCycle
from backend_service.workers.planning import Planner
from core.commands import RecommendAssignment
from core.dispatch.decision import RecommendedAction
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.left_out import Why, why_left_out
from core.dispatch.improvement.problem import NOBODY, Fleet, Plan, Prices, Problem, Work
from core.dispatch.plan_check import broken_limits
from core.dispatch.policy import DispatchPolicy
from core.geodesy import Points
from core.orders.order import OrderState
from core.travel import TravelMatrix

COUNT = 10_000


class Ticking:
    """A clock on which a hundredth of a second passes between two looks."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        self.at += 0.01
        return self.at


def flooded() -> Problem:
    """Twenty drivers, the last of whom has gone home, and orders among 50 places, the last of which no way leads to."""
    vehicles, places = 20, 50
    x = np.linspace(0.0, 5_000.0, places)
    metres = np.abs(x[:, None] - x[None, :])
    seconds = metres / 10.0
    seconds[:, -1] = np.inf
    dice = np.random.default_rng(1)
    pickups = dice.integers(0, places - 1, COUNT)
    deliveries = dice.integers(0, places - 1, COUNT)
    deliveries[:100] = places - 1
    shift_ends_at = np.full(vehicles, 3_600.0)
    shift_ends_at[-1] = -1.0
    endless, nobody = np.full(COUNT, np.inf), np.full(COUNT, NOBODY)
    fleet = Fleet(
        start_place=dice.integers(0, places - 1, vehicles),
        end_place=np.full(vehicles, NOBODY),
        start_at=np.zeros(vehicles),
        shift_ends_at=shift_ends_at,
        capacity=np.full((vehicles, 1), 4.0),
        skills=np.zeros((vehicles, 0), bool),
        max_orders=np.full(vehicles, 4),
    )
    work = Work(
        pickup_place=pickups,
        delivery_place=deliveries,
        ready_at=np.zeros(COUNT),
        pickup_until_at=endless,
        deliver_from_at=np.zeros(COUNT),
        deliver_until_at=endless,
        due_at=np.full(COUNT, 2_400.0),
        waits_from_at=np.zeros(COUNT),
        pickup_s=np.full(COUNT, 60.0),
        delivery_s=np.full(COUNT, 60.0),
        load=np.ones((COUNT, 1)),
        skills=np.zeros((COUNT, 0), bool),
        allowed=np.ones((COUNT, vehicles), bool),
        carrier=nobody,
        bound_to=nobody,
        home=nobody,
        move_price=np.zeros(COUNT),
        unserved_price=np.full(COUNT, 1e7),
    )
    return Problem(seconds, metres, fleet, work, Prices(per_metre=0.1, late_per_s=1.0), ((),) * vehicles)


def test_search_ends_within_its_time_and_every_order_without_a_place_has_a_reason() -> None:
    problem = flooded()
    made = improve(problem, Plan(((),) * 20), seed=1, effort=Effort(10**6, seconds=1.0), clock=Ticking())

    assert broken_limits(problem, made.plan) == ()
    assert made.plan.routes[-1] == ()
    served = {stop // 2 for route in made.plan.routes for stop in route}
    assert len(served) == 19 * 4
    assert sorted({*served, *made.plan.unserved}) == list(range(COUNT))
    why = why_left_out(problem, made.plan)
    assert set(why) == set(made.plan.unserved)
    assert all((reason is Why.REACHABLE) == (order < 100) for order, reason in why.items())
    assert set(why.values()) == {Why.REACHABLE, Why.NO_ROOM}


def flood(town: Any, kitchens: int = 40) -> None:
    for number in range(COUNT):
        pickup_m = 2_000.0 / kitchens * (number % kitchens)
        town.order(f"O-{number:05d}", pickup_m, 50.0 * (number % 60), due_s=1_800.0 + number % 600)


def test_round_of_dispatch_gives_what_can_be_given_and_leaves_the_others_waiting(town: Any) -> None:
    for number in range(3):
        town.driver(f"D-{number}", 1_000.0 * number)
    flood(town)
    policy = DispatchPolicy(match_horizon_s=0.0)
    planner = Planner(town.bus, town.planner._streets, town.positions, policy, town.clock)
    asyncio.run(DispatchCycle(town.bus, planner, dict).run_once(town.now))

    orders = town.bus.operation.orders.orders
    given = [order for order in orders.values() if order.driver_id is not None]
    assert 0 < len(given) <= 3 * policy.max_orders
    assert sum(order.state is OrderState.WAITING for order in orders.values()) == COUNT - len(given)


def test_without_drivers_a_person_is_told_that_nobody_can(town: Any) -> None:
    flood(town)
    cycle = DispatchCycle(town.bus, town.planner, dict)
    asyncio.run(cycle.run_once(town.now + 1_200.0))

    made = [c.recommendation for c in town.bus.commands if isinstance(c, RecommendAssignment)]
    assert made
    assert {recommendation.action for recommendation in made} == {RecommendedAction.WAIT}
    assert {reason.code for recommendation in made for reason in recommendation.ask_reasons} == {"ask.no_driver"}


class Counted(StraightLineStreets):
    """Straight streets that count what they are asked."""

    asked = 0

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        self.asked += 1
        return await super().matrix(sources, destinations)


def test_with_the_policy_that_tower_comes_with_every_order_is_given_in_line_or_named_within_minutes(town: Any) -> None:
    for number in range(3):
        town.driver(f"D-{number}", 1_000.0 * number)
    flood(town, kitchens=997)  # those promised first are of different kitchens: no bundles to choose from
    orders = town.bus.operation.orders.orders
    for number in range(0, COUNT, 2):  # the earliest promises among them: nobody here has this skill
        name = f"O-{number:05d}"
        orders[name] = replace(orders[name], skills=("cold",))
    streets = Counted(town.clock, ZoneInfo("UTC"))
    planner = Planner(town.bus, streets, town.positions, DispatchPolicy(), town.clock)
    cycle = DispatchCycle(town.bus, planner, dict, solver_s=60.0)

    rounds, most_said, most_asked = 0, 0, 0
    while rounds < 22:
        said, asked = len(town.bus.commands), streets.asked
        asyncio.run(cycle.run_once(town.now + 90.0 + 5.0 * rounds))
        rounds, most_said = rounds + 1, max(most_said, len(town.bus.commands) - said)
        most_asked = max(most_asked, streets.asked - asked)

    made = [c.recommendation for c in town.bus.commands if isinstance(c, RecommendAssignment)]
    given = {r.order_id for r in made if r.driver_id is not None}
    named = {r.order_id: {reason.code for reason in r.why} for r in made if r.driver_id is None}
    in_line = set(orders) - given - set(named)
    assert 3 <= len(given) <= 3 * DispatchPolicy().max_orders
    assert len(in_line) <= 3 * 12
    assert all(not order.skills for name, order in orders.items() if name in given | in_line)
    assert all(named[name] == {"why.nobody" if orders[name].skills else "why.no_room"} for name in list(named)[100:])
    assert len([r for r in made if r.driver_id is None]) <= COUNT + 200  # hardly anybody twice
    # No round is without end: what it says, and what it asks of the streets.
    assert most_said <= 500 + 2 * DispatchPolicy().orders_per_cycle
    assert most_asked <= 200
