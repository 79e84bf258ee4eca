"""Looks for a better plan for everything in hand, beside the decisions on single orders, and puts it in force.

The search runs in a thread, within the policy's budget of iterations and seconds, from the plan in force; so there is
always a plan. What it finds is walked by a checker that shares no code with it, and where it was found on a sketch of
driving times it is timed and judged again on exact ones. All of it, driving times included, takes `REPLAN_S` at most:
the search gets what fetching them left. What is late is dropped, and the next beat takes on fewer orders. A search that
fails, hangs, is late again and again or breaks a limit is said to be degraded, rests for a while, and single decisions
go on without it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial

import numpy as np
from msgspec.structs import replace

from backend_service.workers.collaborators import Bus
from backend_service.workers.giving_way import PAUSED_SHARE, CourteousClock, GivingWay
from backend_service.workers.held_problems import HeldProblems, KeepsProblems
from backend_service.workers.planning import Planner
from backend_service.workers.solver_thread import SolverBusy, SolverThread
from core.commands import AdoptPlan, RecordSource
from core.dispatch.candidates import points_of
from core.dispatch.decision import PlanImprovement
from core.dispatch.improvement.kept_problem import Hold
from core.dispatch.kept_sequences import sequenced_by_people
from core.dispatch.plan_improvement import PlanRefused, judged, judged_again, to_keep
from core.dispatch.schedule import schedule
from core.dispatch.world import PlanningWorld
from core.geodesy import short_distance_m
from core.refusals import Refusal
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId

logger = logging.getLogger(__name__)

SOURCE = "plan improvement"
EFFECT = "Plans stay as single decisions made them; some ways are longer than needed."
REPLAN_S = 2.6
"""Wall seconds from looking at the world to a plan that is in force or dropped: within three, whatever comes late."""
TRAVEL_S = 1.6
"""Wall seconds for the driving times; what came by then is kept, and the next beat has less to ask for."""
CLOSING_S = 0.7
"""Wall seconds of `REPLAN_S` left for checking the plan and timing it exactly."""
LEAST_SEARCH_S, LEAST_RETIMING_S = 0.3, 0.2
GRACE_S = 0.7
"""Wall seconds beyond the budget after which a search that hangs is given up, where `REPLAN_S` is over by then."""
MOST_PUT_OFF = 5
"""So many beats in a row that were late are a failure; so is a search that still hangs at the next."""
MOST_ORDERS, LEAST_ORDERS = 1_200, 75
"""More orders are improved in parts, each around another driver; smaller ones while driving times come late."""
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
    unchecked : plans put in force on a sketch, because exact times did not come in time
    problems : those behind adopted plans, until they are written
    put_off : beats in a row for which driving times or the search came too late

    Parameters
    ----------
    bus : Bus
    planner : Planner
    search : callable, optional
    problems : KeepsProblems, optional
        Keeps the problems behind adopted plans.
    travel_s, grace_s : float, optional
        Wall seconds for the driving times, and for a search beyond its budget.
    """

    name = "improvement"

    def __init__(
        self,
        bus: Bus,
        planner: Planner,
        *,
        search: Search | None = None,
        problems: KeepsProblems | None = None,
        travel_s: float = TRAVEL_S,
        grace_s: float = GRACE_S,
    ) -> None:
        self.adopted = 0
        self.refused = 0
        self.failures = 0
        self.put_off = 0
        self.unchecked = 0
        self._most_orders = MOST_ORDERS
        self._bus = bus
        self._planner = planner
        self.problems = HeldProblems(problems) if problems is not None else None
        hold = self.problems.hold if self.problems is not None else None
        self._search = search or partial(searched, way=planner.giving_way, hold=hold)
        self._travel_s = travel_s
        self._grace_s = grace_s
        self._thread = SolverThread(SOURCE)
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
        if not self._is_warm:
            await asyncio.to_thread(_warmed)
            self._is_warm = True
        began_at, position = self._planner.wall.now(), self._bus.operation.position
        policy_number = self._bus.operation.policy.number
        kept = sequenced_by_people(self._bus.operation)
        world = nearby(at_work(self._planner.world(now), kept), self._most_orders, position)
        in_hand = [name for driver in world.drivers.values() for name in sorted(driver.order_ids)]
        if len(in_hand) < 2:
            return
        try:
            found = await self._found(world, in_hand, position, began_at)
        except (PlanRefused, TimeoutError) as failure:
            await self._give_up(now, failure)
            return
        except Exception as failure:  # an outer wall: whatever a search dies of, single decisions go on without it
            logger.exception("%s broke down", SOURCE)
            await self._give_up(now, failure)
            return
        if self.put_off:
            return
        await self._tell(is_degraded=False)
        if found is not None:
            took_ms = 1000.0 * (self._planner.wall.now() - began_at)
            await self._adopt(replace(found, took_ms=took_ms, policy_number=policy_number))

    async def _found(
        self, world: PlanningWorld, in_hand: Sequence[OrderId], position: int, began_at: Instant
    ) -> PlanImprovement | None:
        """Return the change worth making by exact times; nothing either when driving times or the search are late."""
        try:
            travelling = self._planner.with_travel(world, points_of(world, in_hand, world.drivers))
            world = within_reach(await asyncio.wait_for(travelling, self._travel_s))
            travelled_s = self._planner.wall.now() - began_at
            left_s = REPLAN_S - travelled_s
            search_s = min(world.policy.improve_s, max(LEAST_SEARCH_S, left_s - CLOSING_S))
            search = partial(self._search, world.with_policy(replace(world.policy, improve_s=search_s)), position)
            found = await self._thread.run(search, max(search_s + self._grace_s, left_s))
        except SolverBusy:
            raise
        except TimeoutError:
            self._put_off(len(in_hand))
            return None
        self.put_off = 0
        if travelled_s < self._travel_s / 2.0:
            self._most_orders = min(MOST_ORDERS, 2 * self._most_orders)
        if found is None or not world.travel.matrix.is_sketch:
            return found
        return await self._judged_again(world, found, REPLAN_S - (self._planner.wall.now() - began_at))

    def _put_off(self, in_hand: int) -> None:
        """Leave it for the next beat, with fewer orders; raise when it has been left too often."""
        self.put_off += 1
        self._most_orders = max(LEAST_ORDERS, in_hand // 2)
        if self.put_off >= MOST_PUT_OFF:
            self.put_off = 0
            raise TimeoutError(f"late {MOST_PUT_OFF} times in a row")

    async def _judged_again(
        self, world: PlanningWorld, found: PlanImprovement, left_s: float
    ) -> PlanImprovement | None:
        """Return the change as it is by exact times, or as it was found if they do not come in time."""
        try:
            retiming = self._planner.retimed(world, found.plans)
            exact = await asyncio.wait_for(retiming, max(LEAST_RETIMING_S, left_s))
        except TimeoutError:
            self.unchecked += 1
            logger.warning("a plan is put in force on estimated driving times; %d times so far", self.unchecked)
            return found
        return await asyncio.to_thread(judged_again, exact, found)

    async def _give_up(self, now: Instant, failure: Exception) -> None:
        """Leave the search alone for a while, and say so."""
        self.failures += 1
        self._rests_until = now + REST_S
        logger.warning("%s failed: %r; %d times so far", SOURCE, failure, self.failures)
        await self._tell(is_degraded=True)

    async def _adopt(self, found: PlanImprovement) -> None:
        try:
            await self._bus.execute(AdoptPlan(improvement=found), PLATFORM)
            self.adopted += 1
        except Refusal:
            # The state moved while the search ran: the next one starts from the new state.
            self.refused += 1
            return
        if self.problems is not None:
            await self.problems.keep(found.problem_digest)

    async def _tell(self, *, is_degraded: bool) -> None:
        known = self._bus.operation.sources.sources.get(SOURCE)
        if is_degraded != (known is not None and known.is_degraded):
            effect = EFFECT if is_degraded else ""
            await self._bus.execute(RecordSource(source=SOURCE, is_degraded=is_degraded, effect=effect), PLATFORM)


def _warmed() -> None:
    """Load the compiled search, or compile it where none ever ran: half a minute, and no part of any deadline."""
    from core.dispatch.improvement.warming import warm_up

    warm_up()


def at_work(world: PlanningWorld, kept: Collection[DriverId] = ()) -> PlanningWorld:
    """Return the world with those drivers who have something to do or are on shift, and whose position is known.

    Who makes stops in an order that a person put them in is among the `kept`, and left out.
    """
    drivers = {
        name: driver
        for name, driver in world.drivers.items()
        if driver.start is not None and not driver.is_on_wave and (driver.stops or driver.is_on_shift)
        if name not in kept
    }
    return dataclasses.replace(world, drivers=drivers)


def within_reach(world: PlanningWorld) -> PlanningWorld:
    """Return the world without those drivers to one of whose stops no way leads: nothing is known of what they cost.

    The world's travel table must hold the starts and stops of all its drivers.
    """
    drivers = {name: driver for name, driver in world.drivers.items() if schedule(driver, world.travel).is_reachable}
    return world if len(drivers) == len(world.drivers) else dataclasses.replace(world, drivers=drivers)


def nearby(world: PlanningWorld, most_orders: int, turn: int) -> PlanningWorld:
    """Return the world with so few drivers that they have `most_orders` in hand: one, by `turn`, and those around."""
    drivers = [world.drivers[name] for name in sorted(world.drivers)]
    if sum(len(driver.order_ids) for driver in drivers) <= most_orders:
        return world
    places = np.array([(driver.start.lat, driver.start.lon) for driver in drivers if driver.start is not None])
    order = np.argsort(short_distance_m(places, places[turn % len(places)]), kind="stable").tolist()
    in_hand = np.cumsum([len(drivers[row].order_ids) for row in order])
    chosen = {drivers[row].driver_id for row, count in zip(order, in_hand, strict=True) if count <= most_orders}
    kept = {name: driver for name, driver in world.drivers.items() if name in chosen}
    return dataclasses.replace(world, drivers=kept)


def searched(
    world: PlanningWorld, position: int, *, way: GivingWay, hold: Hold | None = None
) -> PlanImprovement | None:
    """Return what ruin and recreate finds from the plan in force; the log position is the seed.

    It pauses while somebody waits for something else, which takes nothing from its deadline. `hold` is given the
    problem behind what it finds.
    """
    # Imported here, off the event loop: the compiler behind it costs a second of a start.
    from core.dispatch.improvement.from_world import problem_of
    from core.dispatch.improvement.improve import Effort, improve

    policy = world.policy
    way.pause()
    given = problem_of(world, (), may_move=policy.improve_may_move > 0)
    effort = Effort(iterations=policy.improve_iterations, seconds=policy.improve_s)
    clock = CourteousClock(time.monotonic, way, PAUSED_SHARE * policy.improve_s)
    improved = improve(given.problem, given.plan, seed=position, effort=effort, clock=clock)
    way.pause()
    found = judged(world, given, improved, seed=position, position=position)
    if found is None or hold is None:
        return found
    return replace(found, problem_digest=hold(to_keep(world, given)))
