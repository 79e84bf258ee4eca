"""What an administrator does: vehicles, devices and their keys, drivers and their tokens, invitations, erasure."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.openapi.spec import Example
from litestar.params import Body

from backend_service.access import key_digest, new_device_key, require_self
from backend_service.api.carrying_out import create
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.fleet_views import (
    DriverPage,
    DriverView,
    LocationView,
    VehiclePage,
    VehicleView,
    open_order_counts,
)
from backend_service.api.identification import (
    ADMINISTRATION,
    DESK,
    DESK_AND_DRIVER,
    IdempotencyKey,
    allowed,
    command_id_of,
    fingerprint_of,
    may,
)
from backend_service.api.order_views import LoadView
from backend_service.api.paging import Created, Cursor, Limit, next_link, page_of
from backend_service.api.places_and_times import Id, IdInPath, Moment, Name, NewIdInPath, Text, moment
from backend_service.api.problems import problems
from core.commands import RecordAccess, RegisterDevice, RegisterDriver, RegisterVehicle
from core.dispatch.telling_drivers import orders_told, status_told
from core.fleet.fleet import DriverPerson
from core.refusals import Fault, NotFound, Refusal
from core.vocabulary import PLATFORM, DeviceId, DriverId, Role, VehicleId

LONGEST_LIFETIME_S = 400 * 86_400.0

_VEHICLE = Example(
    summary="A delivery scooter",
    value={"vehicle_id": "V-07", "plate": "KXRT-21", "make": "Honda", "model": "Cub", "capacity": {"volume_l": 60}},
)
_DRIVER = Example(
    summary="A driver",
    value={"driver_id": "DR-07", "name": "P. Contreras", "phone": "+56 9 5555 0107", "skills": ["cold"]},
)
_DEVICE = Example(summary="A phone", value={"device_id": "D-07"})
_TOKEN = Example(summary="For one shift", value={"lifetime_s": 43200})
_INVITATION = Example(summary="A dispatcher", value={"user_id": "maria", "name": "María", "role": "dispatcher"})


class VehicleDraft(msgspec.Struct, kw_only=True):
    """A vehicle to be added, or changed."""

    vehicle_id: Id
    plate: Name
    make: Text = ""
    model: Text = ""
    capacity: LoadView = msgspec.field(default_factory=lambda: LoadView(volume_l=40.0, weight_kg=20.0))
    groups: Annotated[list[Name], msgspec.Meta(max_length=32)] = []


class DeviceDraft(msgspec.Struct, kw_only=True):
    """A tracker or phone to be bound to the vehicle. Bound again, it gets a new key and its old one stops working.

    The first device of a vehicle is its primary, whose fixes make the position, until another is bound as primary.
    """

    device_id: Id
    is_primary: bool = False


class DeviceKeyView(msgspec.Struct, kw_only=True):
    """The key of a device: shown here and never again."""

    device_id: str
    vehicle_id: str
    key: str
    path: Annotated[str, msgspec.Meta(description="Where the device posts to, beside using the key as its id.")]
    position: int


class DriverDraft(msgspec.Struct, kw_only=True):
    """A driver to be registered, or changed."""

    driver_id: Id
    name: Name
    phone: Text = ""
    licence: Text = ""
    skills: list[Name] = []


class TokenDraft(msgspec.Struct, kw_only=True):
    """How long a token is valid, seconds of wall time."""

    lifetime_s: Annotated[float, msgspec.Meta(gt=0.0, le=LONGEST_LIFETIME_S)] = 43_200.0


class TokenView(msgspec.Struct, kw_only=True):
    """A token: whoever holds it is the driver."""

    subject: str
    role: Role
    token: str
    expires_at: Moment


class InvitationDraft(msgspec.Struct, kw_only=True):
    """Whom to invite to a desk."""

    user_id: Id
    name: Name
    role: Role


class InvitationView(msgspec.Struct, kw_only=True):
    """What a desk signs in with; treat it like a password."""

    user_id: str
    role: Role
    invitation: str


class ErasureView(msgspec.Struct, kw_only=True):
    """Whether there was personal data to erase; the orders themselves stay."""

    subject: str
    was_erased: bool


@post("/vehicles", guards=[may(RegisterVehicle)], responses=problems(422, 503), summary="Register a vehicle")
async def register_vehicle(
    data: Annotated[VehicleDraft, Body(examples=[_VEHICLE])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Add a vehicle to the fleet."""
    command = RegisterVehicle(
        vehicle_id=VehicleId(data.vehicle_id),
        plate=data.plate,
        make=data.make,
        model=data.model,
        capacity=data.capacity.load(),
        groups=tuple(data.groups),
    )
    return await create(tower, identity, command, idempotency_key)


@get("/vehicles", guards=[allowed(DESK)], responses=problems(422), summary="List vehicles")
async def list_vehicles(tower: Tower, limit: Limit = 100, cursor: Cursor = None) -> VehiclePage:
    """Return vehicles by id."""
    vehicles = tower.bus.operation.fleet.vehicles.values()
    shown, after = page_of(vehicles, lambda vehicle: vehicle.vehicle_id, limit, cursor)
    items = [VehicleView.of(vehicle, tower.live.latest(vehicle.vehicle_id)) for vehicle in shown]
    return VehiclePage(items=items, next=next_link("/api/v1/vehicles", after, limit=limit))


@get(
    "/vehicles/{vehicle_id:str}/location",
    guards=[allowed(DESK_AND_DRIVER | {Role.DEVICE})],
    responses=problems(404),
    summary="Locate a vehicle",
)
async def locate_vehicle(vehicle_id: IdInPath, tower: Tower, identity: Caller) -> LocationView:
    """Return the newest fix of a vehicle; drivers and devices ask only for their own."""
    fleet = tower.bus.operation.fleet
    vehicle = fleet.vehicles.get(VehicleId(vehicle_id))
    actor = identity.actor
    device = fleet.devices.get(DeviceId(actor.subject)) if actor.role is Role.DEVICE else None
    is_own = vehicle is not None and (
        actor.role in DESK
        or (actor.role is Role.DRIVER and vehicle.driver_id == actor.subject)
        or (device is not None and device.vehicle_id == vehicle_id and device.retired_at is None)
    )
    if vehicle is None or not is_own:
        raise NotFound("vehicle", vehicle_id)
    live = tower.live.latest(vehicle_id)
    if live is None:
        raise Refusal("location.unknown", f"{vehicle_id} was never heard.", status=404)
    source = fleet.devices.get(live.device_id)
    is_stand_in = source is not None and tower.channels is not None and not tower.channels.devices.is_primary(source)
    return LocationView.of(live, vehicle.signal, tower.clock.now(), is_stand_in=is_stand_in)


@post(
    "/vehicles/{vehicle_id:str}/devices",
    guards=[may(RegisterDevice)],
    responses=problems(404, 503),
    summary="Register a device",
)
async def register_device(
    vehicle_id: IdInPath,
    data: Annotated[DeviceDraft, Body(examples=[_DEVICE])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> DeviceKeyView:
    """Bind a device to a vehicle and return its key, once; only the key's digest is kept."""
    command_id = command_id_of(identity.actor, idempotency_key, RegisterDevice.__name__, vehicle_id, data.device_id)
    # A retried request has to show the key whose digest the first one left in the log.
    key = new_device_key() if command_id is None else tower.authority.derived_key(command_id, data.device_id)
    command = RegisterDevice(
        device_id=DeviceId(data.device_id),
        vehicle_id=VehicleId(vehicle_id),
        key_digest=key_digest(key),
        is_primary=data.is_primary,
    )
    done = await tower.bus.execute(
        command, identity.actor, command_id=command_id, fingerprint=fingerprint_of(idempotency_key)
    )
    return DeviceKeyView(
        device_id=data.device_id, vehicle_id=vehicle_id, key=key, path=f"/t/{key}", position=done.position
    )


@post("/drivers", guards=[may(RegisterDriver)], responses=problems(422, 503), summary="Register a driver")
async def register_driver(
    data: Annotated[DriverDraft, Body(examples=[_DRIVER])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Created:
    """Let a driver work here."""
    command = RegisterDriver(
        driver_id=DriverId(data.driver_id),
        person=DriverPerson(name=data.name, phone=data.phone, licence=data.licence),
        skills=tuple(data.skills),
    )
    return await create(tower, identity, command, idempotency_key)


@get("/drivers", guards=[allowed(DESK)], responses=problems(422), summary="List drivers")
async def list_drivers(tower: Tower, limit: Limit = 100, cursor: Cursor = None) -> DriverPage:
    """Return drivers by id."""
    operation = tower.bus.operation
    counts = open_order_counts(operation)
    shown, after = page_of(operation.fleet.drivers.values(), lambda driver: driver.driver_id, limit, cursor)
    items = [DriverView.of(driver, operation, counts.get(driver.driver_id, 0)) for driver in shown]
    return DriverPage(items=items, next=next_link("/api/v1/drivers", after, limit=limit))


@get(
    "/drivers/{driver_id:str}",
    guards=[allowed(DESK_AND_DRIVER)],
    responses=problems(404),
    summary="Read a driver",
)
async def read_driver(driver_id: IdInPath, tower: Tower, identity: Caller) -> DriverView:
    """Return a driver and the shift."""
    require_self(identity.actor, driver_id)
    operation = tower.bus.operation
    driver = operation.fleet.drivers.get(DriverId(driver_id))
    if driver is None:
        raise NotFound("driver", driver_id)
    if identity.actor.role is not Role.DRIVER:
        return DriverView.of(driver, operation, len(operation.orders.of_driver(driver.driver_id)))
    now = tower.clock.now()
    view = DriverView.of(driver, operation, len(orders_told(operation, driver.driver_id, now)))
    return msgspec.structs.replace(view, status=status_told(operation, driver.driver_id, now))


@post(
    "/drivers/{driver_id:str}/tokens",
    guards=[allowed(ADMINISTRATION)],
    responses=problems(404, 503),
    summary="Issue a driver's token",
)
async def issue_driver_token(
    driver_id: IdInPath,
    tower: Tower,
    identity: Caller,
    data: Annotated[TokenDraft | None, Body(examples=[_TOKEN])] = None,
    idempotency_key: IdempotencyKey = None,
) -> TokenView:
    """Return a token for a driver's app. Sent again under one Idempotency-Key it is recorded once; the token is new."""
    driver = tower.bus.operation.fleet.drivers.get(DriverId(driver_id))
    if driver is None:
        raise NotFound("driver", driver_id)
    lifetime_s = (data or TokenDraft()).lifetime_s
    expires_at = tower.wall.now() + lifetime_s
    command = RecordAccess(subject=driver_id, role=Role.DRIVER, expires_at=expires_at)
    command_id = command_id_of(identity.actor, idempotency_key, RecordAccess.__name__, driver_id)
    await tower.bus.execute(
        command,
        PLATFORM,
        command_id=command_id,
        fingerprint=fingerprint_of(idempotency_key),
        causation=identity.actor.subject,
    )
    name = driver.person.name if driver.person else ""
    token = tower.authority.issue(driver_id, Role.DRIVER, name, lifetime_s=lifetime_s)
    return TokenView(subject=driver_id, role=Role.DRIVER, token=token, expires_at=moment(expires_at))


@post(
    "/invitations",
    guards=[allowed(ADMINISTRATION)],
    responses=problems(422, 503),
    summary="Invite somebody to a desk",
)
async def invite(data: Annotated[InvitationDraft, Body(examples=[_INVITATION])], tower: Tower) -> InvitationView:
    """Return what a desk signs in with: address, server key and token."""
    if data.role not in DESK:
        raise Refusal("invitation.role", "A desk is for dispatchers, supervisors and administrators.")
    if tower.invite is None:
        raise Fault("invitation.unavailable", "This service makes no invitations.")
    text = await tower.invite(data.user_id, data.role, data.name)
    return InvitationView(user_id=data.user_id, role=data.role, invitation=text)


@post(
    "/customers/{customer_id:str}/erasure",
    status_code=200,
    guards=[allowed(ADMINISTRATION)],
    responses=problems(503),
    summary="Erase a customer's personal data",
)
async def erase_customer(customer_id: NewIdInPath, tower: Tower, identity: Caller) -> ErasureView:
    """Drop the customer's key: what was sealed under it can never be read again. It cannot be undone."""
    if tower.erase_customer is None:
        raise Fault("erasure.unavailable", "Nothing can be erased here.")
    return ErasureView(subject=customer_id, was_erased=await tower.erase_customer(customer_id, identity.actor))


ADMIN_HANDLERS = (
    register_vehicle,
    list_vehicles,
    locate_vehicle,
    register_device,
    register_driver,
    list_drivers,
    read_driver,
    issue_driver_token,
    invite,
    erase_customer,
)
