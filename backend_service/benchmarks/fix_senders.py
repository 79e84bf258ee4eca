"""Gateways that send batches of fixes in an open loop: at instants fixed beforehand, whether or not the door keeps up.

A fix's `fix_at` is the instant at which its batch was due, so that time spent waiting to be sent counts as latency.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx
import msgspec

SENDERS = 100
BATCH = 50
_AT_ONCE = 32


@dataclass(slots=True)
class Sent:
    """What became of one run: seconds from due to acknowledged, fixes accepted, batches that failed."""

    acknowledged_s: list[float] = field(default_factory=list)
    accepted: int = 0
    failed: int = 0


def vehicle_id(sender: int, row: int) -> str:
    """Return the vehicle of a sender's row."""
    return f"B-{sender:03d}-{row:02d}"


def vehicles_of(senders: Iterable[int]) -> list[str]:
    """Return the vehicles of these gateways, by their numbers."""
    return [vehicle_id(sender, row) for sender in senders for row in range(BATCH)]


class FixSenders:
    """Gateways, each for `BATCH` vehicles of its own, spread over a small area.

    Parameters
    ----------
    http : base address of the service
    admin_token : registers the vehicles and sends the fixes
    senders : how many gateways there are

    Attributes
    ----------
    client : speaks to the service as that administrator
    """

    def __init__(self, http: str, admin_token: str, *, senders: int = SENDERS) -> None:
        headers = {"Authorization": f"Bearer {admin_token}"}
        limits = httpx.Limits(max_connections=senders, max_keepalive_connections=senders)
        self.client = httpx.AsyncClient(base_url=http, headers=headers, limits=limits, timeout=30.0)
        self._senders = senders
        self._round = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.client.aclose()

    async def register(self) -> None:
        """Register every vehicle."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(name: str) -> None:
            async with gate:
                answer = await self.client.post("/api/v1/vehicles", json={"vehicle_id": name, "plate": name})
                answer.raise_for_status()

        await asyncio.gather(*map(one, vehicles_of(range(self._senders))))

    async def send(self, fixes_per_s: float, seconds: float) -> Sent:
        """Send for `seconds` at a constant rate and return when every batch was answered."""
        sent = Sent()
        interval_s = BATCH / fixes_per_s
        start_at = time.time() + 0.2
        tasks = []
        for number in range(math.ceil(seconds / interval_s)):
            due_at = start_at + number * interval_s
            await asyncio.sleep(max(due_at - time.time(), 0.0))
            tasks.append(asyncio.create_task(self._post(number % self._senders, due_at, sent)))
        await asyncio.gather(*tasks)
        return sent

    async def _post(self, sender: int, due_at: float, sent: Sent) -> None:
        try:
            answer = await self.client.post("/api/v1/telemetry", content=self._body(sender, due_at))
            answer.raise_for_status()
            sent.accepted += answer.json()["accepted"]
        except httpx.HTTPError:
            sent.failed += 1
            return
        sent.acknowledged_s.append(time.time() - due_at)

    def _body(self, sender: int, due_at: float) -> bytes:
        self._round += 1
        drift = 0.0005 * math.sin(self._round / 500.0)  # within 60 m: nobody jumps
        fixes = [
            {
                "vehicle": vehicle_id(sender, row),
                "fix_at": due_at,
                "lat": -29.90 + sender / 2_000.0 + drift,
                "lon": -71.25 + row / 1_000.0,
                "speed_mps": 8.0,
                "heading_deg": 90.0,
                "accuracy_m": 5.0,
            }
            for row in range(BATCH)
        ]
        return msgspec.json.encode({"fixes": fixes})
