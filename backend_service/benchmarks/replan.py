"""`tower bench replan`: orders inserted and everything in hand re-planned, driving times included, on a large city.

For each size a region is filled, drives, and gets new orders as others are delivered, each priced and recommended as
the dispatch round does it; then the improvement worker re-plans everything, while further orders are priced beside it.
In the middle traffic slows a third of the city's squares down. The baseline fetches whole tables from the streets
divided into cells, as a city without files for large tables does.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from pathlib import Path

import numpy as np

from backend_service.benchmarks.replan_play import (
    POLICY,
    STARTS_AT,
    STEP_S,
    Measured,
    RunPlan,
    opened_streets,
    played,
    settled,
)
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.streets.city import City, CitySource, prepare_city, tower_home
from backend_service.streets.segment_speeds import SegmentSpeed
from backend_service.streets.street_engine import StreetsDown
from backend_service.streets.street_import import contract_streets
from backend_service.streets.street_pieces import read_pieces
from core.eta.ground import Ground
from core.refusals import Fault
from core.timekeeping import SteppedClock

GOALS_MS = {50: 50, 200: 80, 500: 150, 1000: 300}
_BASELINE_INSERTS = 20
_SLOW_KMH = 20.0
_TURN_S = 0.0005
"""As the service has it: how long a thread may go on once the loop wants its turn."""
_BLOCK = 2_000
"""Neighbouring pieces of street that are slowed down together."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--open", type=int, nargs="*", default=[*GOALS_MS], help="orders open (default: %(default)s)")
    parser.add_argument("--beats", type=int, default=8, help=f"re-plans of one run, {STEP_S:g} s apart")
    parser.add_argument("--inserts", type=int, default=25, help="orders priced per beat, at least")
    parser.add_argument("--runs", type=int, default=3, help="per size, on other orders each")
    parser.add_argument("--reference", type=float, default=60.0, help="seconds of the search held against; 0 for none")
    parser.add_argument("--osm", type=Path, help="extract of the city (default: Porto in $TOWER_DATA)")
    parser.add_argument("--home", type=Path, help="where the city is prepared (default: benches in Tower's home)")
    parser.add_argument("--no-baseline", action="store_true")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report.

    Raises
    ------
    Fault
        If there is no extract of a city.
    """
    machine, turn_s = Machine.here(), sys.getswitchinterval()
    city = prepared(options)
    sys.setswitchinterval(_TURN_S)
    try:
        rows = asyncio.run(_rows(options, city))
    finally:
        sys.setswitchinterval(turn_s)
    goals = ", ".join(f"{goal} ms at {size}" for size, goal in GOALS_MS.items())
    return Report(
        bench="replan",
        what="inserting an order and re-planning everything in hand, driving times included",
        goal=f"insertion p99 <= {goals} open orders; a re-plan over within 3 s, moving at most 15 %",
        baseline="whole tables from the streets divided into cells",
        method=(
            f"{options.runs} runs of {options.beats} beats of {STEP_S:g} s; traffic slows a third of the squares to "
            f"{_SLOW_KMH:g} km/h before beat {options.beats // 2 + 1}; search {POLICY.improve_s:g} s, orders may move"
        ),
        machine=machine,
        rows=tuple(rows),
    )


def prepared(options: argparse.Namespace) -> City:
    """Return the city, prepared as ``tower city import`` does it, the file for large tables included.

    Raises
    ------
    Fault
        ``bench.no_data``: no extract is named.
    """
    data = os.environ.get("TOWER_DATA")
    osm_file = options.osm or (Path(data) / "cities" / "porto.osm.pbf" if data else None)
    if osm_file is None or not osm_file.is_file():
        raise Fault("bench.no_data", "Name a city's extract by --osm, or the folder of larger cities by TOWER_DATA.")
    source = CitySource.of_file(osm_file, osm_file.name.split(".")[0].title(), time_zone="Europe/Lisbon")
    city = prepare_city(options.home or tower_home() / "benches", "bench", source, _silent)
    contract_streets(city.streets, city.streets.with_name("preparation.log"), _silent)
    return city


def slowed_pieces(city: City) -> list[SegmentSpeed]:
    """Return a third of the city's pieces of street, whole squares of neighbours, at the speed of a jam."""
    west, south, east, north = city.facts.bbox
    pieces = read_pieces(city.osm_file, Ground((south + north) / 2.0, (west + east) / 2.0))
    order = np.argsort(pieces.keys, kind="stable")
    chosen = order[(np.arange(len(order)) // _BLOCK) % 3 == 0]
    ends = zip(pieces.from_nodes[chosen].tolist(), pieces.to_nodes[chosen].tolist(), strict=True)
    return [SegmentSpeed(a, b, _SLOW_KMH) for a, b in ends]


def figures(runs: list[Measured]) -> tuple[Figure, ...]:
    """Return what the runs of one size came to."""
    columns = {
        "insertion p50": ("ms", [float(np.percentile(run.inserts, 50)) for run in runs]),
        "insertion p99": ("ms", [float(np.percentile(run.inserts, 99)) for run in runs]),
        "insertion longest": ("ms", [max(run.inserts) for run in runs]),
        "insertion, processor time in this process": ("ms", [statistics.mean(run.own_work) for run in runs]),
        "insertion, processor time in the street engines": ("ms", [statistics.mean(run.engine_work) for run in runs]),
        "insertion after the traffic update p99": ("ms", [float(np.percentile(run.after_update, 99)) for run in runs]),
        "insertion beside a re-plan p99": ("ms", [float(np.percentile(run.beside, 99)) for run in runs]),
        "re-plan p50": ("ms", [statistics.median(run.replans) for run in runs]),
        "re-plan longest": ("ms", [max(run.replans) for run in runs]),
        "orders moved per re-plan": ("%", [100.0 * statistics.mean(run.moved) for run in runs]),
        "orders moved, most at once": ("%", [100.0 * max(run.moved) for run in runs]),
        "re-plans put off": ("", [float(run.put_off) for run in runs]),
        "re-plans put in force on estimated times": ("", [float(run.unchecked) for run in runs]),
        "re-plans failed": ("", [float(run.failures) for run in runs]),
        "orders nobody could take": ("", [float(run.without_driver) for run in runs]),
        "price against the long search": ("x", [run.quality for run in runs]),
        "traffic update until in force": ("s", [run.update_s for run in runs]),
        "memory of the process": ("MB", [run.memory_mb for run in runs]),
        "memory of the street engines": ("MB", [run.engines_mb for run in runs]),
    }
    return tuple(Figure.of(name, unit, values) for name, (unit, values) in columns.items())


async def _rows(options: argparse.Namespace, city: City) -> list[Row]:
    slowed, rows = slowed_pieces(city), []
    for size in options.open:
        plans = [
            RunPlan(size, options.beats, options.beats // 2, options.inserts, options.reference, seed)
            for seed in range(1, options.runs + 1)
        ]
        if not options.no_baseline:
            rows.append(Row(case=f"{size} open orders (baseline)", figures=await _baseline(city, plans[0])))
        runs = [await played(city, slowed, plan) for plan in plans]
        rows.append(Row(case=f"{size} open orders", figures=figures(runs)))
    return rows


async def _baseline(city: City, plan: RunPlan) -> tuple[Figure, ...]:
    """Return what a few insertions and one table for everything take without book and contracted streets."""
    clock = SteppedClock(STARTS_AT)
    async with opened_streets(city, clock) as streets:
        assert streets.live is not None
        play = await settled(city, streets, streets.live, clock, plan)
        play.region.drive(STEP_S)
        took = await play.insert(_BASELINE_INSERTS)
        began, told = time.perf_counter(), "driving times of a re-plan"
        try:
            await play.travelled()
        except StreetsDown:
            told = "driving times of a re-plan, given up after"
        table_s = time.perf_counter() - began
    return (
        Figure.of("insertion p50", "ms", [float(np.percentile(took, 50))]),
        Figure.of("insertion p99", "ms", [float(np.percentile(took, 99))]),
        Figure.of(told, "ms", [1000.0 * table_s]),
    )


def _silent(_: str) -> None:
    """Say nothing of the preparation."""
