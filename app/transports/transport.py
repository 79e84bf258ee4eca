"""What a transport does, whichever it is, and how one is chosen: by the scheme of the address."""

from __future__ import annotations

from typing import Protocol

from core.invitation import kind_of


class TransportLost(Exception):
    """The service cannot be reached, or the connection ended. `code` is stable; the sentence is for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class Transport(Protocol):
    """An ordered, two-way stream of frames to the service; used once, from one asyncio loop.

    `kind` is ``zeromq`` or ``websocket``.
    """

    kind: str

    async def connect(self, address: str) -> None:
        """Connect; raise `TransportLost` when that fails. The caller bounds how long it may take."""
        ...

    async def send(self, frame: bytes) -> None:
        """Send a frame; raise `TransportLost` when the connection is gone."""
        ...

    async def receive(self) -> bytes:
        """Return the next frame; raise `TransportLost` when the connection is gone."""
        ...

    async def close(self) -> None:
        """Let go of the connection; safe to call twice, and before `connect`."""
        ...


def transport_for(address: str, curve_key: str) -> Transport:
    """Return an unconnected transport for `address`.

    Raises
    ------
    core.refusals.Refusal
        ``address.scheme_unknown`` if the scheme is none of ``zmq``, ``ws``, ``wss``.
    """
    if kind_of(address) == "zeromq":
        from app.transports.zeromq import ZeroMqTransport

        return ZeroMqTransport(curve_key)
    from app.transports.websocket import WebSocketTransport

    return WebSocketTransport()
