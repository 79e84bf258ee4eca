"""`tower bench explain --week`: what previews foretold beside what came, over a simulated week on a stepped clock.

Seven days in one town, each a lunch of its own with other orders, traffic and drivers; what the service learned on one
it has on the next, and a model of arrivals is trained between them as by night. A seeded person overrides through the
ordinary commands; what was shown then stands beside when the customers were really reached, and the impact in money
beside the estimate of regret that the service makes afterwards. All forecasts that the desk showed are judged as well.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from math import nan
from pathlib import Path
from shutil import copytree

from backend_service.benchmarks.explain_figures import (
    ShownArrival,
    ShownImpact,
    SimulatedDay,
    figures_of,
    write_list,
)
from backend_service.benchmarks.explain_forecasts import WatchedForecasts
from backend_service.benchmarks.explain_nights import pass_on
from backend_service.benchmarks.overriding_person import Foretold, OverridingPerson
from backend_service.benchmarks.report import Machine, Report
from backend_service.stepped_day import SteppedDay, stepped_day
from backend_service.workers.eta_cycle import EtaCycle
from backend_service.workers.planning import Planner
from backend_service.workers.regret_watch import RegretWatch
from core.dispatch.override_ledger import LedgerEntry, ledger
from core.eta import change_errors
from core.orders.order import ArrivalBand, Order, OrderState
from core.refusals import Fault
from core.vocabulary import OrderId

MONDAY_LUNCH_AT = "2026-11-16T12:10:00-03:00"
_DAY_S = 86_400.0
_STEP_S = 5.0
_DRAIN_MIN = 45.0
"""After its hours a day goes on without overrides until the touched orders have ended, at most for so long."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the options of the week."""
    parser.add_argument("--week", action="store_true", help="predicted against realised impact over a simulated week")
    parser.add_argument("--days", type=int, default=7, help="of the week (default %(default)s)")
    parser.add_argument("--minutes", type=float, default=60.0, help="of overrides in a day (default %(default)s)")
    parser.add_argument("--every", type=float, default=180.0, help="seconds between overrides (default %(default)s)")
    parser.add_argument("--week-drivers", type=int, default=32, help="on shift in the week (default %(default)s)")
    parser.add_argument("--week-orders", type=float, default=110.0, help="an hour at the peak (default %(default)s)")
    parser.add_argument("--trees", type=int, default=150, help="of the model trained by night; 0: none (default 150)")
    parser.add_argument("--no-regret", action="store_true", help="play no override on")
    parser.add_argument("--list", type=Path, metavar="FILE", help="write each override and customer as CSV")


def run(options: argparse.Namespace) -> Report:
    """Simulate the week, and return the report.

    Raises
    ------
    Fault
        ``bench.too_quiet``: nobody was reached of whom anything was shown.
    """
    machine = Machine.here()
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as kept:
        days = [asyncio.run(_day(options, number, Path(kept))) for number in range(options.days)]
    if options.list is not None:
        write_list(options.list, days)
    rows = tuple(row for row in figures_of(days) if row.figures)
    if not rows:
        raise Fault("bench.too_quiet", "Nobody was reached of whom anything was shown; simulate for longer.")
    overrides, refused = sum(day.overrides for day in days), sum(day.refused for day in days)
    return Report(
        bench="explain --week",
        what="what previews of overrides foretold beside what came",
        goal="no bias, eight of ten customers within the stated band",
        baseline="none: the realised arrivals are the measure",
        method=(
            f"{options.days} days from {MONDAY_LUNCH_AT}, {options.minutes:g} minutes of overrides each, one every "
            f"{options.every:g} s by lot ({overrides} made, {refused} refused); {options.week_drivers} drivers, "
            f"{options.week_orders:g} orders/h at the peak, seeds {options.seed} to {options.seed + options.days - 1} "
            f"in the town of seed {options.seed}, {options.trees} trees trained by night; "
            "figures of each day, median (lowest to highest), then of the whole week"
        ),
        machine=machine,
        rows=rows,
    )


async def _day(options: argparse.Namespace, number: int, kept: Path) -> SimulatedDay:
    starts_at = datetime.fromisoformat(MONDAY_LUNCH_AT).timestamp() + number * _DAY_S
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tower-bench-")))
        copytree(kept, folder, dirs_exist_ok=True)
        day = await stack.enter_async_context(
            stepped_day(
                folder,
                starts_at=starts_at,
                seed=options.seed + number,
                drivers=options.week_drivers,
                orders_per_hour=options.week_orders,
                town=options.seed,
            )
        )
        person, watch, watched = _hire(day, options, options.seed + number)
        await day.run(options.minutes, _STEP_S)
        person.is_active = False
        await _drain(day, person.foretold)
        if not options.no_regret:
            for _ in person.foretold:
                await watch.run_once(day.clock.now())
        await pass_on(day, kept, options.trees)
        return _told(day, person, watched, number)


def _hire(
    day: SteppedDay, options: argparse.Namespace, seed: int
) -> tuple[OverridingPerson, RegretWatch, WatchedForecasts]:
    """Put the person to work, and set the estimates aside until the day is over: they would only slow it down."""
    service = day.service
    assert isinstance(service.api.planner, Planner)
    person = OverridingPerson(service.bus, service.api.planner, seed=seed, every_s=options.every)
    watch = next(worker for worker in service.rhythm.workers if isinstance(worker, RegretWatch))
    eta = next(worker for worker in service.rhythm.workers if isinstance(worker, EtaCycle))
    watched = WatchedForecasts(service.bus, eta)
    service.rhythm.workers = [*(worker for worker in service.rhythm.workers if worker is not watch), person, watched]
    return person, watch, watched


async def _drain(day: SteppedDay, foretold: Sequence[Foretold]) -> None:
    orders, until_at = day.service.bus.operation.orders.orders, day.clock.now() + 60.0 * _DRAIN_MIN
    while day.clock.now() < until_at:
        if not any(orders[name].state.is_open for one in foretold for name in one.arrivals):
            return
        await day.run(1.0, _STEP_S)


def _told(day: SteppedDay, person: OverridingPerson, watched: WatchedForecasts, number: int) -> SimulatedDay:
    operation = day.service.bus.operation
    entries = {
        entry.override.override_id: entry
        for entry in ledger(operation.decisions.overrides.values(), operation.orders.orders, operation.regrets)
    }
    impacts = tuple(
        impact for one in person.foretold if (impact := _impact(entries[one.override_id], number)) is not None
    )
    overrides = operation.decisions.overrides
    arrivals = [
        _arrival(one, band, operation.orders.orders[name], overrides[one.override_id].foretold.get(name), number)
        for one, name, band in _shown(person)
    ]
    return SimulatedDay(
        tuple(a for a in arrivals if a is not None),
        impacts,
        len(person.foretold),
        person.refused,
        tuple(watched.beside(operation.orders.orders, number)),
    )


def _shown(person: OverridingPerson) -> Iterator[tuple[Foretold, OrderId, ArrivalBand]]:
    for one in person.foretold:
        for name, band in one.arrivals.items():
            yield one, name, band


def _arrival(
    one: Foretold, band: ArrivalBand, order: Order, plain: change_errors.Foretold | None, number: int
) -> ShownArrival | None:
    """Return a customer's arrival beside what was shown; ``None`` if the order was not delivered."""
    at = order.arrived_at_delivery_at or order.ended_at
    if order.state is not OrderState.DELIVERED or at is None:
        return None
    return ShownArrival(
        day=number,
        override_id=one.override_id,
        order_id=order.order_id,
        is_moved=order.order_id == one.order_id,
        is_kept=order.driver_id == one.drivers.get(order.order_id, order.driver_id),
        shown_s=band.p50_at - one.decided_at,
        came_s=at - one.decided_at,
        is_inside=band.p10_at <= at <= band.p90_at,
        plain=None if plain is None else change_errors.Waiting("", one.decided_at, plain).came(at),
        is_on_board=plain is not None and plain.is_on_board,
    )


def _impact(entry: LedgerEntry, number: int) -> ShownImpact | None:
    override = entry.override
    if override.expected is None or override.expected_recommended is None or not entry.realised.is_final:
        return None
    return ShownImpact(
        day=number,
        override_id=override.override_id,
        shown=float(override.expected.cost - override.expected_recommended.cost),
        estimated=nan if entry.regret is None else entry.regret.money.mean,
        late_shown_min=override.expected.late_minutes,
        late_came_min=entry.realised.late_minutes,
    )
