"""The doors that are more than a decoder, as bytes -> what came of them: frames, topics, a tracker's whole connection.

They stand on a reception whose intake is closed: whatever can be read is put off, and nothing is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from backend_service.ingestion.acknowledging_client import BrokerAddress
from backend_service.ingestion.batch import Senders
from backend_service.ingestion.gateway_door import decode_frames
from backend_service.ingestion.intake import Intake
from backend_service.ingestion.latest_readings import LatestReadings
from backend_service.ingestion.live_positions import LivePositions
from backend_service.ingestion.mqtt_door import MqttDoor
from backend_service.ingestion.reading_intake import ReadingIntake
from backend_service.ingestion.reception import Delivery, Reception
from backend_service.ingestion.teltonika_door import DOOR as TELTONIKA
from backend_service.ingestion.teltonika_door import TeltonikaDoor
from core.fleet.fleet import Device, Vehicle
from core.refusals import Fault
from core.telemetry.fix_batch import FixBatch
from core.telemetry.reading_batch import ReadingBatch
from core.timekeeping import SteppedClock
from core.vocabulary import DeviceId, Instant, VehicleId

TENANT = "porto"
BETWEEN_FRAMES = b"\0\xffnext\xff\0"
"""Stands between the frames of a message where they are written as one; no frame that makes sense holds it."""


class _Nowhere:
    """Keeps nothing, and says so."""

    async def append(self, batch: FixBatch | ReadingBatch) -> int:
        raise Fault("fixes.nowhere", f"{len(batch)} rows are kept nowhere.")


class _Deaf(asyncio.Transport):
    """The other end of a connection, which hears answers and forgets them."""

    def __init__(self, protocol: asyncio.StreamReaderProtocol) -> None:
        super().__init__()
        self._protocol = protocol
        self._is_closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Forget an answer."""

    def is_closing(self) -> bool:
        """Say whether it hung up."""
        return self._is_closing

    def close(self) -> None:
        """Hang up."""
        if not self._is_closing:
            self._is_closing = True
            self._protocol.connection_lost(None)


@dataclass(frozen=True, slots=True)
class SmallFleet:
    """Whom the doors know."""

    devices: Mapping[DeviceId, Device]
    vehicles: Mapping[VehicleId, Vehicle]


class FuzzedDoors:
    """Doors to one small fleet at one instant.

    Parameters
    ----------
    fleet : whom they know
    imei : the device that a Teltonika tracker may log in as
    """

    def __init__(self, fleet: SmallFleet, imei: Device, now: Instant) -> None:
        clock = SteppedClock(now)
        readings = ReadingIntake(_Nowhere(), LatestReadings())
        self._reception = Reception(Intake(_Nowhere(), LivePositions()), readings, None, clock, clock)
        self._senders = Senders(fleet.devices, fleet.vehicles)
        self._imei = imei
        self._mqtt = MqttDoor(
            self._reception, lambda: fleet, BrokerAddress("nowhere", 1883), tenant=TENANT, identifier="fuzzed"
        )

    def gateway(self, message: bytes) -> int:
        """Read the frames of a gateway's message; return how many rows it delivers."""
        return _rows(decode_frames(message.split(BETWEEN_FRAMES), lambda credential: self._senders, self._reception))

    def mqtt(self, message: bytes) -> int:
        """Read a topic, a line end and a payload; return how many rows they deliver."""
        topic, _, payload = message.partition(b"\n")
        delivery = self._mqtt.route(topic.decode(errors="replace"), payload)
        return 0 if delivery is None else _rows(delivery)

    def teltonika(self, stream: bytes) -> int:
        """Serve a tracker that sends this and hangs up; return how many messages were counted."""
        before = self._reception.counts.copy()
        asyncio.run(self._serve(stream))
        came = self._reception.counts - before
        if came[TELTONIKA, "bug"]:
            raise AssertionError("the connection met a bug; it is in the log")
        return came.total()

    async def _serve(self, stream: bytes) -> None:
        door = TeltonikaDoor(self._reception, lambda imei: self._imei if imei == self._imei.device_id else None)
        reader = asyncio.StreamReader(limit=len(stream) + 65_536)
        protocol = asyncio.StreamReaderProtocol(reader)
        transport = _Deaf(protocol)
        protocol.connection_made(transport)
        reader.feed_data(stream)
        reader.feed_eof()
        await door.serve(reader, asyncio.StreamWriter(transport, protocol, reader, asyncio.get_running_loop()))


def _rows(delivery: Delivery) -> int:
    return len(delivery.fixes) + len(delivery.urgent) + len(delivery.readings)
