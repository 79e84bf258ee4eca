"""Open connections to a street engine on this machine, and one question and answer after the other on each.

A client for the whole web takes longer over a question than the engine does over its answer, and one order asks a
dozen (ADR 0047); here answers are read by httptools, and nothing is decided but which connection is free.
"""

from __future__ import annotations

import asyncio

from httptools import HttpParserError, HttpResponseParser


class LineBroken(ConnectionError):
    """The engine closed a connection before its answer was complete, or wrote what is no answer."""


class EngineLines:
    """Connections that are kept open between questions, as many as there are questions at once.

    Parameters
    ----------
    answer_seconds : float
        How long connecting and answering may take together, wall seconds.
    """

    def __init__(self, answer_seconds: float) -> None:
        self._answer_seconds = answer_seconds
        self._idle: dict[str, list[_Line]] = {}

    async def ask(
        self, address: str, path: str, body: bytes | None = None, *, seconds: float | None = None, fresh: bool = False
    ) -> tuple[int, bytes]:
        """Return status and content of an answer.

        Parameters
        ----------
        address : str
            ``http://host:port``.
        path : str
            Beginning with a slash.
        body : bytes, optional
            JSON, which is posted; without it the path is got.
        seconds : float, optional
            How long this answer may take.
        fresh : bool
            Whether to open a connection for it, for those that stand may all be closed by now.

        Raises
        ------
        LineBroken
            If the connection was closed before the answer was complete.
        OSError, TimeoutError
            If nobody listens there, or the answer takes too long.
        """
        async with asyncio.timeout(self._answer_seconds if seconds is None else seconds):
            line = await self._line(address, fresh=fresh)
            answer = await line.ask(_request(address, path, body))
        self._keep(address, line)
        return answer

    def close(self) -> None:
        """Close every connection that nobody is asking on."""
        for lines in self._idle.values():
            for line in lines:
                line.end()
        self._idle.clear()

    async def _line(self, address: str, *, fresh: bool) -> _Line:
        if fresh or address not in self._idle:
            self.close()  # those of an engine that was replaced, too
        lines = self._idle.get(address, [])
        while lines:
            line = lines.pop()
            if line.is_open:
                return line
        host, _, port = address.removeprefix("http://").partition(":")
        _, line = await asyncio.get_running_loop().create_connection(_Line, host, int(port))
        return line

    def _keep(self, address: str, line: _Line) -> None:
        if line.is_open:
            self._idle.setdefault(address, []).append(line)


class _Line(asyncio.Protocol):
    """One connection: a question is written, and its answer gathered until it is complete."""

    def __init__(self) -> None:
        self.is_open = False
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser = HttpResponseParser(self)
        self._content: list[bytes] = []

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Return status and content; a connection on which nobody waits any more is ended."""
        if not self.is_open or self._transport is None:
            raise LineBroken("closed before it was asked")
        self._answer = asyncio.get_running_loop().create_future()
        self._parser, self._content = HttpResponseParser(self), []
        self._transport.write(request)
        try:
            return await self._answer
        except BaseException:
            self.end()
            raise
        finally:
            self._answer = None

    def end(self) -> None:
        """Close the connection."""
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hear that it stands."""
        assert isinstance(transport, asyncio.Transport)
        self._transport, self.is_open = transport, True

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that it was closed."""
        self.is_open = False
        self._fail("closed before the answer was complete")

    def data_received(self, data: bytes) -> None:
        """Have a piece of an answer read."""
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._fail(f"what came is no answer: {error}")
            self.end()

    def on_body(self, content: bytes) -> None:
        """Hear a piece of the content from the parser."""
        self._content.append(content)

    def on_message_complete(self) -> None:
        """Hear from the parser that the answer is complete, and hand it over."""
        if not self._parser.should_keep_alive():
            self.end()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), b"".join(self._content)))

    def _fail(self, why: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LineBroken(why))


def _request(address: str, path: str, body: bytes | None) -> bytes:
    host = address.removeprefix("http://")
    head = f"Host: {host}\r\nConnection: keep-alive\r\n"
    if body is None:
        return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body
