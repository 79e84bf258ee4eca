"""How large a request may be and how long its body may take: what keeps slow and huge senders from holding a door.

`LARGEST_BODY` is enforced by the framework while the body comes in, before any of it is decoded. `BodyDeadline` gives a
body `BODY_SECONDS` of wall time from the first look at it to its end; a sender that trickles is answered 408. Request
heads and idle connections are the server's own matter: `backend_service.hasty_http`.
"""

from __future__ import annotations

import asyncio

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

from core.refusals import Refusal

LARGEST_BODY = 2_000_000
"""Bytes: room for 5,000 fixes, or for a fence of 2,000 corners."""

BODY_SECONDS = 15.0
"""A phone on a bad line sends 2 MB hardly ever; 16 kB take it a second."""


class BodyDeadline:
    """ASGI middleware: the whole body within a time, or 408."""

    def __init__(self, app: ASGIApp, *, seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; one without a body, and a WebSocket, is left alone."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._seconds
        is_whole = False

        async def receive_in_time() -> ReceiveMessage:
            nonlocal is_whole
            if is_whole:  # what comes now is the end of the connection, which has no deadline
                return await receive()
            try:
                async with asyncio.timeout_at(ends_at):
                    message = await receive()
            except TimeoutError:
                raise Refusal(
                    "request.too_slow",
                    f"The body did not come within {self._seconds:g} s.",
                    status=408,
                    limit_seconds=self._seconds,
                ) from None
            is_whole = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        await self._app(scope, receive_in_time, send)
