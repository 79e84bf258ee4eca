"""Where what trackers raise is rung: recorded before anything of its message waits behind positions.

Every door hands over the words beside its fixes; the reception has them rung first. Recording goes by the command bus,
so that a full queue of fixes holds up no alarm, and a door answers only when the alarm is in the log: a device that
hears nothing sends it again, and what is in the log already is there once. A tracker that repeats an alarm with each
fix raises it once.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from backend_service.handlers.command_bus import CommandBus
from backend_service.ingestion.single_fix import SingleFix
from core.commands import Command, RecordDrivingEvent, RecordTrackerAlarm
from core.driving.driving_kinds import driving_kinds_of
from core.telemetry.tracker_alarms import REPEATED_WITHIN_S, TrackerAlarm, kinds_of
from core.vocabulary import PLATFORM, CommandId, DeviceId, Instant, Position, VehicleId

_NULL_ISLAND_DEG = 0.001


class SeenVehicle(Protocol):
    """Where a vehicle was at its newest fix."""

    @property
    def position(self) -> Position:
        """Return where it was."""
        ...

    @property
    def fix_at(self) -> Instant:
        """Return when it was there."""
        ...


class SeenVehicles(Protocol):
    """Knows the newest fix of every vehicle; `LivePositions` does."""

    def latest(self, vehicle_id: str) -> SeenVehicle | None:
        """Return a vehicle's newest fix; ``None`` if it was never heard."""
        ...


@dataclass(frozen=True, slots=True)
class Raised:
    """Words that a device raised, at its own time, where it said it was."""

    words: str
    vehicle_id: VehicleId
    device_id: DeviceId | None
    at: Instant
    position: Position | None = None


def raised_by(
    fixes: Iterable[SingleFix], device_id: DeviceId, vehicle_id: VehicleId, now: Instant
) -> tuple[Raised, ...]:
    """Return what the fixes of one device raise beside where they are."""
    return tuple(
        Raised(
            words,
            vehicle_id,
            device_id,
            min(now, _told_at(fix, now)),
            place_at(fix.lat, fix.lon, is_valid=fix.is_valid),
        )
        for fix in fixes
        if isinstance(words := fix.attributes.get("alarm"), str) and words
    )


def _told_at(fix: SingleFix, now: Instant) -> Instant:
    told = fix.fix_at if fix.made_at is None else fix.made_at
    return now if told is None else told


def place_at(lat: float, lon: float, *, is_valid: bool = True) -> Position | None:
    """Return a place, ``None`` if it is nowhere on earth."""
    is_place = is_valid and abs(lat) <= 90.0 and abs(lon) <= 180.0
    return Position(lat=lat, lon=lon) if is_place and max(abs(lat), abs(lon)) >= _NULL_ISLAND_DEG else None


class AlarmBell:
    """Records what is raised.

    Parameters
    ----------
    bus : CommandBus
    seen : SeenVehicles
        Where a vehicle is whose alarm came without a place.
    """

    def __init__(self, bus: CommandBus, seen: SeenVehicles) -> None:
        self.counts: Counter[str] = Counter()
        self._bus = bus
        self._seen = seen
        self._told_at: dict[tuple[str, str], Instant] = {}

    async def ring(self, raised: Sequence[Raised]) -> None:
        """Return when all that was raised is in the log.

        Raises
        ------
        Refusal, Fault
            If the log cannot take it now: the device sends it again.
        """
        if not raised:
            return
        wanted = [(one, name, command) for one in raised for name, command in self._commands(one)]
        firsts = [(one, name, command) for one, name, command in wanted if not self._is_repeated(one, name)]
        await asyncio.gather(*(self._record(one, name, command) for one, name, command in firsts))
        for one, name, _ in wanted:
            key = (one.vehicle_id, name)
            self._told_at[key] = max(one.at, self._told_at.get(key, -math.inf))

    def _commands(self, one: Raised) -> list[tuple[str, Command]]:
        place, at = self._place(one)
        alarms: list[tuple[str, Command]] = [
            (
                kind,
                RecordTrackerAlarm(
                    alarm=TrackerAlarm(
                        kind=kind,
                        vehicle_id=one.vehicle_id,
                        device_id=one.device_id,
                        raised_at=one.at,
                        position=place,
                    ),
                    position_at=at,
                ),
            )
            for kind in kinds_of(one.words)
        ]
        driven: list[tuple[str, Command]] = [
            (
                kind,
                RecordDrivingEvent(
                    vehicle_id=one.vehicle_id, kind=kind, occurred_at=one.at, position=place, is_told=True
                ),
            )
            for kind in driving_kinds_of(one.words)
        ]
        return [*alarms, *driven]

    def _place(self, one: Raised) -> tuple[Position | None, Instant | None]:
        if one.position is not None:
            return one.position, one.at
        latest = self._seen.latest(one.vehicle_id)
        return (None, None) if latest is None else (latest.position, latest.fix_at)

    def _is_repeated(self, one: Raised, name: str) -> bool:
        told_at = self._told_at.get((one.vehicle_id, name))
        return told_at is not None and abs(one.at - told_at) < REPEATED_WITHIN_S

    async def _record(self, one: Raised, name: str, command: Command) -> None:
        command_id = CommandId(f"raised:{one.vehicle_id}:{name}:{one.at:.3f}")
        await self._bus.execute(command, PLATFORM, command_id=command_id, occurred_at=one.at)
        self.counts[name] += 1
