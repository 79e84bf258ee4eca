"""Watches a service while a bench loads it: memory of its process, what it took in, what waits; once a second."""

from __future__ import annotations

import asyncio
import re
import time
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

import httpx
import numpy as np
import psutil

_LOOK_S = 1.0
_SAMPLE = re.compile(r"^(\w+?)(?:\{(.*)\})? ([0-9.e+-]+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(slots=True)
class Watched:
    """Series of one run: instants, resident bytes, fixes accepted, fixes that waited, processor seconds.

    `loop_s` are those of the thread that the event loop runs on; no more than one core can serve it.
    """

    at: list[float] = field(default_factory=list)
    resident_bytes: list[float] = field(default_factory=list)
    processor_s: list[float] = field(default_factory=list)
    loop_s: list[float] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)
    waiting: list[float] = field(default_factory=list)

    def between(self, since_at: float, until_at: float) -> Watched:
        """Return what was seen in that time."""
        first, last = bisect_left(self.at, since_at), bisect_left(self.at, until_at)
        return Watched(*(getattr(self, name)[first:last] for name in self.__slots__))

    def accepted_per_s(self) -> float:
        """Return the mean rate at which fixes were accepted."""
        return _slope(self.at, self.accepted)

    def cores(self) -> float:
        """Return how many cores the service's process kept busy."""
        return _slope(self.at, self.processor_s)

    def microseconds_per_fix(self) -> float:
        """Return the processor time that the service's process spent for each fix accepted."""
        return 1e6 * _slope(self.accepted, self.processor_s)

    def loop_microseconds_per_fix(self) -> float:
        """Return the same of the event loop's thread alone."""
        return 1e6 * _slope(self.accepted, self.loop_s)

    def growth_percent(self) -> float:
        """Return by how much the median of the last tenth of the time weighs more than that of the first."""
        tenth = max(len(self.at) // 10, 1)
        first, last = np.median(self.resident_bytes[:tenth]), np.median(self.resident_bytes[-tenth:])
        return float(100.0 * (last / first - 1.0))


class Watch:
    """Asks the service's metrics.

    Parameters
    ----------
    http : base address
    token : an administrator's
    pid : the service's process
    """

    def __init__(self, http: str, token: str, pid: int) -> None:
        self._http = httpx.AsyncClient(base_url=http, headers={"Authorization": f"Bearer {token}"}, timeout=30.0)
        self._process = psutil.Process(pid)
        self._task: asyncio.Task[None] | None = None
        self.seen = Watched()

    async def __aenter__(self) -> Watch:
        self._task = asyncio.create_task(self._run(), name="watch")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._http.aclose()

    async def counts(self) -> tuple[Counter[str], Counter[str]]:
        """Return the figures without labels by name, and the rejected fixes by reason."""
        text = (await self._http.get("/api/v1/metrics")).raise_for_status().text
        figures: Counter[str] = Counter()
        rejected: Counter[str] = Counter()
        for name, labels, value in _SAMPLE.findall(text):
            if name == "tower_fixes_rejected_total":
                rejected[dict(_LABEL.findall(labels))["reason"]] = int(float(value))
            else:
                figures[name] += int(float(value))
        return figures, rejected

    async def _run(self) -> None:
        while True:
            figures, _ = await self.counts()
            times = self._process.cpu_times()
            self.seen.at.append(time.time())
            self.seen.resident_bytes.append(float(self._process.memory_info().rss))
            self.seen.processor_s.append(times.user + times.system)
            self.seen.loop_s.append(self._loop_s())
            self.seen.accepted.append(float(figures["tower_fixes_accepted_total"]))
            self.seen.waiting.append(float(figures["tower_fixes_waiting"]))
            await asyncio.sleep(_LOOK_S)

    def _loop_s(self) -> float:
        main = next((thread for thread in self._process.threads() if thread.id == self._process.pid), None)
        return 0.0 if main is None else main.user_time + main.system_time


def _slope(at: list[float], counted: list[float]) -> float:
    span = at[-1] - at[0] if at else 0.0
    return (counted[-1] - counted[0]) / span if span else 0.0
