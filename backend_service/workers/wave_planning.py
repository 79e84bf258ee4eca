"""Closes waves when their time comes, plans them, plans anew what moved under them, and ends what is done.

The search runs in a thread of its own, within the policy's budget of iterations and seconds; its plan is walked by two
checkers that share no code with it. Where it fails, hangs or overruns, whatever the error, the wave gets the plan that
inserting each order where it costs least makes, and that is said as degraded. Where not even that can be made, this
wave rests for a while and the others go on; people can still give orders to drivers one by one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from backend_service.workers.collaborators import Bus
from backend_service.workers.giving_way import PAUSED_SHARE, CourteousClock, GivingWay
from backend_service.workers.held_problems import HeldProblems, KeepsProblems
from backend_service.workers.planning import Planner
from backend_service.workers.solver_thread import SolverThread
from core.commands import RecordSource
from core.dispatch.candidates import Points
from core.dispatch.improvement.kept_problem import Hold
from core.dispatch.policy import DispatchPolicy
from core.dispatch.wave_commands import CloseWave, EndWave, ProposeWave
from core.dispatch.waves.need import needs_plan
from core.dispatch.waves.rhythm import RhythmId, closings, next_closing
from core.dispatch.waves.selection import joining
from core.dispatch.waves.setting import WaveSetting, setting_of
from core.dispatch.waves.wave import Wave, WaveId, WavePlan, WavePlanRefused, WaveState
from core.events.envelope import Envelope
from core.events.wave_events import WaveClosed, WaveSentBack
from core.projections.operation import Change
from core.refusals import Fault, Refusal
from core.travel import TravelTable
from core.vocabulary import PLATFORM, DriverId, Instant, OrderId, Position

logger = logging.getLogger(__name__)

SOURCE = "wave planning"
INSERTED_EFFECT = "Waves are planned by insertion alone; their ways are longer than needed."
EFFECT = "A wave is not planned; its orders wait, or are given by hand."
GRACE_S = 10.0
"""Wall seconds beyond the budget after which a search is given up; insertion gets as long by itself."""
REST_S = 60.0
"""Operation seconds between two plans of a wave, so that each can be looked at, and after a search that failed."""

_URGENT = frozenset({WaveClosed.event_type(), WaveSentBack.event_type()})

type Search = Callable[[WaveSetting, TravelTable, DispatchPolicy, int], WavePlan]
"""(setting, its travel times, policy, seed) -> the plan."""


class WavePlanning:
    """Implements `Worker`; subscribe `note` to the bus.

    Attributes
    ----------
    proposed, refused, failures : plans published, overtaken by the state, and searches that went wrong
    inserted : plans made by insertion alone, because the search went wrong
    problems : those behind proposed plans, until they are written

    Parameters
    ----------
    bus : Bus
    planner : Planner
    zone : ZoneInfo
        The site's, whose clock the rhythms are read on.
    search, insertion : callable, optional
        What plans a wave, and what does where the first fails.
    problems : KeepsProblems, optional
        Keeps the problems behind proposed plans.
    grace_s : float, optional
        Wall seconds for a search beyond its budget.
    """

    name = "waves"
    every_s = 5.0

    def __init__(
        self,
        bus: Bus,
        planner: Planner,
        zone: ZoneInfo,
        *,
        search: Search | None = None,
        insertion: Search | None = None,
        problems: KeepsProblems | None = None,
        grace_s: float = GRACE_S,
    ) -> None:
        self.proposed = 0
        self.refused = 0
        self.failures = 0
        self.inserted = 0
        self._bus = bus
        self._planner = planner
        self._zone = zone
        self.problems = HeldProblems(problems) if problems is not None else None
        hold = self.problems.hold if self.problems is not None else None
        self._search = search or partial(searched, way=planner.giving_way, hold=hold)
        self._insertion = insertion or partial(inserted, hold=hold)
        self._grace_s = grace_s
        self._thread = SolverThread(SOURCE)
        self._insertion_thread = SolverThread(f"{SOURCE}, insertion")
        self._is_warm = search is not None
        self._rests_until: dict[WaveId, Instant] = {}
        self._failed_until: dict[WaveId, Instant] = {}
        self._failed: set[WaveId] = set()
        self._is_wanted = False

    def note(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Hear what happened: a wave that a person closed or sent back is planned at once."""
        self._is_wanted |= any(envelope.type in _URGENT for envelope in envelopes)

    def is_wanted(self, now: Instant) -> bool:
        """Say whether a wave was closed or sent back since the last run."""
        return self._is_wanted

    async def run_once(self, now: Instant) -> None:
        """Close what is due, and look after every wave."""
        self._is_wanted = False
        for rhythm_id in sorted(self._bus.operation.waves.rhythms):
            await self._close_due(rhythm_id, now)
        running = self._bus.operation.waves.running()
        self._rests_until = {w.wave_id: self._rests_until.get(w.wave_id, 0.0) for w in running}
        self._failed_until = {w.wave_id: self._failed_until.get(w.wave_id, 0.0) for w in running}
        self._failed &= self._rests_until.keys()
        for wave in running:
            await self._attend(wave, now)

    async def _close_due(self, rhythm_id: RhythmId, now: Instant) -> None:
        """Close the newest wave that is due; those missed while nothing ran are one with it."""
        book = self._bus.operation.waves
        rhythm = book.rhythms[rhythm_id]
        due = closings(rhythm, self._zone, book.looked_at[rhythm_id], now)
        if due:
            next_at = next_closing(rhythm, self._zone, due[-1])
            await self._execute(CloseWave(rhythm_id=rhythm_id, closes_at=due[-1], next_at=next_at))

    async def _attend(self, wave: Wave, now: Instant) -> None:
        orders = self._bus.operation.orders.orders
        if not any(orders[name].state.is_open for name in wave.order_ids):
            await self._execute(EndWave(wave_id=wave.wave_id))
            return
        is_asked = wave.state is WaveState.CLOSED
        if now < self._failed_until[wave.wave_id] or (now < self._rests_until[wave.wave_id] and not is_asked):
            return
        joined = self._joining(wave)
        setting = setting_of(self._bus.operation, wave, self._known(now), now, self._zone, joined)
        if needs_plan(self._bus.operation, setting):
            self._rests_until[wave.wave_id] = now + REST_S
            await self._plan(setting)

    def _joining(self, wave: Wave) -> tuple[OrderId, ...]:
        rhythm = self._bus.operation.waves.rhythms.get(wave.rhythm_id)
        if rhythm is None:
            return ()
        looked_at = self._bus.operation.waves.looked_at[wave.rhythm_id]
        return joining(self._bus.operation, wave, rhythm, next_closing(rhythm, self._zone, looked_at))

    def _known(self, now: Instant) -> dict[DriverId, Position]:
        world = self._planner.world(now)
        return {name: driver.start for name, driver in world.drivers.items() if driver.start is not None}

    async def _plan(self, setting: WaveSetting) -> None:
        began_at, operation = self._planner.wall.now(), self._bus.operation
        position, number, policy = operation.position, operation.policy.number, self._planner.policy
        try:
            world = self._planner.world(setting.now)
            routed = await self._planner.with_travel(world, Points(setting.places, setting.places))
            found = await self._found(setting, routed.travel, policy, position)
        except (WavePlanRefused, TimeoutError, Fault) as failure:
            await self._give_up(setting, failure)
            return
        except Exception as failure:  # an outer wall: whatever a wave dies of, the others and the next try go on
            logger.exception("planning %s broke down", setting.wave.wave_id)
            await self._give_up(setting, failure)
            return
        took_ms = 1000.0 * (self._planner.wall.now() - began_at)
        plan = replace(found, position=position, policy_number=number, took_ms=took_ms)
        has_all = all(one.is_aside for one in plan.unserved)
        is_released = policy.wave_auto_release > 0 and bool(plan.routes) and has_all
        is_on_record = await self._execute(
            ProposeWave(wave_id=setting.wave.wave_id, plan=plan, is_released=is_released)
        )
        if is_on_record and self.problems is not None:
            await self.problems.keep(plan.problem_digest)

    async def _found(
        self, setting: WaveSetting, travel: TravelTable, policy: DispatchPolicy, position: int
    ) -> WavePlan:
        """Return what the search finds; where it goes wrong, what insertion alone makes."""
        try:
            if not self._is_warm:
                await asyncio.to_thread(_warmed)
                self._is_warm = True
            search = partial(self._search, setting, travel, policy, position)
            found = await self._thread.run(search, policy.wave_plan_s + self._grace_s)
        except Exception as failure:  # noqa: BLE001 - an outer wall: it is counted, said, and insertion steps in
            self._count(failure)
        else:
            self._failed.discard(setting.wave.wave_id)
            await self._tell("")
            return found
        insert = partial(self._insertion, setting, travel, policy, position)
        found = await self._insertion_thread.run(insert, self._grace_s)
        self.inserted += 1
        self._failed.discard(setting.wave.wave_id)
        await self._tell(INSERTED_EFFECT)
        return found

    async def _give_up(self, setting: WaveSetting, failure: Exception) -> None:
        """Leave this wave alone for a while, and say so."""
        self._count(failure)
        self._failed_until[setting.wave.wave_id] = setting.now + REST_S
        self._failed.add(setting.wave.wave_id)
        await self._tell(EFFECT)

    def _count(self, failure: Exception) -> None:
        self.failures += 1
        logger.warning("%s failed: %r; %d times so far", SOURCE, failure, self.failures, exc_info=_bug(failure))

    async def _execute(self, command: CloseWave | ProposeWave | EndWave) -> bool:
        """Return whether the command was taken; the state may have moved under it."""
        try:
            await self._bus.execute(command, PLATFORM)
        except Refusal as refusal:
            # The state moved meanwhile: the next beat starts from the new one.
            self.refused += 1
            logger.info("%s overtaken: %s", type(command).__name__, refusal.sentence)
            return False
        self.proposed += isinstance(command, ProposeWave)
        return True

    async def _tell(self, effect: str) -> None:
        """Say what the present state of planning means for people: of what is worst, nothing while all is well."""
        effect = EFFECT if self._failed else effect
        known = self._bus.operation.sources.sources.get(SOURCE)
        said = known.effect if known is not None and known.is_degraded else ""
        if effect != said:
            await self._bus.execute(RecordSource(source=SOURCE, is_degraded=bool(effect), effect=effect), PLATFORM)


def _bug(failure: Exception) -> Exception | None:
    """Return what deserves a traceback: anything but a plan that was refused, or one that came too late."""
    return None if isinstance(failure, WavePlanRefused | TimeoutError) else failure


def _warmed() -> None:
    """Load the compiled search, or compile it where none ever ran: half a minute, and no part of any deadline."""
    from core.dispatch.improvement.warming import warm_up

    warm_up()


def searched(
    setting: WaveSetting,
    travel: TravelTable,
    policy: DispatchPolicy,
    seed: int,
    *,
    way: GivingWay,
    hold: Hold | None = None,
) -> WavePlan:
    """Return what ruin and recreate finds; the log position is the seed.

    It pauses while somebody waits for something else, which takes nothing from its deadline. `hold` is given the
    problem behind what it finds.
    """
    # Imported here, off the event loop: the compiler behind it costs a second of a start.
    from core.dispatch.improvement.improve import Effort
    from core.dispatch.waves.planning import Search as Searching
    from core.dispatch.waves.planning import planned

    effort = Effort(iterations=policy.wave_iterations, seconds=policy.wave_plan_s)
    clock = CourteousClock(time.monotonic, way, PAUSED_SHARE * policy.wave_plan_s)
    way.pause()
    return planned(setting, travel, policy, Searching(seed, effort, clock, hold))


def inserted(
    setting: WaveSetting, travel: TravelTable, policy: DispatchPolicy, seed: int, *, hold: Hold | None = None
) -> WavePlan:
    """Return what insertion alone makes."""
    from core.dispatch.waves import planning

    return planning.inserted(setting, travel, policy, seed, hold)
