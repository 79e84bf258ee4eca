"""`tower bench explain`: how long a dispatcher waits for the impact of a change, in a region with many open orders.

With `--week` it measures what previews foretold beside what came instead: `explain_week`.

A simulated day is driven on a stepped clock until so many orders are open; then changes are drawn by lot and previewed
on that state, street engine included, one after the other, and nothing is committed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import numpy as np

from backend_service.benchmarks import explain_week
from backend_service.benchmarks.dispatch_day import LUNCH_AT
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.stepped_day import SteppedDay, stepped_day
from backend_service.workers.planning import Planner
from core.dispatch.changes import Reassign
from core.dispatch.planning_events import is_reassignable
from core.refusals import Fault
from core.vocabulary import DriverId, OrderId

_STEP_S = 5.0
_GIVEN_UP_AFTER_S = 3.0 * 3600.0

type _Change = tuple[OrderId, DriverId]


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--open", type=int, default=500, help="orders open when it is measured (default %(default)s)")
    parser.add_argument("--drivers", type=int, default=260, help="on shift (default %(default)s)")
    parser.add_argument("--orders-per-hour", type=float, default=1500.0, help="(default %(default)s)")
    parser.add_argument("--samples", type=int, default=200, help="changes of one run (default %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="on the same state (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    explain_week.declare(parser)


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report.

    Raises
    ------
    Fault
        If the day never has so many orders open.
    """
    if options.week:
        return explain_week.run(options)
    machine = Machine.here()
    rows, state = asyncio.run(_measured(options))
    return Report(
        bench="explain",
        what="how long a dispatcher waits for the impact of a change",
        goal="as is p99 <= 200 ms, re-planned around it <= 3 s, at 500 open orders",
        baseline="pricing the order's candidates, as the dispatch round does it",
        method=f"{state}; {options.samples} changes by lot, one after the other, with the driving times they need",
        machine=machine,
        rows=rows,
    )


async def _measured(options: argparse.Namespace) -> tuple[tuple[Row, ...], str]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tower-bench-")))
        starts_at = datetime.fromisoformat(LUNCH_AT).timestamp()
        entered = stepped_day(
            folder,
            starts_at=starts_at,
            seed=options.seed,
            drivers=options.drivers,
            orders_per_hour=options.orders_per_hour,
        )
        day = await stack.enter_async_context(entered)
        await _until_open(day, options.open, starts_at)
        operation = day.service.bus.operation
        open_now = len(operation.orders.open_ids)
        on_shift = sum(driver.is_on_shift for driver in operation.fleet.drivers.values())
        state = f"{open_now} open orders, {on_shift} drivers on shift"
        return await _rows(day, options), state


async def _until_open(day: SteppedDay, wanted: int, starts_at: float) -> None:
    orders = day.service.bus.operation.orders
    while len(orders.open_ids) < wanted:
        if day.clock.now() - starts_at > _GIVEN_UP_AFTER_S:
            raise Fault("bench.too_quiet", f"Only {len(orders.open_ids)} orders are open after three hours.")
        await day.run(_STEP_S / 60.0, _STEP_S)


async def _rows(day: SteppedDay, options: argparse.Namespace) -> tuple[Row, ...]:
    planner, now = day.service.api.planner, day.clock.now()
    assert isinstance(planner, Planner)
    orders = day.service.bus.operation.orders.orders

    async def price(change: _Change) -> None:
        await planner.priced(planner.world(now), orders[change[0]])

    async def as_is(change: _Change) -> None:
        await planner.preview(Reassign(order_id=change[0], driver_id=change[1]), now, with_replanned=False)

    async def replanned(change: _Change) -> None:
        await planner.preview(Reassign(order_id=change[0], driver_id=change[1]), now)

    cases: dict[str, Callable[[_Change], Awaitable[None]]] = {
        "pricing candidates (baseline)": price,
        "preview, as is": as_is,
        "preview, as is and re-planned": replanned,
    }
    rows = []
    for number, (case, ask) in enumerate(cases.items()):
        # Other changes each time: the street engine's answers to the same question are remembered.
        runs = [await _timed(ask, _drawn(day, options, seed=number + 10 * run)) for run in range(options.runs)]
        rows.append(Row(case=case, figures=_figures(runs)))
    return tuple(rows)


def _drawn(day: SteppedDay, options: argparse.Namespace, seed: int) -> list[_Change]:
    """Return changes by lot: an order that may still change hands, to a driver on shift who has it not."""
    dice, operation = random.Random(seed), day.service.bus.operation
    orders = [order for order in operation.orders.open_orders() if is_reassignable(order)]
    drivers = sorted(name for name, driver in operation.fleet.drivers.items() if driver.is_on_shift)
    chosen = [dice.choice(orders) for _ in range(options.samples)]
    return [(order.order_id, dice.choice([name for name in drivers if name != order.driver_id])) for order in chosen]


async def _timed(ask: Callable[[_Change], Awaitable[None]], changes: Sequence[_Change]) -> list[float]:
    """Return how long each took, milliseconds."""
    took = []
    for change in changes:
        began = time.perf_counter()
        await ask(change)
        took.append(1000.0 * (time.perf_counter() - began))
    return took


def _figures(runs: Sequence[Sequence[float]]) -> tuple[Figure, ...]:
    return (
        *(Figure.of(f"p{share}", "ms", [float(np.percentile(run, share)) for run in runs]) for share in (50, 99)),
        Figure.of("longest", "ms", [max(run) for run in runs]),
    )
