"""Teltonika's IO elements that mean something here, by id, in the words of Traccar's attributes.

The ids are those of the FMB family. An element that is not here is ignored, as any other attribute.
"""

from __future__ import annotations

from collections.abc import Mapping

from backend_service.ingestion.attributes import Attribute

_HDOP = 182

_NUMBERS: dict[int, tuple[str, float]] = {
    16: ("odometer", 1.0),
    66: ("power", 0.001),
    67: ("battery", 0.001),
    85: ("rpm", 1.0),
    89: ("fuelLevel", 1.0),
    113: ("batteryLevel", 1.0),
}
"""Id -> attribute, and what one unit of the element is in the attribute's."""

_TEMPERATURES = {72: "temp1", 73: "temp2", 74: "temp3", 75: "temp4"}
"""Dallas probes: 4 bytes, signed, a tenth of a degree; from 850 on they tell what is wrong with the probe."""

_SWITCHES = {239: "ignition"}
_ALARMS = {
    30: "fault",
    236: "sos",
    246: "tow",
    247: "accident",
    249: "jamming",
    251: "idle",
    252: "powerCut",
    255: "overspeed",
}
"""Id -> Traccar's word for it, told by any value but 0; 30 counts trouble codes of the engine, 236 is the button."""

_GREEN_DRIVING = 253
_DRIVING_WORDS = {1: "hardAcceleration", 2: "hardBraking", 3: "hardCornering"}
_LARGEST_TEMPERATURE = 850


def attributes_of(elements: Mapping[int, int]) -> dict[str, Attribute]:
    """Return what the elements of a record tell; keys and units are Traccar's."""
    told: dict[str, Attribute] = {}
    alarms: list[str] = []
    for element, value in elements.items():
        if element in _NUMBERS:
            name, factor = _NUMBERS[element]
            told[name] = value * factor
        elif element in _SWITCHES:
            told[_SWITCHES[element]] = value != 0
        elif element in _ALARMS and value:
            alarms.append(_ALARMS[element])
        elif element == _GREEN_DRIVING and value in _DRIVING_WORDS:
            alarms.append(_DRIVING_WORDS[value])
        elif element in _TEMPERATURES and abs(tenths := _signed(value)) < _LARGEST_TEMPERATURE:
            told[_TEMPERATURES[element]] = tenths / 10.0
    return told | ({"alarm": ",".join(alarms)} if alarms else {})


def hdop_of(elements: Mapping[int, int]) -> float | None:
    """Return the horizontal dilution of precision; ``None`` if it was not told."""
    value = elements.get(_HDOP)
    return None if not value else value / 10.0


def _signed(value: int) -> int:
    """Return a 4-byte number as signed; Dallas probes are never told in another width."""
    return value - (1 << 32) if value >= 1 << 31 else value
