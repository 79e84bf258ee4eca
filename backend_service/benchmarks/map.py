"""`tower bench map`: frames of the live map while it is panned and zoomed over many moving vehicles.

A process of its own shows the map, offscreen and painted by the processor: the service's packages know no screens.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from backend_service.benchmarks.report import Figure, Machine, Report, Row
from core.refusals import Fault

_GIVEN_UP_AFTER_S = 300.0


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What one map said: frames of each second, stalls over 50 ms of the GUI thread, megabytes."""

    frames_per_second: list[float]
    stalls: int
    longest_stall_ms: float
    desk_mb: float
    engine_mb: float


def declare(parser: argparse.ArgumentParser) -> None:
    """Say which options there are."""
    parser.add_argument("--vehicles", type=int, default=20_000, help="(default %(default)s)")
    parser.add_argument("--seconds", type=float, default=10.0, help="of one run, after 4 s (default %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="how often (default %(default)s)")
    parser.add_argument("--city", type=Path, help="an .osm.pbf (default: Porto of TOWER_DATA, else the demo city)")


def run(options: argparse.Namespace) -> Report:
    """Show maps and count.

    Raises
    ------
    Fault
        If a map ended otherwise than it should.
    """
    machine = Machine.here()
    city = options.city or _porto()
    cases = {"one vehicle (baseline)": 1, f"{options.vehicles:,} moving vehicles": options.vehicles}
    with tempfile.TemporaryDirectory(prefix="tower-tiles-") as tiles:
        _shown(city, 1, 1.0, tiles)  # the streets are read and the first tiles painted once, for all
        rows = tuple(
            Row(case=case, figures=_figures([_shown(city, count, options.seconds, tiles) for _ in range(options.runs)]))
            for case, count in cases.items()
        )
    name = "the demo city" if city is None else city.name
    return Report(
        bench="map",
        what="frames of the live map while it is panned and zoomed",
        goal="at least 30 frames/s with 20,000 moving vehicles over Porto, no stall of the GUI thread over 50 ms",
        baseline="the same map with one vehicle",
        method=f"{name}, 1000x640, software rendering, a key every 0.12 s, all vehicles at new places every 0.5 s",
        machine=machine,
        rows=rows,
    )


def _porto() -> Path | None:
    folder = os.environ.get("TOWER_DATA")
    porto = Path(folder) / "cities" / "porto.osm.pbf" if folder else None
    return porto if porto is not None and porto.exists() else None


def _shown(city: Path | None, vehicles: int, seconds: float, tiles: str) -> Seen:
    command = [sys.executable, "-m", "widgets.live_map.frame_bench", "--cache", tiles]
    command += ["--vehicles", str(vehicles), "--seconds", str(seconds)]
    if city is not None:
        command += ["--city", str(city)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=_GIVEN_UP_AFTER_S, check=False)
    lines = ended.stdout.strip().splitlines()
    if ended.returncode != 0 or not lines:
        last = ended.stderr.strip().splitlines()
        raise Fault("map.ended", f"The map ended with {ended.returncode}: {last[-1] if last else 'no words'}")
    return msgspec.json.decode(lines[-1], type=Seen)


def _figures(runs: list[Seen]) -> tuple[Figure, ...]:
    return (
        Figure.of("frames a second, median", "/s", [statistics.median(one.frames_per_second) for one in runs]),
        Figure.of("frames a second, worst second", "/s", [min(one.frames_per_second) for one in runs]),
        Figure.of("stalls over 50 ms", "", [one.stalls for one in runs]),
        Figure.of("longest stall", "ms", [one.longest_stall_ms for one in runs]),
        Figure.of("desk", "MB", [one.desk_mb for one in runs]),
        Figure.of("web engine", "MB", [one.engine_mb for one in runs]),
    )
