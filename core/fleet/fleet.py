"""Drivers, vehicles and the devices on them."""

from __future__ import annotations

from enum import StrEnum

from core.vocabulary import DeviceId, DriverId, Instant, Load, Value, VehicleId


class DriverStatus(StrEnum):
    """What a driver can be counted on for."""

    OFF = "off"
    FREE = "free"
    BUSY = "busy"
    PAUSED = "paused"


class SignalState(StrEnum):
    """Whether a vehicle is heard. Silent (stale) is not the same as switched off."""

    NEVER_HEARD = "never_heard"
    LIVE = "live"
    SILENT = "silent"
    OFF = "off"


class DriverPerson(Value, frozen=True, kw_only=True):
    """Who the driver is. Personal data: sealed under the driver's own key in the log."""

    name: str = ""
    phone: str = ""
    licence: str = ""


class PlannedBreak(Value, frozen=True, kw_only=True):
    """A break of `length_s` seconds that begins within two instants, both included."""

    earliest_at: Instant
    latest_at: Instant
    length_s: float


class Driver(Value, frozen=True, kw_only=True):
    """A driver, the shift and the vehicle driven in it.

    `breaks` are those set for the shift, `pauses` when it was paused so far; `is_paused_by_plan` says that the platform
    began the pause, because a planned break was due. The break that the policy makes begins `break_turn_s` after its
    window opens at the earliest, so that not all rest together; ``None`` before anybody looked.
    """

    driver_id: DriverId
    person: DriverPerson | None
    skills: tuple[str, ...] = ()
    is_on_shift: bool = False
    is_paused: bool = False
    vehicle_id: VehicleId | None = None
    shift_started_at: Instant | None = None
    shift_ends_at: Instant | None = None
    is_taken_out: bool = False
    out_until_at: Instant | None = None
    breaks: tuple[PlannedBreak, ...] = ()
    pauses: tuple[Instant, ...] = ()
    is_paused_by_plan: bool = False
    break_turn_s: float | None = None
    version: int = 0

    def is_out(self, now: Instant) -> bool:
        """Say whether a person took the driver out of planning; without an end until brought back."""
        return self.is_taken_out and (self.out_until_at is None or now < self.out_until_at)


class Vehicle(Value, frozen=True, kw_only=True):
    """A vehicle, its capacity, the groups it belongs to and whether it is heard."""

    vehicle_id: VehicleId
    plate: str
    make: str = ""
    model: str = ""
    capacity: Load = Load(volume_l=40.0, weight_kg=20.0)
    driver_id: DriverId | None = None
    signal: SignalState = SignalState.NEVER_HEARD
    last_heard_at: Instant | None = None
    groups: tuple[str, ...] = ()


class Device(Value, frozen=True, kw_only=True):
    """A tracker or phone on a vehicle; `key_digest` is the SHA-256 of its key in hex, empty once it is retired."""

    device_id: DeviceId
    vehicle_id: VehicleId
    key_digest: str
    is_primary: bool = False
    registered_at: Instant | None = None
    retired_at: Instant | None = None
