"""Several devices on one vehicle: which of them its position is taken from, and how each is doing."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from core.fleet.fleet import Device
from core.vocabulary import DeviceId, Instant, Value, VehicleId


class DeviceState(StrEnum):
    """Whether a device is heard. Silent is a signal that stays away; off is what the device, or its broker, said."""

    NEVER_HEARD = "never_heard"
    LIVE = "live"
    SILENT = "silent"
    OFF = "off"
    RETIRED = "retired"


class Presence(StrEnum):
    """What a device says of itself, or its broker by the device's last will."""

    ONLINE = "online"
    OFFLINE = "offline"


class DeviceHealth(Value, frozen=True, kw_only=True):
    """How a device is doing; `battery_percent` and `off_at` are ``None`` if it did not say."""

    state: DeviceState
    heard_at: Instant | None = None
    battery_percent: float | None = None
    off_at: Instant | None = None


def devices_of(devices: Iterable[Device], vehicle_id: VehicleId) -> list[Device]:
    """Return the devices in service on a vehicle, the primary first, then in the order they were registered."""
    serving = [device for device in devices if device.vehicle_id == vehicle_id and device.retired_at is None]
    return sorted(serving, key=lambda device: not device.is_primary)


def primaries(devices: Iterable[Device]) -> dict[VehicleId, DeviceId]:
    """Return the device each vehicle's position is taken from while it is heard.

    It is the one that was made primary, or else the first that was registered and is not retired.
    """
    chosen: dict[VehicleId, Device] = {}
    for device in devices:
        if device.retired_at is not None:
            continue
        known = chosen.get(device.vehicle_id)
        if known is None or (device.is_primary and not known.is_primary):
            chosen[device.vehicle_id] = device
    return {vehicle_id: device.device_id for vehicle_id, device in chosen.items()}


def health_of(
    device: Device,
    heard_at: Instant | None,
    battery_percent: float | None,
    now: Instant,
    silent_after_s: float,
    *,
    off_at: Instant | None = None,
) -> DeviceHealth:
    """Return how a device is doing at `now`.

    Parameters
    ----------
    silent_after_s : seconds without a word after which it counts as silent
    off_at : when it said that it is off, ``None`` if it did not, or was heard since
    """
    if device.retired_at is not None:
        state = DeviceState.RETIRED
    elif off_at is not None:
        state = DeviceState.OFF
    elif heard_at is None:
        state = DeviceState.NEVER_HEARD
    else:
        state = DeviceState.LIVE if now - heard_at < silent_after_s else DeviceState.SILENT
    return DeviceHealth(state=state, heard_at=heard_at, battery_percent=battery_percent, off_at=off_at)
