"""What trackers raised, and what was seen of how vehicles are driven."""

from __future__ import annotations

from core.driving.driving_kinds import DrivingKind
from core.driving.driving_policy import DrivingPolicy
from core.events.envelope import Event
from core.telemetry.tracker_alarms import AlarmKind
from core.vocabulary import DeviceId, DriverId, FenceId, Instant, Position, VehicleId


class TrackerAlarmRaised(Event, frozen=True, kw_only=True):
    """A tracker raised an alarm; it occurred when the device says.

    `position` is the alarm's own, or else where the vehicle was last seen, at `position_at`; ``None`` if it never was.
    `is_late` says that it arrived long after it was raised.
    """

    is_audited = True

    vehicle_id: VehicleId
    kind: AlarmKind
    device_id: DeviceId | None = None
    driver_id: DriverId | None = None
    position: Position | None = None
    position_at: Instant | None = None
    is_late: bool = False


class VehicleSwitchedOff(Event, frozen=True, kw_only=True):
    """The device that a vehicle's position is from said that it is off, itself or by its last will: not silent."""

    vehicle_id: VehicleId
    last_heard_at: Instant


class DrivingEventDetected(Event, frozen=True, kw_only=True):
    """A vehicle was driven harshly, too fast, or stood with its engine on; see `DrivingKind` for the unit of `value`.

    `threshold` is what was exceeded; `is_told` says that the tracker found it, which then tells no value. `fence_id` is
    the fence whose speed limit it was, where it was not a street's.
    """

    vehicle_id: VehicleId
    kind: DrivingKind
    driver_id: DriverId | None = None
    position: Position | None = None
    value: float | None = None
    threshold: float | None = None
    is_late: bool = False
    is_told: bool = False
    fence_id: FenceId | None = None


class DrivingPolicySet(Event, frozen=True, kw_only=True):
    """From when on driving counts as harsh, too fast or idle was set."""

    is_audited = True

    policy: DrivingPolicy
