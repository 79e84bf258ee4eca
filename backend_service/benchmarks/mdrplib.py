"""`tower bench mdrplib`: the product's dispatcher on days of the Meal Delivery Routing Problem.

Plays each day through the command bus and the dispatch cycle, writes official solution files, checks what was written,
and shows the measures beside the peers' rows and the bound of a courier waiting at every kitchen.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from backend_service.benchmarks.mdrplib_days.instance import Day, read_day
from backend_service.benchmarks.mdrplib_days.measures import Measures, measures_of, peers_of
from backend_service.benchmarks.mdrplib_days.played_day import play, policy_of
from backend_service.benchmarks.mdrplib_days.solution_check import breaches_of
from backend_service.benchmarks.mdrplib_days.solution_files import write_solution
from backend_service.benchmarks.report import Figure, Machine, Report, Row

_ROUNDING_S = {"minute": 60.0, "second": 1.0}
_CADENCE_S = {"5": 300.0, "1": 60.0, "event": None}
_UNITS = {"undelivered_pct": "%", "cost_per_order": "$", "orders_per_bundle": "orders", "over_90": "orders"}


class RulesBroken(Exception):
    """A solution that was written does not keep the rules."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--seeds", nargs="+", default=["0", "1", "2", "3", "4"])
    parser.add_argument("--variant", default="o100t100s1p100", help="the rest of the instance's name, or 'all'")
    parser.add_argument("--cadence", choices=tuple(_CADENCE_S), default="5", help="minutes between two looks")
    parser.add_argument("--rounding", choices=tuple(_ROUNDING_S), default="minute")
    parser.add_argument("--shift-grace", type=float, default=0.0, metavar="M", help="minutes for a last pickup")
    parser.add_argument("--solutions", type=Path, metavar="DIR", help="where solution files are kept")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report.

    Raises
    ------
    SystemExit
        If ``TOWER_DATA`` names no folder with the instances.
    RulesBroken
        If a solution breaks a rule.
    """
    machine = Machine.here()
    root = Path(os.environ.get("TOWER_DATA", "")) / "mdrplib"
    if not root.is_dir():
        raise SystemExit("bench mdrplib needs TOWER_DATA, the folder that holds mdrplib/")
    names = _names(root, options)
    with ExitStack() as stack:
        kept = options.solutions or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tower-bench-")))
        ours = [_measured(root / name, kept / name, options) for name in names]
    cases = {"tower": ours, **peers_of(root / "peer_baselines.csv", names)}
    return Report(
        bench="mdrplib",
        what="the dispatcher on days of the Meal Delivery Routing Problem",
        goal="ahead of FM in ctd_mean, ctd_p90, rtp_mean, undelivered_pct and cost_per_order",
        baseline="FM (FoodMatch) and MDRP (Reyes et al.), seconds, 2 minutes of grace, every 5 minutes",
        method=(
            f"{len(names)} days ({options.variant}), rounding {options.rounding}, grace {options.shift_grace:g} min, "
            f"cadence {options.cadence}; 'mean' is the mean over the days, as the peers' means are"
        ),
        machine=machine,
        rows=tuple(_row(case, days) for case, days in cases.items()),
    )


def _names(root: Path, options: argparse.Namespace) -> list[str]:
    if options.variant != "all":
        return [f"{seed}{options.variant}" for seed in options.seeds]
    return sorted(folder.name for folder in root.iterdir() if folder.is_dir() and folder.name[0] in options.seeds)


def _measured(source: Path, target: Path, options: argparse.Namespace) -> Measures:
    rounding_s, grace_s = _ROUNDING_S[options.rounding], 60.0 * options.shift_grace
    day = read_day(source, rounding_s)
    cadence_s = _CADENCE_S[options.cadence]
    policy = policy_of(day, cadence_s=cadence_s)
    played = play(day, policy, cadence_s=cadence_s, rounding_s=rounding_s, grace_s=grace_s)
    trips = asyncio.run(played).trips
    write_solution(target, day, trips)
    _check(target, day, rounding_s, grace_s)
    return measures_of(day, trips)


def _check(target: Path, day: Day, rounding_s: float, grace_s: float) -> None:
    found = breaches_of(target, day, metres_per_minute=day.metres_per_minute, rounding_s=rounding_s, grace_s=grace_s)
    if found:
        raise RulesBroken(f"{day.name}: {len(found)}, the first: {found[0]}")


def _row(case: str, days: list[Measures]) -> Row:
    figures = []
    for name in days[0]:
        runs, unit = [day[name] for day in days], _UNITS.get(name, "min")
        figures.append(Figure.of(f"{name} mean", unit, [sum(runs) / len(runs)]))
        figures.append(Figure.of(name, unit, runs))
    return Row(case=case, figures=tuple(figures))
