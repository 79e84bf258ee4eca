"""Senders who trickle: the head of a request and its body each have their time, and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
import uvicorn

from backend_service.api.request_limits import BODY_SECONDS, BodyDeadline
from backend_service.hasty_http import HEAD_SECONDS, HastyHttp
from core.refusals import Refusal


class VeryHasty(HastyHttp):
    head_seconds = 0.2


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Answer at once, whatever is asked."""
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"hi"})


async def served(client: Callable[[int], Awaitable[None]]) -> None:
    config = uvicorn.Config(hello, host="127.0.0.1", port=0, log_level="error", lifespan="off", http=VeryHasty)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        assert not task.done()
        await asyncio.sleep(0.01)
    try:
        await client(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await task


async def trickle(writer: asyncio.StreamWriter) -> None:
    """Send a byte of a head that never ends, for as long as anybody listens."""
    with suppress(ConnectionError):
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("before", [b"", b"GET / HTTP/1.1\r\nHost: tower\r\n\r\n"])
def test_a_head_that_trickles_is_cut_off(before: bytes) -> None:
    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        if before:
            writer.write(before)
            assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
        writer.write(b"GET / HTTP/1.1\r\nHost: ")
        dripping = asyncio.create_task(trickle(writer))
        with suppress(ConnectionResetError):
            assert await reader.read() == b"", "closed without an answer"
        dripping.cancel()
        writer.close()

    asyncio.run(served(client))


def test_a_head_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VeryHasty, "head_seconds", 300.0)

    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: tower\r\nX-Long: ")
        while not reader.at_eof() and reader.exception() is None:
            with suppress(ConnectionError):
                writer.write(b"x" * 4_096)
                await writer.drain()
            await asyncio.sleep(0)
        with suppress(ConnectionError):
            assert (await reader.read()).startswith(b"HTTP/1.1 431")
        writer.close()

    asyncio.run(asyncio.wait_for(served(client), 20.0))


def test_a_large_body_is_no_large_head() -> None:
    async def client(port: int) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            for _ in range(2):
                answer = await http.post("/", content=b"x" * 1_000_000)
                assert (answer.status_code, answer.text) == (200, "hi")

    asyncio.run(served(client))


def test_one_connection_too_many_is_told_when_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VeryHasty, "most_connections", 1)

    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: tower\r\n\r\n")
        assert (await reader.readuntil(b"hi")).startswith(b"HTTP/1.1 200")
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as second:
            refused = await second.get("/")
        assert (refused.status_code, refused.json()["code"]) == (503, "service.overloaded")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["retry-after"] == "2"
        writer.close()

    asyncio.run(served(client))


def test_a_connection_that_says_nothing_is_cut_off() -> None:
    async def client(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await reader.read() == b""
        writer.close()

    asyncio.run(served(client))


def test_whoever_is_quick_keeps_the_connection() -> None:
    async def client(port: int) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            first = await http.get("/")
            await asyncio.sleep(0.5)  # longer than a head may take: idle is the server's own matter
            again = await http.get("/")
            assert (first.text, again.text) == ("hi", "hi")
            streams = {reply.extensions["network_stream"].get_extra_info("client_addr") for reply in (first, again)}
            assert len(streams) == 1

    asyncio.run(served(client))


def body_of(*parts: bytes) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Return a `receive` that gives the parts, then nothing more for ever; the last part is never the end."""
    waiting = list(parts)

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": waiting.pop(0), "more_body": True}

    return receive


async def reads_all(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass


def test_a_body_that_does_not_end_is_refused() -> None:
    async def play() -> None:
        door = BodyDeadline(reads_all, seconds=0.05)  # type: ignore[arg-type]
        with pytest.raises(Refusal) as refused:
            await door({"type": "http"}, body_of(b"a", b"b"), lambda _: None)  # type: ignore[arg-type, typeddict-item]
        assert (refused.value.status, refused.value.code) == (408, "request.too_slow")
        assert refused.value.details == {"limit_seconds": 0.05}

    asyncio.run(play())


def test_an_answer_may_take_longer_than_a_body() -> None:
    async def slow(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["more_body"] is False
        with pytest.raises(TimeoutError):  # nobody left meanwhile, and no deadline struck
            await asyncio.wait_for(receive(), 0.2)
        await send("done")

    async def play() -> None:
        messages = [{"type": "http.request", "body": b"whole", "more_body": False}]

        async def receive() -> Any:
            return messages.pop() if messages else await asyncio.Event().wait()

        said: list[Any] = []

        async def send(message: Any) -> None:
            said.append(message)

        await BodyDeadline(slow, seconds=0.05)({"type": "http"}, receive, send)  # type: ignore[arg-type, typeddict-item]
        assert said == ["done"]

    asyncio.run(play())


def test_a_missed_deadline_is_answered_as_a_problem(depot: Any) -> None:
    async def scenario(depot: Any) -> None:
        async def late() -> Any:  # what the application meets when its `receive` misses the deadline
            raise Refusal("request.too_slow", "The body did not come within 15 s.", status=408, limit_seconds=15.0)
            yield b""

        answer = await depot.client.post(
            "/api/v1/telemetry/readings", content=late(), headers=depot.headers(None, "D-1")
        )
        assert (answer.status_code, answer.json()["code"]) == (408, "request.too_slow")

    depot(scenario)


def test_nobody_waits_for_ever() -> None:
    assert 0.0 < HEAD_SECONDS <= BODY_SECONDS <= 60.0
