"""One run of `tower bench replan`: a region is filled, drives, gets new orders, and is re-planned beat by beat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from backend_service.benchmarks.replan_city import Region
from backend_service.clocks import WallClock
from backend_service.simulation.town import settle
from backend_service.streets.city import City
from backend_service.streets.running_streets import running_streets
from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.streets.street_engine import StreetEngine
from backend_service.streets.supervised_streets import SupervisedStreets
from backend_service.workers.improvement import Improvement, at_work
from backend_service.workers.planning import Planner
from core.dispatch.asking import Asked
from core.dispatch.candidates import points_of
from core.dispatch.improvement.from_world import WorldProblem, problem_of, proposed_moves
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.parts import worthwhile
from core.dispatch.improvement.problem import Plan
from core.dispatch.plan_improvement import LEAST_PART_MINUTES, MOST_DRIVERS
from core.dispatch.plan_price import plan_price
from core.dispatch.policy import DispatchPolicy
from core.dispatch.recommend import recommend
from core.dispatch.schedule import schedule
from core.dispatch.world import PlanningWorld
from core.fleet.route import PlannedStop
from core.orders.order import Order
from core.timekeeping import SteppedClock
from core.vocabulary import DriverId, RecommendationId

STARTS_AT = 1_795_176_000.0
STEP_S = 30.0
POLICY = DispatchPolicy(improve_may_move=1, improve_s=1.2, improve_iterations=1_000_000)
_KITCHENS, _HOMES = 120, 2_400
_FILL_S = 2.0
_SETTLING_BEATS = 24
_PAUSE_S = 0.02
"""Between two orders priced beside a re-plan, wall seconds."""


@dataclass(slots=True)
class Measured:
    """What one run of one size came to; times in milliseconds, `moved` as shares of the orders in hand.

    `own_work` and `engine_work` are what an insertion takes of a processor, in this process and in the street engines:
    a mean for each beat.
    """

    inserts: list[float] = field(default_factory=list)
    own_work: list[float] = field(default_factory=list)
    engine_work: list[float] = field(default_factory=list)
    after_update: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    replans: list[float] = field(default_factory=list)
    moved: list[float] = field(default_factory=list)
    put_off: int = 0
    unchecked: int = 0
    failures: int = 0
    without_driver: int = 0
    update_s: float = 0.0
    quality: float = 1.0
    memory_mb: float = 0.0
    engines_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class RunPlan:
    """How one run goes.

    Parameters
    ----------
    size : int
        Open orders.
    beats, update_at : int
        How many re-plans, and before which one traffic changes.
    inserts : int
        Orders priced per beat at least; as many as were delivered are placed, the others taken back.
    reference_s : float
        How long the search takes that the last plan is held against, seconds; 0 for none.
    seed : int
    """

    size: int
    beats: int
    update_at: int
    inserts: int
    reference_s: float
    seed: int


@asynccontextmanager
async def opened_streets(city: City, clock: SteppedClock) -> AsyncIterator[SupervisedStreets]:
    """Run the city's streets inside, and enter when they answer."""
    with TemporaryDirectory(prefix="tower-bench-") as folder:
        log_file = Path(folder) / "osrm.log"
        async with running_streets(city, clock, log_file, on_state_change=_unheard) as streets:
            await streets.until_live()
            yield streets


class Play:
    """A region with the planner and the worker that serve it.

    Parameters
    ----------
    region : Region
    streets : StreetEngine
        Those that plans are made on.
    clock : SteppedClock
    """

    def __init__(self, region: Region, streets: StreetEngine, clock: SteppedClock) -> None:
        self.region = region
        self.measured = Measured()
        self.planner = Planner(region.bus, streets, region, POLICY, WallClock())
        self.worker = Improvement(region.bus, self.planner)
        self._clock = clock

    async def fill(self, size: int) -> None:
        """Place so many orders and plan them all at once, drive on for a while, and fill up again."""
        for _ in range(size):
            self.region.place()
        await self._plan_waiting()
        for _ in range(_SETTLING_BEATS):
            self.region.drive(STEP_S)
        while len(self.region.bus.operation.orders.open_ids) < size:
            self.region.place()
        await self._plan_waiting()

    async def insert(self, times: int) -> list[float]:
        """Place so many orders, and give each to the driver recommended; return how long each took, milliseconds."""
        took = []
        for _ in range(times):
            order = self.region.place()
            milliseconds, stops = await self.priced(order)
            took.append(milliseconds)
            if stops is None:
                self.measured.without_driver += 1
            else:
                self.region.bus.give(*stops)
        return took

    async def tried(self, times: int) -> list[float]:
        """Return how long it took to price so many orders, each of which is then taken back, milliseconds."""
        took = []
        for _ in range(times):
            order = self.region.place()
            took.append((await self.priced(order))[0])
            self.region.withdraw(order)
        return took

    async def priced(self, order: Order) -> tuple[float, tuple[DriverId, tuple[PlannedStop, ...]] | None]:
        """Return how long pricing and recommending took, milliseconds, and whose stops would be which."""
        began = time.perf_counter()
        world, pricing = await self.planner.priced(self.planner.world(self._clock.now()), order)
        chosen = pricing.possible[0].driver_id if pricing.possible else None
        made = recommend(world, Asked(pricing=pricing, chosen=chosen, taken={}), RecommendationId("R-1"))
        took = 1000.0 * (time.perf_counter() - began)
        return took, None if chosen is None else (chosen, made.alternatives[0].plan)

    async def replan(self) -> None:
        """Have the worker re-plan, and price orders beside it that are then taken back."""
        orders, adopted = self.region.bus.operation.orders.orders, self.region.bus.adopted
        in_hand, before = sum(order.driver_id is not None for order in orders.values()), len(adopted)
        running = asyncio.create_task(self._replanned())
        while not running.done():
            self.measured.beside += await self.tried(1)
            await asyncio.wait([running], timeout=_PAUSE_S)
        self.measured.replans.append(running.result())
        self.measured.put_off += self.worker.put_off > 0
        self.measured.moved.append(sum(len(found.moved) for found in adopted[before:]) / max(1, in_hand))

    async def travelled(self) -> PlanningWorld:
        """Return the world with driving times between all that is open."""
        world = at_work(self.planner.world(self._clock.now()))
        return await self.planner.with_travel(world, points_of(world, sorted(world.orders), world.drivers))

    async def quality(self, reference_s: float) -> float:
        """Return what the plan costs that a usual search puts in force, as a multiple of that of a long one."""
        world = await self.travelled()
        given = problem_of(world, sorted(world.orders))
        usual = await asyncio.to_thread(_searched, given, POLICY.improve_s)
        best = await asyncio.to_thread(_searched, given, reference_s)
        least = LEAST_PART_MINUTES * POLICY.driver_minute
        kept = worthwhile(given.problem, given.plan, usual, least, most=MOST_DRIVERS)
        return plan_price(given.problem, kept) / plan_price(given.problem, best)

    async def _replanned(self) -> float:
        began = time.perf_counter()
        await self.worker.run_once(self._clock.now())
        return 1000.0 * (time.perf_counter() - began)

    async def _plan_waiting(self) -> None:
        world = await self.travelled()
        given = problem_of(world, sorted(world.orders))
        effort = Effort(POLICY.improve_iterations, _FILL_S)
        found = improve(given.problem, given.plan, seed=1, effort=effort, clock=time.monotonic)
        for driver_id, stops in proposed_moves(given, found.plan).routes.items():
            self.region.bus.give(driver_id, schedule(world.drivers[driver_id], world.travel, stops).planned())


async def played(city: City, slowed: Sequence[SegmentSpeed], plan: RunPlan) -> Measured:
    """Play one run, and return what was measured."""
    clock = SteppedClock(STARTS_AT)
    async with opened_streets(city, clock) as streets:
        play = await settled(city, streets, streets, clock, plan)
        await play.replan()
        play.measured = measured = Measured()  # the first one loads what is compiled
        for beat in range(plan.beats):
            delivered = play.region.drive(STEP_S)
            if beat == plan.update_at:
                began = time.perf_counter()
                await streets.drive_at(slowed)
                measured.update_s = time.perf_counter() - began
            own_s, engines_s = _worked_s()
            took = await play.insert(delivered) + await play.tried(max(0, plan.inserts - delivered))
            own_after_s, engines_after_s = _worked_s()
            measured.inserts += took
            measured.own_work.append(1000.0 * (own_after_s - own_s) / max(1, len(took)))
            measured.engine_work.append(1000.0 * (engines_after_s - engines_s) / max(1, len(took)))
            measured.after_update += took if beat == plan.update_at else []
            await play.replan()
        if plan.reference_s:
            measured.quality = await play.quality(plan.reference_s)
        measured.unchecked = play.worker.unchecked
        measured.failures = play.worker.failures + play.region.bus.faults
        measured.memory_mb, measured.engines_mb = _memory_mb()
    return measured


async def settled(
    city: City, streets: SupervisedStreets, asked: StreetEngine, clock: SteppedClock, plan: RunPlan
) -> Play:
    """Return a region in the middle of its work, whose plans are made on the streets `asked`."""
    town = await settle(streets, city.zones, plan.seed, kitchens=_KITCHENS, homes=_HOMES)
    region = Region(town, clock, plan.size, plan.seed)
    await Play(region, streets, clock).fill(plan.size)
    play = Play(region, asked, clock)
    if asked is streets:
        play.planner.is_sketched = lambda: streets.is_sketched()
    return play


def _searched(given: WorldProblem, seconds: float) -> Plan:
    effort = Effort(100 * POLICY.improve_iterations, seconds)
    return improve(given.problem, given.plan, seed=1, effort=effort, clock=time.monotonic).plan


def _worked_s() -> tuple[float, float]:
    """Return what this process and its street engines have taken of the processors so far, seconds."""
    engines = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return time.process_time(), sum(times.user + times.system for times in engines)


def _memory_mb() -> tuple[float, float]:
    """Return the resident memory of this process and of its street engines, megabytes."""
    own = psutil.Process()
    engines = sum(child.memory_info().rss for child in own.children(recursive=True))
    return own.memory_info().rss / 1e6, engines / 1e6


def _unheard(_: object) -> None:
    """Hear nothing of losses: a degraded table is told by the figures."""
