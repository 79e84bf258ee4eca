"""Decides what may happen to the devices on vehicles."""

from __future__ import annotations

from core.commands import RegisterDevice, RetireDevice
from core.deciding import Context, Decision
from core.events.device_events import DeviceRetired
from core.events.fleet_events import DeviceRegistered
from core.fleet.decisions import vehicle_named
from core.refusals import NotFound
from core.streams import of_vehicle


def register_device(context: Context, command: RegisterDevice) -> Decision:
    """Bind a device to a vehicle; a known one, also a retired one, is bound anew with its new key."""
    vehicle_named(context, command.vehicle_id)
    event = DeviceRegistered(
        device_id=command.device_id,
        vehicle_id=command.vehicle_id,
        key_digest=command.key_digest,
        is_primary=command.is_primary,
    )
    return Decision([(of_vehicle(command.vehicle_id), event)], created=command.device_id)


def retire_device(context: Context, command: RetireDevice) -> Decision:
    """Take a device out of service; one that is out already stays so."""
    device = context.operation.fleet.devices.get(command.device_id)
    if device is None:
        raise NotFound("device", command.device_id)
    if device.retired_at is not None:
        return Decision()
    event = DeviceRetired(device_id=device.device_id, vehicle_id=device.vehicle_id, reason=command.reason)
    return Decision([(of_vehicle(device.vehicle_id), event)])
