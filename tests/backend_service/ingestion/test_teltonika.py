"""Teltonika's packets: each number where it belongs, and no flawed packet taken for a whole one."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_service.ingestion.teltonika import BadPacket, PacketFlaw, crc16, decode_packet, decode_teltonika
from backend_service.ingestion.teltonika_elements import attributes_of

NOW_AT = 1_800_000_000.0
# Two packets as the maker's protocol description prints them: codec 8 with 5 IO elements, and 8 Extended.
PRINTED = bytes.fromhex(
    "000000000000003608010000016B40D8EA30010000000000000000000000000000000105021503010101425E0F01F10000601A014E0000000"
    "000000000010000C7CF"
)
PRINTED_EXTENDED = bytes.fromhex(
    "000000000000004A8E010000016B412CEE000100000000000000000000000000000000010005000100010100010011001D00010010015E2C8"
    "80002000B000000003544C87A000E000000001DD7E06A00000100002994"
)


def record(
    *, lat: float = -29.9, lon: float = -71.25, priority: int = 0, satellites: int = 7, speed: int = 36
) -> bytes:
    head = struct.pack(
        ">QBiihHBH", int(NOW_AT * 1000), priority, round(lon * 1e7), round(lat * 1e7), -5, 361, satellites, speed
    )
    return head + bytes([0, 0, 0, 0, 0, 0])


def whole(*records: bytes) -> bytes:
    return bytes([8, len(records)]) + b"".join(records) + bytes([len(records)])


def flaw_of(data: bytes, crc: int | None = None) -> PacketFlaw:
    with pytest.raises(BadPacket) as caught:
        decode_packet(data, crc16(data) if crc is None else crc)
    return caught.value.flaw


def test_the_crc_is_that_of_the_maker() -> None:
    assert crc16(b"123456789") == 0xBB3D  # the check value of CRC-16/ARC


def test_the_printed_packets_are_read() -> None:
    (eight,) = decode_packet(PRINTED[8:-4], int.from_bytes(PRINTED[-4:]))
    assert (eight.made_at, eight.priority, eight.elements) == (
        1_560_161_086.0,
        1,
        {21: 3, 1: 1, 66: 24_079, 241: 24_602, 78: 0},
    )
    (extended,) = decode_packet(PRINTED_EXTENDED[8:-4], int.from_bytes(PRINTED_EXTENDED[-4:]))
    assert extended.elements == {1: 1, 17: 29, 16: 22_949_000, 11: 893_700_218, 14: 500_686_954}


def test_a_record_is_told_in_si_units() -> None:
    data = whole(record(priority=2), record(satellites=0))
    packet = b"\0\0\0\0" + len(data).to_bytes(4) + data + crc16(data).to_bytes(4)
    urgent, blind = decode_teltonika(packet).fixes
    assert (urgent.fix_at, urgent.lat, urgent.lon) == (NOW_AT, -29.9, -71.25)
    assert (urgent.speed_mps, urgent.heading_deg) == (pytest.approx(10.0), 1.0)
    assert (urgent.is_urgent, urgent.is_valid, blind.is_urgent, blind.is_valid) == (True, True, False, False)


def test_each_flaw_has_its_name() -> None:
    data = whole(record(), record())
    assert flaw_of(data, crc=crc16(data) ^ 1) is PacketFlaw.CRC
    assert flaw_of(b"\x10" + data[1:]) is PacketFlaw.CODEC
    assert flaw_of(data[:-1] + b"\3") is PacketFlaw.COUNT
    assert flaw_of(data[:40]) is PacketFlaw.TRUNCATED
    assert flaw_of(data + b"\0") is PacketFlaw.TRAILING


@given(bit=st.integers(0, 8 * len(PRINTED) - 1))
def test_no_packet_with_a_turned_bit_is_taken(bit: int) -> None:
    turned = bytearray(PRINTED)
    turned[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadPacket):
        decode_teltonika(bytes(turned))


@given(
    places=st.lists(
        st.tuples(st.integers(-900_000_000, 900_000_000), st.integers(-1_800_000_000, 1_800_000_000)), max_size=255
    )
)
def test_places_come_out_as_they_went_in(places: list[tuple[int, int]]) -> None:
    data = whole(*(record(lat=lat / 1e7, lon=lon / 1e7) for lat, lon in places))
    assert [(round(r.lat * 1e7), round(r.lon * 1e7)) for r in decode_packet(data, crc16(data))] == places


def test_elements_become_attributes_in_traccar_s_units() -> None:
    told = attributes_of({16: 125_000, 66: 12_600, 89: 55, 239: 1, 72: 2**32 - 125, 73: 850, 247: 1, 5_000: 1})
    assert told == {
        "odometer": 125_000.0,
        "power": pytest.approx(12.6),
        "fuelLevel": 55.0,
        "ignition": True,
        "temp1": -12.5,
        "alarm": "accident",
    }
