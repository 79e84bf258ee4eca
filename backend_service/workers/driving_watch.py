"""Turns accepted fixes into recorded driving events, beside the intake and never in its way.

`observe` only keeps the batch; `run_once` judges what was kept, in a thread. When more waits than can be judged the
oldest goes unjudged and is counted: no position is lost by it, and no sender waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.latest_readings import LatestReadings
from backend_service.streets.speed_limits import SpeedLimits
from core.commands import RecordDrivingEvent
from core.driving.detector import Driven, DrivingDetector, no_fence_limits, no_limits
from core.events.envelope import Envelope
from core.geofencing.fence import Fence
from core.projections.operation import Change, Part
from core.refusals import Refusal
from core.telemetry.channels import CATALOGUE
from core.telemetry.fix_batch import Column, FixBatch
from core.vocabulary import PLATFORM, CommandId, FenceId, Instant, VehicleId

if TYPE_CHECKING:  # it loads a compiler, which costs half a second of a start
    from core.geofencing.fence_speeds import FenceSpeeds

logger = logging.getLogger(__name__)

MOST_WAITING_ROWS = 200_000
MOST_ROWS_AT_ONCE = 20_000

UTC = ZoneInfo("UTC")


class DrivingWatch:
    """A worker; have the intake tell `observe`, and the bus tell `follow`.

    Parameters
    ----------
    bus : CommandBus
    latest : LatestReadings
        Says whether engines are on.
    osm_file : Path, optional
        The city's extract, read when the worker first runs; without it only the policy's limit counts.
    zone : the site's time zone, that of the hours of fences that limit speed
    """

    name = "driving watch"
    every_s = 2.0

    def __init__(
        self, bus: CommandBus, latest: LatestReadings, osm_file: Path | None = None, zone: ZoneInfo = UTC
    ) -> None:
        self.unjudged = 0
        self._bus = bus
        self._latest = latest
        self._osm_file = osm_file
        self._zone = zone
        self._limits: SpeedLimits | None = None
        self._fence_speeds: FenceSpeeds | None = None
        self._has_new_fences = True
        self._waiting: deque[FixBatch] = deque()
        self._waiting_rows = 0
        self._now: Instant = 0.0
        self._found: deque[Driven] = deque()
        self._detector = DrivingDetector(self._limits_at, self._engine_is_on, self._fence_limits_at)

    def follow(self, envelopes: Sequence[Envelope], changes: frozenset[Change]) -> None:
        """Judge by the fences as they are now."""
        self._has_new_fences |= any(part is Part.FENCE for part, _ in changes)

    def observe(self, batch: FixBatch) -> None:
        """Take in accepted fixes, ordered by vehicle, then by time."""
        self._waiting.append(batch)
        self._waiting_rows += len(batch)
        while self._waiting_rows > MOST_WAITING_ROWS and len(self._waiting) > 1:
            left_out = len(self._waiting.popleft())
            self._waiting_rows -= left_out
            self.unjudged += left_out

    def is_wanted(self, now: Instant) -> bool:
        """Say whether events wait to be recorded."""
        return bool(self._found)

    async def run_once(self, now: Instant) -> None:
        """Judge what waits and record what was found; a fault leaves it waiting."""
        if self._osm_file is not None and self._waiting:
            osm_file, self._osm_file = self._osm_file, None
            await asyncio.to_thread(self._read_limits, osm_file)
        if self._has_new_fences and self._waiting:
            await self._take_up_fences()
        self._now = now
        while self._waiting:
            batch, policy = self._next(), self._bus.operation.driving.policy
            self._found.extend(await asyncio.to_thread(self._detector.advance, batch, policy))
        while self._found:
            await self._record(self._found[0])
            self._found.popleft()

    def _next(self) -> FixBatch:
        """Take batches in their turn, up to so many rows, as one that is ordered by vehicle, then by time."""
        taken = [self._waiting.popleft()]
        while self._waiting and sum(map(len, taken)) + len(self._waiting[0]) <= MOST_ROWS_AT_ONCE:
            taken.append(self._waiting.popleft())
        self._waiting_rows -= sum(map(len, taken))
        joined = FixBatch.concatenate(taken)
        numbers = {name: number for number, name in enumerate(dict.fromkeys(joined.vehicle.tolist()))}
        vehicles = np.fromiter((numbers[name] for name in joined.vehicle.tolist()), np.int64, len(joined))
        return joined.select(np.lexsort((joined.fix_at, vehicles)))

    def _read_limits(self, osm_file: Path) -> None:
        try:
            self._limits = SpeedLimits.read(osm_file)
        except (RuntimeError, OSError) as error:
            logger.warning("the streets' speed limits cannot be read (%s): only the policy's limit counts", error)

    async def _take_up_fences(self) -> None:
        """Know the fences that limit speed; only where there are any a compiler is loaded."""
        self._has_new_fences = False
        fences = [fence for fence in self._bus.operation.fences.fences.values() if fence.speed_limit_mps > 0.0]
        self._fence_speeds = await asyncio.to_thread(_speeds_of, fences, self._zone) if fences else None

    def _fence_limits_at(
        self, vehicles: list[str], at: Column, lat: Column, lon: Column
    ) -> tuple[Column, list[FenceId | None]]:
        speeds, known = self._fence_speeds, self._bus.operation.fleet.vehicles
        if speeds is None:
            return no_fence_limits(vehicles, at, lat, lon)
        groups = {name: known[VehicleId(name)].groups for name in set(vehicles) if name in known}
        limits, numbers = speeds.at(vehicles, at, lat, lon, groups)
        return limits, [None if number < 0 else speeds.ids[number] for number in numbers.tolist()]

    def _limits_at(self, lat: Column, lon: Column, heading_deg: Column, speed_mps: Column) -> Column:
        limits_at = no_limits if self._limits is None else self._limits.at
        return limits_at(lat, lon, heading_deg, speed_mps)

    def _engine_is_on(self, vehicle: str) -> bool:
        """Say whether the newest word on the engine, not too old, is that it runs."""
        readings = self._latest.of_vehicle(vehicle)
        speed, ignition = readings.get("engine_speed"), readings.get("ignition")
        if speed is not None and self._now - speed.read_at <= CATALOGUE["engine_speed"].stale_after_s:
            return (speed.value or 0.0) > 0.0
        fresh_s = CATALOGUE["ignition"].stale_after_s
        return ignition is not None and self._now - ignition.read_at <= fresh_s and ignition.state == "on"

    async def _record(self, seen: Driven) -> None:
        command = RecordDrivingEvent(
            vehicle_id=seen.vehicle_id,
            kind=seen.kind,
            occurred_at=seen.occurred_at,
            position=seen.position,
            value=round(seen.value, 2),
            threshold=round(seen.threshold, 2),
            is_late=seen.is_late,
            fence_id=seen.fence_id,
        )
        command_id = CommandId(f"driving:{seen.kind}:{seen.vehicle_id}:{seen.occurred_at:.3f}")
        try:
            await self._bus.execute(command, PLATFORM, command_id=command_id, occurred_at=seen.occurred_at)
        except Refusal as refusal:
            logger.info("driving of %s was not recorded: %s", seen.vehicle_id, refusal.sentence)


def _speeds_of(fences: Sequence[Fence], zone: ZoneInfo) -> FenceSpeeds:
    from core.geofencing.fence_speeds import FenceSpeeds

    return FenceSpeeds(fences, zone)
