"""Turns accepted fixes into recorded fence crossings.

`observe` runs within the intake and only computes; `run_once` asks the bus. What was computed but not recorded when
the service ended is found again from the next fixes, because the log says who is inside.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.live_positions import LivePositions
from core.commands import RecordCrossing
from core.events.envelope import Envelope
from core.geofencing.crossings import CrossingDetector, FenceCrossing
from core.projections.operation import Change, Part
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import PLATFORM, CommandId, Instant

logger = logging.getLogger(__name__)


class CrossingWatch:
    """A worker; have the intake tell `observe`, and the bus tell `follow`.

    Parameters
    ----------
    bus : CommandBus
    live : LivePositions
        As the archive left them, before any new fix: where vehicles were when the service ended.
    """

    name = "crossing watch"
    every_s = 1.0

    def __init__(self, bus: CommandBus, live: LivePositions) -> None:
        self._bus = bus
        self._found: list[FenceCrossing] = []
        picture = bus.operation.fences
        self._detector = CrossingDetector(picture.fences.values())
        self._detector.resume(picture.inside, live.snapshot())

    def follow(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Judge by the fences as they are now."""
        if any(part is Part.FENCE for part, _ in changes):
            self._detector.set_fences(self._bus.operation.fences.fences.values())

    def observe(self, batch: FixBatch) -> None:
        """Take in accepted fixes, ordered by vehicle, then by time."""
        self._found.extend(self._detector.advance(batch))

    def is_wanted(self, now: Instant) -> bool:
        """Say whether crossings wait to be recorded."""
        return bool(self._found)

    async def run_once(self, now: Instant) -> None:
        """Record what waits: vehicles together, each vehicle's crossings in turn; a fault leaves them waiting."""
        while self._found:
            wave: dict[str, FenceCrossing] = {}
            for crossing in self._found:
                wave.setdefault(crossing.vehicle_id, crossing)
            await asyncio.gather(*map(self._record, wave.values()))
            self._found = [crossing for crossing in self._found if wave.get(crossing.vehicle_id) is not crossing]

    async def _record(self, crossing: FenceCrossing) -> None:
        command = RecordCrossing(
            fence_id=crossing.fence_id,
            vehicle_id=crossing.vehicle_id,
            is_entry=crossing.is_entry,
            position=crossing.position,
            occurred_at=crossing.occurred_at,
            is_late=crossing.is_late,
        )
        side = "in" if crossing.is_entry else "out"
        command_id = CommandId(f"crossing:{crossing.fence_id}:{crossing.vehicle_id}:{side}:{crossing.occurred_at:.3f}")
        try:
            await self._bus.execute(command, PLATFORM, command_id=command_id, occurred_at=crossing.occurred_at)
        except Refusal as refusal:
            logger.info("a crossing of %s was not recorded: %s", crossing.fence_id, refusal.sentence)
