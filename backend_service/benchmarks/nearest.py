"""`tower bench nearest`: which vehicles are near a point, and where a vehicle is, asked inside the service.

Near a point: the product's own query over 20,000 live positions, beside a tree that is built anew for each question
(positions change all the time), all distances sorted, and a tree that is there already. Inside the service is
`nearest_inside`.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from backend_service.benchmarks.ingest_fleet import EAST, NORTH, SOUTH, VEHICLES_EACH, WEST, Fleet
from backend_service.benchmarks.nearest_inside import NEAREST, Answered, answered_inside
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.ingestion.live_positions import LivePositions
from core.geodesy import distance_m
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import Position

_QUESTIONS = 500


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--vehicles", type=int, default=20_000, help="live positions to search")
    parser.add_argument("--rate", type=float, default=5_000.0, help="fixes per second that arrive meanwhile")
    parser.add_argument(
        "--reporting", type=int, default=5_000, help=f"vehicles that send, a multiple of {VEHICLES_EACH}"
    )
    parser.add_argument("--seconds", type=float, default=10.0, help="length of one run")
    parser.add_argument("--runs", type=int, default=3, help="runs per case")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    rows = _searched(options.vehicles, options.runs)
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder:
        inside = answered_inside(
            Path(folder),
            _points(_QUESTIONS),
            vehicles=options.reporting,
            rates=[0.0] * options.runs + [options.rate] * options.runs,
            seconds=options.seconds,
        )
        answers = asyncio.run(inside)
    for rate in (0.0, options.rate):
        case = f"inside the service, {rate:g} fixes/s{'' if rate else ' (baseline)'}"
        rows.append(Row(case=case, figures=_inside_figures([answer for answer in answers if answer.rate == rate])))
    return Report(
        bench="nearest",
        what=f"the {NEAREST} vehicles nearest to a point, and a vehicle's latest position, inside the service",
        goal=(
            f"nearest {NEAREST} of {options.vehicles:,} within 1 ms; latest position p99 at most 2 ms "
            f"while {options.rate:g} fixes/s arrive"
        ),
        baseline="a k-d tree built anew for each question; the same questions while no fix arrives",
        method=(
            f"{_QUESTIONS} points over Porto's box; inside, questions are due at fixed instants on its loop and "
            f"the time from then counts, {options.reporting:,} vehicles, {options.runs} runs of {options.seconds:g} s"
        ),
        machine=machine,
        rows=tuple(rows),
    )


def _searched(vehicles: int, runs: int) -> list[Row]:
    live, points = _filled(vehicles), _points(_QUESTIONS)
    columns = live.snapshot()
    degrees = np.stack([columns.lat, columns.lon], -1)
    scale = np.array([1.0, np.cos(np.radians((SOUTH + NORTH) / 2.0))])
    tree = cKDTree(degrees * scale)
    asked: dict[str, Callable[[Position], object]] = {
        "the product's query": lambda place: live.nearest(place, NEAREST),
        "tree built anew (baseline)": lambda place: cKDTree(degrees * scale).query(_point(place) * scale, NEAREST),
        "all distances sorted": lambda place: np.argsort(distance_m(degrees, _point(place)))[:NEAREST],
        "tree that is there already": lambda place: tree.query(_point(place) * scale, NEAREST),
    }
    return [
        Row(case=f"{name}, {vehicles:,} vehicles", figures=_figures("", [_timed(ask, points) for _ in range(runs)]))
        for name, ask in asked.items()
    ]


def _filled(vehicles: int) -> LivePositions:
    """Return live positions of a fleet, each vehicle heard once."""
    fleet = Fleet(vehicles)
    fixes = [fix for gateway in range(fleet.gateways) for fix in fleet.batch(gateway, time.time(), 1.0, VEHICLES_EACH)]
    at = np.array([fix.fix_at for fix in fixes])
    unknown = np.full(len(fixes), np.nan)
    batch = FixBatch(
        device=np.full(len(fixes), "", dtype=object),
        vehicle=np.array([fix.vehicle for fix in fixes], dtype=object),
        fix_at=at,
        received_at=at,
        arrived_wall_at=at,
        lat=np.array([fix.lat for fix in fixes]),
        lon=np.array([fix.lon for fix in fixes]),
        speed_mps=unknown,
        heading_deg=unknown,
        accuracy_m=unknown,
        is_valid=np.ones(len(fixes), dtype=np.bool_),
    )
    live = LivePositions()
    live.update(batch)
    return live


def _points(count: int) -> list[Position]:
    drawn = np.random.default_rng(4).uniform((SOUTH, WEST), (NORTH, EAST), (count, 2))
    return [Position(lat=lat, lon=lon) for lat, lon in drawn.tolist()]


def _point(place: Position) -> NDArray[np.float64]:
    return np.array([place.lat, place.lon])


def _timed(ask: Callable[[Position], object], points: list[Position]) -> list[float]:
    """Return the seconds that each question took."""
    took = []
    for place in points:
        start = time.perf_counter()
        ask(place)
        took.append(time.perf_counter() - start)
    return took


def _inside_figures(answers: list[Answered]) -> tuple[Figure, ...]:
    return (
        *_figures("latest position ", [answer.latest_s for answer in answers]),
        *_figures(f"nearest {NEAREST} ", [answer.nearest_s for answer in answers]),
        *_figures("work of latest alone ", [answer.latest_alone_s for answer in answers]),
        Figure.of("fixes accepted", "1/s", [answer.accepted_per_s for answer in answers]),
    )


def _figures(prefix: str, runs: list[list[float]]) -> tuple[Figure, ...]:
    return tuple(
        Figure.of(f"{prefix}p{percent}", "ms", [1000.0 * float(np.percentile(run, percent)) for run in runs])
        for percent in (50, 99)
    )
