"""OwnTracks, over HTTP and MQTT alike: a JSON object told apart by its ``_type``; speed in km/h.

Of a `location` two clocks are read: `tst` is the fix, `created_at` the message, from which the battery is. A last will
(`lwt`) says that the broker lost the phone; its `tst` is when the phone had connected, and therefore not read. All
other types are known and not asked for.
"""

from __future__ import annotations

import msgspec

from backend_service.ingestion.device_message import DeviceMessage
from backend_service.ingestion.device_times import read_instant
from backend_service.ingestion.row_codec import read
from backend_service.ingestion.single_fix import NAN, SingleFix, known, malformed
from core.fleet.devices import Presence
from core.vocabulary import Instant

MPS_PER_KMH = 1.0 / 3.6
OTHER_TYPES = frozenset(
    {
        *("beacon", "card", "cmd", "configuration", "dump", "encrypted", "request", "status", "step", "steps"),
        *("transition", "waypoint", "waypoints"),
    }
)
"""What the apps send beside locations and wills; nothing here makes use of it."""


class _Typed(msgspec.Struct):
    type: str = msgspec.field(name="_type")


class _Location(msgspec.Struct):
    lat: float
    lon: float
    tst: float
    topic: str = ""  # over HTTP: under which name the app would publish
    created_at: float | None = None
    acc: float | None = None
    vel: float | None = None
    cog: float | None = None
    batt: float | None = None
    odometer: float | None = None  # km, of the Queclink extension, as are the next four
    uext: float | None = None
    ubatt: float | None = None
    rpm: float | None = None
    ign: bool | int | None = None


_typed = msgspec.json.Decoder(_Typed)
_location = msgspec.json.Decoder(_Location)


def decode_owntracks(body: bytes) -> DeviceMessage:
    """Return what a message of the app tells.

    Raises
    ------
    Refusal
        ``telemetry.malformed``, also for a type that OwnTracks does not know.
    """
    if not body:  # an empty retained message is how a topic is cleared
        return DeviceMessage(kind="empty", is_asked_for=False)
    kind = read(_typed.decode, body).type
    if kind == "location":
        location = read(_location.decode, body)
        return DeviceMessage(kind=kind, key=_user(location.topic), fixes=(_fix(location),))
    if kind == "lwt":
        return DeviceMessage(kind=kind, presence=Presence.OFFLINE)
    if kind not in OTHER_TYPES:
        raise malformed("_type", "there is no such type")
    return DeviceMessage(kind=kind, is_asked_for=False)


def _fix(location: _Location) -> SingleFix:
    told = {
        "batteryLevel": location.batt,
        "odometer": None if location.odometer is None else location.odometer * 1000.0,
        "power": location.uext,
        "battery": location.ubatt,
        "rpm": location.rpm,
        "ignition": None if location.ign is None else bool(location.ign),
    }
    return SingleFix(
        key="",
        fix_at=_instant("tst", location.tst),
        lat=location.lat,
        lon=location.lon,
        # The app leaves out what is zero: no accuracy is none told, no speed is standing or none told.
        speed_mps=known(location.vel) * MPS_PER_KMH,
        heading_deg=known(location.cog) % 360.0,
        accuracy_m=known(location.acc) or NAN,
        attributes={name: value for name, value in told.items() if value is not None},
        made_at=None if location.created_at is None else _instant("created_at", location.created_at),
    )


def _user(topic: str) -> str:
    match topic.split("/"):
        case ["owntracks", user, _]:
            return user
    return ""


def _instant(name: str, seconds: float) -> Instant:
    try:
        return read_instant(seconds)
    except (ValueError, OverflowError):
        raise malformed(name, "it is not a time") from None
