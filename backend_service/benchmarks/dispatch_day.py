"""`tower bench dispatch-day`: a simulated day with the policy on, against nearest driver and first come first served.

The same demand, kitchens and tempers (same seed) under three deciders, through the whole service on a stepped clock.
What the policy asks a person is accepted after a while by one who always agrees; the baselines ask nobody.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

from backend_service.benchmarks.day_figures import DayWatch, medians
from backend_service.benchmarks.plain_deciders import (
    PlainDecider,
    PromptPerson,
    Rule,
    first_come_first_served,
    nearest_driver,
)
from backend_service.benchmarks.report import Machine, Report, Row
from backend_service.stepped_day import SteppedDay, stepped_day
from backend_service.workers.eta_cycle import EtaCycle
from backend_service.workers.planning import Planner
from backend_service.workers.worker import Worker
from core.commands import ChangePolicy
from core.vocabulary import Actor, Role

LUNCH_AT = "2026-11-20T12:10:00-03:00"
_STEP_S = 5.0

DECIDERS: dict[str, Rule | None] = {
    "policy": None,
    "nearest driver (baseline)": nearest_driver,
    "first come first served (baseline)": first_come_first_served,
}
"""Case -> rule; ``None`` for the dispatch cycle as it runs live."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--minutes", type=float, default=90.0, help="operation time of one day")
    parser.add_argument("--drivers", type=int, default=40)
    parser.add_argument("--orders-per-hour", type=float, default=150.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--only", choices=("policy", "nearest", "first"), help="run one decider")
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="NAME=VALUE", dest="values", help="values of the policy, as on its page"
    )
    parser.add_argument("--answers-after", type=float, default=20.0, help="seconds until the person accepts")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    cases = {name: rule for name, rule in DECIDERS.items() if name.startswith(options.only or "")}
    rows = []
    for name, rule in cases.items():
        days = [asyncio.run(_day(options, seed, rule)) for seed in options.seeds]
        rows.append(Row(case=name, figures=medians(days)))
    return Report(
        bench="dispatch-day",
        what="how a simulated day goes under different deciders",
        goal="the policy ahead of both baselines in late orders, times and way",
        baseline="nearest driver, and first come first served, both with free drivers only",
        method=(
            f"{options.drivers} drivers, {options.orders_per_hour:g} orders/h at the peak, from {LUNCH_AT} for "
            f"{options.minutes:g} minutes, seeds {', '.join(map(str, options.seeds))}, same demand for all"
            + (f"; policy {', '.join(options.values)}" if options.values else "")
        ),
        machine=machine,
        rows=tuple(rows),
    )


async def _day(options: argparse.Namespace, seed: int, rule: Rule | None) -> dict[str, tuple[str, float]]:
    starts_at = datetime.fromisoformat(LUNCH_AT).timestamp()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tower-bench-")))
        day = await stack.enter_async_context(
            stepped_day(
                folder,
                starts_at=starts_at,
                seed=seed,
                drivers=options.drivers,
                orders_per_hour=options.orders_per_hour,
            )
        )
        await _set_policy(day, options.values)
        forecasts = _decide_by(day, rule, options.answers_after)
        watch = DayWatch(day, starts_at)
        day.service.bus.subscribe(watch.note)
        while day.clock.now() < starts_at + 60.0 * options.minutes:
            await day.run(_STEP_S / 60.0, _STEP_S)
            watch.look(_STEP_S, forecasts().forecasts)
        return watch.figures()


async def _set_policy(day: SteppedDay, values: Sequence[str]) -> None:
    if values:
        command = ChangePolicy(
            values={name: float(value) for name, value in (v.split("=") for v in values)}, note="bench"
        )
        await day.service.bus.execute(command, Actor(subject="bench", role=Role.SUPERVISOR))


def _decide_by(day: SteppedDay, rule: Rule | None, answers_after_s: float) -> Callable[[], EtaCycle]:
    """Put the decider in place and return where the forecasts are."""
    service = day.service
    workers: list[Worker] = list(service.rhythm.workers)
    if rule is not None:
        assert isinstance(service.api.planner, Planner)
        plain = PlainDecider(service.bus, service.api.planner, rule)
        workers = [plain if worker.name == plain.name else worker for worker in workers]
    service.rhythm.workers = [*workers, PromptPerson(service.bus, after_s=answers_after_s)]
    eta = next(worker for worker in workers if isinstance(worker, EtaCycle))
    return lambda: eta
