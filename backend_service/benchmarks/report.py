"""How a bench tells its figures: rows of medians with their spread, the machine, and what they are compared with."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path

import msgspec
import psutil


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures were measured on; `load` is the load average over a minute before, by whatever else ran."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    load: float

    @classmethod
    def here(cls) -> Machine:
        """Return this machine."""
        return cls(
            processor=_processor(),
            cores=os.cpu_count() or 1,
            memory_gb=round(psutil.virtual_memory().total / 2**30, 1),
            system=f"{platform.system()} {platform.release()}",
            python=platform.python_version(),
            load=round(psutil.getloadavg()[0], 1),
        )


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One quantity over several runs: the median and the extremes, the mean and the standard deviation of the runs."""

    name: str
    unit: str
    runs: tuple[float, ...]
    median: float
    lowest: float
    highest: float
    mean: float = 0.0
    deviation: float = 0.0

    @classmethod
    def of(cls, name: str, unit: str, runs: Sequence[float]) -> Figure:
        """Return the figure of at least one run."""
        return cls(
            name=name,
            unit=unit,
            runs=tuple(round(value, 3) for value in runs),
            median=round(statistics.median(runs), 3),
            lowest=round(min(runs), 3),
            highest=round(max(runs), 3),
            mean=round(statistics.fmean(runs), 4),
            deviation=round(statistics.stdev(runs), 4) if len(runs) > 1 else 0.0,
        )


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one case."""

    case: str
    figures: tuple[Figure, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole bench. `baseline` says which case the others are to be compared with; `goal` what is aimed at.

    With `tells_mean` the table has mean and standard deviation of the runs in the place of their median.
    """

    bench: str
    what: str
    goal: str
    baseline: str
    method: str
    machine: Machine
    rows: tuple[Row, ...]
    tells_mean: bool = False

    def as_json(self) -> str:
        """Return the report as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode() + "\n"

    def as_table(self) -> str:
        """Return the report as text for people: median (lowest to highest) of the runs."""
        machine = self.machine
        lines = [
            f"{self.bench}: {self.what}",
            f"goal: {self.goal}; baseline: {self.baseline}",
            self.method,
            f"{machine.processor}, {machine.cores} cores, {machine.memory_gb} GB, {machine.system}, "
            f"Python {machine.python}, load before {machine.load:g}",
            "",
        ]
        width = max(len(figure.name) for row in self.rows for figure in row.figures)
        for row in self.rows:
            lines.append(row.case)
            told = _told_as_mean if self.tells_mean else _told
            lines.extend(f"  {figure.name:<{width}}  {told(figure)}" for figure in row.figures)
        return "\n".join(lines) + "\n"


def _told(figure: Figure) -> str:
    spread = "" if len(figure.runs) == 1 else f"  ({figure.lowest:g} to {figure.highest:g}, {len(figure.runs)} runs)"
    return f"{figure.median:>10g} {figure.unit}{spread}"


def _told_as_mean(figure: Figure) -> str:
    amount = f"{figure.mean:>10.4g}"
    if len(figure.runs) == 1:
        return f"{amount} {figure.unit}"
    spread = f"({figure.lowest:g} to {figure.highest:g}, {len(figure.runs)} runs)"
    return f"{amount} +- {figure.deviation:.3g} {figure.unit}  {spread}"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
