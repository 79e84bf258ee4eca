"""Open connections to a street engine on this machine, and one question and answer after the other on each.

Plain HTTP/1.1 as osrm-routed speaks it: each answer tells its length. A client for the whole web takes longer over a
question than the engine does over its answer, and one order asks a dozen.
"""

from __future__ import annotations

import asyncio
import re

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)\r\n", re.IGNORECASE)
_STATUS = slice(9, 12)


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
        self._received = bytearray()
        self._begins, self._ends = 0, -1

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Return status and content; a connection on which nobody waits any more is ended."""
        if not self.is_open or self._transport is None:
            raise LineBroken("closed before it was asked")
        self._answer = asyncio.get_running_loop().create_future()
        self._received, self._begins, self._ends = bytearray(), 0, -1
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

    def data_received(self, data: bytes) -> None:
        """Gather an answer, and hand it over when it is complete."""
        self._received += data
        if self._answer is None or self._answer.done():
            return
        if self._ends < 0 and (head := self._received.find(_END_OF_HEAD)) >= 0:
            self._begins = head + len(_END_OF_HEAD)
            length = _LENGTH.search(self._received, 0, self._begins)
            if length is None:
                self._answer.set_exception(LineBroken("an answer of unknown length"))
                return
            self._ends = self._begins + int(length[1])
        if 0 <= self._ends <= len(self._received):
            content = bytes(memoryview(self._received)[self._begins : self._ends])
            self._answer.set_result((int(self._received[_STATUS]), content))

    def connection_lost(self, exc: Exception | None) -> None:
        """Hear that it was closed."""
        self.is_open = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LineBroken("closed before the answer was complete"))


def _request(address: str, path: str, body: bytes | None) -> bytes:
    host = address.removeprefix("http://")
    head = f"Host: {host}\r\nConnection: keep-alive\r\n"
    if body is None:
        return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body
