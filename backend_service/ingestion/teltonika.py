"""Teltonika Codec 8 and 8 Extended: what stands between a packet's length and its end, decoded and checked.

The layout is that of Teltonika's protocol description: codec id, count, records, count again; behind it a CRC-16/IBM
over all of that. Traccar's decoder checks neither the second count nor the CRC; this one does both. How bytes come in
and how they are answered is `teltonika_door`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from struct import Struct

from backend_service.ingestion.device_message import DeviceMessage
from backend_service.ingestion.osmand import METRES_PER_HDOP
from backend_service.ingestion.owntracks import MPS_PER_KMH
from backend_service.ingestion.single_fix import NAN, SingleFix
from backend_service.ingestion.teltonika_elements import attributes_of, hdop_of
from core.refusals import Refusal

CODEC_8 = 0x08
CODEC_8_EXTENDED = 0x8E

_RECORD = Struct(">QBiihHBH")  # time in ms, priority, lon, lat, altitude, angle, satellites, speed
_ELEMENT_WIDTHS = (1, 2, 4, 8)
_PANIC = 2
"""The highest priority of a record: somebody pressed the button."""


class PacketFlaw(StrEnum):
    """Why a packet was not taken; counted."""

    PREAMBLE = "preamble"
    LENGTH = "length"
    CRC = "crc"
    CODEC = "codec"
    TRUNCATED = "truncated"
    COUNT = "count"
    TRAILING = "trailing_bytes"
    SLOW = "slow"


class BadPacket(Refusal):
    """A packet that is not taken; its records are to be sent again."""

    def __init__(self, flaw: PacketFlaw) -> None:
        super().__init__("telemetry.malformed", f"The packet is not taken: {flaw}.", status=400, field=flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class AvlRecord:
    """One record: seconds, degrees, metres a second; `elements` are IO values by id, unsigned."""

    made_at: float
    priority: int
    lat: float
    lon: float
    heading_deg: float
    satellites: int
    speed_mps: float
    elements: dict[int, int]


def crc16(data: bytes) -> int:
    """Return the CRC-16/IBM (ARC): polynomial 0x8005 reflected, start 0."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def _crc_row(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


_CRC_TABLE = tuple(_crc_row(value) for value in range(256))


def decode_packet(data: bytes, crc: int) -> list[AvlRecord]:
    """Return the records of a packet.

    Parameters
    ----------
    data : from the codec id to the second count
    crc : what the packet says that its CRC is

    Raises
    ------
    BadPacket
        ``crc``, ``codec``, ``truncated``, ``count`` or ``trailing_bytes``.
    """
    if crc16(data) != crc:
        raise BadPacket(PacketFlaw.CRC)
    cursor = _Cursor(data)
    codec = cursor.number(1)
    if codec not in (CODEC_8, CODEC_8_EXTENDED):
        raise BadPacket(PacketFlaw.CODEC)
    count = cursor.number(1)
    records = [_record(cursor, is_extended=codec == CODEC_8_EXTENDED) for _ in range(count)]
    if cursor.number(1) != count:
        raise BadPacket(PacketFlaw.COUNT)
    if cursor.left():
        raise BadPacket(PacketFlaw.TRAILING)
    return records


def message_of(records: list[AvlRecord]) -> DeviceMessage:
    """Return records as fixes; without satellites a fix has no position, and a priority above low is urgent."""
    return DeviceMessage(kind="records", fixes=tuple(_fix(record) for record in records))


def decode_teltonika(packet: bytes) -> DeviceMessage:
    """Return what a whole packet tells, from its preamble to its CRC.

    Raises
    ------
    BadPacket
    """
    length = data_length(packet[:8])
    if len(packet) != length + 12:
        raise BadPacket(PacketFlaw.LENGTH)
    return message_of(decode_packet(packet[8:-4], int.from_bytes(packet[-4:])))


def data_length(head: bytes, largest: int = 65_535) -> int:
    """Return how long the data behind the 8 bytes of a head are.

    Raises
    ------
    BadPacket
        ``preamble`` or ``length``: where the next packet begins is not known then.
    """
    if len(head) != 8 or head[:4] != b"\0\0\0\0":
        raise BadPacket(PacketFlaw.PREAMBLE)
    length = int.from_bytes(head[4:])
    if not 3 <= length <= largest:
        raise BadPacket(PacketFlaw.LENGTH)
    return length


class _Cursor:
    """Reads big-endian numbers from bytes; never beyond their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left():
            raise BadPacket(PacketFlaw.TRUNCATED)
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width))


def _record(cursor: _Cursor, *, is_extended: bool) -> AvlRecord:
    milliseconds, priority, lon, lat, _, angle, satellites, speed = _RECORD.unpack(cursor.take(_RECORD.size))
    return AvlRecord(
        made_at=milliseconds / 1000.0,
        priority=priority,
        lat=lat / 1e7,
        lon=lon / 1e7,
        heading_deg=angle % 360.0,
        satellites=satellites,
        speed_mps=speed * MPS_PER_KMH,
        elements=_elements(cursor, 2 if is_extended else 1),
    )


def _elements(cursor: _Cursor, width: int) -> dict[int, int]:
    """Read the IO elements of a record, of which ids and counts are `width` bytes wide."""
    cursor.take(2 * width)  # which element made the record, and how many there are in all: the blocks say it again
    elements = {}
    for value_width in _ELEMENT_WIDTHS:
        for _ in range(cursor.number(width)):
            element = cursor.number(width)
            elements[element] = cursor.number(value_width)
    if width == 2:  # elements of any length, such as a VIN, that nobody here asks for
        for _ in range(cursor.number(2)):
            cursor.take(2)
            cursor.take(cursor.number(2))
    return elements


def _fix(record: AvlRecord) -> SingleFix:
    hdop = hdop_of(record.elements)
    attributes = attributes_of(record.elements)
    if record.priority == _PANIC and "alarm" not in attributes:
        attributes["alarm"] = "sos"
    return SingleFix(
        key="",
        fix_at=record.made_at,
        lat=record.lat,
        lon=record.lon,
        speed_mps=record.speed_mps,
        heading_deg=record.heading_deg,
        accuracy_m=NAN if hdop is None else hdop * METRES_PER_HDOP,
        is_valid=record.satellites > 0,
        attributes=attributes,
        is_urgent=record.priority > 0,
        satellites=float(record.satellites),
    )
