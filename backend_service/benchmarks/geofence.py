"""`tower bench geofence`: fixes judged by many fences, beside two plain ways of only asking which fences hold a point.

What is measured is the product's `CrossingDetector` with all that it does: hysteresis, confirmation, ways through
fences between fixes, crossings told. The plain ways only find the fences of a point: a loop over prepared polygons
for each fix, the same given a batch at a time, and the query of an R-tree. They leave out margins, memory and ways.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import shapely
from msgspec.structs import replace

from backend_service.benchmarks.geofence_town import (
    BATCH,
    EVERY_S,
    VEHICLES,
    Edge,
    Rings,
    fences_of,
    rings_by_lot,
    traffic,
)
from backend_service.benchmarks.geofence_trial import tried
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from core.geofencing.crossings import CrossingDetector
from core.geofencing.fence_index import FenceIndex
from core.geofencing.warming import warm_up
from core.telemetry.fix_batch import FixBatch

_WARM_ROUNDS = 2
_LOOPED = 4_000_000
"""Tests of a point against a polygon that the loop is given at most, so that it ends."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--fences", type=_numbers, default=(1_000, 10_000, 100_000), help="for example 1000,10000")
    parser.add_argument("--vertices", type=_numbers, default=(20, 100), help="of each fence, for example 20,100")
    parser.add_argument("--rounds", type=int, default=20, help="fixes of each vehicle in a run (default %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="per case (default %(default)s)")
    parser.add_argument("--edge", type=int, default=5_000, help="vehicles at an edge (default %(default)s)")
    parser.add_argument("--edge-seconds", type=int, default=600, help="that they are there (default %(default)s)")
    parser.add_argument(
        "--trial-fixes", type=int, default=5_000_000, help="in the archive of a week that fences are tried on; 0: none"
    )
    parser.add_argument("--seed", type=int, default=1)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    warm_up()
    rows = [
        _measured(fences, vertices, options)
        for vertices in options.vertices
        for fences in options.fences
        if fences > 0 and vertices > 2
    ]
    rows.extend(_drifting(speed_mps, options) for speed_mps in (0.0, 12.0) if options.edge)
    if options.trial_fixes:
        rows.extend(tried(options.trial_fixes, options.runs, np.random.default_rng(options.seed)))
    return Report(
        bench="geofence",
        what="fixes judged by fences: hysteresis, confirmation, ways through fences, crossings told",
        goal=">= 300,000 points/s at 10,000 fences, >= 40 % of the R-tree, >= 100 times the loop at 1,000",
        baseline="a loop over prepared polygons and a bare query of an R-tree, which only find the fences of a point",
        method=(
            f"fences of 100 to 300 m over 46 by 37 km of Porto, {VEHICLES:,} vehicles at 3 to 30 m/s, a fix each "
            f"{EVERY_S:g} s, batches of {BATCH:,}; {options.runs} runs of {options.rounds * VEHICLES:,} fixes, one core"
        ),
        machine=machine,
        rows=tuple(rows),
    )


def _measured(fences: int, vertices: int, options: argparse.Namespace) -> Row:
    dice = np.random.default_rng(options.seed)
    rings = rings_by_lot(fences, vertices, dice)
    begun = time.perf_counter()
    index = FenceIndex(fences_of(rings))
    built_s = time.perf_counter() - begun
    batches = traffic(options.rounds + _WARM_ROUNDS, dice)
    skipped = _WARM_ROUNDS * VEHICLES // BATCH
    crossings: list[float] = []

    def judged() -> float:
        detector = CrossingDetector(index)
        for batch in batches[:skipped]:
            detector.advance(batch)
        told, begun = 0, time.perf_counter()
        for batch in batches[skipped:]:
            told += len(detector.advance(batch))
        took_s = time.perf_counter() - begun
        crossings.append(float(told))
        return took_s

    points = len(batches[skipped:]) * BATCH
    ours = [points / judged() for _ in range(options.runs)]
    tree = _tree_rates(rings, batches[skipped:], options.runs)
    loop, turned = _loop_rates(rings, batches[skipped], options.runs)
    return Row(
        case=f"{fences:,} fences of {vertices} vertices",
        figures=(
            Figure.of("judged", "points/s", ours),
            Figure.of("(b) bare R-tree query", "points/s", tree),
            Figure.of("(a) loop over prepared polygons", "points/s", loop),
            Figure.of("the same, a batch at a time", "points/s", turned),
            Figure.of("judged, of (b)", "%", [100.0 * one / other for one, other in zip(ours, tree, strict=True)]),
            Figure.of("judged, times (a)", "", [one / other for one, other in zip(ours, loop, strict=True)]),
            Figure.of("crossings told", "", crossings),
            Figure.of("index built in", "s", [built_s]),
            Figure.of("one redrawn in", "s", _redrawn_s(index, rings, options.runs)),
        ),
    )


def _redrawn_s(index: FenceIndex, rings: Rings, runs: int) -> list[float]:
    """Return how long it takes until one redrawn fence is judged by, each time another one."""
    took_s: list[float] = []
    detector = CrossingDetector(index)
    for fence in fences_of(rings[:runs]):
        begun = time.perf_counter()
        detector.set_fences(detector.index.changed([replace(fence, leave_margin_m=50.0)]))
        took_s.append(time.perf_counter() - begun)
    return took_s


def _polygons(rings: Rings) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.atleast_1d(np.asarray(shapely.polygons(rings[:, :, ::-1]), dtype=object))


def _tree_rates(rings: Rings, batches: Sequence[FixBatch], runs: int) -> list[float]:
    tree = shapely.STRtree(_polygons(rings))

    def ask() -> int:
        for batch in batches:
            tree.query(shapely.points(batch.lon, batch.lat), predicate="intersects")
        return len(batches) * BATCH

    return [_rate(ask) for _ in range(runs)]


def _loop_rates(rings: Rings, batch: FixBatch, runs: int) -> tuple[list[float], list[float]]:
    """Return the rates of a loop over fixes and polygons, and of one over polygons that is given a batch at once."""
    polygons = _polygons(rings)
    shapely.prepare(polygons)
    count = max(20, min(BATCH, _LOOPED // len(polygons)))
    each, points = list(polygons), np.asarray(shapely.points(batch.lon[:count], batch.lat[:count]), dtype=object)
    few = points[: max(5, count // 10)]

    def one_by_one() -> int:
        for point in few:
            for polygon in each:
                polygon.contains(point)
        return len(few)

    def batch_by_batch() -> int:
        for polygon in each:
            shapely.contains(polygon, points)
        return count

    return [_rate(one_by_one) for _ in range(runs)], [_rate(batch_by_batch) for _ in range(runs)]


def _rate(ask: Callable[[], int]) -> float:
    begun = time.perf_counter()
    points = ask()
    return points / (time.perf_counter() - begun)


def _drifting(speed_mps: float, options: argparse.Namespace) -> Row:
    edge = Edge(options.edge, options.edge_seconds, speed_mps)
    dice, told = np.random.default_rng(options.seed), Counter[str]()
    detector = CrossingDetector([edge.block()])
    for batch in edge.fixes(dice):
        told.update(crossing.vehicle_id for crossing in detector.advance(batch))
    manner = "standing at" if speed_mps == 0.0 else f"driving at {speed_mps:g} m/s along"
    return Row(
        case=f"{edge.vehicles:,} vehicles {manner} an edge, a fix a second for {edge.seconds} s, sigma 10 to 15 m",
        figures=(
            Figure.of("vehicles with one event", "", [float(sum(count == 1 for count in told.values()))]),
            Figure.of("vehicles with more", "", [float(sum(count > 1 for count in told.values()))]),
            Figure.of("most events of one vehicle", "", [float(max(told.values(), default=0))]),
        ),
    )
