"""The feed over ZeroMQ: one ROUTER with CURVE; each routing id is one desk's session.

ROUTER_MANDATORY makes a send to a desk that is gone an error instead of a silent drop. Sends never wait: a desk may
have at most `FeedLimits.most_credit` messages outstanding, which is below the socket's high-water mark, so a full
pipe means that the desk cheats or is dead, and its session ends. One slow desk therefore never holds up another.
ZMTP heartbeats and TCP keepalive find peers that vanished.
"""

from __future__ import annotations

import asyncio
import logging

from zmq import asyncio as zmq_asyncio
from zmq.constants import Flag, SocketOption, SocketType
from zmq.error import ZMQError

from backend_service.live.curve_keys import CurveKeys
from backend_service.live.feed import Feed
from backend_service.live.feed_session import ChannelClosed
from core.refusals import Fault

_log = logging.getLogger(__name__)

_HIGH_WATER = 512
_INBOX = 256
_HANDSHAKE_MS = 10_000
_HEARTBEAT_MS = 5_000
_DEAD_AFTER_MS = 15_000
_LARGEST_MESSAGE = 2_000_000


class _RouterChannel:
    """One routing id as a session's channel."""

    transport = "zeromq"

    def __init__(self, router: zmq_asyncio.Socket, identity: bytes) -> None:
        self.inbox: asyncio.Queue[bytes | None] = asyncio.Queue(_INBOX)
        self._router = router
        self._identity = identity

    async def receive(self) -> bytes:
        frame = await self.inbox.get()
        if frame is None:
            raise ChannelClosed
        return frame

    async def send(self, frame: bytes) -> None:
        try:
            await self._router.send_multipart([self._identity, frame], flags=Flag.DONTWAIT)
        except ZMQError as error:
            raise ChannelClosed from error
        await asyncio.sleep(0)  # the send did not wait: let others run


class ZeroMqDoor:
    """Binds, serves until closed.

    Parameters
    ----------
    endpoint : such as ``tcp://127.0.0.1:5556``; port 0 or ``*`` takes a free one, see `address`
    keys : the service's CURVE key pair
    handshake_ms : a peer that has not proved itself by then is cut off
    """

    def __init__(self, feed: Feed, endpoint: str, keys: CurveKeys, *, handshake_ms: int = _HANDSHAKE_MS) -> None:
        self._feed = feed
        self._endpoint = endpoint
        self._keys = keys
        self._handshake_ms = handshake_ms
        self._context = zmq_asyncio.Context()
        self._router: zmq_asyncio.Socket = self._context.socket(SocketType.ROUTER)
        self._channels: dict[bytes, _RouterChannel] = {}
        self._sessions: set[asyncio.Task[None]] = set()
        self._receiving: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        """Return the address that desks connect to, ``zmq://host:port``."""
        endpoint: bytes = self._router.getsockopt(SocketOption.LAST_ENDPOINT)
        return endpoint.rstrip(b"\0").decode().replace("tcp://", "zmq://")

    async def open(self) -> None:
        """Bind and start to serve.

        Raises
        ------
        Fault
            ``feed.address_in_use`` if the endpoint cannot be bound.
        """
        router = self._router
        router.setsockopt(SocketOption.CURVE_SERVER, 1)
        router.setsockopt(SocketOption.CURVE_PUBLICKEY, self._keys.public.encode())
        router.setsockopt(SocketOption.CURVE_SECRETKEY, self._keys.secret.encode())
        router.setsockopt(SocketOption.ROUTER_MANDATORY, 1)
        router.setsockopt(SocketOption.LINGER, 200)
        router.setsockopt(SocketOption.SNDHWM, _HIGH_WATER)
        router.setsockopt(SocketOption.RCVHWM, _HIGH_WATER)
        router.setsockopt(SocketOption.MAXMSGSIZE, _LARGEST_MESSAGE)
        router.setsockopt(SocketOption.HANDSHAKE_IVL, self._handshake_ms)
        router.setsockopt(SocketOption.TCP_KEEPALIVE, 1)
        router.setsockopt(SocketOption.HEARTBEAT_IVL, _HEARTBEAT_MS)
        router.setsockopt(SocketOption.HEARTBEAT_TIMEOUT, _DEAD_AFTER_MS)
        try:
            router.bind(self._endpoint)
        except ZMQError as error:
            router.close(linger=0)
            self._context.term()
            raise Fault("feed.address_in_use", f"{self._endpoint} cannot be bound: {error}.") from error
        self._receiving = asyncio.create_task(self._receive())

    async def close(self) -> None:
        """End all sessions and let go of the port."""
        tasks = [*self._sessions, *([self._receiving] if self._receiving else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._router.close()
        self._context.term()

    async def _receive(self) -> None:
        while True:
            frames = await self._router.recv_multipart()
            if len(frames) == 2:
                self._deliver(frames[0], frames[1])

    def _deliver(self, identity: bytes, frame: bytes) -> None:
        channel = self._channels.get(identity)
        if channel is None:
            channel = self._channels[identity] = _RouterChannel(self._router, identity)
            task = asyncio.create_task(self._serve(identity, channel))
            self._sessions.add(task)
            task.add_done_callback(self._sessions.discard)
        if channel.inbox.full():
            _log.warning("a desk sends faster than it is answered; its session ends")
            channel.inbox.get_nowait()
            channel.inbox.put_nowait(None)
            return
        channel.inbox.put_nowait(frame)

    async def _serve(self, identity: bytes, channel: _RouterChannel) -> None:
        try:
            await self._feed.serve(channel)
        finally:
            self._channels.pop(identity, None)
