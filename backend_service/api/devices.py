"""Devices on vehicles: listed with their health, read, retired."""

from __future__ import annotations

import msgspec
from litestar import delete, get

from backend_service.api.carrying_out import carry_out
from backend_service.api.channel_doors import channel_doors
from backend_service.api.collaborators import ApiCollaborators, Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.paging import Accepted
from backend_service.api.places_and_times import IdInPath, Moment, moment_or_none
from backend_service.api.problems import problems
from core.commands import RetireDevice
from core.fleet.devices import DeviceState
from core.fleet.fleet import Device
from core.refusals import NotFound
from core.vocabulary import DeviceId, VehicleId


class DeviceView(msgspec.Struct, kw_only=True):
    """A device and how it does; its key is shown to nobody.

    `off_at` is since when it says that it is off, by its last will or its own word: silent is not off.
    The vehicle's position is taken from the primary while that is heard; `gives_position` names the device that the
    newest position is from.
    """

    device_id: str
    vehicle_id: str
    is_primary: bool
    gives_position: bool
    state: DeviceState
    heard_at: Moment | None
    battery_percent: float | None
    off_at: Moment | None
    registered_at: Moment | None
    retired_at: Moment | None


class DeviceList(msgspec.Struct, kw_only=True):
    """The devices of a vehicle: the primary first, the retired last."""

    items: list[DeviceView]


@get(
    "/vehicles/{vehicle_id:str}/devices",
    guards=[allowed(DESK)],
    responses=problems(404, 503),
    summary="List a vehicle's devices",
)
async def list_devices(vehicle_id: IdInPath, tower: Tower) -> DeviceList:
    """Return the devices that are or were on a vehicle, and whether each is heard."""
    fleet = tower.bus.operation.fleet
    if VehicleId(vehicle_id) not in fleet.vehicles:
        raise NotFound("vehicle", vehicle_id)
    views = [_view(tower, device) for device in fleet.devices.values() if device.vehicle_id == vehicle_id]
    return DeviceList(items=sorted(views, key=lambda view: (view.retired_at is not None, not view.is_primary)))


@get("/devices/{device_id:str}", guards=[allowed(DESK)], responses=problems(404, 503), summary="Read a device")
async def read_device(device_id: IdInPath, tower: Tower) -> DeviceView:
    """Return a device and how it does."""
    device = tower.bus.operation.fleet.devices.get(DeviceId(device_id))
    if device is None:
        raise NotFound("device", device_id)
    return _view(tower, device)


@delete(
    "/devices/{device_id:str}",
    status_code=200,
    guards=[may(RetireDevice)],
    responses=problems(404, 503),
    summary="Retire a device",
)
async def retire_device(
    device_id: IdInPath, tower: Tower, identity: Caller, idempotency_key: IdempotencyKey = None
) -> Accepted:
    """Take a device out of service: its key stops working at once, what it told stays."""
    return await carry_out(tower, identity, RetireDevice(device_id=DeviceId(device_id)), idempotency_key)


def _view(tower: ApiCollaborators, device: Device) -> DeviceView:
    board = channel_doors(tower).devices
    health = board.health(device, tower.clock.now())
    live = tower.live.latest(device.vehicle_id)
    return DeviceView(
        device_id=device.device_id,
        vehicle_id=device.vehicle_id,
        is_primary=board.is_primary(device),
        gives_position=live is not None and live.device_id == device.device_id,
        state=health.state,
        heard_at=moment_or_none(health.heard_at),
        battery_percent=health.battery_percent,
        off_at=moment_or_none(health.off_at),
        registered_at=moment_or_none(device.registered_at),
        retired_at=moment_or_none(device.retired_at),
    )


DEVICE_HANDLERS = (list_devices, read_device, retire_device)
