"""What a simulated day comes to: two drives of 600 m, 60 s by streets, that take 90 and 120 s."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Any

import msgspec
import numpy as np
import pytest

from backend_service.benchmarks.eta_simulated import HeardErrors, rows_of_day, rows_over_time, together
from backend_service.benchmarks.report import Figure, Row
from backend_service.forecasting.lessons import Lesson
from core.eta.baselines import HourlySpeeds
from core.eta.calibration import Band
from core.eta.coverage import CoverageReport, CoverageSlice, PlainErrors
from core.eta.realised_forecasts import Outcome, Promised


@dataclass
class Model:
    """Knows that drives take one and a half times of what streets say, but for the last 20 s of softening."""

    hourly: HourlySpeeds

    def predict(self, features: Any) -> Band:
        ratios = np.full(len(features), np.log(110.0 / 80.0))
        return Band(ratios - 1.0, ratios, ratios + 1.0)


LESSON = Lesson(
    names=("hour", "speed_mps"),
    features=np.array([[12.5, 10.0], [13.0, 0.0]]),
    street_s=np.array([60.0, 60.0]),
    street_m=np.array([600.0, 600.0]),
    remaining_s=np.array([90.0, 120.0]),
    made_at=np.zeros(2),
    is_first=np.ones(2, dtype=np.bool_),
)
SLICE = CoverageSlice(
    dimension="all",
    name="all",
    realised=10,
    within=0.8,
    early=0.1,
    late=0.1,
    width_s=55.0,
    mean_error_s=9.0,
    bias_s=1.0,
)


def test_errors_of_what_was_forecast_stand_beside_those_of_the_plain_forecasts() -> None:
    model: Any = Model(HourlySpeeds(np.full(24, 5.0)))
    plainly = PlainErrors(blended_s=40.0, streets_s=30.0, by_hour_s=25.0)
    report = CoverageReport(slices=(msgspec.structs.replace(SLICE, plainly=plainly),))
    rows = rows_of_day("day", LESSON, report, model, (-10.0, 30.0, 20.0))
    told = {row.case: {figure.name: figure.median for figure in row.figures} for row in rows}
    assert told["day: tower"] == {
        "forecasts": 3.0,
        "MAE": 20.0,
        "median error": 20.0,
        "bias": pytest.approx(13.333),
        "MAE / baseline (1)": 0.5,
    }
    assert told["day: (1) 0.6 now + 0.4 usual speed"] == {"MAE": 40.0}
    assert told["day: (2) street engine"] == {"MAE": 30.0}
    assert told["day: (3) usual speed of the hour"] == {"MAE": 25.0}
    # The model says 90 s of both.
    assert told["day: the model before calibration, every 25 s"]["MAE"] == pytest.approx((0.0 + 30.0) / 2)
    assert told["day: in operation, all all"] == {"within 80 % interval": 80.0, "n": 10.0, "mean interval": 55.0}


def test_a_day_without_an_arrival_has_no_errors_of_the_service() -> None:
    model: Any = Model(HourlySpeeds(np.full(24, 5.0)))
    cases = [row.case for row in rows_of_day("day", LESSON, CoverageReport(), model, ())]
    assert cases == ["day: the model before calibration, every 25 s"]


def test_errors_are_those_of_calibrated_forecasts() -> None:
    heard = HeardErrors(UTC)
    for is_calibrated, error_s in ((True, 30.0), (False, 400.0), (True, None)):
        promised = Promised(0.0, 60.0, 100.0, 150.0, 0, "Z", is_calibrated)
        heard.count_error(Outcome(promised, False, False, False, error_s))
    assert heard.errors_s == [30.0]


def test_runs_of_other_seeds_are_told_with_their_spread() -> None:
    def run(error_s: float, *more: Row) -> list[Row]:
        return [Row(case="tower", figures=(Figure.of("MAE", "s", [error_s]),)), *more]

    (tower, zone) = together([run(20.0), run(30.0, Row(case="zone", figures=(Figure.of("MAE", "s", [9.0]),)))])
    assert (tower.figures[0].median, tower.figures[0].runs) == (25.0, (20.0, 30.0))
    assert (zone.case, zone.figures[0].runs) == ("zone", (9.0,))


def counted(realised: int, within: int) -> CoverageReport:
    """What the service had counted by then, each interval 60 s wide; one of ten lay in a zone."""
    whole = msgspec.structs.replace(SLICE, realised=realised, within=within / realised, width_s=60.0)
    return CoverageReport(
        slices=(whole, msgspec.structs.replace(whole, dimension="zone", name="Z", realised=realised // 10))
    )


def test_coverage_is_told_by_quarters_of_an_hour_and_for_the_second_hour() -> None:
    reports = [counted(100 * number, 60 * number) for number in range(1, 5)]
    reports += [counted(400 + 200 * number, 240 + 180 * number) for number in range(1, 5)]
    rows = rows_over_time("day", reports)
    told = {row.case: {figure.name: figure.median for figure in row.figures} for row in rows}
    quarters = told["day: in operation, within, by quarters of an hour since the start"]
    assert quarters["0:00-0:15"] == 60.0
    assert quarters["1:00-1:15"] == pytest.approx(90.0)
    second = told["day: in operation, in its second hour, all all"]
    assert second == {"within 80 % interval": pytest.approx(90.0), "n": 800.0, "mean interval": pytest.approx(60.0)}
    assert not any("zone" in case for case in told)


def test_a_day_of_less_than_an_hour_has_no_second_one() -> None:
    assert len(rows_over_time("day", [counted(100, 80)])) == 1
