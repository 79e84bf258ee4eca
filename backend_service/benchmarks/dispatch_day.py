"""`tower bench dispatch-day`: a simulated day with the policy on, against nearest driver and first come first served.

The same demand, kitchens and tempers (same seed) under three deciders, through the whole service on a stepped clock.
What the policy asks a person is accepted after a while by one who always agrees; the baselines ask nobody. Since all
have the same days, they are also compared day by day, which takes the luck of the day out of the spread.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend_service.benchmarks.day_figures import DayWatch, differences, over_days
from backend_service.benchmarks.day_promises import Case, promise_figures
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

_PLAIN = ("improve_every_s=0",)
"""The baselines' plans are not improved either: that is the policy's merit."""


@dataclass(frozen=True, slots=True)
class _Contest:
    """A way of deciding: its name, its rule (``None`` for the policy) and the values set for it."""

    name: str
    rule: Rule | None
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Day:
    """What a day came to, and the cases of its promises."""

    figures: dict[str, tuple[str, float]]
    cases: list[Case]


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--minutes", type=float, default=90.0, help="operation time of one day")
    parser.add_argument("--drivers", type=int, default=40)
    parser.add_argument("--orders-per-hour", type=float, default=150.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--only", choices=("policy", "nearest", "first"), help="run one decider")
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="NAME=VALUE", dest="values", help="values of the policy, as on its page"
    )
    parser.add_argument(
        "--vary",
        nargs="+",
        default=[],
        metavar="NAME=VALUE[,...]",
        help="run the policy once more with each of these, and compare it with the policy day by day",
    )
    parser.add_argument("--answers-after", type=float, default=20.0, help="seconds until the person accepts")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    contests = _contests(options)
    days = {one.name: [asyncio.run(_day(options, seed, one)) for seed in options.seeds] for one in contests}
    return Report(
        bench="dispatch-day",
        what="how a simulated day goes under different deciders",
        goal="the policy ahead of both baselines in late orders, times and way; Brier score below the base rate's",
        baseline="nearest driver, and first come first served, both with free drivers only",
        method=(
            f"{options.drivers} drivers, {options.orders_per_hour:g} orders/h at the peak, from {LUNCH_AT} for "
            f"{options.minutes:g} minutes, seeds {', '.join(map(str, options.seeds))}, same demand for all; mean and "
            "standard deviation over the seeds" + (f"; policy {', '.join(options.values)}" if options.values else "")
        ),
        machine=machine,
        rows=(*_rows(days), *_compared(days)),
        tells_mean=True,
    )


def _contests(options: argparse.Namespace) -> list[_Contest]:
    rules = {name: rule for name, rule in DECIDERS.items() if name.startswith(options.only or "")}
    contests = [
        _Contest(name, rule, (*options.values, *(() if rule is None else _PLAIN))) for name, rule in rules.items()
    ]
    contests += [
        _Contest(f"policy with {values}", None, (*options.values, *values.split(","))) for values in options.vary
    ]
    return contests


def _rows(days: dict[str, list[_Day]]) -> list[Row]:
    rows = []
    for name, each in days.items():
        rows.append(Row(case=name, figures=over_days([day.figures for day in each])))
        if cases := [case for day in each for case in day.cases]:
            rows.append(Row(case=f"{name}: promises of all days", figures=over_days([promise_figures(cases)])))
    return rows


def _compared(days: dict[str, list[_Day]]) -> list[Row]:
    """Return the policy less each of the others, day by day."""
    own = days.get("policy")
    if own is None:
        return []
    return [
        Row(
            case=f"policy less {name}, day by day",
            figures=differences([day.figures for day in own], [day.figures for day in others]),
        )
        for name, others in days.items()
        if others is not own
    ]


async def _day(options: argparse.Namespace, seed: int, contest: _Contest) -> _Day:
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
        await _set_policy(day, contest.values)
        forecasts = _decide_by(day, contest.rule, options.answers_after)
        watch = DayWatch(day, starts_at)
        day.service.bus.subscribe(watch.note)
        while day.clock.now() < starts_at + 60.0 * options.minutes:
            await day.run(_STEP_S / 60.0, _STEP_S)
            watch.look(_STEP_S, forecasts().forecasts)
        cases = watch.promises.cases(watch.kept())
        return _Day({**watch.figures(), **_scored(cases)}, cases)


def _scored(cases: Sequence[Case]) -> dict[str, tuple[str, float]]:
    """Return the scores of a day's promises without their stages: a day has few cases of each."""
    return {name: figure for name, figure in promise_figures(cases).items() if not name.startswith("confidence")}


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
