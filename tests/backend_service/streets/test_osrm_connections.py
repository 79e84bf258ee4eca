"""A connection that the street engine closes just when it is asked is no reason to answer by estimate."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from backend_service.streets.osrm import OsrmStreets
from backend_service.streets.street_engine import StreetsDown
from core.timekeeping import SteppedClock

ANSWER = (
    b'{"code":"Ok","durations":[[7.0]],"distances":[[70.0]],'
    b'"sources":[{"location":[0,0],"distance":0}],"destinations":[{"location":[0,0],"distance":0}]}'
)


@dataclass
class Listening:
    """Stands for the process: only its address is asked for."""

    address: str


class ClosingEngine:
    """Closes the first connections without a word, and answers every later question alike."""

    def __init__(self, closes: int) -> None:
        self.closes = closes
        self.asked = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-l"))
        await reader.readexactly(length)
        self.asked += 1
        if self.asked > self.closes:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER)
            await writer.drain()
        writer.close()


def ask(engine: ClosingEngine) -> float:
    async def play() -> float:
        server = await asyncio.start_server(engine.serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        process: Any = Listening(f"http://127.0.0.1:{port}")
        async with server, OsrmStreets(process, SteppedClock(0.0)) as streets:
            here = np.zeros((1, 2))
            return float((await streets.matrix(here, here)).durations_s[0, 0])

    return asyncio.run(play())


def test_question_on_a_closed_connection_is_asked_once_more() -> None:
    engine = ClosingEngine(closes=1)
    assert ask(engine) == 7.0
    assert engine.asked == 2


def test_engine_that_closes_again_is_down() -> None:
    engine = ClosingEngine(closes=2)
    with pytest.raises(StreetsDown, match="does not answer"):
        ask(engine)
    assert engine.asked == 2
