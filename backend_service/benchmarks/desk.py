"""Bench: a desk left open for a shift, how much heavier it gets after two hours; palette, replay.

The desk is started as a process of its own: the service's packages know no screens.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from backend_service.benchmarks.desk_replay import seek_rows
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from core.refusals import Fault

_WEIGHTS_PER_HOUR = 12
_WARM_UP_HOURS = 2
_GIVEN_UP_AFTER_S = 3600.0


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """What one desk said: megabytes and QObjects each five minutes, growth as shares."""

    desk_mb: list[float]
    engine_mb: list[float]
    objects: list[int]
    growth: float
    engine_growth: float


class Openings(msgspec.Struct, frozen=True, kw_only=True):
    """What one desk said of its palette: milliseconds of each opening and letter, by the clock and of work."""

    orders: int
    drivers: int
    open_ms: list[float]
    open_work_ms: list[float]
    letter_ms: list[float]
    letter_work_ms: list[float]


def declare(parser: argparse.ArgumentParser) -> None:
    """Say which options there are."""
    parser.add_argument("--hours", type=float, default=8.0, help="of operation time (default %(default)s)")
    parser.add_argument("--runs", type=int, default=1, help="how often (default %(default)s)")


def run(options: argparse.Namespace) -> Report:
    """Leave desks open and weigh them.

    Raises
    ------
    Fault
        If a desk ended otherwise than it should.
    """
    machine = Machine.here()
    opened = [_ended_well("ui.palette_opening", Openings) for _ in range(options.runs)]
    told = [_ended_well("ui.long_shift", Shift, "--hours", str(options.hours)) for _ in range(options.runs)]
    rows = (
        Row(
            case=f"{options.hours:g} h, 60 vehicles, 180 orders an hour",
            figures=(
                Figure.of("desk grew", "%", [100.0 * one.growth for one in told]),
                Figure.of("web engine grew", "%", [100.0 * one.engine_growth for one in told]),
                Figure.of("desk, third hour", "MB", [_third_hour(one.desk_mb) for one in told]),
                Figure.of("desk, at the end", "MB", [one.desk_mb[-1] for one in told]),
                Figure.of("web engine, third hour", "MB", [_third_hour(one.engine_mb) for one in told]),
                Figure.of("web engine, at the end", "MB", [one.engine_mb[-1] for one in told]),
                Figure.of("QObjects added", "", [one.objects[-1] - one.objects[_at(one.objects)] for one in told]),
            ),
        ),
        Row(
            case=f"palette over {opened[0].orders} open orders and {opened[0].drivers} drivers, key to painted",
            figures=(
                *_openings("opening", [(one.open_ms, one.open_work_ms) for one in opened]),
                *_openings("first letter", [(one.letter_ms, one.letter_work_ms) for one in opened]),
            ),
        ),
        *seek_rows(),
    )
    return Report(
        bench="desk",
        what="memory of a desk that is left open for a shift",
        goal="grows by less than 5 % after two hours; palette painted in 100 ms; replay sought in 500 ms",
        baseline="median of the third hour",
        method="memory that its processes filled, each five minutes; trend (Theil and Sen) from the third hour on",
        machine=machine,
        rows=rows,
    )


def _at(weights: Sequence[float]) -> int:
    """Return which weight is the first after the warm-up."""
    return min(_WARM_UP_HOURS * _WEIGHTS_PER_HOUR, len(weights) - 1)


def _third_hour(megabytes: list[float]) -> float:
    return statistics.median(megabytes[_at(megabytes) : _at(megabytes) + _WEIGHTS_PER_HOUR])


def _openings(name: str, runs: list[tuple[list[float], list[float]]]) -> tuple[Figure, ...]:
    """Return median and slowest by the clock, and the median of the GUI thread's work, over all runs."""
    return (
        Figure.of(f"{name}, median", "ms", [statistics.median(clock) for clock, _ in runs]),
        Figure.of(f"{name}, slowest", "ms", [max(clock) for clock, _ in runs]),
        Figure.of(f"{name}, work of the GUI thread", "ms", [statistics.median(work) for _, work in runs]),
    )


def _ended_well[Told](module: str, kind: type[Told], *arguments: str) -> Told:
    command = [sys.executable, "-m", module, *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=_GIVEN_UP_AFTER_S, check=False)
    lines = ended.stdout.strip().splitlines()
    if ended.returncode != 0 or not lines:
        last = ended.stderr.strip().splitlines()
        raise Fault("desk.ended", f"The desk ended with {ended.returncode}: {last[-1] if last else 'no words'}")
    return msgspec.json.decode(lines[-1], type=kind)
