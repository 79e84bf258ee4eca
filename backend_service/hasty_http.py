"""The HTTP server's own patience: time and size for the head of each request, and a number of connections at once.

The server closes idle connections by itself, but any byte stops that clock, so that a sender who trickles a head holds
a connection for ever (slow loris); its parser, httptools, takes a head of any size. Bodies have limits of their own:
`backend_service.api.request_limits`. Who comes when all places are taken is told so as a problem with ``Retry-After``,
which the server's own limit leaves out.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backend_service.certified_name import common_name

HEAD_SECONDS = 10.0
LARGEST_HEAD = 65_536
"""Bytes of request line and headers."""

MOST_CONNECTIONS = 2_000
BUSY_SECONDS = 2
"""When to try again, as told to who came too many."""


class HastyHttp(HttpToolsProtocol):
    """Closes a connection on which no whole request head comes in time or size; answers 503 to one too many."""

    head_seconds = HEAD_SECONDS
    most_connections = MOST_CONNECTIONS
    _deadline: asyncio.TimerHandle | None = None
    _is_upgraded = False
    _is_in_head = False
    _head_bytes = 0
    _client_name: str | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head, and note whose certificate was verified."""
        super().connection_made(transport)
        certificate = transport.get_extra_info("peercert")
        self._client_name = common_name(certificate) if certificate else None
        if len(self.connections) > self.most_connections:
            self.app = _too_many
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes in; whoever is between requests after them owes a whole head."""
        self._head_bytes += len(data) if self._is_in_head else 0
        super().data_received(data)
        if self._is_upgraded or (self.cycle is not None and not self.cycle.response_complete):
            self._forget_deadline()
        else:
            self._expect_head()
        if self._is_in_head and self._head_bytes > LARGEST_HEAD and not self.transport.is_closing():
            self.transport.write(_HEAD_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Begin to count."""
        self._is_in_head, self._head_bytes = True, 0
        super().on_message_begin()
        if self._client_name is not None:
            self.scope["extensions"] = {"tls": {"client_cert_name": self._client_name}}

    def on_headers_complete(self) -> None:
        """Leave the rest to the limits of bodies."""
        self._is_in_head = False
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the deadline."""
        self._forget_deadline()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to the WebSocket's own limits."""
        self._is_upgraded = True
        super().handle_websocket_upgrade()

    def _expect_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.head_seconds, self.transport.close)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


async def _too_many(scope: dict[str, Any], _: Any, send: Any) -> None:
    """Answer, as ASGI, that all places are taken."""
    body = json.dumps(_PROBLEM | {"instance": scope["path"]}).encode()
    headers = {
        "content-type": "application/problem+json",
        "content-length": str(len(body)),
        "retry-after": str(BUSY_SECONDS),
        "connection": "close",
    }
    written = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 503, "headers": written})
    await send({"type": "http.response.body", "body": body})


_PROBLEM = {
    "type": "urn:tower:problem:service.overloaded",
    "title": "Service: overloaded",
    "status": 503,
    "detail": "Too many connections are open. Try again in a moment.",
    "code": "service.overloaded",
}

_HEAD_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
