"""`tower bench pdptw`: plan improvement on Li & Lim's instances, beside OR-Tools, PyVRP and VROOM in the same run.

Hard windows, one thread each, seconds of processor time; the result is (vehicles, distance), fewest vehicles first. Our
search is the one made for dispatch, compiled before the time starts, with the fleet reduction that dispatch leaves off.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from backend_service.benchmarks.pdptw_instances import DOZEN, Instance, length_of, read_instances
from backend_service.benchmarks.pdptw_peers import PEERS, Peer
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from core.dispatch.improvement.improve import Effort, improve
from core.dispatch.improvement.problem import Plan, Problem
from core.dispatch.improvement.warming import warm_up
from core.dispatch.plan_check import broken_limits

OURS = "Tower"
ENDLESS = 1_000_000_000
PACKAGES = {"OR-Tools": "ortools", "PyVRP": "pyvrp", "VROOM": "vroom"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a solver made of an instance in so many seconds; `left_out` orders have no place."""

    solver: str
    instance: Instance
    seconds: float
    left_out: int
    vehicles: int
    distance: float

    @property
    def rank(self) -> tuple[int, int, float]:
        """Return what counts, least first; distances are compared to a hundredth, as published ones are."""
        return self.left_out, self.vehicles, round(self.distance, 2)

    @property
    def gap(self) -> float:
        """Return how much longer than the best known it is, percent; says little with other numbers of vehicles."""
        return 100.0 * (self.distance / self.instance.known_distance - 1.0)


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--instances", nargs="+", default=list(DOZEN), metavar="NAME", help="default: a fixed dozen")
    parser.add_argument("--all", action="store_true", help="all instances with 100 and 200 tasks")
    parser.add_argument("--seconds", nargs="+", type=float, default=[1.0, 3.0, 10.0])
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--seed", type=int, default=1)


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report; outcomes are told on the error stream as they come.

    Raises
    ------
    SystemExit
        If the folder with the instances is not known.
    """
    if "TOWER_DATA" not in os.environ:
        raise SystemExit("pdptw: set TOWER_DATA to the folder that holds lilim/")
    folder = Path(os.environ["TOWER_DATA"]) / "lilim"
    machine = Machine.here()
    instances = read_instances(folder, () if options.all else tuple(options.instances))
    missing = [name for name, package in PACKAGES.items() if find_spec(package) is None]
    solvers: dict[str, Peer] = {OURS: tower}
    if not options.without_peers:
        solvers |= {name: peer for name, peer in PEERS.items() if name not in missing}
    warm_up()
    outcomes = [
        _outcome(name, solve, instance, seconds, options.seed)
        for instance in instances
        for seconds in options.seconds
        for name, solve in solvers.items()
    ]
    method = "one thread each, processor seconds, hard windows, fewest vehicles first; peers as in pdptw_peers.py"
    return Report(
        bench="pdptw",
        what="vehicles and distance on Li & Lim pickup-and-delivery instances",
        goal="at 3 s no worse than each peer on 90 % of the instances; at 10 s at most 3 % more vehicles than known",
        baseline="each peer in the same run, and the best known results",
        method=method + (f"; not installed: {', '.join(missing)}" if missing else ""),
        machine=machine,
        rows=(*_summaries(outcomes, options.seconds), *map(_row, _by_cell(outcomes))),
    )


def tower(problem: Problem, seconds: float, seed: int) -> Plan:
    """Return what our improvement finds from nothing.

    Raises
    ------
    AssertionError
        If its plan breaks a limit.
    """
    nothing = Plan(((),) * problem.fleet.count)
    effort = Effort(ENDLESS, seconds)
    made = improve(problem, nothing, seed=seed, effort=effort, clock=time.process_time, fewest_vehicles=True)
    assert not broken_limits(problem, made.plan)
    return made.plan


def _outcome(name: str, solve: Peer, instance: Instance, seconds: float, seed: int) -> Outcome:
    plan = solve(instance.problem, seconds, seed)
    vehicles, distance = length_of(instance.problem, plan)
    outcome = Outcome(name, instance, seconds, len(plan.unserved), vehicles, distance)
    sys.stderr.write(f"{instance.name} {seconds:g} s {name}: {_told(outcome)}\n")
    return outcome


def _told(outcome: Outcome) -> str:
    left_out = f", {outcome.left_out} left out" if outcome.left_out else ""
    known = f"{outcome.instance.known_vehicles}/{outcome.instance.known_distance:.1f}"
    return f"{outcome.vehicles}/{outcome.distance:.1f}{left_out} (best known {known})"


def _by_cell(outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    cells: dict[tuple[str, float], list[Outcome]] = {}
    for outcome in outcomes:
        cells.setdefault((outcome.instance.name, outcome.seconds), []).append(outcome)
    return list(cells.values())


def _row(cell: list[Outcome]) -> Row:
    first = cell[0]
    known = f"best known {first.instance.known_vehicles}/{first.instance.known_distance:.1f}"
    figures = []
    for outcome in cell:
        figures.append(Figure.of(f"{outcome.solver}: vehicles", "", [outcome.vehicles]))
        figures.append(Figure.of(f"{outcome.solver}: distance", "", [outcome.distance]))
        figures.append(Figure.of(f"{outcome.solver}: distance over best known", "%", [outcome.gap]))
        if outcome.left_out:
            figures.append(Figure.of(f"{outcome.solver}: orders left out", "", [outcome.left_out]))
    return Row(case=f"{first.instance.name}, {first.seconds:g} s, {known}", figures=tuple(figures))


def _summaries(outcomes: Sequence[Outcome], seconds: Sequence[float]) -> list[Row]:
    return [_summary([o for o in outcomes if o.seconds == limit], limit) for limit in seconds]


def _summary(outcomes: list[Outcome], limit: float) -> Row:
    ours = {o.instance.name: o for o in outcomes if o.solver == OURS}
    known = sum(o.instance.known_vehicles for o in ours.values())
    figures = []
    for solver in dict.fromkeys(o.solver for o in outcomes):
        theirs = [o for o in outcomes if o.solver == solver]
        if solver != OURS:
            no_worse = sum(ours[o.instance.name].rank <= o.rank for o in theirs)
            better = sum(ours[o.instance.name].rank < o.rank for o in theirs)
            figures.append(Figure.of(f"{OURS} no worse than {solver}", "%", [100.0 * no_worse / len(theirs)]))
            figures.append(Figure.of(f"{OURS} better than {solver}", "%", [100.0 * better / len(theirs)]))
        whole = [o for o in theirs if not o.left_out]
        if len(whole) == len(theirs):
            more = 100.0 * (sum(o.vehicles for o in theirs) / known - 1.0)
            figures.append(Figure.of(f"{solver}: vehicles over best known", "%", [more]))
        else:
            figures.append(Figure.of(f"{solver}: instances without a whole plan", "", [len(theirs) - len(whole)]))
        like = [o.gap for o in whole if o.vehicles <= o.instance.known_vehicles]
        if like:
            name = f"{solver}: distance over best known, where the vehicles are as few"
            figures.append(Figure.of(name, "%", [sum(like) / len(like)]))
    return Row(case=f"all {len(ours)} instances, {limit:g} s", figures=tuple(figures))
