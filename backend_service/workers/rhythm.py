"""Runs workers when they are due: on a live clock of any speed, or stepped without sleeping.

Both run the same workers at the same instants of operation time. A worker that fails is logged, counted, and run again
at its next beat; it never stops the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend_service.workers.worker import Worker
from core.timekeeping import Clock, SteppedClock
from core.vocabulary import Instant

logger = logging.getLogger(__name__)

WANTED_CHECK_S = 0.1
"""Wall seconds between two looks at whether something happened that cannot wait."""


@dataclass(slots=True)
class _Beat:
    worker: Worker
    due_at: Instant
    failures: int = 0


@dataclass(slots=True)
class Rhythm:
    """Keeps each worker's next beat."""

    workers: Sequence[Worker]
    beats: list[_Beat] = field(default_factory=list)

    def begin(self, now: Instant) -> None:
        """Make every worker due at once."""
        self.beats = [_Beat(worker, now) for worker in self.workers]

    @property
    def failures(self) -> dict[str, int]:
        """Return how often each worker failed."""
        return {beat.worker.name: beat.failures for beat in self.beats}

    async def run_due(self, now: Instant) -> None:
        """Run whoever is due or wanted at `now`, in declared order."""
        for beat in self.beats:
            await run_if_due(beat, now)


async def run_if_due(beat: _Beat, now: Instant) -> None:
    """Run one worker if it is due or wanted; a failure is logged and counted.

    A beat that lies further ahead than a worker ever waits was set before the clock was put back: it is due.
    """
    is_ahead = now < beat.due_at <= now + beat.worker.every_s
    if is_ahead and not beat.worker.is_wanted(now):
        return
    beat.due_at = now + beat.worker.every_s
    try:
        await beat.worker.run_once(now)
    except Exception:
        beat.failures += 1
        logger.exception("worker %s failed; next try in %g s", beat.worker.name, beat.worker.every_s)


async def run_live(rhythm: Rhythm, clock: Clock) -> None:
    """Run every worker in its own task until cancelled, so that a slow one delays nobody."""
    rhythm.begin(clock.now())
    async with asyncio.TaskGroup() as group:
        for beat in rhythm.beats:
            group.create_task(_repeat(beat, clock), name=beat.worker.name)


async def _repeat(beat: _Beat, clock: Clock) -> None:
    while True:
        await run_if_due(beat, clock.now())
        await asyncio.sleep(WANTED_CHECK_S)


async def run_stepped(rhythm: Rhythm, clock: SteppedClock, until_at: Instant, step_s: float = 1.0) -> None:
    """Move the clock to `until_at` in steps and run what is due at each, never sleeping."""
    if not rhythm.beats:
        rhythm.begin(clock.now())
    while clock.now() < until_at:
        clock.step_to(min(clock.now() + step_s, until_at))
        await rhythm.run_due(clock.now())
