"""Teltonika trackers over real sockets at a running service: what they send is on disk before it is acknowledged."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

IMEI = "356307042441013"
TAKEN = 'tower_door_messages_total{{door="teltonika",outcome="{}"}}'


@pytest.fixture(scope="module")
def service(shared_service_on):
    return shared_service_on("--teltonika", "0")


@pytest.fixture
def town(service, town_of):
    return town_of(service)


def register(town, number: int) -> str:
    """Put a device with an IMEI of its own on V-number; return the IMEI."""
    imei = f"{int(IMEI) + number}"
    assert town.post("/vehicles", {"vehicle_id": f"V-{number}", "plate": f"KX-{number}"}).is_success
    assert town.post(f"/vehicles/V-{number}/devices", {"device_id": imei}).is_success
    return imei


def crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def record(at: float, *, lat: float = -29.9027, lon: float = -71.2519, satellites: int = 9, priority: int = 0) -> bytes:
    """A record of codec 8: 36 km/h to the east, ignition on, 12.6 V, 125 km, 12.5 °C below zero at the first probe."""
    head = struct.pack(
        ">QBiihHBH", int(at * 1000), priority, round(lon * 1e7), round(lat * 1e7), 30, 90, satellites, 36
    )
    ones, twos = bytes([1, 239, 1]), struct.pack(">BBH", 1, 66, 12_600)
    fours = struct.pack(">BBIBi", 2, 16, 125_000, 72, -125)
    return head + bytes([0, 4]) + ones + twos + fours + bytes([0])


def packet(*records: bytes, second_count: int | None = None, crc: int | None = None) -> bytes:
    count = bytes([len(records) if second_count is None else second_count])
    data = bytes([8, len(records)]) + b"".join(records) + count
    return struct.pack(">II", 0, len(data)) + data + struct.pack(">I", crc16(data) if crc is None else crc)


@contextmanager
def tracker(service, imei: str) -> Iterator[socket.socket]:
    host, _, port = str(service.doors["teltonika"]).removeprefix("tcp://").rpartition(":")
    with socket.create_connection((host, int(port)), timeout=60.0) as line:
        line.sendall(struct.pack(">H", len(imei)) + imei.encode())
        yield line


def told(line: socket.socket, count: int = 4) -> int:
    answer = b""
    while len(answer) < count and (more := line.recv(count - len(answer))):
        answer += more
    assert len(answer) == count, answer
    return int.from_bytes(answer)


def is_closed(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except ConnectionError:
        return True


def test_what_is_acknowledged_is_on_disk_and_is_there_after_a_kill(service_on, town_of):
    service = service_on("--teltonika", "0")
    town = town_of(service)
    imei, now = register(town, 1), time.time()
    with tracker(service, imei) as line:
        assert told(line, 1) == 1
        line.sendall(b"\xff" + packet(*(record(now - 60 + age, lat=-29.9027 + age * 1e-5) for age in range(30))))
        assert told(line) == 30
        service.kill()
    service.start()
    with service.client() as client:
        seen = client.get("/api/v1/vehicles/V-1/location").json()
        readings = client.get("/api/v1/vehicles/V-1/channels").json()["items"]
    assert seen["device_id"] == imei
    assert (seen["speed_mps"], seen["heading_deg"]) == (pytest.approx(10.0), 90.0)
    values = {one["channel"]: one["newest"]["value"] or one["newest"]["state"] for one in readings}
    assert values == {
        "ignition": "on",
        "supply_voltage": 12.6,
        "odometer": 125_000.0,
        "temperature.probe1": -12.5,
    }


def test_an_imei_that_is_not_registered_is_told_no(service, town):
    before = town.counted(TAKEN.format("unknown_device"))
    with tracker(service, "000000000000000") as line:
        assert told(line, 1) == 0
        assert is_closed(line)
    assert town.counted(TAKEN.format("unknown_device")) == before + 1


@pytest.mark.parametrize(
    ("flaw", "flawed"),
    [
        ("crc", {"crc": 1}),
        ("count", {"second_count": 3}),
    ],
)
def test_a_flawed_packet_is_acknowledged_with_0_counted_and_taken_when_it_comes_again(service, town, flaw, flawed):
    number = 10 + len(flaw)
    imei, now = register(town, number), time.time()
    before = town.counted(TAKEN.format(f"flawed.{flaw}"))
    with tracker(service, imei) as line:
        assert told(line, 1) == 1
        line.sendall(packet(record(now), record(now - 5), **flawed))
        assert told(line) == 0
        assert town.counted(TAKEN.format(f"flawed.{flaw}")) == before + 1
        line.sendall(packet(record(now), record(now - 5)))
        assert told(line) == 2


def test_records_without_satellites_are_taken_for_what_else_they_tell(service, town):
    imei = register(town, 20)
    with tracker(service, imei) as line:
        assert told(line, 1) == 1
        line.sendall(packet(record(time.time(), lat=0.0, lon=0.0, satellites=0)))
        assert told(line) == 1
    assert town.client.get("/api/v1/vehicles/V-20/location").status_code == 404
    assert len(town.client.get("/api/v1/vehicles/V-20/channels").json()["items"]) == 4


@pytest.mark.parametrize("rubbish", [b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\0\xff\xff\xff\xff"])
def test_rubbish_ends_the_connection_and_costs_nobody_else_theirs(service, town, rubbish):
    number = 30 + len(rubbish)
    imei = register(town, number)
    with tracker(service, imei) as honest, tracker(service, imei) as line:
        assert (told(honest, 1), told(line, 1)) == (1, 1)
        line.sendall(rubbish)
        assert is_closed(line)
        honest.sendall(packet(record(time.time(), priority=2)))
        assert told(honest) == 1


def test_a_retired_tracker_is_cut_off_at_its_next_packet(service, town):
    imei = register(town, 70)
    with tracker(service, imei) as line:
        assert told(line, 1) == 1
        assert town.client.delete(f"/api/v1/devices/{imei}").is_success
        line.sendall(packet(record(time.time())))
        assert is_closed(line)
