"""The HTTP server's own patience: a connection has `HEAD_SECONDS` for the head of each request, then it is closed.

The server closes idle connections by itself, but any byte stops that clock, so that a sender who trickles a head holds
a connection for ever (slow loris). Bodies have their own time: `backend_service.api.request_limits`.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0


class HastyHttp(H11Protocol):
    """Closes a connection on which no whole request head comes in time."""

    head_seconds = HEAD_SECONDS
    _deadline: asyncio.TimerHandle | None = None
    _is_upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._expect_head()

    def data_received(self, data: bytes) -> None:
        """Take bytes in; whoever is between requests after them owes a whole head."""
        super().data_received(data)
        if self._is_upgraded or (self.cycle is not None and not self.cycle.response_complete):
            self._forget_deadline()
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the deadline."""
        self._forget_deadline()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to the WebSocket's own limits."""
        self._is_upgraded = True
        super().handle_websocket_upgrade(event)

    def _expect_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.head_seconds, self.transport.close)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
