"""The door of Teltonika trackers: an acknowledgement means on disk, and nobody holds more of it than is allowed."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.reception import Reception
from backend_service.ingestion.teltonika import crc16
from backend_service.ingestion.teltonika_door import DOOR, TeltonikaDoor, TeltonikaLimits
from core.fleet.fleet import Device
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import DeviceId, VehicleId

NOW_AT = 1_800_000_000.0
IMEI = "356307042441013"
DEVICE = Device(device_id=DeviceId(IMEI), vehicle_id=VehicleId("V-1"), key_digest="")


class Disk:
    """Keeps batches once its gate is open; fails while it has a fault."""

    def __init__(self) -> None:
        self.kept = 0
        self.fault: Fault | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def append(self, batch: FixBatch) -> None:
        await self.gate.wait()
        if self.fault is not None:
            raise self.fault
        self.kept += len(batch)


class Site:
    """A door on a port of its own."""

    def __init__(self, limits: TeltonikaLimits) -> None:
        self.disk = Disk()
        self.intake = Intake(self.disk, LivePositions(), most_waiting_rows=40)
        clock = SteppedClock(NOW_AT)
        self.reception = Reception(self.intake, None, None, clock, clock)
        self.door = TeltonikaDoor(self.reception, {IMEI: DEVICE}.get, limits)
        self.socket = socket.create_server(("127.0.0.1", 0))

    async def line(self, imei: str = IMEI) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(*self.socket.getsockname())
        writer.write(struct.pack(">H", len(imei)) + imei.encode())
        assert await reader.readexactly(1) == (b"\1" if imei == IMEI else b"\0")
        return reader, writer

    def counted(self, outcome: str) -> int:
        return self.reception.counts[DOOR, outcome]

    async def until_counted(self, outcome: str) -> None:
        while not self.counted(outcome):
            await asyncio.sleep(0.005)


def run(scenario: Callable[[Site], Awaitable[None]], **limits: Any) -> None:
    async def play() -> None:
        site = Site(TeltonikaLimits(**limits))
        site.intake.start()
        await site.door.open(site.socket)
        try:
            async with asyncio.timeout(20):
                await scenario(site)
        finally:
            site.disk.gate.set()
            await site.door.close()
            await site.intake.close()

    asyncio.run(play())


def packet(count: int = 1, *, first: int = 0) -> bytes:
    records = b"".join(
        struct.pack(">QBiihHBH", int((NOW_AT - first - age) * 1000), 0, -712_500_000, -299_000_000, 0, 0, 5, 0)
        + bytes(6)
        for age in range(count)
    )
    data = bytes([8, count]) + records + bytes([count])
    return struct.pack(">II", 0, len(data)) + data + crc16(data).to_bytes(4)


async def answer(reader: asyncio.StreamReader) -> int:
    return int.from_bytes(await reader.readexactly(4))


def test_nothing_is_acknowledged_before_it_is_on_disk() -> None:
    async def scenario(site: Site) -> None:
        reader, writer = await site.line()
        site.disk.gate.clear()
        writer.write(packet(3))
        told = asyncio.create_task(answer(reader))
        await asyncio.wait([told], timeout=0.1)
        assert not told.done()
        site.disk.gate.set()
        assert (await told, site.disk.kept) == (3, 3)
        writer.close()

    run(scenario)


def test_a_full_disk_or_a_busy_service_is_told_as_0_and_the_tracker_stays() -> None:
    async def scenario(site: Site) -> None:
        reader, writer = await site.line()
        site.disk.fault = Fault("disk.full", "The disk is full.")
        writer.write(packet(2))
        assert (await answer(reader), site.counted("disk.full")) == (0, 1)
        site.disk.fault = None
        writer.write(packet(41))
        assert (await answer(reader), site.counted("telemetry.busy")) == (0, 1)
        writer.write(packet(2))
        assert (await answer(reader), site.disk.kept) == (2, 2)
        writer.close()

    run(scenario)


def test_a_packet_sent_again_is_acknowledged_again_and_kept_once() -> None:
    async def scenario(site: Site) -> None:
        reader, writer = await site.line()
        for _ in range(2):
            writer.write(packet(5))
            assert await answer(reader) == 5
        assert site.disk.kept == 5
        writer.close()

    run(scenario)


def test_who_flaws_again_and_again_is_cut_off() -> None:
    async def scenario(site: Site) -> None:
        reader, writer = await site.line()
        flawed = packet()[:-1] + b"\xaa"
        for _ in range(3):
            writer.write(flawed)
            assert await answer(reader) == 0
        assert await reader.read() == b""
        assert site.counted("flawed.crc") == 3
        assert site.intake.counts.rejected.total() == 3
        writer.close()

    run(scenario)


def test_only_so_many_are_served_at_once() -> None:
    async def scenario(site: Site) -> None:
        _, first = await site.line()
        reader, second = await asyncio.open_connection(*site.socket.getsockname())
        assert await reader.read() == b""
        assert site.counted("too_many_connections") == 1
        first.close()
        second.close()

    run(scenario, connections=1)


def test_who_says_nothing_or_half_of_it_is_not_waited_for() -> None:
    async def scenario(site: Site) -> None:
        silent, writer = await asyncio.open_connection(*site.socket.getsockname())
        assert await silent.read() == b""
        assert site.counted("timed_out") == 1
        reader, half = await site.line()
        half.write(packet()[:20])
        assert await reader.read() == b""
        assert site.counted("flawed.slow") == 1
        writer.close()
        half.close()

    run(scenario, login_s=0.05, packet_s=0.05)


def test_what_keeps_the_connection_alive_is_no_packet() -> None:
    async def scenario(site: Site) -> None:
        reader, writer = await site.line()
        writer.write(b"\xff" * 5_000 + packet(1) + b"\xff" + packet(1, first=1))
        assert (await answer(reader), await answer(reader)) == (1, 1)
        writer.close()

    run(scenario)


@given(rubbish=st.lists(st.binary(max_size=120) | st.just(packet(2)), max_size=4))
@settings(max_examples=40, deadline=None)
def test_whatever_comes_behind_the_login_the_next_tracker_is_served(rubbish: list[bytes]) -> None:
    async def scenario(site: Site) -> None:
        _, writer = await site.line()
        writer.write(b"".join(rubbish))
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        reader, honest = await site.line()
        honest.write(packet(1, first=100))
        assert await answer(reader) == 1
        assert site.counted("bug") == 0
        honest.close()

    run(scenario)


def test_a_packet_larger_than_allowed_is_not_read() -> None:
    async def scenario(site: Site) -> None:
        reader, writer = await site.line()
        writer.write(packet(10))
        assert await reader.read() == b""
        assert site.counted("flawed.length") == 1
        writer.close()

    run(scenario, packet_bytes=200)
