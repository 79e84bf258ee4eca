"""Asks an ASGI application in this process: whole requests in, whole answers out, no sockets.

The application decodes, authorises and answers as it does behind a server. An HTTP client with a transport into the
process costs more for each request than the application does; under a stepped clock that would be most of the day.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote, urlencode

import httpx

type _Message = MutableMapping[str, Any]
type Application = Callable[[Any, Any, Any], Awaitable[None]]

_FORM = (b"content-type", b"application/x-www-form-urlencoded")


class InProcess:
    """Implements `AsksHttp` for one application."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """Return the application's answer; what the application lets escape is raised.

        Parameters
        ----------
        method : str
        url : str
            Path, and query if there is one.
        headers : mapping, optional
        content : bytes, optional
            The body.
        data : mapping, optional
            A form to send instead of `content`.
        """
        fields = [(name.lower().encode("ascii"), text.encode("latin-1")) for name, text in (headers or {}).items()]
        body = content or b""
        if data is not None:
            fields.append(_FORM)
            body = urlencode(data).encode()
        exchange = _Exchange(body)
        fields += [(b"host", b"service"), (b"content-length", str(len(body)).encode())]
        await self._application(_scope(method, url, fields), exchange.receive, exchange.send)
        return httpx.Response(exchange.status, headers=exchange.headers, content=b"".join(exchange.parts))


class _Exchange:
    """One request's body on its way in, and the answer on its way out."""

    def __init__(self, body: bytes) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []
        self._messages: list[_Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive(self) -> _Message:
        return self._messages.pop() if self._messages else {"type": "http.disconnect"}

    async def send(self, message: _Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))


def _scope(method: str, url: str, headers: list[tuple[bytes, bytes]]) -> _Message:
    path, _, query = url.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "headers": headers,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "server": ("service", 80),
        "client": ("127.0.0.1", 0),
        "root_path": "",
    }
