"""`tower bench decide`: an order placed by REST until its recommendation is in the desk's store.

Three processes: this one places orders in an open loop and sends the drivers' fixes, a real service decides with its
street engine, and a desk without screens says when it told its screens. For each order placed the oldest is cancelled,
so that as many stay open. The baseline is the same in a nearly empty operation: few drivers and hardly an order.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import numpy as np

from backend_service.benchmarks.desk_meter import DeskMeter
from backend_service.benchmarks.drivers_on_shift import put_on_shift
from backend_service.benchmarks.fix_senders import BATCH, FixSenders
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.benchmarks.service_process import ServiceProcess
from core.refusals import Fault

_FIX_EVERY_S = 5.0
_SETTLE_S = 3.0
_DECIDED_WITHIN_S = 10.0
_LOOK_S = 0.1
_PROMISED_WITHIN_S = 2_700.0
_FEW_OPEN = 5
_SOUTH, _WEST, _NORTH, _EAST = -29.93, -71.27, -29.89, -71.24
"""Where pickups and deliveries are: streets of the demo city around the drivers."""


@dataclass(slots=True)
class _Placed:
    """One run: when each order was due to be placed (wall), seconds until the door answered, and how many failed."""

    due_at: dict[str, float] = field(default_factory=dict)
    answered_s: list[float] = field(default_factory=list)
    failed: int = 0


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--senders", type=int, default=4, help=f"gateways with {BATCH} drivers each")
    parser.add_argument("--open", type=int, default=100, help="orders that are open at any time")
    parser.add_argument("--rate", type=float, default=2.0, help="orders per second")
    parser.add_argument("--seconds", type=float, default=30.0, help="length of one run")
    parser.add_argument("--runs", type=int, default=3, help="runs per case")
    parser.add_argument("--warm-up", type=float, default=3.0, help="seconds of orders before a case is measured")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder, ServiceProcess(Path(folder) / "data") as service:
        rows = asyncio.run(_measure(service, options))
    return Report(
        bench="decide",
        what="an order placed by REST until its recommendation is in the desk's store",
        goal=f"p99 at most 1000 ms with {options.senders * BATCH} drivers and {options.open} open orders",
        baseline=f"the same with {BATCH} drivers and {_FEW_OPEN} open orders",
        method=(
            f"{options.rate:g} orders/s in open loop, the oldest cancelled for each; a fix per driver every "
            f"{_FIX_EVERY_S:g} s; {options.runs} runs of {options.seconds:g} s per case; latency counts from when an "
            "order was due to be placed until screens were told"
        ),
        machine=machine,
        rows=tuple(rows),
    )


async def _measure(service: ServiceProcess, options: argparse.Namespace) -> list[Row]:
    async with FixSenders(service.http, service.secret("demo-admin.token"), senders=options.senders) as senders:
        await senders.register()
        await put_on_shift(senders.client, senders=1)
        rate = options.senders * BATCH / _FIX_EVERY_S
        driving = asyncio.create_task(senders.send(rate, 86_400.0))
        with DeskMeter(service.invitation, "zeromq") as meter:
            await asyncio.to_thread(meter.ask, "ready")
            customers = _Customers(senders.client)
            baseline = await _case(f"{BATCH} drivers, {_FEW_OPEN} open orders (baseline)", customers, meter, options)
            await put_on_shift(senders.client, senders=options.senders, first=1)
            customers.most_open = options.open
            for _ in range(options.open):
                await customers.place(_Placed(), time.time())
            case = f"{options.senders * BATCH} drivers, {options.open} open orders"
            full = await _case(case, customers, meter, options)
        driving.cancel()
        await asyncio.gather(driving, return_exceptions=True)
        return [baseline, full]


async def _case(case: str, customers: _Customers, meter: DeskMeter, options: argparse.Namespace) -> Row:
    await customers.place_all(options.rate, options.warm_up)
    await asyncio.sleep(min(_SETTLE_S, options.warm_up))
    runs = []
    for _ in range(options.runs):
        await asyncio.to_thread(meter.ask, "start")
        placed = await customers.place_all(options.rate, options.seconds)
        decided = await _decided(meter, placed)
        runs.append((placed, [decided[name] - at for name, at in placed.due_at.items() if name in decided]))
    return Row(case=case, figures=_figures(runs))


async def _decided(meter: DeskMeter, placed: _Placed) -> dict[str, float]:
    """Return when the desk told of each order; those of which it tells nothing for long are missing."""
    deadline = time.monotonic() + _DECIDED_WITHIN_S
    decided: dict[str, float] = await asyncio.to_thread(meter.ask, "decided")
    while not placed.due_at.keys() <= decided.keys() and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_S)
        decided = await asyncio.to_thread(meter.ask, "decided")
    return decided


def _figures(runs: list[tuple[_Placed, list[float]]]) -> tuple[Figure, ...]:
    if any(not seconds for _, seconds in runs):
        raise Fault("bench.nothing_decided", "Nothing was recommended.")
    percentiles = [
        Figure.of(f"due to store p{percent}", "ms", [1000.0 * float(np.percentile(run, percent)) for _, run in runs])
        for percent in (50, 90, 99)
    ]
    answered = [1000.0 * float(np.percentile(placed.answered_s, 99)) for placed, _ in runs]
    return (
        *percentiles,
        Figure.of("longest", "ms", [1000.0 * max(run) for _, run in runs]),
        Figure.of("due to answered by the door p99", "ms", answered),
        Figure.of("orders placed", "", [float(len(placed.due_at)) for placed, _ in runs]),
        Figure.of("orders not decided", "", [float(len(placed.due_at) - len(run)) for placed, run in runs]),
        Figure.of("requests failed", "", [float(placed.failed) for placed, _ in runs]),
    )


class _Customers:
    """Places orders, and cancels the oldest above `most_open`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.most_open = _FEW_OPEN
        self._client = client
        self._dice = random.Random(1)
        self._open: deque[str] = deque()
        self._count = 0

    async def place_all(self, rate: float, seconds: float) -> _Placed:
        """Place orders at `rate` per second for `seconds`; return when every request was answered."""
        placed, start_at = _Placed(), time.time() + 0.2
        tasks = []
        for number in range(round(rate * seconds)):
            due_at = start_at + number / rate
            await asyncio.sleep(max(due_at - time.time(), 0.0))
            tasks.append(asyncio.create_task(self.place(placed, due_at)))
        await asyncio.gather(*tasks)
        return placed

    async def place(self, placed: _Placed, due_at: float) -> None:
        """Place one order, then cancel what is too many."""
        self._count += 1
        name = f"O-B{self._count}"
        placed.due_at[name] = due_at
        is_taken = await self._post(placed, "/api/v1/orders", self._draft(name, due_at))
        placed.answered_s.append(time.time() - due_at)
        if is_taken:
            self._open.append(name)
        while len(self._open) > self.most_open:
            path = f"/api/v1/orders/{self._open.popleft()}/cancel"
            await self._post(placed, path, {"reason": "customer_cancelled"})

    async def _post(self, placed: _Placed, path: str, body: dict[str, object]) -> bool:
        try:
            (await self._client.post(path, json=body)).raise_for_status()
        except httpx.HTTPError:
            placed.failed += 1
            return False
        return True

    def _draft(self, name: str, due_at: float) -> dict[str, object]:
        by_at = datetime.fromtimestamp(due_at + _PROMISED_WITHIN_S, UTC).isoformat()
        return {
            "order_id": name,
            "pickup": {"name": "Kitchen", "position": self._somewhere()},
            "delivery": self._somewhere(),
            "promise": {"by_at": by_at},
        }

    def _somewhere(self) -> dict[str, float]:
        return {"lat": self._dice.uniform(_SOUTH, _NORTH), "lon": self._dice.uniform(_WEST, _EAST)}
