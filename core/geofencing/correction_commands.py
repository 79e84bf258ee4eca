"""What the platform records where fuller history says otherwise than what was recorded as fixes came."""

from __future__ import annotations

from core.command_base import CommandBase
from core.geofencing.fence import CrossingKind
from core.vocabulary import FenceId, Instant, Position, VehicleId


class RecordPastCrossing(CommandBase, frozen=True, kw_only=True):
    """Record a crossing that only history shows; who is inside now is not touched. `entered_at` is that of a stay."""

    fence_id: FenceId
    vehicle_id: VehicleId
    kind: CrossingKind
    position: Position
    occurred_at: Instant
    is_late: bool
    entered_at: Instant | None = None


class RefuteCrossing(CommandBase, frozen=True, kw_only=True):
    """Record that history does not bear out a crossing that was recorded of `crossed_at`."""

    fence_id: FenceId
    vehicle_id: VehicleId
    kind: CrossingKind
    crossed_at: Instant


class CorrectPresence(CommandBase, frozen=True, kw_only=True):
    """Record that by history a vehicle is inside since `entered_at`, or, where that is ``None``, is not."""

    fence_id: FenceId
    vehicle_id: VehicleId
    entered_at: Instant | None
    dwelt_at: Instant | None = None
    is_late: bool = True
