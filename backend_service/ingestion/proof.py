"""Who stands behind a credential: one device by its own key, or a gateway by a token, which speaks for every device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from backend_service.access import KEY_PREFIX, DeviceKeys, TokenAuthority, require_role
from backend_service.ingestion.batch import Senders
from core.fleet.fleet import Device, Vehicle
from core.refusals import Refusal
from core.vocabulary import DeviceId, Role, VehicleId

SENDERS = frozenset({Role.ADMINISTRATOR, Role.DEVICE})


class KnownFleet(Protocol):
    """The devices and vehicles of the operation, as far as a proof needs them."""

    @property
    def devices(self) -> Mapping[DeviceId, Device]:
        """Return the devices by id, also the retired ones."""
        ...

    @property
    def vehicles(self) -> Mapping[VehicleId, Vehicle]:
        """Return the vehicles by id."""
        ...


def device_in_service(fleet: KnownFleet, device_id: str) -> Device | None:
    """Return the device of this id; ``None`` if there is none, or it is retired."""
    device = fleet.devices.get(DeviceId(device_id))
    return None if device is None or device.retired_at is not None else device


def senders_for(credential: str, authority: TokenAuthority, keys: DeviceKeys, fleet: KnownFleet) -> Senders:
    """Return for whom the bearer of a key or a token may speak.

    Raises
    ------
    Refusal
        ``access.token_*``, ``access.device_retired``, 401; ``access.role``, 403.
    """
    if credential.startswith(KEY_PREFIX):
        own = keys.find(credential)
        if own is None:
            raise Refusal("access.token_invalid", "This is no device's key.", status=401)
        return Senders(fleet.devices, fleet.vehicles, own)
    actor = authority.verify(credential).actor
    require_role(actor, SENDERS)
    own = fleet.devices.get(DeviceId(actor.subject)) if actor.role is Role.DEVICE else None
    if own is not None and own.retired_at is not None:
        raise Refusal("access.device_retired", "This device was taken out of service.", status=401)
    return Senders(fleet.devices, fleet.vehicles, own)
