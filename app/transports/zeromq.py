"""The feed over ZeroMQ: a DEALER with CURVE, watched by its socket monitor.

ZeroMQ hides connections; the monitor is what tells a failed handshake from an absent service, and a lost connection
from a quiet one. Reconnecting is the session's decision, so ZeroMQ's own is switched off.
"""

from __future__ import annotations

import asyncio
import contextlib

from zmq import asyncio as zmq_asyncio
from zmq import curve_keypair
from zmq.constants import Event, SocketOption, SocketType
from zmq.error import ZMQError
from zmq.utils.monitor import parse_monitor_message

from app.transports.transport import TransportLost

_HIGH_WATER = 512
_NEVER = -1
_HANDSHAKE_FAILED = Event.HANDSHAKE_FAILED_NO_DETAIL | Event.HANDSHAKE_FAILED_PROTOCOL | Event.HANDSHAKE_FAILED_AUTH
_GONE = Event.DISCONNECTED | Event.CLOSED | Event.CONNECT_RETRIED | _HANDSHAKE_FAILED


class ZeroMqTransport:
    """One DEALER; `curve_key` is the service's public key from the invitation, Z85."""

    kind = "zeromq"

    def __init__(self, curve_key: str) -> None:
        self._curve_key = curve_key
        self._context: zmq_asyncio.Context | None = None
        self._dealer: zmq_asyncio.Socket | None = None
        self._monitor: zmq_asyncio.Socket | None = None
        self._watching: asyncio.Task[None] | None = None

    async def connect(self, address: str) -> None:
        """Connect and wait for the encrypted handshake; see `Transport.connect`."""
        try:
            self._prepare(address)
        except (ZMQError, ValueError, UnicodeError) as error:
            raise TransportLost("feed.address_malformed", f"{address} or its key cannot be used: {error}.") from error
        await self._handshake(address)
        self._watching = asyncio.create_task(self._watch())

    async def send(self, frame: bytes) -> None:
        """Send a frame; see `Transport.send`."""
        if self._dealer is None or self._watching is None or self._watching.done():
            raise _lost()
        await self._dealer.send(frame)

    async def receive(self) -> bytes:
        """Return the next frame; see `Transport.receive`."""
        if self._dealer is None or self._watching is None:
            raise _lost()
        arriving = asyncio.ensure_future(self._dealer.recv())
        try:
            await asyncio.wait({arriving, self._watching}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if not arriving.done():
                arriving.cancel()
        if arriving.cancelled() or not arriving.done():
            raise _lost()
        frame: bytes = arriving.result()
        return frame

    async def close(self) -> None:
        """Let go of the connection; frames already given are sent within 0.2 s."""
        if self._watching is not None:
            self._watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watching
        if self._dealer is not None:
            self._dealer.disable_monitor()
            self._dealer.close()
            self._dealer = None
        if self._monitor is not None:
            self._monitor.close(linger=0)
            self._monitor = None
        if self._context is not None:
            context, self._context = self._context, None
            await asyncio.to_thread(context.term)

    def _prepare(self, address: str) -> None:
        self._context = zmq_asyncio.Context()
        dealer = self._dealer = self._context.socket(SocketType.DEALER)
        public, secret = curve_keypair()
        dealer.setsockopt(SocketOption.CURVE_SERVERKEY, self._curve_key.encode("ascii"))
        dealer.setsockopt(SocketOption.CURVE_PUBLICKEY, public)
        dealer.setsockopt(SocketOption.CURVE_SECRETKEY, secret)
        dealer.setsockopt(SocketOption.RECONNECT_IVL, _NEVER)
        dealer.setsockopt(SocketOption.LINGER, 200)
        dealer.setsockopt(SocketOption.SNDHWM, _HIGH_WATER)
        dealer.setsockopt(SocketOption.RCVHWM, _HIGH_WATER)
        dealer.setsockopt(SocketOption.TCP_KEEPALIVE, 1)
        self._monitor = dealer.get_monitor_socket()
        dealer.connect(address.replace("zmq://", "tcp://", 1))

    async def _handshake(self, address: str) -> None:
        is_connected = False
        while True:
            event = await self._next_event()
            if event & Event.CONNECTED:
                is_connected = True
            elif event & Event.HANDSHAKE_SUCCEEDED:
                return
            elif event & _GONE and is_connected:
                raise TransportLost(
                    "feed.key_mismatch",
                    f"What answers at {address} does not have the key of the invitation: ask for a fresh invitation.",
                )
            elif event & _GONE:
                raise TransportLost("feed.unreachable", f"Nothing answers at {address}.")

    async def _watch(self) -> None:
        while not await self._next_event() & _GONE:
            pass

    async def _next_event(self) -> int:
        assert self._monitor is not None
        return int(parse_monitor_message(await self._monitor.recv_multipart())["event"])


def _lost() -> TransportLost:
    return TransportLost("feed.lost", "The connection to the service ended.")
