"""Decides what may happen to fences: drawn, retired, crossed."""

from __future__ import annotations

from shapely import Polygon, is_valid_reason

from core.commands import DrawGeofence, RecordCrossing, RetireGeofence
from core.deciding import Context, Decision
from core.events import geofence_events as happened
from core.geofencing.fence import Fence, FenceTrigger
from core.refusals import NotFound, Refusal
from core.streams import of_fence, of_vehicle

LARGEST_RADIUS_M = 100_000.0


def draw_geofence(context: Context, command: DrawGeofence) -> Decision:
    """Create or redraw a fence whose shape makes sense."""
    _check_shape(command.fence)
    return Decision(
        [(of_fence(command.fence.fence_id), happened.GeofenceDrawn(fence=command.fence))],
        created=command.fence.fence_id,
    )


def _check_shape(fence: Fence) -> None:
    if bool(fence.ring) == (fence.centre is not None):
        raise Refusal("geofence.one_shape", "A fence is either a polygon or a circle.")
    if fence.centre is not None:
        if not 0.0 < fence.radius_m <= LARGEST_RADIUS_M:
            raise Refusal("geofence.radius_out_of_range", "The radius must lie between 0 and 100 km.")
        return
    if len(fence.ring) < 4 or fence.ring[0] != fence.ring[-1]:
        raise Refusal("geofence.ring_not_closed", "A polygon needs at least three corners and ends where it starts.")
    polygon = Polygon([(corner.lon, corner.lat) for corner in fence.ring])
    if not polygon.is_valid or polygon.area == 0.0:
        raise Refusal("geofence.crosses_itself", f"The fence crosses itself: {is_valid_reason(polygon)}.")


def retire_geofence(context: Context, command: RetireGeofence) -> Decision:
    """Stop a fence from counting."""
    if command.fence_id not in context.operation.fences.fences:
        raise NotFound("geofence", command.fence_id)
    return Decision([(of_fence(command.fence_id), happened.GeofenceRetired(fence_id=command.fence_id))])


def record_crossing(context: Context, command: RecordCrossing) -> Decision:
    """Note a confirmed crossing; one that is known already changes nothing."""
    fence = context.operation.fences.fences.get(command.fence_id)
    if fence is None:
        raise NotFound("geofence", command.fence_id)
    inside = command.vehicle_id in context.operation.fences.inside.get(command.fence_id, ())
    # A fence that tells only one side never says who is inside: there each crossing stands for itself.
    if fence.trigger is FenceTrigger.BOTH and inside == command.is_entry:
        return Decision()
    vehicle = context.operation.fleet.vehicles.get(command.vehicle_id)
    kind = happened.GeofenceEntered if command.is_entry else happened.GeofenceExited
    event = kind(
        fence_id=command.fence_id,
        vehicle_id=command.vehicle_id,
        driver_id=vehicle.driver_id if vehicle else None,
        position=command.position,
        is_late=command.is_late,
    )
    return Decision([(of_vehicle(command.vehicle_id), event)])
