"""Bench: a desk left open for a shift; how much heavier it is at the end than after its first hour.

The desk is started as a process of its own: the service's packages know no screens.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys

import msgspec

from backend_service.benchmarks.report import Figure, Machine, Report, Row
from core.refusals import Fault

_QUARTERS_PER_HOUR = 4
_GIVEN_UP_AFTER_S = 3600.0


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """What one desk said: megabytes and QObjects each quarter of an hour, growth as shares."""

    desk_mb: list[float]
    objects: list[int]
    growth: float
    engine_growth: float


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
    told = [_one_shift(options.hours) for _ in range(options.runs)]

    after_an_hour = [statistics.mean(one.desk_mb[_at(one) : _at(one) + _QUARTERS_PER_HOUR]) for one in told]
    rows = (
        Row(
            case=f"{options.hours:g} h, 60 vehicles, 180 orders an hour",
            figures=(
                Figure.of("desk grew", "%", [100.0 * one.growth for one in told]),
                Figure.of("web engine grew", "%", [100.0 * one.engine_growth for one in told]),
                Figure.of("desk, second hour", "MB", after_an_hour),
                Figure.of("desk, at the end", "MB", [one.desk_mb[-1] for one in told]),
                Figure.of("QObjects added", "", [one.objects[-1] - one.objects[_at(one)] for one in told]),
            ),
        ),
    )
    return Report(
        bench="desk",
        what="memory of a desk that is left open for a shift",
        goal="grows by less than 5 % after its first hour",
        baseline="mean of the second hour",
        method="resident memory each quarter of an hour of operation time; mean of the last hour against the second",
        machine=machine,
        rows=rows,
    )


def _at(one: Shift) -> int:
    """Return which weight is the first after the warm-up."""
    return min(_QUARTERS_PER_HOUR, len(one.objects) - 1)


def _one_shift(hours: float) -> Shift:
    command = [sys.executable, "-m", "ui.long_shift", "--hours", str(hours)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=_GIVEN_UP_AFTER_S, check=False)
    lines = ended.stdout.strip().splitlines()
    if ended.returncode != 0 or not lines:
        last = ended.stderr.strip().splitlines()
        raise Fault("desk.ended", f"The desk ended with {ended.returncode}: {last[-1] if last else 'no words'}")
    return msgspec.json.decode(lines[-1], type=Shift)
