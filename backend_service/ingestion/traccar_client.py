"""Traccar-Client 9 and later: a fix as a JSON object, speed in m/s."""

from __future__ import annotations

import msgspec

from backend_service.ingestion.device_times import read_instant
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
    try:
        message = _decoder.decode(body)
    except msgspec.DecodeError as error:
        raise malformed("body", str(error)) from None
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
    )


def _instant(text: str | float | None) -> float | None:
    if text is None:
        return None
    try:
        return read_instant(text)
    except ValueError:
        raise malformed("timestamp", "it is not a time") from None
