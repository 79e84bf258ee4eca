"""Decides what may happen to fences: drawn, retired, crossed; and what history corrects afterwards."""

from __future__ import annotations

from core.commands import DrawGeofence, RecordCrossing, RecordDwell, RetireGeofence
from core.deciding import Context, Decision
from core.events import geofence_events as happened
from core.geofencing.correction_commands import CorrectPresence, RecordPastCrossing, RefuteCrossing
from core.geofencing.corrections import is_same
from core.geofencing.fence import CrossingKind, Fence, FenceTrigger
from core.geofencing.fence_check import check_fence
from core.refusals import NotFound
from core.streams import of_fence, of_vehicle
from core.vocabulary import DriverId, FenceId, Instant, VehicleId


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


def record_past_crossing(context: Context, command: RecordPastCrossing) -> Decision:
    """Note a crossing that only history shows; who is inside now stays as it is."""
    _fence_named(context, command.fence_id)
    driver_id = _driver_at(context, command.vehicle_id, command.occurred_at)
    stream = of_vehicle(command.vehicle_id)
    if command.kind is CrossingKind.DWELT:
        stayed = happened.GeofenceDwelt(
            fence_id=command.fence_id,
            vehicle_id=command.vehicle_id,
            driver_id=driver_id,
            position=command.position,
            entered_at=command.occurred_at if command.entered_at is None else command.entered_at,
            is_late=command.is_late,
            is_history=True,
        )
        return Decision([(stream, stayed)])
    kind = happened.GeofenceEntered if command.kind is CrossingKind.ENTERED else happened.GeofenceExited
    crossed = kind(
        fence_id=command.fence_id,
        vehicle_id=command.vehicle_id,
        driver_id=driver_id,
        position=command.position,
        is_late=command.is_late,
        is_history=True,
    )
    return Decision([(stream, crossed)])


def refute_crossing(context: Context, command: RefuteCrossing) -> Decision:
    """Note that history does not bear out a recorded crossing."""
    _fence_named(context, command.fence_id)
    event = happened.GeofenceCrossingRefuted(
        fence_id=command.fence_id,
        vehicle_id=command.vehicle_id,
        kind=command.kind,
        crossed_at=command.crossed_at,
    )
    return Decision([(of_vehicle(command.vehicle_id), event)])


def correct_presence(context: Context, command: CorrectPresence) -> Decision:
    """Note where history shows a vehicle to be now; what is known like that already changes nothing."""
    _fence_named(context, command.fence_id)
    stay = context.operation.fences.inside.get(command.fence_id, {}).get(command.vehicle_id)
    entered_at, is_late = command.entered_at, command.is_late
    if stay is not None and entered_at is not None and is_same(stay.entered_at, entered_at):
        if (stay.dwelt_at is None) == (command.dwelt_at is None):
            return Decision()
        entered_at, is_late = stay.entered_at, stay.is_late
    if stay is None and entered_at is None:
        return Decision()
    event = happened.GeofencePresenceCorrected(
        fence_id=command.fence_id,
        vehicle_id=command.vehicle_id,
        entered_at=entered_at,
        dwelt_at=command.dwelt_at,
        is_late=is_late,
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


def _driver_at(context: Context, vehicle_id: VehicleId, at: Instant) -> DriverId | None:
    """Return who drives a vehicle if he did so already at an instant; who drove it before is not known here."""
    driver_id = _driver_of(context, vehicle_id)
    driver = None if driver_id is None else context.operation.fleet.drivers.get(driver_id)
    if driver is None or driver.shift_started_at is None or driver.shift_started_at > at:
        return None
    return driver_id
