"""Decides what may happen to fences: drawn, retired, crossed."""

from __future__ import annotations

from core.commands import DrawGeofence, RecordCrossing, RecordDwell, RetireGeofence
from core.deciding import Context, Decision
from core.events import geofence_events as happened
from core.geofencing.fence import Fence, FenceTrigger
from core.geofencing.fence_check import check_fence
from core.refusals import NotFound
from core.streams import of_fence, of_vehicle
from core.vocabulary import DriverId, FenceId, VehicleId


def draw_geofence(context: Context, command: DrawGeofence) -> Decision:
    """Create or redraw a fence whose shape makes sense; one that is drawn like this already changes nothing."""
    check_fence(command.fence)
    fence_id = command.fence.fence_id
    if context.operation.fences.fences.get(fence_id) == command.fence:
        return Decision(created=fence_id)
    return Decision([(of_fence(fence_id), happened.GeofenceDrawn(fence=command.fence))], created=fence_id)


def retire_geofence(context: Context, command: RetireGeofence) -> Decision:
    """Stop a fence from counting."""
    _fence_named(context, command.fence_id)
    return Decision([(of_fence(command.fence_id), happened.GeofenceRetired(fence_id=command.fence_id))])


def record_crossing(context: Context, command: RecordCrossing) -> Decision:
    """Note a confirmed crossing; one that is known already changes nothing."""
    fence = _fence_named(context, command.fence_id)
    inside = command.vehicle_id in context.operation.fences.inside.get(command.fence_id, ())
    # A fence that tells only one side never says who is inside: there each crossing stands for itself.
    if fence.trigger is FenceTrigger.BOTH and inside == command.is_entry:
        return Decision()
    kind = happened.GeofenceEntered if command.is_entry else happened.GeofenceExited
    event = kind(
        fence_id=command.fence_id,
        vehicle_id=command.vehicle_id,
        driver_id=_driver_of(context, command.vehicle_id),
        position=command.position,
        is_late=command.is_late,
    )
    return Decision([(of_vehicle(command.vehicle_id), event)])


def record_dwell(context: Context, command: RecordDwell) -> Decision:
    """Note that a vehicle stays in a fence; once for each stay."""
    _fence_named(context, command.fence_id)
    stay = context.operation.fences.inside.get(command.fence_id, {}).get(command.vehicle_id)
    if stay is not None and stay.dwelt_at is not None:
        return Decision()
    event = happened.GeofenceDwelt(
        fence_id=command.fence_id,
        vehicle_id=command.vehicle_id,
        driver_id=_driver_of(context, command.vehicle_id),
        position=command.position,
        entered_at=command.entered_at,
        is_late=command.is_late,
    )
    return Decision([(of_vehicle(command.vehicle_id), event)])


def _fence_named(context: Context, fence_id: FenceId) -> Fence:
    fence = context.operation.fences.fences.get(fence_id)
    if fence is None:
        raise NotFound("geofence", fence_id)
    return fence


def _driver_of(context: Context, vehicle_id: VehicleId) -> DriverId | None:
    vehicle = context.operation.fleet.vehicles.get(vehicle_id)
    return vehicle.driver_id if vehicle else None
