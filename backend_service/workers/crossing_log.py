"""What the log says of a vehicle's crossings, and its correction to what history shows.

Nothing is taken out of the log: what is missing is recorded as history, what is not borne out is refuted. What is known
is read from the log each time, so that doing it again changes nothing.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from backend_service.handlers.command_bus import CommandBus
from backend_service.workers.crossing_watch import name_of
from core.events.envelope import Envelope
from core.geofencing.correction_commands import CorrectPresence, RecordPastCrossing, RefuteCrossing
from core.geofencing.corrections import Known, Recorded, compared, differs
from core.geofencing.fence import LATE_S, CrossingKind, FenceTrigger
from core.projections.fence_picture import Stay
from core.refusals import Refusal
from core.streams import of_vehicle
from core.vocabulary import PLATFORM, CommandId, FenceId, Instant, VehicleId

if TYPE_CHECKING:  # it loads a compiler
    from core.geofencing.crossings import FenceCrossing, Inside

logger = logging.getLogger(__name__)

_PAGE = 200


class Streams(Protocol):
    """What gives a stream of events back."""

    async def read_stream(self, stream: str, after: int = 0) -> list[Envelope]:
        """Return a stream's envelopes with version > `after`, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A vehicle's history from `first_at` on; what differs before `begins_at` comes of where it was cut off."""

    vehicle_id: VehicleId
    first_at: Instant
    begins_at: Instant


@dataclass(frozen=True, slots=True)
class KnownCrossings:
    """What the log says of a vehicle: its crossings since a piece of history begins, and where it is now."""

    recorded: Recorded
    crossings: Sequence[Known]
    stays: dict[FenceId, Stay]


class CrossingLog:
    """Knows what is recorded, and records what is other.

    Parameters
    ----------
    bus : CommandBus
    log : what was recorded of a vehicle
    """

    def __init__(self, bus: CommandBus, log: Streams) -> None:
        self._bus = bus
        self._log = log

    async def known(self, piece: Piece) -> KnownCrossings:
        """Return what the log says of a vehicle now."""
        recorded = Recorded.of(await self._envelopes(piece.vehicle_id, piece.first_at))
        stays = {
            fence_id: vehicles[piece.vehicle_id]
            for fence_id, vehicles in self._bus.operation.fences.inside.items()
            if piece.vehicle_id in vehicles
        }
        return KnownCrossings(recorded, recorded.known(piece.first_at), stays)

    def _is_followed(self, fence_id: FenceId) -> bool:
        """Say whether the log says who is inside of a fence."""
        fence = self._bus.operation.fences.fences.get(fence_id)
        return fence is not None and fence.trigger is FenceTrigger.BOTH

    def _is_comparable(self, fence_id: FenceId, piece: Piece) -> bool:
        """Say whether a fence was there, as it is drawn, during the whole of a piece of history."""
        picture = self._bus.operation.fences
        return fence_id in picture.fences and picture.drawn_at.get(fence_id, -math.inf) < piece.first_at

    def is_settled(self, fence_id: FenceId, piece: Piece) -> bool:
        """Say whether a piece of history says all about a vehicle at a fence, up to now."""
        return self._is_followed(fence_id) and self._is_comparable(fence_id, piece)

    async def correct(
        self,
        piece: Piece,
        known: KnownCrossings,
        found: Sequence[FenceCrossing],
        inside: dict[FenceId, Inside],
        now: Instant,
    ) -> None:
        """Bring the log in line with what history shows: what was crossed, and where the vehicle is inside."""
        missing, unfounded = compared(found, known.crossings)
        for crossing in missing:
            is_told = self._is_followed(crossing.fence_id) or crossing.kind is not CrossingKind.DWELT
            if is_told and crossing.occurred_at >= piece.begins_at and self._is_comparable(crossing.fence_id, piece):
                await self._record(crossing, known.recorded, now)
        for one in unfounded:
            if one.at >= piece.begins_at and self.is_settled(one.fence_id, piece):
                await self._refute(piece.vehicle_id, one, known.recorded)
        for fence_id in known.stays.keys() | inside.keys():
            stay, now_inside = known.stays.get(fence_id), inside.get(fence_id)
            if differs(stay, now_inside) and self.is_settled(fence_id, piece):
                told = [crossing for crossing in found if crossing.fence_id == fence_id]
                await self._execute(_presence(piece.vehicle_id, fence_id, stay, now_inside, told, now))

    async def _record(self, crossing: FenceCrossing, recorded: Recorded, now: Instant) -> None:
        command = RecordPastCrossing(
            fence_id=crossing.fence_id,
            vehicle_id=crossing.vehicle_id,
            kind=crossing.kind,
            position=crossing.position,
            occurred_at=crossing.occurred_at,
            is_late=_is_late(crossing, now),
            entered_at=crossing.entered_at,
        )
        again = recorded.times_refuted(crossing.fence_id, crossing.kind, crossing.occurred_at)
        name = name_of(crossing) if not again else CommandId(f"{name_of(crossing)}:{again}")
        await self._execute(command, name, crossing.occurred_at)

    async def _refute(self, vehicle_id: VehicleId, one: Known, recorded: Recorded) -> None:
        again = recorded.times_refuted(one.fence_id, one.kind, one.at)
        command = RefuteCrossing(fence_id=one.fence_id, vehicle_id=vehicle_id, kind=one.kind, crossed_at=one.at)
        await self._execute(command, CommandId(f"refuted:{one.fence_id}:{vehicle_id}:{one.kind}:{one.at:.3f}:{again}"))

    async def _envelopes(self, vehicle_id: VehicleId, since_at: Instant) -> list[Envelope]:
        """Return what was recorded of a vehicle since an instant, and some before it."""
        stream, count = of_vehicle(vehicle_id), _PAGE
        version = self._bus.operation.version_of(stream)
        while True:
            after = max(0, version - count)
            envelopes = await self._log.read_stream(stream, after)
            if after == 0 or not envelopes or envelopes[0].recorded_at < since_at:
                return envelopes
            count *= 4

    async def _execute(
        self,
        command: RecordPastCrossing | RefuteCrossing | CorrectPresence,
        command_id: CommandId | None = None,
        occurred_at: Instant | None = None,
    ) -> None:
        try:
            await self._bus.execute(command, PLATFORM, command_id=command_id, occurred_at=occurred_at)
        except Refusal as refusal:
            logger.info("the history of %s was not corrected: %s", command.fence_id, refusal.sentence)


def _presence(
    vehicle_id: VehicleId,
    fence_id: FenceId,
    stay: Stay | None,
    inside: Inside | None,
    told: Sequence[FenceCrossing],
    now: Instant,
) -> CorrectPresence:
    """Return the wish to record where history shows a vehicle to be now; `told` is what it shows of the fence."""
    if inside is None:
        return CorrectPresence(fence_id=fence_id, vehicle_id=vehicle_id, entered_at=None)
    dwelt = [one.occurred_at for one in told if one.kind is CrossingKind.DWELT]
    entries = [one for one in told if one.kind is CrossingKind.ENTERED]
    dwelt_at = dwelt[-1] if dwelt else stay.dwelt_at if stay is not None else None
    return CorrectPresence(
        fence_id=fence_id,
        vehicle_id=vehicle_id,
        entered_at=inside.entered_at,
        dwelt_at=dwelt_at if inside.has_dwelt else None,
        is_late=not entries or _is_late(entries[-1], now),
    )


def _is_late(crossing: FenceCrossing, now: Instant) -> bool:
    """Say whether a crossing that is found now tells of the past."""
    return crossing.is_late or now - crossing.seen_at > LATE_S
