"""What alarms of trackers and driving say on a time line and in the audit trail. No widgets here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.driving.driving_kinds import DrivingKind
from core.events import tracker_events as told
from core.events.envelope import Event
from core.telemetry.tracker_alarms import AlarmKind
from ui.desk_context import DeskContext
from widgets.formatting import clock_time, duration, number
from widgets.theme.icons import IconName

type Said = tuple[IconName, str, str]

_KMH_PER_MPS = 3.6


def _tr(text: str) -> str:
    return QCoreApplication.translate("trackers", text)


def tracker_said(context: DeskContext, event: Event) -> Said | None:
    """Return icon, headline and second line of what a tracker told; ``None`` for any other event."""
    match event:
        case told.TrackerAlarmRaised():
            return IconName.WARNING, alarm_word(event.kind), _lateness(event.is_late)
        case told.VehicleSwitchedOff():
            last = clock_time(event.last_heard_at, context.zone, seconds=True)
            return IconName.OFFLINE, _tr("Tracker switched off"), _tr("last heard {time}").format(time=last)
        case told.DrivingEventDetected():
            parts = (_measured(event), _in_fence(context, event), _lateness(event.is_late))
            second = " · ".join(part for part in parts if part)
            return IconName.TRAFFIC, driving_word(event.kind), second
    return None


def alarm_word(kind: AlarmKind) -> str:
    """Return what people call an alarm."""
    return {
        AlarmKind.SOS: _tr("SOS"),
        AlarmKind.ACCIDENT: _tr("Accident"),
        AlarmKind.ENGINE_FAULT: _tr("Engine fault"),
        AlarmKind.TOW: _tr("Towed"),
        AlarmKind.TAMPERING: _tr("Tracker tampered with"),
        AlarmKind.JAMMING: _tr("Tracker jammed"),
        AlarmKind.POWER_CUT: _tr("Tracker cut off from power"),
        AlarmKind.FUEL_LEAK: _tr("Fuel lost"),
        AlarmKind.FATIGUE: _tr("Driver tired"),
    }[kind]


def driving_word(kind: DrivingKind) -> str:
    """Return what people call a way of driving."""
    return {
        DrivingKind.HARSH_BRAKING: _tr("Harsh braking"),
        DrivingKind.HARSH_ACCELERATION: _tr("Harsh acceleration"),
        DrivingKind.HARSH_CORNERING: _tr("Harsh cornering"),
        DrivingKind.SPEEDING: _tr("Speeding"),
        DrivingKind.IDLING: _tr("Engine on while standing"),
    }[kind]


def _measured(event: told.DrivingEventDetected) -> str:
    if event.value is None or event.threshold is None:
        return _tr("told by the tracker")
    if event.kind is DrivingKind.IDLING:
        return duration(event.value)
    if event.kind is DrivingKind.SPEEDING:
        speed, limit = (number(mps * _KMH_PER_MPS) for mps in (event.value, event.threshold))
        return _tr("{speed} km/h, limit {limit} km/h").format(speed=speed, limit=limit)
    return _tr("{acceleration} m/s²").format(acceleration=number(event.value, 1))


def _in_fence(context: DeskContext, event: told.DrivingEventDetected) -> str:
    """Return whose limit it was, where it was a fence's; one that is in force no more has only its id."""
    if event.fence_id is None:
        return ""
    fence = context.store.operation.fences.fences.get(event.fence_id)
    return _tr("in {fence}").format(fence=event.fence_id if fence is None else fence.name)


def _lateness(is_late: bool) -> str:
    return _tr("heard of only later") if is_late else ""
