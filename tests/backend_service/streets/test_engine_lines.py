"""Questions to the street engine go over connections that are kept, and a broken one is told from a slow one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from backend_service.streets.engine_lines import EngineLines, LineBroken


class Engine:
    """Answers each question by the body it came with, in pieces, and counts its connections."""

    def __init__(
        self, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", per_connection: int = 99
    ) -> None:
        self.head = head
        self.per_connection = per_connection
        self.connections = 0
        self.asked: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            for _ in range(self.per_connection):
                await self._answer(reader, writer)
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.asked.append(head.split(b"\r\n")[0])
        length = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")]
        body = await reader.readexactly(length[0]) if length else b"got"
        answer = (self.head % len(body) if b"%d" in self.head else self.head) + body
        for begin in range(0, len(answer), 7):
            writer.write(answer[begin : begin + 7])
            await writer.drain()


def play(engine: Engine, asks: Callable[[EngineLines, str], Awaitable[None]], answer_seconds: float = 10.0) -> None:
    async def run() -> None:
        server = await asyncio.start_server(engine.serve, "127.0.0.1", 0)
        lines = EngineLines(answer_seconds)
        async with server:
            await asks(lines, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
            lines.close()

    asyncio.run(run())


def test_questions_in_turn_share_a_connection_and_those_at_once_have_their_own() -> None:
    engine = Engine()

    async def asks(lines: EngineLines, address: str) -> None:
        for body in (b"one", b"", b"x" * 10_000):
            assert await lines.ask(address, "/table", body) == (200, body)
        assert await lines.ask(address, "/nearest") == (200, b"got")
        assert engine.connections == 1
        told = await asyncio.gather(*(lines.ask(address, "/table", body) for body in (b"a", b"bb", b"ccc")))
        assert [content for _, content in told] == [b"a", b"bb", b"ccc"]
        assert engine.connections == 3

    play(engine, asks)
    assert engine.asked[0] == b"POST /table HTTP/1.1"
    assert engine.asked[3] == b"GET /nearest HTTP/1.1"


def test_closed_connection_is_not_used_again_and_a_fresh_one_may_be_asked_for() -> None:
    engine = Engine(per_connection=1)

    async def asks(lines: EngineLines, address: str) -> None:
        for _ in range(2):
            assert (await lines.ask(address, "/table", b"x", fresh=True))[1] == b"x"

    play(engine, asks)
    assert engine.connections == 2


def test_connection_that_the_engine_means_to_close_is_not_used_again() -> None:
    engine = Engine(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n")

    async def asks(lines: EngineLines, address: str) -> None:
        for _ in range(2):
            assert (await lines.ask(address, "/table", b"x"))[1] == b"x"

    play(engine, asks)
    assert engine.connections == 2


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"Good day to you\r\n\r\n"]
)
def test_answer_that_is_not_complete_or_none_is_said(head: bytes) -> None:
    async def asks(lines: EngineLines, address: str) -> None:
        with pytest.raises(LineBroken):
            await lines.ask(address, "/table", b"x")

    play(Engine(head, per_connection=1), asks)


def test_answer_that_takes_too_long_is_given_up_and_its_connection_with_it() -> None:
    engine = Engine(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")

    async def asks(lines: EngineLines, address: str) -> None:
        with pytest.raises(TimeoutError):
            await lines.ask(address, "/table", b"x", seconds=0.02)
        engine.head = b"HTTP/1.1 503 Busy\r\ncontent-length: %d\r\n\r\n"
        assert await lines.ask(address, "/table", b"x") == (503, b"x")

    play(engine, asks)
    assert engine.connections == 2


def test_nobody_listening_is_an_error_of_the_machine() -> None:
    async def ask() -> None:
        with pytest.raises(ConnectionRefusedError):
            await EngineLines(1.0).ask("http://127.0.0.1:1", "/table", b"x")

    asyncio.run(ask())
