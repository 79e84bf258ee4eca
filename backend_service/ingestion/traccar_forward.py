"""Position and event forwarding of a Traccar server: JSON of its own model, speed in knots.

A position tells two clocks: `fixTime` of the receiver and `deviceTime` of the device's message. ``outdated`` and the
server's own reckonings are ignored. An event is counted by its type; the position that comes with it is taken, and is
a duplicate where positions are forwarded as well.
"""

from __future__ import annotations

from typing import Any

import msgspec

from backend_service.ingestion.device_message import DeviceMessage, is_urgent
from backend_service.ingestion.device_times import read_instant
from backend_service.ingestion.osmand import METRES_PER_HDOP, MPS_PER_KNOT
from backend_service.ingestion.row_codec import read
from backend_service.ingestion.single_fix import NAN, SingleFix, known, malformed
from core.telemetry.tracker_alarms import kinds_of
from core.vocabulary import Instant

EVENT_TYPES = frozenset(
    {
        *("alarm", "commandResult", "queuedCommandSent", "proximityEnter", "proximityExit", "unaccompaniedMotion"),
        *("deviceOnline", "deviceUnknown", "deviceOffline", "deviceInactive", "deviceMoving", "deviceStopped"),
        *("deviceOverspeed", "deviceFuelDrop", "deviceFuelIncrease", "driverChanged", "maintenance", "media"),
        *("geofenceEnter", "geofenceExit", "geofenceCrossed", "ignitionOn", "ignitionOff"),
    }
)


class _Position(msgspec.Struct, rename="camel"):
    latitude: float
    longitude: float
    fix_time: str | float | None = None
    device_time: str | float | None = None
    valid: bool = True
    speed: float | None = None
    course: float | None = None
    accuracy: float | None = None
    attributes: dict[str, Any] | None = None


class _Device(msgspec.Struct, rename="camel"):
    unique_id: str | int


class _Event(msgspec.Struct):
    type: str
    attributes: dict[str, Any] | None = None


class _Forwarded(msgspec.Struct):
    device: _Device
    position: _Position | None = None
    event: _Event | None = None


_decoder = msgspec.json.Decoder(_Forwarded)


def decode_forwarded(body: bytes) -> DeviceMessage:
    """Return what a Traccar server forwards; `key` is the device's ``uniqueId``.

    Raises
    ------
    Refusal
        ``telemetry.malformed``.
    """
    message = read(_decoder.decode, body)
    event, position = message.event, message.position
    if event is None and position is None:
        raise malformed("position", "neither a position nor an event is there")
    alarm = event.attributes.get("alarm") if event is not None and event.attributes else None
    return DeviceMessage(
        kind="position" if event is None else _event_kind(event),
        key=str(message.device.unique_id),
        fixes=(_fix(position, alarm),) if position is not None else _nowhere(alarm),
        is_asked_for=position is not None or bool(kinds_of(alarm)),
    )


def _nowhere(alarm: object) -> tuple[SingleFix, ...]:
    """Return an alarm that came without a position as a fix that had none."""
    if not kinds_of(alarm) or not isinstance(alarm, str):
        return ()
    return (SingleFix(key="", fix_at=None, lat=NAN, lon=NAN, is_valid=False, attributes={"alarm": alarm}),)


def _event_kind(event: _Event) -> str:
    return f"event.{event.type if event.type in EVENT_TYPES else 'other'}"


def _fix(position: _Position, alarm: object) -> SingleFix:
    attributes = position.attributes or {}
    if alarm is not None:
        words = (alarm, attributes.get("alarm"))
        attributes = {**attributes, "alarm": ",".join(word for word in words if isinstance(word, str))}
    return SingleFix(
        key="",
        fix_at=_instant("fixTime", position.fix_time),
        lat=position.latitude,
        lon=position.longitude,
        speed_mps=known(position.speed) * MPS_PER_KNOT,
        heading_deg=known(position.course) % 360.0,
        accuracy_m=_accuracy_m(position.accuracy, attributes.get("hdop")),
        is_valid=position.valid,
        attributes={name: value for name, value in attributes.items() if isinstance(value, str | int | float)},
        made_at=_instant("deviceTime", position.device_time),
        is_urgent=is_urgent(attributes),
        satellites=_told(attributes.get("sat")),
    )


def _accuracy_m(accuracy: float | None, hdop: object) -> float:
    """Return the accuracy, or what the dilution says of it: Traccar writes 0 where nothing was told."""
    told_m = known(accuracy)
    return told_m if told_m > 0.0 else _told(hdop) * METRES_PER_HDOP or NAN


def _told(value: object) -> float:
    """Return an attribute that is a quantity, nan for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return NAN
    try:
        return known(float(value))
    except OverflowError:  # a whole number of more than 308 digits
        return NAN


def _instant(name: str, text: str | float | None) -> Instant | None:
    if text is None:
        return None
    try:
        return read_instant(text)
    except (ValueError, OverflowError):
        raise malformed(name, "it is not a time") from None
