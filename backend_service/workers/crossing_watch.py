"""Turns accepted fixes into recorded fence crossings and stays.

`observe` runs within the intake and only computes; `run_once` asks the bus. Fixes older than their vehicle's newest are
told to `older`, and after a start the newest of each to `resumed`: `backend_service.workers.crossing_history` judges
again what they may have changed, or what was not recorded yet. The compiled rules are loaded on another thread, with
the first fence there is; so is an index of changed fences made, and swapped in. Until then fixes wait, or are judged by
the fences before. Few changes are put beside what is indexed; when there are many, all are indexed anew, which takes
seconds for 100,000 fences, while the index with the changes beside goes on to be used.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.live_positions import LivePositions
from core.commands import RecordCrossing, RecordDwell
from core.events.envelope import Envelope
from core.geofencing.fence import CrossingKind, Fence
from core.projections.operation import Change, Part
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import PLATFORM, CommandId, FenceId, Instant, VehicleId

if TYPE_CHECKING:  # they load a compiler, which costs half a second of a start
    from core.geofencing.crossings import CrossingDetector, FenceCrossing
    from core.geofencing.fence_index import FenceIndex

logger = logging.getLogger(__name__)

MOST_WAITING = 200_000
"""Fixes that wait for the rules to be loaded; beyond that the oldest are let go unjudged, and counted."""

MOST_FOUND = 100_000
"""Crossings that wait to be recorded, hours of a large fleet's; beyond that the oldest are let go, and counted."""

MOST_BESIDE = 1_000
"""Changed fences that are put beside the index; beyond that all are indexed anew."""

UTC = ZoneInfo("UTC")


class CrossingWatch:
    """A worker; have the intake tell `observe`, and the bus tell `follow`.

    Parameters
    ----------
    bus : CommandBus
    live : LivePositions
        As the archive left them, before any new fix: where vehicles were when the service ended.
    zone : the site's time zone, that of the fences' hours

    Attributes
    ----------
    older, resumed : told of fixes older than their vehicle's newest, and of each vehicle's newest after a start
    is_history : says of which vehicles another judges all fixes, the new ones too; nothing is recorded here
    recording : held while crossings are recorded
    unjudged, unrecorded : fixes and crossings that were let go since the start
    """

    name = "crossing watch"
    every_s = 1.0

    def __init__(self, bus: CommandBus, live: LivePositions, zone: ZoneInfo = UTC) -> None:
        self.older: Callable[[FixBatch], object] = _nobody
        self.resumed: Callable[[FixBatch], object] = _nobody
        self.is_history: Callable[[VehicleId], bool] = _never
        self.recording = asyncio.Lock()
        self.unjudged = 0
        self.unrecorded = 0
        self._bus = bus
        self._zone = zone
        self._left_at = live.snapshot()
        self._detector: CrossingDetector | None = None
        self._waiting: list[FixBatch] = []
        self._found: list[FenceCrossing] = []
        self._changed: set[FenceId] = set()
        self._anew: asyncio.Task[FenceIndex] | None = None
        self._changed_since_anew: set[FenceId] = set()
        self._aside: dict[VehicleId, list[FixBatch]] = {}

    @property
    def detector(self) -> CrossingDetector | None:
        """What fixes are judged by as they come; ``None`` until there is a fence and the rules are loaded."""
        return self._detector

    def has_found(self, vehicle_id: VehicleId) -> bool:
        """Say whether a crossing of a vehicle is not recorded yet."""
        return any(crossing.vehicle_id == vehicle_id for crossing in self._found)

    def unrecorded_vehicles(self) -> set[VehicleId]:
        """Return the vehicles of which a crossing is not recorded yet."""
        return {crossing.vehicle_id for crossing in self._found}

    @contextmanager
    def noting(self, vehicle_id: VehicleId) -> Iterator[list[FixBatch]]:
        """Give a list that fixes of a vehicle are noted in as they come, as long as this is entered."""
        newer: list[FixBatch] = []
        self._aside[vehicle_id] = newer
        try:
            yield newer
        finally:
            del self._aside[vehicle_id]

    def follow(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Judge by the fences and the vehicles' groups as they are now."""
        fences = {FenceId(name) for part, name in changes if part is Part.FENCE}
        self._changed |= fences
        self._changed_since_anew |= fences
        if self._detector is not None:
            self._detector.set_groups(self._groups(VehicleId(name) for part, name in changes if part is Part.VEHICLE))

    def observe(self, batch: FixBatch) -> None:
        """Take in accepted fixes, ordered by vehicle, then by time."""
        if self._detector is not None:
            self._judge(self._detector, batch)
        elif self._bus.operation.fences.fences:
            self._waiting.append(batch)
            while sum(map(len, self._waiting)) > MOST_WAITING:
                self.unjudged += len(self._waiting.pop(0))

    def is_wanted(self, now: Instant) -> bool:
        """Say whether crossings wait to be recorded, fixes to be judged, or fences to be judged by."""
        has_news = bool(self._changed) or (self._anew is not None and self._anew.done())
        return bool(self._found or self._waiting or (self._detector is not None and has_news))

    async def run_once(self, now: Instant) -> None:
        """Record what waits: vehicles together, each vehicle's crossings in turn; a fault leaves them waiting."""
        await self._take_up()
        while self._found:
            async with self.recording:
                wave: dict[str, FenceCrossing] = {}
                for crossing in self._found:
                    wave.setdefault(crossing.vehicle_id, crossing)
                await asyncio.gather(*map(self._record, wave.values()))
                self._found = [crossing for crossing in self._found if wave.get(crossing.vehicle_id) is not crossing]

    def _judge(self, detector: CrossingDetector, batch: FixBatch) -> None:
        found = detector.advance(batch)
        self._found.extend(crossing for crossing in found if not self.is_history(crossing.vehicle_id))
        if len(self._found) > MOST_FOUND:
            self.unrecorded += len(self._found) - MOST_FOUND
            del self._found[:-MOST_FOUND]
        if detector.older.any():
            self.older(batch.select(detector.older))
        for vehicle_id, newer in self._aside.items():
            rows = batch.vehicle == vehicle_id
            if rows.any():
                newer.append(batch.select(rows))

    async def _take_up(self) -> None:
        """Load the rules if there is a fence to judge by, and swap changed fences in."""
        picture = self._bus.operation.fences
        if self._detector is None and picture.fences:
            index = await asyncio.to_thread(_index, self._fences_now())
            self._detector = await asyncio.to_thread(_detector, index, self._zone)
            self._detector.set_groups(self._groups(self._bus.operation.fleet.vehicles))
            self._resume(self._detector)
        elif self._detector is not None:
            await self._take_changes(self._detector)
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            self.observe(batch)

    async def _take_changes(self, detector: CrossingDetector) -> None:
        """Swap in what changed: beside what is indexed, and all anew once that is done."""
        if self._anew is not None and self._anew.done():
            index, self._anew = await self._anew, None
            self._changed = self._changed_since_anew
            detector.set_fences(await self._with_changes(index))
        elif self._changed:
            detector.set_fences(await self._with_changes(detector.index))
        if self._anew is None and detector.index.changes > MOST_BESIDE:
            self._changed_since_anew = set(self._changed)
            self._anew = asyncio.create_task(asyncio.to_thread(_index, self._all_fences()))

    async def _with_changes(self, index: FenceIndex) -> FenceIndex:
        fences, changed = self._bus.operation.fences.fences, self._changed
        self._changed = set()
        if len(changed) > max(MOST_BESIDE, len(index) // 2):
            return await asyncio.to_thread(_index, self._all_fences())
        drawn = [fences[name] for name in changed if name in fences]
        return await asyncio.to_thread(index.changed, drawn, changed.difference(fences))

    def _fences_now(self) -> list[Fence]:
        """Return the fences in force; from here on they count as known."""
        self._changed = set()
        return self._all_fences()

    def _all_fences(self) -> list[Fence]:
        return list(self._bus.operation.fences.fences.values())

    def _resume(self, detector: CrossingDetector) -> None:
        from core.geofencing.crossings import Inside

        inside = {
            fence_id: [Inside(name, stay.entered_at, stay.dwelt_at is not None) for name, stay in stays.items()]
            for fence_id, stays in self._bus.operation.fences.inside.items()
        }
        detector.resume(inside, self._left_at)
        self.resumed(self._left_at)
        self._left_at = FixBatch.empty()

    def _groups(self, names: Iterable[VehicleId]) -> dict[str, tuple[str, ...]]:
        vehicles = self._bus.operation.fleet.vehicles
        return {name: vehicles[name].groups for name in names if name in vehicles}

    async def _record(self, crossing: FenceCrossing) -> None:
        command: RecordCrossing | RecordDwell
        if crossing.kind is CrossingKind.DWELT:
            command = RecordDwell(
                fence_id=crossing.fence_id,
                vehicle_id=crossing.vehicle_id,
                position=crossing.position,
                entered_at=crossing.occurred_at if crossing.entered_at is None else crossing.entered_at,
                is_late=crossing.is_late,
            )
        else:
            command = RecordCrossing(
                fence_id=crossing.fence_id,
                vehicle_id=crossing.vehicle_id,
                is_entry=crossing.kind is CrossingKind.ENTERED,
                position=crossing.position,
                occurred_at=crossing.occurred_at,
                is_late=crossing.is_late,
            )
        command_id = name_of(crossing)
        try:
            await self._bus.execute(command, PLATFORM, command_id=command_id, occurred_at=crossing.occurred_at)
        except Refusal as refusal:
            logger.info("a crossing of %s was not recorded: %s", crossing.fence_id, refusal.sentence)


_SIDES = {CrossingKind.ENTERED: "in", CrossingKind.EXITED: "out", CrossingKind.DWELT: "stay"}


def name_of(crossing: FenceCrossing) -> CommandId:
    """Return the id under which a crossing is recorded, however often it is found."""
    side = _SIDES[crossing.kind]
    return CommandId(f"crossing:{crossing.fence_id}:{crossing.vehicle_id}:{side}:{crossing.occurred_at:.3f}")


def _nobody(_: FixBatch) -> None:
    """Listen to nothing."""


def _never(_: VehicleId) -> bool:
    return False


def _index(fences: Iterable[Fence]) -> FenceIndex:
    from core.geofencing.fence_index import FenceIndex

    return FenceIndex(fences)


def _detector(index: FenceIndex, zone: ZoneInfo) -> CrossingDetector:
    from core.geofencing.crossings import CrossingDetector
    from core.geofencing.warming import warm_up

    warm_up()
    return CrossingDetector(index, zone=zone)
