"""The envelope of every event, the registry of event classes, and upcasting of old payloads.

An event's ``type`` in the log is its class name. `schema` is its payload's version; when a payload changes shape its
class gets ``schema = n + 1`` and an entry in `UPCASTERS` that lifts version n to n + 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import msgspec

from core.vocabulary import Actor, CommandId, Instant, Value


class Event(Value, frozen=True, kw_only=True):
    """Base of all events. Class variables steer how one is kept.

    `personal_fields` are sealed under the key of the subject that `subject_field` names; they read as ``None`` once
    the subject is erased. `is_audited` events become leaves of the audit tree.
    """

    schema: ClassVar[int] = 1
    personal_fields: ClassVar[tuple[str, ...]] = ()
    subject_field: ClassVar[str | None] = None
    is_audited: ClassVar[bool] = False

    @classmethod
    def event_type(cls) -> str:
        """Return the name this event is stored under."""
        return cls.__name__


class Envelope(Value, frozen=True, kw_only=True):
    """An event with its place in the log.

    `position` orders the whole log from 1 without gaps; `version` orders its `stream` from 1. `occurred_at` is when it
    happened and `recorded_at` when the service learned of it, both in operation time; `stored_at` is wall time.
    """

    position: int
    stream: str
    version: int
    type: str
    schema: int
    occurred_at: Instant
    recorded_at: Instant
    stored_at: Instant
    actor: Actor
    causation: str | None = None
    correlation: str | None = None
    command_id: CommandId | None = None
    payload: msgspec.Raw = msgspec.Raw(b"\xc0")

    def event(self) -> Event:
        """Decode the payload to its event class, lifting old versions.

        Raises
        ------
        UnknownEvent
            If no class of this name exists.
        """
        return decode_event(self.type, self.schema, bytes(self.payload))


class UnknownEvent(Exception):
    """The log holds an event type this version does not know; a newer Tower wrote it."""


Upcaster = Callable[[Mapping[str, Any]], Mapping[str, Any]]
UPCASTERS: dict[tuple[str, int], Upcaster] = {}
"""(event type, old schema) -> lifts a decoded payload to the next schema."""


def event_classes() -> dict[str, type[Event]]:
    """Return every event class by its stored name; importing this package's modules registers them."""
    from core.events import (
        closure_events,
        device_events,
        dispatch_events,
        disruption_events,
        fleet_events,
        forecast_events,
        geofence_events,
        move_events,
        order_events,
        people_events,
        policy_events,
        proposal_events,
        regret_events,
        tracker_events,
        wave_events,
    )

    modules = (
        *(order_events, fleet_events, geofence_events, dispatch_events, disruption_events),
        *(people_events, device_events, policy_events, closure_events, tracker_events, forecast_events),
        *(regret_events, proposal_events, move_events),
        wave_events,
    )
    return {
        name: member
        for module in modules
        for name, member in vars(module).items()
        if isinstance(member, type) and issubclass(member, Event) and member is not Event
    }


_classes: dict[str, type[Event]] = {}
_decoders: dict[str, msgspec.msgpack.Decoder[Event]] = {}
_encoder = msgspec.msgpack.Encoder()


def encode_event(event: Event) -> bytes:
    """Return the payload as MessagePack."""
    return _encoder.encode(event)


def decode_event(event_type: str, schema: int, payload: bytes) -> Event:
    """Return the event of a stored payload, lifted to the present schema.

    Raises
    ------
    UnknownEvent
        If the type is not known, or the payload is of a newer schema than this version knows.
    """
    if not _classes:
        _classes.update(event_classes())
    cls = _classes.get(event_type)
    if cls is None or schema > cls.schema:
        raise UnknownEvent(f"{event_type} schema {schema}: written by a newer Tower; start that version instead")
    if schema < cls.schema:
        return _upcast(cls, schema, payload)
    decoder = _decoders.get(event_type)
    if decoder is None:
        decoder = _decoders[event_type] = msgspec.msgpack.Decoder(cls)
    return decoder.decode(payload)


def _upcast(cls: type[Event], schema: int, payload: bytes) -> Event:
    fields: Mapping[str, Any] = msgspec.msgpack.decode(payload)
    for version in range(schema, cls.schema):
        fields = UPCASTERS[(cls.event_type(), version)](fields)
    return msgspec.convert(fields, cls)
