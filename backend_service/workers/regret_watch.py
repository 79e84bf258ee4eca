"""Estimates the regret of each override once its orders have ended: both choices are played on and the result recorded.

Behind everybody else: one override a beat, draw by draw, each in a thread. What was not finished when the service ended
is begun anew after its start, for it is the log that says which override has its estimate. One that fails is counted by
the rhythm and not tried again before the next start, so that it keeps nobody waiting.
"""

from __future__ import annotations

import asyncio
import logging
from zlib import crc32

from backend_service.workers.collaborators import Bus
from backend_service.workers.override_forks import NotPlayable, OverrideForks
from core.dispatch.decision import Override
from core.dispatch.matching.partition import load_solver
from core.dispatch.playing_on.both_sides import BothOutcomes, played_on, regret_of
from core.dispatch.playing_on.fork import Fork
from core.dispatch.regret_commands import LeaveRegretOpen, RecordRegret
from core.refusals import Refusal
from core.vocabulary import PLATFORM, Instant, OverrideId

logger = logging.getLogger(__name__)


class RegretWatch:
    """Implements `Worker`.

    Attributes
    ----------
    refused : how many estimates were no longer wanted when they were done

    Parameters
    ----------
    bus : Bus
    forks : OverrideForks
    """

    name = "regret"
    every_s = 60.0

    def __init__(self, bus: Bus, forks: OverrideForks) -> None:
        self.refused = 0
        self._tried: set[OverrideId] = set()
        self._bus = bus
        self._forks = forks

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Estimate the regret of the oldest override that is over and has none."""
        decisions, regrets = self._bus.operation.decisions, self._bus.operation.regrets
        waiting = (made for made in decisions.overrides.values() if made.undone_at is None and not made.is_automatic)
        fresh = (made for made in waiting if not regrets.has(made.override_id) and made.override_id not in self._tried)
        due = [made for made in fresh if self._forks.is_over(made, now)]
        oldest = min(due, key=lambda made: (made.decided_at, made.override_id), default=None)
        if oldest is not None:
            self._tried.add(oldest.override_id)
            await self._tell(await self._estimate(oldest))

    async def _estimate(self, override: Override) -> RecordRegret | LeaveRegretOpen:
        try:
            fork = await self._forks.fork(override)
        except NotPlayable as why:
            return LeaveRegretOpen(override_id=override.override_id, cause=why.cause)
        seed = crc32(override.override_id.encode())
        outcomes = await self._played(fork, override, seed)
        return RecordRegret(estimate=regret_of(fork, override, outcomes, seed=seed))

    async def _played(self, fork: Fork, override: Override, seed: int) -> list[BothOutcomes]:
        await asyncio.to_thread(load_solver)
        draws, outcomes = played_on(fork, override, seed), []
        while (outcome := await asyncio.to_thread(next, draws, None)) is not None:
            outcomes.append(outcome)
        return outcomes

    async def _tell(self, command: RecordRegret | LeaveRegretOpen) -> None:
        try:
            await self._bus.execute(command, PLATFORM)
        except Refusal as refusal:
            self.refused += 1
            logger.info("an estimate of regret was not wanted any more: %s", refusal.sentence)
