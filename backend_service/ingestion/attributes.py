"""The further keys that trackers send beside a position, in Traccar's vocabulary, as readings in the catalogue's units.

A key that is a full channel name, such as ``door.rear``, stands for itself. Any other key is ignored, as Traccar does:
trackers send a great deal that nobody here asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from backend_service.ingestion.reading_rows import told
from core.telemetry.channels import ChannelKind, channel_named
from core.telemetry.reading_batch import ReadingBatch
from core.vocabulary import Instant

type Attribute = str | float | bool

_KEYS: dict[str, tuple[str, float]] = {
    "batt": ("device_battery", 1.0),
    "batteryLevel": ("device_battery", 1.0),
    "battery": ("device_voltage", 1.0),
    "power": ("supply_voltage", 1.0),
    "fuel": ("fuel", 1.0),
    "fuelLevel": ("fuel_level", 1.0),
    "rpm": ("engine_speed", 1.0),
    "hours": ("engine_time", 0.001),
    "coolantTemp": ("coolant_temperature", 1.0),
    "odometer": ("odometer", 1.0),
    "ignition": ("ignition", 1.0),
    "door": ("door.main", 1.0),
    "load": ("load", 1.0),
    "axleWeight": ("load", 1.0),
    "tachograph": ("tachograph", 1.0),
}
"""Key -> channel and what one unit of the key is in the channel's: hours are milliseconds there, seconds here."""

_PROBE = re.compile(r"temp([1-9]\d?)")
_BOOLEANS = {"true": True, "false": False}


def readings_of(
    attributes: Mapping[str, Attribute], device: str, vehicle: str, read_at: Instant, received_at: Instant
) -> ReadingBatch:
    """Return the readings among the attributes of one message."""
    rows = [
        (device, vehicle, channel, read_at, received_at, value, state) for channel, value, state in _told(attributes)
    ]
    return ReadingBatch.of(rows)


def _told(attributes: Mapping[str, Attribute]) -> Iterator[tuple[str, float, str]]:
    for key, raw in attributes.items():
        channel_name, factor = _channel_of(key)
        channel = channel_named(channel_name)
        if channel is None:
            continue
        value, state = told(channel_name, _read(raw, channel.kind))
        yield channel_name, value * factor, state


def _channel_of(key: str) -> tuple[str, float]:
    probe = _PROBE.fullmatch(key)
    return (f"temperature.probe{probe.group(1)}", 1.0) if probe else _KEYS.get(key, (key, 1.0))


def _read(raw: Attribute, kind: ChannelKind) -> Attribute:
    """Return an attribute in its own type: query and form parameters all come as text."""
    if not isinstance(raw, str):
        return raw
    if kind is ChannelKind.STATE:
        return _BOOLEANS.get(raw.strip().lower(), raw)
    try:
        return float(raw)
    except ValueError:
        return raw
