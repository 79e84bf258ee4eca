"""OsmAnd and Traccar-Client: a fix as query or form parameters, as phones send it to port 5055.

The parameters are those of Traccar's OsmAnd protocol, so that unmodified phone apps fit; any other parameter is an
attribute. ``cell`` and ``wifi`` are ignored: this service locates nobody from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo

from backend_service.ingestion.device_times import read_instant
from backend_service.ingestion.single_fix import NAN, SingleFix, known, malformed

MPS_PER_KNOT = 1852.0 / 3600.0
PARAMETERS = (
    "id",
    "deviceid",
    "timestamp",
    "lat",
    "lon",
    "location",
    "speed",
    "bearing",
    "heading",
    "accuracy",
    "hdop",
    "sat",
    "valid",
)
"""What makes the fix itself; any other parameter is an attribute."""

METRES_PER_HDOP = 5.0
"""The error of an undisturbed civil receiver (1 sigma) at a dilution of 1; used only if no accuracy is told."""


def decode_osmand(parameters: Mapping[str, str], *, text_zone: tzinfo = UTC) -> SingleFix:
    """Return the fix that the parameters tell; `key` is empty if they name no device.

    Parameters
    ----------
    parameters : mapping of str to str
        ``id`` or ``deviceid``, ``timestamp``, ``lat`` and ``lon`` or ``location``, ``speed`` (knots), ``bearing`` or
        ``heading``, ``accuracy`` (metres), ``hdop``, ``sat`` (satellites), ``valid``.
    text_zone : tzinfo
        The zone of timestamps written without one.

    Raises
    ------
    Refusal
        ``telemetry.malformed``, naming the field.
    """
    lat, lon = _place(parameters)
    accuracy = _number(parameters, "accuracy")
    return SingleFix(
        key=parameters.get("id") or parameters.get("deviceid") or "",
        fix_at=_instant(parameters.get("timestamp"), text_zone),
        lat=NAN if lat is None else lat,
        lon=NAN if lon is None else lon,
        speed_mps=known(_number(parameters, "speed")) * MPS_PER_KNOT,
        heading_deg=_heading(_number(parameters, "bearing", "heading")),
        accuracy_m=known(_number(parameters, "hdop")) * METRES_PER_HDOP if accuracy is None else known(accuracy),
        is_valid=lat is not None and parameters.get("valid", "true").lower() in ("true", "1"),
        attributes={name: text for name, text in parameters.items() if name not in PARAMETERS},
        satellites=known(_number(parameters, "sat")),
    )


def _place(parameters: Mapping[str, str]) -> tuple[float | None, float | None]:
    location = parameters.get("location")
    if location is not None:
        lat, comma, lon = location.partition(",")
        if not comma:
            raise malformed("location", "it is not latitude,longitude")
        parameters = {"lat": lat, "lon": lon}
    lat_deg, lon_deg = _number(parameters, "lat"), _number(parameters, "lon")
    if (lat_deg is None) != (lon_deg is None):
        raise malformed("lat" if lat_deg is None else "lon", "it is missing beside the other")
    return lat_deg, lon_deg


def _number(parameters: Mapping[str, str], *names: str) -> float | None:
    for name in names:
        text = parameters.get(name)
        if text:
            try:
                return float(text)
            except ValueError:
                raise malformed(name, "it is not a number") from None
    return None


def _instant(text: str | None, text_zone: tzinfo) -> float | None:
    if not text:
        return None
    try:
        return read_instant(text, text_zone)
    except ValueError:
        raise malformed("timestamp", "it is not a time") from None


def _heading(degrees: float | None) -> float:
    return NAN if degrees is None or not 0.0 <= degrees <= 360.0 else degrees % 360.0
