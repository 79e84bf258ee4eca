"""Looks for a better plan for everything in hand, beside the decisions on single orders, and puts it in force.

The search runs in a thread, within the policy's budget of iterations and seconds, from the plan in force; so there is
always a plan. What it finds is walked by a checker that shares no code with it. A search that fails, overruns or breaks
a limit is said to be degraded, rests for a while, and single decisions go on without it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable

from msgspec.structs import replace

from backend_service.workers.collaborators import Bus
from backend_service.workers.planning import Planner
from core.commands import AdoptPlan, RecordSource
from core.dispatch.candidates import points_of
from core.dispatch.decision import PlanImprovement
from core.dispatch.plan_improvement import PlanRefused, judged
from core.dispatch.world import PlanningWorld
from core.refusals import Refusal
from core.vocabulary import PLATFORM, Instant

logger = logging.getLogger(__name__)

SOURCE = "plan improvement"
EFFECT = "Plans stay as single decisions made them; some ways are longer than needed."
GRACE_S = 5.0
"""Wall seconds beyond the budget after which the search is given up."""
REST_S = 300.0
"""Operation seconds for which a search that failed is left alone."""
_IDLE_S = 30.0

type Search = Callable[[PlanningWorld, int], PlanImprovement | None]
"""(world with its travel times, log position) -> the change worth making."""


class Improvement:
    """Implements `Worker`.

    Attributes
    ----------
    adopted, refused, failures : plans put in force, overtaken by the state, and searches that went wrong

    Parameters
    ----------
    bus : Bus
    planner : Planner
    search : callable, optional
    """

    name = "improvement"

    def __init__(self, bus: Bus, planner: Planner, *, search: Search | None = None) -> None:
        self.adopted = 0
        self.refused = 0
        self.failures = 0
        self._bus = bus
        self._planner = planner
        self._search = search or searched
        self._rests_until = 0.0
        self._is_warm = search is not None

    @property
    def every_s(self) -> float:
        """Between two searches, seconds: the policy's."""
        return self._planner.policy.improve_every_s or _IDLE_S

    def is_wanted(self, now: Instant) -> bool:
        """Its beat is quick enough."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Search, and put in force what is worth it."""
        policy = self._planner.policy
        if not policy.improve_every_s or now < self._rests_until:
            return
        world = _with_drivers_at_work(self._planner.world(now))
        in_hand = [name for driver in world.drivers.values() for name in sorted(driver.order_ids)]
        if len(in_hand) < 2:
            return
        began_at, position = self._planner.wall.now(), self._bus.operation.position
        world = await self._planner.with_travel(world, points_of(world, in_hand, world.drivers))
        if not self._is_warm:
            await asyncio.to_thread(_warmed)
            self._is_warm = True
        try:
            search = asyncio.to_thread(self._search, world, position)
            found = await asyncio.wait_for(search, policy.improve_s + GRACE_S)
        except (PlanRefused, ValueError, KeyError, TimeoutError) as failure:
            self.failures += 1
            self._rests_until = now + REST_S
            logger.warning("%s failed: %r; %d times so far", SOURCE, failure, self.failures)
            await self._tell(is_degraded=True)
            return
        await self._tell(is_degraded=False)
        if found is not None:
            took_ms = 1000.0 * (self._planner.wall.now() - began_at)
            await self._adopt(replace(found, took_ms=took_ms, policy_number=self._bus.operation.policy.number))

    async def _adopt(self, found: PlanImprovement) -> None:
        try:
            await self._bus.execute(AdoptPlan(improvement=found), PLATFORM)
            self.adopted += 1
        except Refusal:
            # The state moved while the search ran: the next one starts from the new state.
            self.refused += 1

    async def _tell(self, *, is_degraded: bool) -> None:
        known = self._bus.operation.sources.sources.get(SOURCE)
        if is_degraded != (known is not None and known.is_degraded):
            effect = EFFECT if is_degraded else ""
            await self._bus.execute(RecordSource(source=SOURCE, is_degraded=is_degraded, effect=effect), PLATFORM)


def _warmed() -> None:
    """Load the compiled search, or compile it where none ever ran: half a minute, and no part of any deadline."""
    from core.dispatch.improvement.warming import warm_up

    warm_up()


def _with_drivers_at_work(world: PlanningWorld) -> PlanningWorld:
    drivers = {
        name: driver
        for name, driver in world.drivers.items()
        if driver.start is not None and not driver.is_on_wave and (driver.stops or driver.is_on_shift)
    }
    return dataclasses.replace(world, drivers=drivers)


def searched(world: PlanningWorld, position: int) -> PlanImprovement | None:
    """Return what ruin and recreate finds from the plan in force; the log position is the seed."""
    # Imported here, off the event loop: the compiler behind it costs a second of a start.
    from core.dispatch.improvement.from_world import problem_of
    from core.dispatch.improvement.improve import Effort, improve

    policy = world.policy
    given = problem_of(world, (), may_move=policy.improve_may_move > 0)
    effort = Effort(iterations=policy.improve_iterations, seconds=policy.improve_s)
    improved = improve(given.problem, given.plan, seed=position, effort=effort, clock=time.monotonic)
    return judged(world, given, improved, seed=position, position=position)
