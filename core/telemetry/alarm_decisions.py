"""Decides what becomes of an alarm that a tracker raised."""

from __future__ import annotations

from core.commands import RecordTrackerAlarm
from core.deciding import Context, Decision
from core.events.tracker_events import TrackerAlarmRaised
from core.fleet.decisions import vehicle_named
from core.streams import of_vehicle
from core.telemetry.tracker_alarms import LATE_S, REPEATED_WITHIN_S


def record_tracker_alarm(context: Context, command: RecordTrackerAlarm) -> Decision:
    """Note an alarm with who drives; one that only repeats what stands already changes nothing."""
    alarm = command.alarm
    vehicle = vehicle_named(context, alarm.vehicle_id)
    known = context.operation.alarms.of(alarm.vehicle_id, alarm.kind)
    if known is not None and abs(alarm.raised_at - known.raised_at) < REPEATED_WITHIN_S:
        return Decision()
    raised = TrackerAlarmRaised(
        vehicle_id=alarm.vehicle_id,
        kind=alarm.kind,
        device_id=alarm.device_id,
        driver_id=vehicle.driver_id,
        position=alarm.position,
        position_at=command.position_at,
        is_late=context.now - alarm.raised_at > LATE_S,
    )
    return Decision([(of_vehicle(alarm.vehicle_id), raised)])
