"""The channels a vehicle may tell beyond its position: each with its unit, its kind, its range, and when it is stale.

A channel's full name is its own, or its own and a part: ``fuel``, ``temperature.cargo``, ``tyre_pressure.front_left``.
Values are SI with the exceptions that people read in other units everywhere, here as in every screen and limit:
temperatures are degrees Celsius (a kelvin is nobody's limit for milk), volumes are litres as in `Load`, engine speed is
revolutions a minute, levels are percent. Doors convert to these units; nothing behind them converts again.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from msgspec.structs import replace

from core.vocabulary import Value


class ChannelKind(StrEnum):
    """What a reading holds."""

    NUMBER = "number"
    STATE = "state"


class Channel(Value, frozen=True, kw_only=True):
    """One kind of reading.

    `least` and `most` bound what a sensor can mean at all; `stale_after_s` is the age from which on a reading says
    nothing about now. `has_parts` asks for a part in the name. People are told values in `spoken_unit`, if there is
    one: the value times `per_spoken_unit`. Of a state, `states` lists the words, the first of which is what a device
    means by *false* and the second by *true*.
    """

    name: str
    kind: ChannelKind
    stale_after_s: float
    unit: str = ""
    least: float = 0.0
    most: float = 0.0
    states: tuple[str, ...] = ()
    has_parts: bool = False
    spoken_unit: str = ""
    per_spoken_unit: float = 1.0


def _number(
    name: str, unit: str, least: float, most: float, stale_after_s: float, *, has_parts: bool = False
) -> Channel:
    return Channel(
        name=name,
        kind=ChannelKind.NUMBER,
        unit=unit,
        least=least,
        most=most,
        stale_after_s=stale_after_s,
        has_parts=has_parts,
    )


def _state(name: str, states: tuple[str, ...], stale_after_s: float, *, has_parts: bool = False) -> Channel:
    return Channel(name=name, kind=ChannelKind.STATE, states=states, stale_after_s=stale_after_s, has_parts=has_parts)


_IN_BAR: dict[str, Any] = {"spoken_unit": "bar", "per_spoken_unit": 1e-5}

_CHANNELS = (
    _number("temperature", "°C", -80.0, 150.0, 600.0, has_parts=True),
    _state("door", ("closed", "open"), 3_600.0, has_parts=True),
    replace(_number("tyre_pressure", "Pa", 0.0, 1_500_000.0, 3_600.0, has_parts=True), **_IN_BAR),
    _number("load", "kg", 0.0, 60_000.0, 3_600.0),
    _number("fuel", "l", 0.0, 3_000.0, 3_600.0),
    _number("fuel_level", "%", 0.0, 100.0, 3_600.0),
    _number("engine_speed", "1/min", 0.0, 12_000.0, 120.0),
    _number("engine_time", "s", 0.0, 1e9, 86_400.0),
    _number("coolant_temperature", "°C", -60.0, 200.0, 600.0),
    _state("tachograph", ("rest", "driving", "work", "available"), 900.0),
    _number("supply_voltage", "V", 0.0, 100.0, 900.0),
    _number("device_voltage", "V", 0.0, 60.0, 3_600.0),
    _number("device_battery", "%", 0.0, 100.0, 3_600.0),
    _state("ignition", ("off", "on"), 3_600.0),
    _number("odometer", "m", 0.0, 1e10, 86_400.0),
)
CATALOGUE: dict[str, Channel] = {channel.name: channel for channel in _CHANNELS}
"""Every channel by its own name."""

DEVICE_BATTERY = "device_battery"
LONGEST_CHANNEL_NAME = 80
_PART = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")


def channel_named(full_name: str) -> Channel | None:
    """Return the channel of a full name; ``None`` if there is none, or its part is missing or too much."""
    name, dot, part = full_name.partition(".")
    channel = CATALOGUE.get(name)
    if channel is None or channel.has_parts != bool(dot):
        return None
    return channel if not dot or _PART.fullmatch(part) else None


def spoken_name(full_name: str) -> str:
    """Return how people call a channel: ``cargo`` for a temperature, whose unit says the rest, or ``rear door``."""
    name, _, part = full_name.partition(".")
    words = part if part and name == "temperature" else f"{part} {name}"
    return words.replace("_", " ").strip()
