"""Days of our own simulator for `tower bench eta --simulated`: the whole service, and what its forecasts came to.

Two days teach, each of its own seed; a third of the same kind is forecast with what they taught, and one of a different
kind: a Saturday evening with twice the drivers and orders, on streets that are crowded by them.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from backend_service.benchmarks.eta_figures import LEAST_IN_SLICE, quarter_name
from backend_service.benchmarks.report import Figure, Row
from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.in_operation import LESSONS, middle_of
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.lessons import Lesson, joined
from backend_service.forecasting.model_shelf import ModelShelf
from backend_service.forecasting.training import BoostingPolicy, Trainer, TrainingDay
from backend_service.stepped_day import stepped_day
from backend_service.streets.city import City, tower_home
from core.eta.baselines import blended, by_hour
from core.eta.coverage import CoverageReport, CoverageSlice, SliceName
from core.eta.features import seconds_of
from core.eta.questions import Questions
from core.eta.recent_flow import Column
from core.eta.speed_profile import SpeedProfile

_QUARTER_MIN = 15.0
_FIRST_HOUR = 4
"""Quarters of an hour."""
_ALL: SliceName = ("all", "all")


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """What is simulated: its name, seed, local start, and how much goes on."""

    name: str
    seed: int
    starts_at: str
    drivers: int = 32
    orders_per_hour: float = 110.0


TAUGHT = (
    SimulatedDay("Thursday lunch, seed 1", 1, "2026-11-19T12:00:00-03:00"),
    SimulatedDay("Friday lunch, seed 2", 2, "2026-11-20T12:00:00-03:00"),
)
TESTED = (
    SimulatedDay("Monday lunch, seed 3", 3, "2026-11-23T12:00:00-03:00"),
    SimulatedDay("Saturday evening, crowded, seed 4", 4, "2026-11-21T18:00:00-03:00", 64, 220.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Played:
    training: TrainingDay
    reports: tuple[CoverageReport, ...]
    """What the service had counted after each quarter of an hour."""


async def simulated_rows(minutes: float, boosting: BoostingPolicy) -> list[Row]:
    """Play the days for some minutes each, and return the figures of the two that were forecast.

    Raises
    ------
    Refusal
        If the demo city is not prepared.
    """
    city = City.load(tower_home())
    taught = [await _played(day, minutes, city, None) for day in TAUGHT]
    model = Trainer(middle_of(city), city.time_zone, boosting).train([played.training for played in taught])
    rows: list[Row] = []
    for day in TESTED:
        played = await _played(day, minutes, city, model)
        rows += rows_of_day(day.name, played.training.lesson, played.reports[-1], model)
        rows += rows_over_time(day.name, played.reports)
    return rows


async def _played(day: SimulatedDay, minutes: float, city: City, model: ArrivalModel | None) -> _Played:
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder:
        data_dir = Path(folder)
        if model is not None:
            model.save(ModelShelf(data_dir).in_force)
        starts_at = datetime.fromisoformat(day.starts_at).timestamp()
        async with stepped_day(
            data_dir, starts_at=starts_at, seed=day.seed, drivers=day.drivers, orders_per_hour=day.orders_per_hour
        ) as running:
            reports = []
            for number in range(math.ceil(minutes / _QUARTER_MIN)):
                await running.run(min(_QUARTER_MIN, minutes - number * _QUARTER_MIN))
                reports.append(running.service.api.coverage())
        kept = LessonShelf(data_dir / LESSONS, middle_of(city)).days()
        lesson = joined([lesson for _, lesson, _ in kept])
        profile = SpeedProfile.together([profile for _, _, profile in kept])
        return _Played(TrainingDay(day.name, lesson, profile), tuple(reports))


def rows_of_day(name: str, lesson: Lesson, report: CoverageReport, model: ArrivalModel) -> list[Row]:
    """Return the errors of a day's forecasts beside the plain ones, and the coverage that the service counted.

    Parameters
    ----------
    name : str
    lesson : Lesson
        The day's forecasts with their outcome.
    report : CoverageReport
    model : ArrivalModel
        Which the day has not taught.
    """
    speeds = lesson.features[:, lesson.names.index("speed_mps")]
    hours = lesson.features[:, lesson.names.index("hour")].astype(np.int64)
    hourly = model.hourly.speeds_mps[hours]
    asked = _asked(lesson)
    ours = seconds_of(model.predict(lesson.features).p50, lesson.street_s)
    forecasts = (
        ("tower", ours),
        ("(1) 0.6 now + 0.4 usual speed", blended(asked, speeds, hourly)),
        ("(2) street engine", lesson.street_s),
        ("(3) usual speed of the hour", by_hour(asked, hourly)),
    )
    rows = [Row(case=f"{name}: {who}", figures=_errors(seconds, lesson.remaining_s)) for who, seconds in forecasts]
    return [*rows, *(_coverage(name, one) for one in report.slices)]


def rows_over_time(name: str, reports: Sequence[CoverageReport]) -> list[Row]:
    """Return how many arrivals of each quarter of an hour were within, and of each slice of the second hour.

    Parameters
    ----------
    name : str
    reports : sequence of CoverageReport
        What had been counted by the end of each quarter.
    """
    quarters = [
        Figure.of(quarter_name(number), "%", [100.0 * found[_ALL][1] / found[_ALL][0]])
        for number in range(len(reports))
        if (found := _between(reports, number - 1, number)).get(_ALL, (0.0, 0.0))[0] > 0.0
    ]
    rows = [Row(case=f"{name}: in operation, within, by quarters of an hour since the start", figures=tuple(quarters))]
    if len(reports) <= _FIRST_HOUR:
        return rows
    second = _between(reports, _FIRST_HOUR - 1, min(2 * _FIRST_HOUR, len(reports)) - 1)
    return rows + [
        Row(
            case=f"{name}: in operation, in its second hour, {dimension} {what}",
            figures=(
                Figure.of("within 80 % interval", "%", [100.0 * within / realised]),
                Figure.of("n", "", [realised]),
                Figure.of("mean interval", "s", [width_s / realised]),
            ),
        )
        for (dimension, what), (realised, within, width_s) in second.items()
        if realised >= LEAST_IN_SLICE or (dimension == "all" and realised)
    ]


def _between(reports: Sequence[CoverageReport], before: int, after: int) -> dict[SliceName, tuple[float, ...]]:
    """Return what was counted between two reports, per slice: forecasts, how many within, the sum of their widths."""
    counted = {(one.dimension, one.name): _sums(one) for one in reports[after].slices}
    former = {(one.dimension, one.name): _sums(one) for one in reports[before].slices} if before >= 0 else {}
    nothing = (0.0, 0.0, 0.0)
    return {
        key: tuple(now - then for now, then in zip(sums, former.get(key, nothing), strict=True))
        for key, sums in counted.items()
    }


def _sums(one: CoverageSlice) -> tuple[float, float, float]:
    return float(one.realised), one.within * one.realised, one.width_s * one.realised


def _coverage(name: str, one: CoverageSlice) -> Row:
    return Row(
        case=f"{name}: in operation, {one.dimension} {one.name}",
        figures=(
            Figure.of("within 80 % interval", "%", [100.0 * one.within]),
            Figure.of("n", "", [float(one.realised)]),
            Figure.of("mean interval", "s", [one.width_s]),
        ),
    )


def _errors(seconds: Column, came_s: Column) -> tuple[Figure, ...]:
    errors = seconds - came_s
    return (
        Figure.of("forecasts", "", [float(len(errors))]),
        Figure.of("MAE", "s", [float(np.abs(errors).mean())]),
        Figure.of("median error", "s", [float(np.median(np.abs(errors)))]),
        Figure.of("bias", "s", [float(errors.mean())]),
    )


def _asked(lesson: Lesson) -> Questions:
    nowhere = np.zeros((len(lesson), 2))
    return Questions([""] * len(lesson), nowhere, nowhere, lesson.street_s, lesson.street_m, [])
