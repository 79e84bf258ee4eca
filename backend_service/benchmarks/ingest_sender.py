"""Sends fixes in an open loop, in a process of its own that `bench ingest` starts; prints what became of them as JSON.

Batches are due at instants fixed beforehand, whether or not the service keeps up; latency counts from then. A door that
says *later* (429, 503) is asked again after as long as it says. REST is spoken over plain sockets: a client library
would take more of the machine than the service's door does.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import msgspec
import numpy as np
import zmq
from zmq import asyncio as zmq_asyncio
from zmq.constants import SocketType

from backend_service.benchmarks.ingest_fleet import NO_FLAWS, FlawedWay, Flaws, Fleet, WireBatch

REST_MSGPACK, REST_JSON, ZEROMQ = "rest-msgpack", "rest-json", "zeromq"
PROTOCOLS = (REST_MSGPACK, REST_JSON, ZEROMQ)
_CONNECTIONS = 32
_LEAD_S = 0.5
_DRAIN_S = 20.0
_LATER = (429, 503)


class Sent(msgspec.Struct, kw_only=True):
    """What a run of sending came to; latencies are seconds from when a batch was due, after the warm-up.

    `unanswered` are the fixes that no answer had come for when waiting was given up; `generated_late_s` is how far the
    sender itself was behind its timetable.
    """

    began_at: float = 0.0
    offered_fixes: int = 0
    lost_batches: int = 0
    unanswered: int = 0
    statuses: dict[int, int] = {}
    acknowledged_s: dict[str, float] = {}
    generated_late_s: dict[str, float] = {}


class Door(Protocol):
    """Where batches go."""

    async def open(self) -> None:
        """Connect."""
        ...

    async def send(self, body: bytes) -> tuple[int, float]:
        """Send a batch; return the status and after how many seconds it may be sent again."""
        ...

    async def close(self) -> None:
        """Disconnect."""
        ...


class RestDoor:
    """HTTP/1.1 over connections that are kept open; one is taken for each batch."""

    def __init__(self, address: str, token: str, media_type: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._head = (
            f"POST /api/v1/telemetry HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: {media_type}\r\nContent-Length: "
        ).encode()
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def open(self) -> None:
        """Open the connections."""
        for _ in range(_CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection(self._host, self._port))

    async def send(self, body: bytes) -> tuple[int, float]:
        """Post a batch."""
        reader, writer = await self._free.get()
        writer.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(_field(head, b"content-length") or 0))
        self._free.put_nowait((reader, writer))
        return int(head[9:12]), float(_field(head, b"retry-after") or 0.0)

    async def close(self) -> None:
        """Close the connections that are free."""
        while not self._free.empty():
            self._free.get_nowait()[1].close()


class PushDoor:
    """PUSH with CURVE: no answer ever comes; what the service has no room for waits here."""

    def __init__(self, address: str, token: str, server_key: str) -> None:
        self._context = zmq_asyncio.Context()
        self._socket = self._context.socket(SocketType.PUSH)
        self._socket.curve_publickey, self._socket.curve_secretkey = zmq.curve_keypair()
        self._socket.curve_serverkey = server_key.encode()
        self._socket.sndhwm = 64
        self._address = address.replace("zmq://", "tcp://")
        self._token = token.encode()

    async def open(self) -> None:
        """Connect."""
        self._socket.connect(self._address)

    async def send(self, body: bytes) -> tuple[int, float]:
        """Push a batch; it returns when there is room."""
        await self._socket.send_multipart([self._token, b"fixes", body])
        return 200, 0.0

    async def close(self) -> None:
        """Send what waits, then disconnect."""
        self._socket.close(linger=int(_DRAIN_S * 1000))
        self._context.term()


def _field(head: bytes, name: bytes) -> bytes | None:
    for line in head.splitlines():
        if line.startswith(name):
            return line.partition(b":")[2].strip()
    return None


class OpenLoop:
    """Sends a fleet's batches by a timetable.

    Parameters
    ----------
    door : Door
    encode : batch -> body
    warm_up_s : latencies of batches due before that are not counted
    """

    def __init__(self, door: Door, encode: Callable[[WireBatch], bytes], flaws: Flaws, *, warm_up_s: float) -> None:
        self._door = door
        self._encode = encode
        self._way = FlawedWay(flaws)
        self._warm_up_s = warm_up_s
        self._acknowledged_s: list[float] = []
        self._late_s: list[float] = []
        self._statuses: Counter[int] = Counter()
        self._waiting: asyncio.Queue[tuple[float, int, bytes]] = asyncio.Queue()
        self._unanswered = 0

    async def run(self, fleet: Fleet, *, rate: float, seconds: float, rows: int) -> Sent:
        """Send `rate` fixes a second in batches of `rows` for `seconds`; return when they are answered or given up."""
        await self._door.open()
        workers = [asyncio.create_task(self._work()) for _ in range(_CONNECTIONS)]
        offered = await self._keep_timetable(fleet, rate, seconds, rows)
        try:
            async with asyncio.timeout(_DRAIN_S):
                await self._waiting.join()
        except TimeoutError:
            pass
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        await self._door.close()
        return Sent(
            began_at=self._began_at,
            offered_fixes=offered,
            lost_batches=self._way.lost,
            unanswered=self._unanswered,
            statuses=dict(self._statuses),
            acknowledged_s=_percentiles(self._acknowledged_s),
            generated_late_s=_percentiles(self._late_s),
        )

    async def _keep_timetable(self, fleet: Fleet, rate: float, seconds: float, rows: int) -> int:
        interval_s, start_at, offered = rows / rate, time.time() + _LEAD_S, 0
        self._began_at, self._counts_from = start_at, start_at + self._warm_up_s
        for number in range(round(seconds / interval_s)):
            due_at = start_at + number * interval_s
            await asyncio.sleep(max(due_at - time.time(), 0.0))
            self._late_s.append(time.time() - due_at)
            gateway = number % fleet.gateways
            made = fleet.batch(gateway, due_at, fleet.gateways * interval_s, rows)
            for fixes in self._way.deliver(gateway, made):
                offered += len(fixes)
                self._unanswered += len(fixes)
                self._waiting.put_nowait((due_at, len(fixes), self._encode(WireBatch(fixes))))
        return offered

    async def _work(self) -> None:
        while True:
            due_at, count, body = await self._waiting.get()
            while True:
                status, again_s = await self._door.send(body)
                self._statuses[status] += 1
                if status not in _LATER:
                    break
                await asyncio.sleep(again_s)
            self._unanswered -= count
            if due_at >= self._counts_from:
                self._acknowledged_s.append(time.time() - due_at)
            self._waiting.task_done()


def _percentiles(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {}
    p50, p99 = np.percentile(seconds, [50, 99]).tolist()
    return {"p50": p50, "p99": p99, "longest": max(seconds)}


def _door(options: argparse.Namespace, token: str) -> tuple[Door, Callable[[WireBatch], bytes]]:
    if options.protocol == ZEROMQ:
        return PushDoor(options.address, token, options.server_key), msgspec.msgpack.Encoder().encode
    if options.protocol == REST_JSON:
        return RestDoor(options.address, token, "application/json"), msgspec.json.Encoder().encode
    return RestDoor(options.address, token, "application/vnd.msgpack"), msgspec.msgpack.Encoder().encode


def main() -> None:
    """Send as the command line says and print what became of it."""
    parser = argparse.ArgumentParser(prog="python -m backend_service.benchmarks.ingest_sender")
    parser.add_argument("address")
    parser.add_argument("token_file", type=Path)
    parser.add_argument("--protocol", choices=PROTOCOLS, default=REST_MSGPACK)
    parser.add_argument("--server-key", default="", help="of the door for gateways")
    parser.add_argument("--rate", type=float, required=True, help="fixes per second")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--warm-up", type=float, default=0.0)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--vehicles", type=int, default=5_000)
    parser.add_argument("--faultless", action="store_true")
    options = parser.parse_args()
    door, encode = _door(options, options.token_file.read_text().strip())
    flaws = NO_FLAWS if options.faultless else Flaws()
    loop = OpenLoop(door, encode, flaws, warm_up_s=options.warm_up)
    sending = loop.run(Fleet(options.vehicles), rate=options.rate, seconds=options.seconds, rows=options.batch)
    print(msgspec.json.encode(asyncio.run(sending)).decode())


if __name__ == "__main__":
    main()
