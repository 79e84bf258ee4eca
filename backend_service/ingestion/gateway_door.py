"""Gateways over ZeroMQ: they PUSH batches to a PULL socket with CURVE; each message carries its sender's credential.

A message has three frames: the credential (a gateway's token or a device's key), ``fixes`` or ``readings``, and the
body, in MessagePack as at the batch door. PUSH hears no answer: rejections are counted here, and when the service is
busy it reads no further, so that the sender's own queue fills and holds the sender up. Whoever must know that a batch
is on disk sends it to the batch door over HTTP.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from zmq import asyncio as zmq_asyncio
from zmq.constants import SocketOption, SocketType
from zmq.error import ZMQError

from backend_service.ingestion.batch import Senders, decode_batch
from backend_service.ingestion.clock_watch import IN_DOUBT
from backend_service.ingestion.reading_rows import decode_readings
from backend_service.ingestion.reception import Delivery, Reception
from backend_service.ingestion.row_codec import Encoding
from core.refusals import Fault, Refusal
from core.telemetry.plausibility import Reason

logger = logging.getLogger(__name__)

DOOR = "gateway"
_HIGH_WATER = 64
_AT_ONCE = 50
"""Batches under way to the disk, so that a group commit holds more than one; more wait in the socket."""

_LARGEST_MESSAGE = 2_000_000
_RECEIVED_BYTES = 262_144
"""What the system keeps for each sender: left to itself it takes megabytes, which are lost when the service ends."""

_HANDSHAKE_MS = 10_000
_PAUSE_S = 0.2
_LONGEST_CREDENTIAL = 2_048

type Proves = Callable[[str], Senders]
"""credential -> for whom its bearer may speak; raises a `Refusal`."""


class CurvePair(Protocol):
    """The service's CURVE key pair, in Z85."""

    @property
    def public(self) -> str:
        """Return the key that senders know."""
        ...

    @property
    def secret(self) -> str:
        """Return the key that nobody else knows."""
        ...


class GatewayDoor:
    """Binds, takes batches until closed.

    Parameters
    ----------
    endpoint : such as ``tcp://127.0.0.1:5557``; port 0 or ``*`` takes a free one, see `address`
    """

    def __init__(self, reception: Reception, proves: Proves, endpoint: str, keys: CurvePair) -> None:
        self._reception = reception
        self._proves = proves
        self._endpoint = endpoint
        self._keys = keys
        self._context = zmq_asyncio.Context()
        self._socket: zmq_asyncio.Socket = self._context.socket(SocketType.PULL)
        self._workers: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        """Return the address that gateways connect to, ``zmq://host:port``."""
        endpoint: bytes = self._socket.getsockopt(SocketOption.LAST_ENDPOINT)
        return endpoint.rstrip(b"\0").decode().replace("tcp://", "zmq://")

    def open(self) -> None:
        """Bind and begin to take batches.

        Raises
        ------
        Fault
            ``door.port_taken``
        """
        options = {
            SocketOption.CURVE_SERVER: 1,
            SocketOption.CURVE_PUBLICKEY: self._keys.public.encode(),
            SocketOption.CURVE_SECRETKEY: self._keys.secret.encode(),
            SocketOption.RCVHWM: _HIGH_WATER,
            SocketOption.RCVBUF: _RECEIVED_BYTES,
            SocketOption.MAXMSGSIZE: _LARGEST_MESSAGE,
            SocketOption.HANDSHAKE_IVL: _HANDSHAKE_MS,
            SocketOption.TCP_KEEPALIVE: 1,
            SocketOption.LINGER: 0,
        }
        for option, value in options.items():
            self._socket.setsockopt(option, value)
        try:
            self._socket.bind(self._endpoint)
        except ZMQError as error:
            self._socket.close(linger=0)
            self._context.term()
            raise Fault("door.port_taken", f"{self._endpoint} cannot be opened ({error}). Choose another.") from error
        self._workers = [asyncio.create_task(self._work(), name="gateways") for _ in range(_AT_ONCE)]

    async def close(self) -> None:
        """Take nothing more and let go of the port."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._socket.close()
        self._context.term()

    async def _work(self) -> None:
        while True:
            frames = await self._socket.recv_multipart()
            try:
                await self._take(frames)
            except Refusal as refusal:
                self._reception.turn_away(DOOR, refusal.code, _reason(refusal))
            except Exception:  # the outer wall of a batch
                self._reception.turn_away(DOOR, "bug")
                logger.exception("A gateway's batch could not be taken in")
            await asyncio.sleep(0)

    async def _take(self, frames: list[bytes]) -> None:
        delivery = decode_frames(frames, self._proves, self._reception)
        while True:
            try:
                await self._reception.take(delivery)
                break
            except (Refusal, Fault) as later:
                self._reception.count(DOOR, later.code)
                await asyncio.sleep(_PAUSE_S)
                if later.code == IN_DOUBT:
                    delivery = self._reception.received_anew(delivery)
        self._reception.count(DOOR, "batches")


def decode_frames(frames: list[bytes], proves: Proves, reception: Reception) -> Delivery:
    """Return what a message delivers; rows that are turned away are counted at the intakes.

    Raises
    ------
    Refusal
        ``telemetry.malformed``, ``telemetry.too_many``, ``access.*``.
    """
    if len(frames) != 3 or len(frames[0]) > _LONGEST_CREDENTIAL:
        raise Refusal("telemetry.malformed", "A message is a credential, a kind and a body.", status=400)
    credential, kind, body = frames
    senders = proves(credential.decode("ascii", errors="replace"))
    now, wall_now = reception.clock.now(), reception.wall.now()
    if kind == b"fixes":
        fixes = decode_batch(body, senders, now, wall_now, Encoding.MSGPACK)
        reception.intake.count_rejected(dict(fixes.rejected))
        return Delivery(fixes=fixes.batch, raised=fixes.raised)
    if kind == b"readings" and reception.readings is not None:
        readings = decode_readings(body, Encoding.MSGPACK, senders, now)
        reception.readings.count_rejected(readings.rejected)
        return Delivery(readings=readings.batch)
    raise Refusal("telemetry.malformed", "The kind is fixes or readings.", status=400)


def _reason(refusal: Refusal) -> Reason:
    return Reason.UNKNOWN_DEVICE if refusal.code.startswith("access.") else Reason.MALFORMED
