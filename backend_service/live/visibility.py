"""Who may see what in the feed: the only place that decides it.

A filter never drops an event, because the feed has no gaps: it blanks fields. Key digests of devices reach no desk;
personal data reaches only the roles that work with customers and drivers.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from core.events.envelope import Envelope, encode_event, event_classes
from core.projections.operation import Operation
from core.vocabulary import Role

_DESK = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMINISTRATOR})
_SEE_PERSONAL_FIELDS = _DESK
_PERSONAL_FIELDS = {name: cls.personal_fields for name, cls in event_classes().items() if cls.personal_fields}
_BLANK = {"DeviceRegistered": {"key_digest": ""}}


def may_open_feed(role: Role) -> bool:
    """Say whether a role may follow the whole operation; drivers and devices have doors of their own."""
    return role in _DESK


def visible_to(role: Role, envelope: Envelope) -> Envelope:
    """Return the envelope as `role` may see it; the same object when nothing is hidden."""
    blanks: dict[str, str | None] = dict(_BLANK.get(envelope.type, {}))
    if role not in _SEE_PERSONAL_FIELDS:
        blanks |= dict.fromkeys(_PERSONAL_FIELDS.get(envelope.type, ()))
    if not blanks:
        return envelope
    event = envelope.event()
    return replace(envelope, payload=msgspec.Raw(encode_event(replace(event, **blanks))), schema=type(event).schema)


def operation_visible_to(role: Role, operation: Operation) -> Operation:
    """Return a view of the whole state as `role` may see it; what is not blanked is shared, not copied."""
    devices = {key: replace(device, key_digest="") for key, device in operation.fleet.devices.items()}
    fleet = replace(operation.fleet, devices=devices)
    if role in _SEE_PERSONAL_FIELDS:
        return replace(operation, fleet=fleet)
    orders = {key: replace(order, customer=None) for key, order in operation.orders.orders.items()}
    drivers = {key: replace(driver, person=None) for key, driver in fleet.drivers.items()}
    return replace(operation, orders=replace(operation.orders, orders=orders), fleet=replace(fleet, drivers=drivers))
