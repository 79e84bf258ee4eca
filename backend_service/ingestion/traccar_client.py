"""Traccar-Client 9 and later: a fix as a JSON object, speed in m/s."""

from __future__ import annotations

from typing import Any

import msgspec

from backend_service.ingestion.device_times import read_instant
from backend_service.ingestion.row_codec import read
from backend_service.ingestion.single_fix import NAN, SingleFix, known, malformed


class _Coordinates(msgspec.Struct):
    latitude: float
    longitude: float
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None


class _Location(msgspec.Struct):
    coords: _Coordinates
    timestamp: str | float | None = None
    mock: Any = None
    odometer: Any = None
    battery: Any = None
    extras: Any = None
    alarm: Any = None


class _ClientMessage(msgspec.Struct):
    device_id: str | int
    location: _Location | None = None


_decoder = msgspec.json.Decoder(_ClientMessage)


def decode_traccar_client(body: bytes) -> SingleFix:
    """Return the fix that a JSON body tells; without a location it is a fix that had no position.

    Raises
    ------
    Refusal
        ``telemetry.malformed``.
    """
    message = read(_decoder.decode, body)
    location = message.location
    if location is None:
        return SingleFix(key=str(message.device_id), fix_at=None, lat=NAN, lon=NAN, is_valid=False)
    coords = location.coords
    return SingleFix(
        key=str(message.device_id),
        fix_at=_instant(location.timestamp),
        lat=coords.latitude,
        lon=coords.longitude,
        speed_mps=known(coords.speed),
        heading_deg=known(coords.heading) % 360.0,
        accuracy_m=known(coords.accuracy),
        is_valid=location.mock is not True,  # another app made the place up
        attributes=_attributes(location),
    )


def _attributes(location: _Location) -> dict[str, str | float | bool]:
    """Return what stands beside the position; of what has another form than Traccar's, nothing is taken."""
    battery = location.battery if isinstance(location.battery, dict) else {}
    extras = location.extras if isinstance(location.extras, dict) else {}
    told = {**extras, "odometer": location.odometer, "batteryLevel": _percent(battery.get("level"))}
    told["alarm"] = location.alarm if location.alarm is not None else extras.get("alarm")
    return {name: value for name, value in told.items() if isinstance(value, str | int | float | bool)}


def _percent(level: object) -> float | None:
    return 100.0 * level if isinstance(level, int | float) and 0.0 <= level <= 1.0 else None


def _instant(text: str | float | None) -> float | None:
    if text is None:
        return None
    try:
        return read_instant(text)
    except ValueError:
        raise malformed("timestamp", "it is not a time") from None
