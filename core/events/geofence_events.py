"""What happened to fences, and who crossed them."""

from __future__ import annotations

from core.events.envelope import Event
from core.geofencing.fence import CrossingKind, Fence
from core.vocabulary import DriverId, FenceId, Instant, Position, VehicleId


class GeofenceDrawn(Event, frozen=True, kw_only=True):
    """A fence was created or redrawn."""

    is_audited = True

    fence: Fence


class GeofenceRetired(Event, frozen=True, kw_only=True):
    """A fence no longer counts."""

    is_audited = True

    fence_id: FenceId


class GeofenceEntered(Event, frozen=True, kw_only=True):
    """A vehicle came in, confirmed; `is_late` when it was found from buffered fixes.

    `is_history` says, of this event and the next two, that only fuller history showed it: who is inside now is not
    touched by it.
    """

    fence_id: FenceId
    vehicle_id: VehicleId
    driver_id: DriverId | None
    position: Position
    is_late: bool = False
    is_history: bool = False


class GeofenceExited(Event, frozen=True, kw_only=True):
    """A vehicle left, confirmed and beyond the margin."""

    fence_id: FenceId
    vehicle_id: VehicleId
    driver_id: DriverId | None
    position: Position
    is_late: bool = False
    is_history: bool = False


class GeofenceDwelt(Event, frozen=True, kw_only=True):
    """A vehicle has stayed inside, since `entered_at`, for as long as the fence asks about."""

    fence_id: FenceId
    vehicle_id: VehicleId
    driver_id: DriverId | None
    position: Position
    entered_at: Instant
    is_late: bool = False
    is_history: bool = False


class GeofenceCrossingRefuted(Event, frozen=True, kw_only=True):
    """Fuller history does not bear out a crossing that was recorded of `crossed_at`."""

    fence_id: FenceId
    vehicle_id: VehicleId
    kind: CrossingKind
    crossed_at: Instant


class GeofencePresenceCorrected(Event, frozen=True, kw_only=True):
    """By fuller history a vehicle is inside since `entered_at`, and stays since `dwelt_at`; or, if ``None``, is not."""

    fence_id: FenceId
    vehicle_id: VehicleId
    entered_at: Instant | None = None
    dwelt_at: Instant | None = None
    is_late: bool = True
