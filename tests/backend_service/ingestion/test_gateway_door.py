"""The door of gateways: while the disk is slow it reads no further, so that what a sender can send is bounded."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import msgspec
import zmq
from zmq import asyncio as zmq_asyncio

from backend_service.ingestion.batch import Senders
from backend_service.ingestion.gateway_door import DOOR, GatewayDoor
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.reception import Reception
from backend_service.live.curve_keys import CurveKeys
from core.fleet.fleet import Vehicle
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import VehicleId

NOW_AT = 1_800_000_000.0
SENDERS = Senders({}, {VehicleId("V-1"): Vehicle(vehicle_id=VehicleId("V-1"), plate="")})
ROWS = 200
BATCHES = 600


class Disk:
    """Keeps batches once its gate is open; fails its first `failures` writes."""

    def __init__(self) -> None:
        self.kept = 0
        self.failures = 0
        self.gate = asyncio.Event()

    async def append(self, batch: FixBatch) -> None:
        await self.gate.wait()
        if self.failures:
            self.failures -= 1
            raise Fault("disk.full", "The disk is full.")
        self.kept += len(batch)


def batch(number: int) -> bytes:
    """Rows of distinct times within a day."""
    first = NOW_AT - 80_000.0 + number * ROWS * 0.5
    rows = [{"vehicle": "V-1", "fix_at": first + row * 0.5, "lat": -29.9, "lon": -71.25} for row in range(ROWS)]
    return msgspec.msgpack.encode({"fixes": rows})


def test_a_slow_disk_holds_the_sender_up_and_loses_nothing() -> None:
    async def play() -> None:
        disk, clock = Disk(), SteppedClock(NOW_AT)
        intake = Intake(disk, LivePositions())
        reception = Reception(intake, None, None, clock, clock)
        public, secret = (key.decode() for key in zmq.curve_keypair())
        door = GatewayDoor(reception, lambda credential: SENDERS, "tcp://127.0.0.1:*", CurveKeys(public, secret))
        intake.start()
        door.open()
        context = zmq_asyncio.Context()
        push = context.socket(zmq.PUSH)
        push.curve_publickey, push.curve_secretkey = zmq.curve_keypair()
        push.curve_serverkey = public.encode()
        push.linger, push.sndhwm, push.sndbuf = 0, 4, 65_536
        push.connect(door.address.replace("zmq://", "tcp://"))
        sent = 0

        async def send() -> None:
            nonlocal sent
            for number in range(BATCHES):
                await push.send_multipart([b"x", b"fixes", batch(number)])
                sent += 1

        sending = asyncio.create_task(send())
        try:
            async with asyncio.timeout(60):
                stood_at = -1
                while stood_at != sent or not sent:
                    stood_at = sent
                    await asyncio.sleep(0.5)
                assert sent < BATCHES, "the sender was never held up"
                disk.failures = 2
                disk.gate.set()
                await sending
                while disk.kept < BATCHES * ROWS:
                    await asyncio.sleep(0.02)
            assert disk.kept == BATCHES * ROWS
            assert reception.counts[DOOR, "disk.full"] >= 1
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
            disk.gate.set()
            push.close()
            context.term()
            await door.close()
            await intake.close()

    asyncio.run(play())
