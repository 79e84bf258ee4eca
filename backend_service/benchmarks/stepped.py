"""`tower bench stepped`: how much quicker than real time the whole service and the day around it run, never sleeping.

The service is the one that runs live, with durable commits, every worker and a real street engine. The simulated day
asks through its doors in the same process; so the figures hold the cost of both.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.stepped_day import SteppedDay, stepped_day
from core.orders.order import OrderState

LUNCH_AT = "2026-11-20T12:40:00-03:00"


@dataclass(frozen=True, slots=True)
class _Run:
    """One run: how long it took, what it cost and what happened. Seconds of wall and processor time."""

    wall_s: float
    own_s: float
    streets_s: float
    placed: int
    assigned: int
    delivered: int
    fixes: int
    requests: int
    events: int


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--minutes", type=float, default=30.0, help="operation time of one run")
    parser.add_argument("--drivers", type=int, default=32)
    parser.add_argument("--orders-per-hour", type=float, default=110.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=3)


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    runs = [asyncio.run(_run(options)) for _ in range(options.runs)]
    seconds = 60.0 * options.minutes
    return Report(
        bench="stepped",
        what="operation time that passes in a second under a stepped clock",
        goal="at least 100 times real time",
        baseline="the same service under the live clock, which by definition runs at 1 times real time",
        method=(
            f"{options.drivers} drivers, {options.orders_per_hour:g} orders/h at the peak, from {LUNCH_AT}, "
            f"{options.runs} runs of {options.minutes:g} minutes of operation time in steps of 5 s"
        ),
        machine=machine,
        rows=(
            Row(case="live clock (baseline)", figures=(Figure.of("times real time", "x", [1.0]),)),
            Row(case="stepped clock", figures=_figures(runs, seconds)),
        ),
    )


def _figures(runs: list[_Run], seconds: float) -> tuple[Figure, ...]:
    return (
        Figure.of("times real time", "x", [seconds / run.wall_s for run in runs]),
        Figure.of("times real time, by processor time", "x", [seconds / run.own_s for run in runs]),
        Figure.of("wall time", "s", [run.wall_s for run in runs]),
        Figure.of("processor time, service and day", "s", [run.own_s for run in runs]),
        Figure.of("processor time, street engine", "s", [run.streets_s for run in runs]),
        Figure.of("orders placed", "", [run.placed for run in runs]),
        Figure.of("orders assigned", "", [run.assigned for run in runs]),
        Figure.of("orders delivered", "", [run.delivered for run in runs]),
        Figure.of("fixes accepted", "", [run.fixes for run in runs]),
        Figure.of("requests answered", "", [run.requests for run in runs]),
        Figure.of("events kept", "", [run.events for run in runs]),
    )


async def _run(options: argparse.Namespace) -> _Run:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tower-bench-")))
        day = await stack.enter_async_context(
            stepped_day(
                folder,
                starts_at=datetime.fromisoformat(LUNCH_AT).timestamp(),
                seed=options.seed,
                drivers=options.drivers,
                orders_per_hour=options.orders_per_hour,
            )
        )
        before, own_s, streets_s = day.service.bus.operation.position, time.process_time(), _children_s()
        requests = day.tally.requests
        await day.run(options.minutes)
        return _told(day, before, requests, time.process_time() - own_s, _children_s() - streets_s)


def _told(day: SteppedDay, before: int, requests: int, own_s: float, streets_s: float) -> _Run:
    operation = day.service.bus.operation
    orders = list(operation.orders.orders.values())
    return _Run(
        wall_s=day.wall_seconds,
        own_s=own_s,
        streets_s=streets_s,
        placed=len(orders),
        assigned=sum(order.assigned_at is not None for order in orders),
        delivered=sum(order.state is OrderState.DELIVERED for order in orders),
        fixes=day.tally.fixes_accepted,
        requests=day.tally.requests - requests,
        events=operation.position - before,
    )


def _children_s() -> float:
    """Return the processor time that this process's living children have taken, seconds."""
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(taken.user + taken.system for taken in times)
