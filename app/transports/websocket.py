"""The feed over WebSocket: binary frames, subprotocol ``tower.v1``, TLS for ``wss://``."""

from __future__ import annotations

import ssl
from typing import Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from app.transports.transport import TransportLost

_SUBPROTOCOL = "tower.v1"
_LARGEST_MESSAGE = 512_000_000  # a snapshot of a large operation


class WebSocketTransport:
    """One WebSocket connection."""

    kind = "websocket"

    def __init__(self) -> None:
        self._connection: ClientConnection | None = None

    async def connect(self, address: str) -> None:
        """Connect; see `Transport.connect`."""
        proxy: Literal[True] | None = True if address.startswith("wss://") else None
        try:
            self._connection = await connect(
                address,
                subprotocols=[_SUBPROTOCOL],  # type: ignore[list-item]  # a NewType of str
                compression=None,
                ping_interval=None,
                max_size=_LARGEST_MESSAGE,
                close_timeout=0.5,
                proxy=proxy,
            )
        except InvalidURI as error:
            raise TransportLost("feed.address_malformed", f"{address} is no address: {error}.") from error
        except InvalidHandshake as error:
            raise TransportLost(
                "feed.no_service", f"What answers at {address} is no Tower service: {error}."
            ) from error
        except ssl.SSLError as error:
            raise TransportLost("feed.certificate", _untrusted(address, error)) from error
        except (OSError, EOFError) as error:
            raise TransportLost("feed.unreachable", f"Nothing answers at {address}: {error}.") from error
        if self._connection.subprotocol != _SUBPROTOCOL:
            raise TransportLost("feed.no_service", f"What answers at {address} does not speak {_SUBPROTOCOL}.")

    async def send(self, frame: bytes) -> None:
        """Send a frame; see `Transport.send`."""
        try:
            await self._open().send(frame)
        except ConnectionClosed as error:
            raise _closed(error) from error

    async def receive(self) -> bytes:
        """Return the next frame; see `Transport.receive`. A text frame comes as its bytes."""
        try:
            frame = await self._open().recv()
        except ConnectionClosed as error:
            raise _closed(error) from error
        return frame.encode() if isinstance(frame, str) else frame

    async def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    def _open(self) -> ClientConnection:
        if self._connection is None:
            raise TransportLost("feed.closed", "The connection was closed.")
        return self._connection


def _untrusted(address: str, error: ssl.SSLError) -> str:
    why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.reason or error
    return (
        f"The certificate of {address} is not trusted: {why}. Ask your administrator for the right address, or for the "
        "certificate of their authority, and name that in SSL_CERT_FILE."
    )


def _closed(error: ConnectionClosed) -> TransportLost:
    return TransportLost("feed.lost", f"The connection to the service ended: {error}.")
