"""Asks for positions at a constant rate, in a process of its own that `bench position` starts.

Prints the seconds from when each request was due until it was answered, as a JSON list. It speaks HTTP/1.1 over plain
sockets: a client library takes longer than the answer and would be measured instead.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from backend_service.benchmarks.fix_senders import BATCH, vehicle_id
from core.refusals import Fault

_LEAD_S = 0.2
_CONNECTIONS = 16
_OK = b"HTTP/1.1 200 "


class Asker:
    """Connections that are kept open; a request takes one that is free.

    Parameters
    ----------
    address : the service's base address
    token : whose request it is
    """

    def __init__(self, address: str, token: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = str(parts.hostname), int(parts.port or 80)
        self._head = f"HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def open(self) -> None:
        """Open the connections."""
        for _ in range(_CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection(self._host, self._port))

    async def close(self) -> None:
        """Close them."""
        while not self._free.empty():
            _, writer = self._free.get_nowait()
            writer.close()
            await writer.wait_closed()

    async def ask(self, path: str, due_at: float) -> float:
        """Return the seconds from `due_at` (monotonic) until the answer is read whole.

        Raises
        ------
        Fault
            If it is not the answer that was asked for.
        """
        connection = await self._free.get()
        reader, writer = connection
        writer.write(f"GET {path} {self._head}".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(_OK):
            raise Fault("bench.not_answered", f"{path}: {head.splitlines()[0].decode()}")
        await reader.readexactly(_length(head))
        self._free.put_nowait(connection)
        return time.monotonic() - due_at


def _length(head: bytes) -> int:
    for line in head.lower().splitlines():
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def ask_all(asker: Asker, *, rate: float, seconds: float, vehicles: int) -> list[float]:
    """Ask for one vehicle after the other at `rate` per second; return the latencies, seconds."""
    start = time.monotonic() + _LEAD_S
    tasks = []
    for number in range(round(rate * seconds)):
        due_at = start + number / rate
        await asyncio.sleep(max(due_at - time.monotonic(), 0.0))
        sender, row = divmod(number * 7 % vehicles, BATCH)
        path = f"/api/v1/vehicles/{vehicle_id(sender, row)}/location"
        tasks.append(asyncio.create_task(asker.ask(path, due_at)))
    return list(await asyncio.gather(*tasks))


async def _run(options: argparse.Namespace) -> list[float]:
    asker = Asker(options.address, options.token_file.read_text().strip())
    await asker.open()
    try:
        return await ask_all(asker, rate=options.rate, seconds=options.seconds, vehicles=options.vehicles)
    finally:
        await asker.close()


def main() -> None:
    """Ask as the command line says and print the latencies."""
    parser = argparse.ArgumentParser(prog="python -m backend_service.benchmarks.position_asker")
    parser.add_argument("address")
    parser.add_argument("token_file", type=Path)
    parser.add_argument("--rate", type=float, required=True, help="requests per second")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--vehicles", type=int, required=True, help="how many there are to ask for")
    print(msgspec.json.encode(asyncio.run(_run(parser.parse_args()))).decode())


if __name__ == "__main__":
    main()
