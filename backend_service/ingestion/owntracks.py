"""OwnTracks, over HTTP and MQTT alike: a JSON object told apart by its ``_type``; speed in km/h.

Of a `location` two clocks are read: `tst` is the fix, `created_at` the message, from which the battery is. A last will
(`lwt`) says that the broker lost the phone; its `tst` is when the phone had connected, and therefore not read. All
other types are known and not asked for.
"""

from __future__ import annotations

import msgspec

from backend_service.ingestion.device_message import DeviceMessage, is_urgent
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


_ALARMS: dict[int | str | None, str] = {"e": "powerCut", "!": "tow", "s": "overspeed", "9": "lowBattery"}
_HARSH: dict[int | str | None, str] = {
    **dict.fromkeys((0, 3), "hardBraking"),
    **dict.fromkeys((1, 4), "hardAcceleration"),
    **dict.fromkeys((2, 5), "hardCornering"),
}
"""Why trackers of the Queclink extension report: `t`, and `rty` where that is ``h``."""


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
    odometer: float | None = None  # km, of the Queclink extension, as is what follows
    uext: float | None = None
    ubatt: float | None = None
    rpm: float | None = None
    ign: bool | int | None = None
    hmc: float | None = None  # hours of the engine, in seconds
    flvl: float | None = None  # the tank, percent
    t: str | int | None = None  # what made the report
    rty: int | str | None = None  # and, of a harsh manoeuvre, which


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
        user, name = _publisher(location.topic)
        return DeviceMessage(kind=kind, key=user, full_key=f"{user}.{name}", fixes=(_fix(location),))
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
        "ignition": _ignition(location),
        "hours": None if location.hmc is None else location.hmc * 1000.0,
        "fuelLevel": location.flvl,
        "alarm": _alarm(location),
    }
    attributes = {name: value for name, value in told.items() if value is not None}
    return SingleFix(
        key="",
        fix_at=_instant("tst", location.tst),
        lat=location.lat,
        lon=location.lon,
        # The app leaves out what is zero: no accuracy is none told, no speed is standing or none told.
        speed_mps=known(location.vel) * MPS_PER_KMH,
        heading_deg=known(location.cog) % 360.0,
        accuracy_m=known(location.acc) or NAN,
        attributes=attributes,
        made_at=None if location.created_at is None else _instant("created_at", location.created_at),
        is_urgent=is_urgent(attributes),
    )


def _ignition(location: _Location) -> bool | None:
    if location.ign is not None:
        return bool(location.ign)
    return True if location.t == "i" else False if location.t == "I" else None


def _alarm(location: _Location) -> str | None:
    """Return in Traccar's words what made a tracker report; the letters of the app itself raise nothing."""
    return _HARSH.get(location.rty) if location.t == "h" else _ALARMS.get(location.t)


def _publisher(topic: str) -> tuple[str, str]:
    match topic.split("/"):
        case ["owntracks", user, name]:
            return user, name
    return "", ""


def _instant(name: str, seconds: float) -> Instant:
    try:
        return read_instant(seconds)
    except (ValueError, OverflowError):
        raise malformed(name, "it is not a time") from None
