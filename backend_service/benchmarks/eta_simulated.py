"""Days of our own simulator for `tower bench eta --simulated`: the whole service, and what its forecasts came to.

Two days teach, each of its own seed; a third of the same kind is forecast with what they taught, and one of a different
kind: a Saturday evening with twice the drivers and orders, on streets that are crowded by them. Errors are those of
what the service said, beside the plain forecasts that it made of the same drives.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import chain
from pathlib import Path

import numpy as np

from backend_service.benchmarks.eta_figures import LEAST_IN_SLICE, quarter_name
from backend_service.benchmarks.eta_speed import timed_day
from backend_service.benchmarks.eta_told import ToldArrivals
from backend_service.benchmarks.report import Figure, Row
from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.in_operation import LESSONS, middle_of
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.lessons import Lesson, joined
from backend_service.forecasting.model_shelf import ModelShelf
from backend_service.forecasting.training import BoostingPolicy, Trainer, TrainingDay
from backend_service.stepped_day import stepped_day
from backend_service.streets.city import City, tower_home
from core.eta.coverage import Coverage, CoverageReport, CoverageSlice, SliceName
from core.eta.features import seconds_of
from core.eta.realised_forecasts import Outcome
from core.eta.recent_flow import Column
from core.eta.speed_profile import SpeedProfile

_QUARTER_MIN = 15.0
_FIRST_HOUR = 4
"""Quarters of an hour."""
_ALL: SliceName = ("all", "all")
_SEEDS_APART = 10
_STOPS = 1000
_TOLD = "what customers were told"


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
    SimulatedDay("Monday lunch, seed 3 on", 3, "2026-11-23T12:00:00-03:00"),
    SimulatedDay("Saturday evening, crowded, seed 4 on", 4, "2026-11-21T18:00:00-03:00", 64, 220.0),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Played:
    training: TrainingDay
    reports: tuple[CoverageReport, ...]
    """What the service had counted after each quarter of an hour."""
    errors_s: tuple[float, ...]
    """Of all its forecasts that were judged."""
    timed: tuple[Row, ...]
    """What customers were told, and how long many forecasts take."""


class HeardErrors(Coverage):
    """Counts as the service does, and remembers how far off each calibrated forecast was."""

    def __init__(self, zone: tzinfo) -> None:
        super().__init__(zone)
        self.errors_s: list[float] = []

    def count_error(self, outcome: Outcome) -> None:
        """Count, and remember, seconds."""
        super().count_error(outcome)
        if outcome.error_s is not None and outcome.promised.is_calibrated:
            self.errors_s.append(outcome.error_s)


async def simulated_rows(minutes: float, boosting: BoostingPolicy, runs: int = 1) -> list[Row]:
    """Play the days for some minutes each, and return the figures of the two that were forecast.

    Each of the runs forecasts days of other seeds by the same model.

    Raises
    ------
    Refusal
        If the demo city is not prepared.
    """
    city = City.load(tower_home())
    taught = [await _played(day, minutes, city, None) for day in TAUGHT]
    model = Trainer(middle_of(city), city.time_zone, boosting).train([played.training for played in taught])
    return together([await _rows(minutes, city, model, number) for number in range(runs)])


async def _rows(minutes: float, city: City, model: ArrivalModel, number: int) -> list[Row]:
    rows: list[Row] = []
    for day in TESTED:
        played = await _played(replace(day, seed=day.seed + _SEEDS_APART * number), minutes, city, model)
        rows += rows_of_day(day.name, played.training.lesson, played.reports[-1], model, played.errors_s)
        rows += rows_over_time(day.name, played.reports)
        rows += [Row(case=f"{day.name}: {row.case}", figures=row.figures) for row in played.timed]
    return rows


def together(runs: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the figures of several runs, each with its spread; what a run has not told is left out of it."""
    cases: dict[str, dict[str, list[Figure]]] = {}
    for row in chain.from_iterable(runs):
        figures = cases.setdefault(row.case, {})
        for figure in row.figures:
            figures.setdefault(figure.name, []).append(figure)
    return [
        Row(
            case=case,
            figures=tuple(
                Figure.of(name, found[0].unit, [run for one in found for run in one.runs])
                for name, found in figures.items()
            ),
        )
        for case, figures in cases.items()
    ]


async def _played(day: SimulatedDay, minutes: float, city: City, model: ArrivalModel | None) -> _Played:
    with tempfile.TemporaryDirectory(prefix="tower-bench-") as folder:
        data_dir = Path(folder)
        if model is not None:
            model.save(ModelShelf(data_dir).in_force)
        starts_at = datetime.fromisoformat(day.starts_at).timestamp()
        async with stepped_day(
            data_dir, starts_at=starts_at, seed=day.seed, drivers=day.drivers, orders_per_hour=day.orders_per_hour
        ) as running:
            told, errors = ToldArrivals(), HeardErrors(city.time_zone)
            models = running.service.api.arrival_models
            assert models is not None, "the service forecasts arrivals"
            models.forecaster.coverage = errors
            running.service.bus.subscribe(told.note)
            reports = []
            for number in range(math.ceil(minutes / _QUARTER_MIN)):
                await running.run(min(_QUARTER_MIN, minutes - number * _QUARTER_MIN))
                reports.append(running.service.api.coverage())
            timed = () if model is None else (told.row(_TOLD), await timed_day(running, models.forecaster, _STOPS))
        kept = LessonShelf(data_dir / LESSONS, middle_of(city)).days()
        lesson = joined([lesson for _, lesson, _ in kept])
        profile = SpeedProfile.together([profile for _, _, profile in kept])
        return _Played(TrainingDay(day.name, lesson, profile), tuple(reports), tuple(errors.errors_s), timed)


def rows_of_day(
    name: str, lesson: Lesson, report: CoverageReport, model: ArrivalModel, errors_s: Sequence[float]
) -> list[Row]:
    """Return the errors of what the service forecast beside the plain ones, and the coverage that it counted.

    Parameters
    ----------
    name : str
    lesson : Lesson
        The day's forecasts with their outcome.
    report : CoverageReport
    model : ArrivalModel
        Which the day has not taught; its own errors, before calibration, stand beside.
    errors_s : sequence of float
        Of the service's forecasts that were judged, seconds.
    """
    rows = [] if not errors_s else _beside_plain(name, np.array(errors_s), report)
    ours = seconds_of(model.predict(lesson.features).p50, lesson.street_s)
    case = f"{name}: the model before calibration, every 25 s"
    rows.append(Row(case=case, figures=_errors(ours - lesson.remaining_s)))
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


def _beside_plain(name: str, errors: Column, report: CoverageReport) -> list[Row]:
    """Return the errors of the service's forecasts and those of the plain forecasts beside the same of them."""
    whole = next((one for one in report.slices if (one.dimension, one.name) == _ALL), None)
    plainly = whole.plainly if whole is not None else None
    if plainly is None:
        return [Row(case=f"{name}: tower", figures=_errors(errors))]
    share = Figure.of("MAE / baseline (1)", "", [float(np.abs(errors).mean()) / plainly.blended_s])
    plain = (
        ("(1) 0.6 now + 0.4 usual speed", plainly.blended_s),
        ("(2) street engine", plainly.streets_s),
        ("(3) usual speed of the hour", plainly.by_hour_s),
    )
    return [
        Row(case=f"{name}: tower", figures=(*_errors(errors), share)),
        *(Row(case=f"{name}: {who}", figures=(Figure.of("MAE", "s", [seconds]),)) for who, seconds in plain),
    ]


def _errors(errors: Column) -> tuple[Figure, ...]:
    return (
        Figure.of("forecasts", "", [float(len(errors))]),
        Figure.of("MAE", "s", [float(np.abs(errors).mean())]),
        Figure.of("median error", "s", [float(np.median(np.abs(errors)))]),
        Figure.of("bias", "s", [float(errors.mean())]),
    )
