"""The alarms that trackers raised and that may still need somebody: the newest of each kind of each vehicle."""

from __future__ import annotations

import msgspec

from core.events import tracker_events as happened
from core.events.dispatch_events import ExceptionAcknowledged
from core.events.envelope import Envelope, Event
from core.telemetry.tracker_alarms import AlarmKind
from core.vocabulary import DeviceId, DriverId, Instant, Position, Value, VehicleId


class RaisedAlarm(Value, frozen=True, kw_only=True):
    """An alarm, when it was raised and learned of, and when somebody has seen it."""

    vehicle_id: VehicleId
    kind: AlarmKind
    raised_at: Instant
    learned_at: Instant
    device_id: DeviceId | None = None
    driver_id: DriverId | None = None
    position: Position | None = None
    position_at: Instant | None = None
    is_late: bool = False
    seen_at: Instant | None = None

    @property
    def key(self) -> str:
        """Return what its exception is called: this alarm, not the next one of its kind."""
        return f"alarm:{self.vehicle_id}:{self.kind}:{self.raised_at:.0f}"


class AlarmBoard(msgspec.Struct):
    """Alarms by vehicle, then by kind; `raised` counts them since the log began."""

    alarms: dict[VehicleId, dict[AlarmKind, RaisedAlarm]] = {}
    raised: dict[AlarmKind, int] = {}

    def of(self, vehicle_id: VehicleId, kind: AlarmKind) -> RaisedAlarm | None:
        """Return the newest alarm of a kind of a vehicle; ``None`` if there was none."""
        return self.alarms.get(vehicle_id, {}).get(kind)

    def apply(self, envelope: Envelope, event: Event) -> set[str]:
        """Fold one event; return the ids of the vehicles whose alarms it changed."""
        match event:
            case happened.TrackerAlarmRaised():
                return self._raise(envelope, event)
            case ExceptionAcknowledged() if event.key.startswith("alarm:"):
                return self._see(envelope, event.key)
            case _:
                return set()

    def _raise(self, envelope: Envelope, event: happened.TrackerAlarmRaised) -> set[str]:
        self.raised[event.kind] = self.raised.get(event.kind, 0) + 1
        known = self.of(event.vehicle_id, event.kind)
        if known is not None and known.raised_at >= envelope.occurred_at:
            return {event.vehicle_id}  # told late: what is newer stays
        self.alarms.setdefault(event.vehicle_id, {})[event.kind] = RaisedAlarm(
            vehicle_id=event.vehicle_id,
            kind=event.kind,
            raised_at=envelope.occurred_at,
            learned_at=envelope.recorded_at,
            device_id=event.device_id,
            driver_id=event.driver_id,
            position=event.position,
            position_at=event.position_at,
            is_late=event.is_late,
        )
        return {event.vehicle_id}

    def _see(self, envelope: Envelope, key: str) -> set[str]:
        for vehicle_id, alarms in self.alarms.items():
            for kind, alarm in alarms.items():
                if alarm.key == key and alarm.seen_at is None:
                    alarms[kind] = msgspec.structs.replace(alarm, seen_at=envelope.occurred_at)
                    return {vehicle_id}
        return set()
