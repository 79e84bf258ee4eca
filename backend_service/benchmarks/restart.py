"""`tower bench restart`: from a log on disk to the folded operation, with and without snapshots.

Each start is a process of its own (`restart_probe`), so that nothing is warm but the disk's cache, and its memory is
that of one start. The log is made once (`made_history`).
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from backend_service.benchmarks.made_history import write_history
from backend_service.benchmarks.report import Figure, Machine, Report, Row
from backend_service.benchmarks.restart_probe import probe
from backend_service.clocks import WallClock
from backend_service.event_log.embedded import EmbeddedEventLog
from backend_service.event_log.subject_keys import SubjectKeys

BEGAN_AT = 1_700_000_000.0
BEHIND = 20_000
"""Events after the newest snapshot: as many as a service lets gather before it keeps the next."""

_UNITS = {"events": "", "folded events": "", "memory": "MB"}

type _Start = dict[str, float]


def declare(parser: argparse.ArgumentParser) -> None:
    """Add this bench's options."""
    parser.add_argument("--events", type=int, default=1_000_000, help="length of the log")
    parser.add_argument("--runs", type=int, default=3, help="starts per case")
    parser.add_argument("--data-dir", type=Path, help="keep the log here, or use the one that is here")


def run(options: argparse.Namespace) -> Report:
    """Measure, and return the report."""
    machine = Machine.here()
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder:
        data_dir = options.data_dir or Path(folder) / "data"
        if not (data_dir / "snapshots").exists():
            asyncio.run(_prepare(data_dir, options.events))
        with_snapshots = [_start(data_dir) for _ in range(options.runs)]
        without = [_start(data_dir, "--no-snapshots") for _ in range(options.runs)]
    return Report(
        bench="restart",
        what="from the start of a process's storage to the folded operation",
        goal=f"at most 10 s for {options.events:,} events with snapshots",
        baseline="the same start without snapshots: every event is read, checked, unsealed and folded",
        method=f"{options.runs} processes per case; the newest snapshot is {BEHIND:,} events behind the head",
        machine=machine,
        rows=(_row("with snapshots", with_snapshots), _row("without snapshots (baseline)", without)),
    )


async def _prepare(data_dir: Path, events: int) -> None:
    """Write the log in two pieces, and keep a snapshot between them."""
    await _write(data_dir, max(1, events - BEHIND))
    await probe(data_dir, with_snapshots=False, keep=True)
    await _write(data_dir, events)


async def _write(data_dir: Path, events: int) -> None:
    keys = SubjectKeys.open(data_dir / "keys.sqlite", data_dir / "secrets" / "subjects.key")
    log = await EmbeddedEventLog.open(data_dir / "tower.sqlite", WallClock(), keys)
    await write_history(log, events, BEGAN_AT, _tell)
    await log.close()
    keys.close()


def _tell(head: int) -> None:
    if head % 50_000 < 600:
        print(f"tower: {head:,} events written", file=sys.stderr)


def _start(data_dir: Path, *options: str) -> _Start:
    command = [sys.executable, "-m", "backend_service.benchmarks.restart_probe", str(data_dir), *options]
    found: _Start = msgspec.json.decode(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def _row(case: str, starts: list[_Start]) -> Row:
    figures = [Figure.of(name, _UNITS.get(name, "s"), [start[name] for start in starts]) for name in starts[0]]
    return Row(case=case, figures=tuple(figures))
