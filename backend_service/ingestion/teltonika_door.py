"""Teltonika trackers over TCP: they name their IMEI, then send packets, each acknowledged when it is on disk.

An IMEI that is the id of a device in service is let in: the list of registered devices is the list of those allowed.
The answer to a packet is how many of its records need not be sent again: all of them, once those that were accepted are
on disk and the others are counted by reason; 0 for a packet that is flawed, or while the service is too busy.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from backend_service.certified_name import common_name
from backend_service.ingestion.reception import Reception
from backend_service.ingestion.teltonika import BadPacket, PacketFlaw, data_length, decode_packet, message_of
from core.fleet.fleet import Device
from core.refusals import Fault, Refusal
from core.telemetry.plausibility import Reason

logger = logging.getLogger(__name__)

DOOR = "teltonika"
_KEEP_ALIVE = 0xFF
_LONGEST_IMEI = 20


@dataclass(frozen=True, slots=True)
class TeltonikaLimits:
    """How much a tracker may ask of the door.

    Parameters
    ----------
    connections : how many at once; further ones are closed
    login_s : seconds until the IMEI is there
    idle_s : seconds between two packets; trackers at rest report every few minutes
    packet_s : seconds for a packet from its first byte to its last, and for an answer to be taken
    packet_bytes : the largest data of one packet
    flaws_in_a_row : flawed packets after which the connection is closed
    """

    connections: int = 2_000
    login_s: float = 10.0
    idle_s: float = 900.0
    packet_s: float = 30.0
    packet_bytes: int = 65_535
    flaws_in_a_row: int = 3


class TeltonikaDoor:
    """Serves trackers on a socket until closed.

    Parameters
    ----------
    find : callable(IMEI) -> the device in service with this id, or ``None``
    tls : with it a tracker shows a certificate whose common name is its IMEI
    """

    def __init__(
        self,
        reception: Reception,
        find: Callable[[str], Device | None],
        limits: TeltonikaLimits | None = None,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._reception = reception
        self._find = find
        self._limits = limits or TeltonikaLimits()
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def open(self, door: socket.socket) -> None:
        """Begin to serve on a bound socket."""
        self._server = await asyncio.start_server(
            self._accept,
            sock=door,
            limit=self._limits.packet_bytes + 64,
            ssl=self._tls,
            ssl_handshake_timeout=None if self._tls is None else self._limits.login_s,
        )

    async def close(self) -> None:
        """Let nobody in any more and end what is under way."""
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) >= self._limits.connections:
            self._reception.count(DOOR, "too_many_connections")
            writer.close()
            return
        task = asyncio.create_task(self.serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end; whatever comes, nothing is raised."""
        try:
            imei = await self._login(reader, writer)
            if imei is not None:
                await self._packets(imei, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self._reception.count(DOOR, "ended")
        except TimeoutError:
            self._reception.count(DOOR, "timed_out")
        except Exception:  # the outer wall of a connection
            self._reception.count(DOOR, "bug")
            logger.exception("A tracker's connection met a bug")
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _login(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str | None:
        """Return the IMEI of a tracker that is let in; the others are told 00 and counted."""
        async with asyncio.timeout(self._limits.login_s):
            length = int.from_bytes(await reader.readexactly(2))
            name = await reader.readexactly(length) if 0 < length <= _LONGEST_IMEI else b""
        imei = name.decode("ascii", errors="replace")
        if self._find(imei) is None or not self._is_certified(imei, writer):
            self._reception.turn_away(DOOR, "unknown_device", Reason.UNKNOWN_DEVICE)
            await self._answer(writer, b"\0")
            return None
        self._reception.count(DOOR, "logins")
        await self._answer(writer, b"\1")
        return imei

    def _is_certified(self, imei: str, writer: asyncio.StreamWriter) -> bool:
        """Say whether the tracker's certificate is that of its IMEI; without TLS none is asked for."""
        if self._tls is None:
            return True
        return common_name(writer.get_extra_info("peercert") or {}) == imei

    async def _packets(self, imei: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flaws = 0
        while flaws < self._limits.flaws_in_a_row:
            first = await self._first_byte(reader)
            device = self._find(imei)  # it may have been retired meanwhile
            if device is None:
                self._reception.turn_away(DOOR, "retired_device", Reason.RETIRED_DEVICE)
                return
            taken = await self._packet(first, device, reader)
            flaws = flaws + 1 if taken is None else 0
            await self._answer(writer, (taken or 0).to_bytes(4))

    async def _first_byte(self, reader: asyncio.StreamReader) -> bytes:
        """Return the first byte of the next packet; bytes that only keep the connection alive are passed over."""
        while True:
            async with asyncio.timeout(self._limits.idle_s):
                first = await reader.readexactly(1)
            if first[0] != _KEEP_ALIVE:
                return first

    async def _packet(self, first: bytes, device: Device, reader: asyncio.StreamReader) -> int | None:
        """Return how many records of a packet need not be sent again; ``None`` for a flawed one.

        Raises
        ------
        ConnectionError
            If the packet is such that the next one cannot be found.
        """
        try:
            async with asyncio.timeout(self._limits.packet_s):
                head = first + await reader.readexactly(7)
                length = data_length(head, self._limits.packet_bytes)
                data, crc = await reader.readexactly(length), await reader.readexactly(4)
            message = message_of(decode_packet(data, int.from_bytes(crc)))
        except TimeoutError:
            self._reception.turn_away(DOOR, f"flawed.{PacketFlaw.SLOW}")
            raise
        except BadPacket as bad:
            self._reception.turn_away(DOOR, f"flawed.{bad.flaw}")
            if bad.flaw in (PacketFlaw.PREAMBLE, PacketFlaw.LENGTH):
                raise ConnectionError("the next packet cannot be found") from None
            return None
        try:
            await self._reception.take(self._reception.delivery_of(device, message))
        except (Refusal, Fault) as later:
            self._reception.count(DOOR, later.code)
            return 0
        self._reception.count(DOOR, "records", len(message.fixes))
        return len(message.fixes)

    async def _answer(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        async with asyncio.timeout(self._limits.packet_s):
            writer.write(answer)
            await writer.drain()
