"""Deciders to compare the policy with: nearest driver, and first come first served. Workers like the real one.

Both give whole orders to free drivers only, never two at once, and mind the same hard limits. They ask nobody, take
nothing back and look at no promise, which is what makes them a baseline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from msgspec.structs import replace as changed

from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner
from core.commands import AcceptRecommendation, RecommendAssignment
from core.dispatch.asking import Asked
from core.dispatch.constraints import BEFORE_ROUTING, Trial, breaches
from core.dispatch.recommend import recommend
from core.dispatch.threats import needs_driver
from core.dispatch.world import DriverState, PlanningWorld
from core.geodesy import as_points, short_distance_m
from core.orders.order import Order
from core.refusals import Refusal
from core.vocabulary import PLATFORM, Actor, DriverId, Instant, RecommendationId, Role

type Pair = tuple[Order, DriverState]


class Rule(Protocol):
    """Picks the next order and its driver among those that wait and those that are free."""

    def __call__(self, pairs: list[Pair], free_since: dict[DriverId, Instant]) -> Pair:
        """Return one of `pairs`, of which there is at least one."""
        ...


def nearest_driver(pairs: list[Pair], free_since: dict[DriverId, Instant]) -> Pair:
    """Pick the pair that stands closest together by straight line."""
    return min(pairs, key=lambda pair: (_apart_m(pair), pair[0].order_id, pair[1].driver_id))


def first_come_first_served(pairs: list[Pair], free_since: dict[DriverId, Instant]) -> Pair:
    """Pick the order that was placed first, and the driver who has been free for longest."""
    return min(
        pairs,
        key=lambda pair: (
            pair[0].placed_at,
            pair[0].order_id,
            free_since.get(pair[1].driver_id, 0.0),
            pair[1].driver_id,
        ),
    )


class PlainDecider:
    """Implements `Worker` in the place of the dispatch cycle.

    Parameters
    ----------
    bus : Bus
    planner : Planner
    rule : Rule
    """

    name = "dispatch"
    every_s = 5.0

    def __init__(self, bus: Bus, planner: Planner, rule: Rule) -> None:
        self.refused = 0
        self._bus = bus
        self._planner = planner
        self._rule = rule
        self._free_since: dict[DriverId, Instant] = {}

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Give waiting orders to free drivers until either runs out."""
        world = self._planner.world(now)
        waiting = [order for order in world.orders.values() if needs_driver(order, now, world.policy)]
        free = {driver.driver_id: driver for driver in world.drivers.values() if not driver.stops}
        self._free_since = {name: self._free_since.get(name, now) for name in free}
        while pairs := list(_allowed(world, waiting, free.values())):
            order, driver = self._rule(pairs, self._free_since)
            waiting.remove(order)
            if await self._give(world, order, driver):
                del free[driver.driver_id]

    async def _give(self, world: PlanningWorld, order: Order, driver: DriverState) -> bool:
        alone = replace(world, drivers={driver.driver_id: driver})
        routed, pricing = await self._planner.priced(alone, order)
        if pricing.of(driver.driver_id) is None:
            return False
        made = recommend(
            routed,
            Asked(pricing=pricing, chosen=driver.driver_id, taken={}),
            RecommendationId(f"R-{self._bus.operation.position + 1}-{order.order_id}"),
        )
        try:
            command = RecommendAssignment(recommendation=changed(made, is_automatic=True, ask_reasons=()))
            await self._bus.execute(command, PLATFORM)
        except Refusal:
            self.refused += 1
            return False
        return True


class PromptPerson:
    """Stands for the dispatcher whom the policy asks: accepts what is proposed after so many seconds."""

    name = "person"
    every_s = 5.0

    def __init__(self, bus: Bus, *, after_s: float) -> None:
        self.accepted = 0
        self._bus = bus
        self._after_s = after_s
        self._actor = Actor(subject="bench", role=Role.DISPATCHER)

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Accept every proposal of a driver that has stood for long enough."""
        for standing in list(self._bus.operation.decisions.standing.values()):
            if standing.driver_id is None or now - standing.made_at < self._after_s:
                continue
            try:
                await self._bus.execute(AcceptRecommendation(recommendation_id=standing.recommendation_id), self._actor)
                self.accepted += 1
            except Refusal:
                continue  # the plan moved; the cycle proposes anew


def _allowed(world: PlanningWorld, orders: Iterable[Order], drivers: Iterable[DriverState]) -> Iterable[Pair]:
    candidates = list(drivers)
    for order in orders:
        for driver in candidates:
            if not breaches(Trial(driver, order, world.now, world.policy), BEFORE_ROUTING):
                yield order, driver


def _apart_m(pair: Pair) -> float:
    order, driver = pair
    assert driver.start is not None
    here, there = driver.start, order.pickup.position
    return float(short_distance_m(as_points([(here.lat, here.lon)]), as_points([(there.lat, there.lon)]))[0])
