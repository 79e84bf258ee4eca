"""The forecaster through its ordinary interface: fixes, departures, arrivals, questions."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import numpy as np
import pytest

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.forecaster import Forecaster


def test_percentiles_are_in_order_and_the_baselines_stand_beside(forecaster: Forecaster, ask: Any, noon: float) -> None:
    found = forecaster.forecast(ask(["A", "B"], [0.0, 0.0], [3000.0, 9000.0]), noon)
    assert (found.seconds.p10 < found.seconds.p50).all()
    assert (found.seconds.p50 < found.seconds.p90).all()
    assert found.streets_s.tolist() == [300.0, 900.0]
    assert (found.by_hour_s > 0).all()
    assert (found.blended_s > 0).all()
    assert found.model is not None
    assert found.is_calibrated


def test_without_a_model_streets_answer_with_a_wide_interval_and_say_so(
    untaught: Forecaster, ask: Any, noon: float
) -> None:
    found = untaught.forecast(ask(["A"], [0.0], [3000.0]), noon)
    assert found.seconds.p50[0] == pytest.approx(300.0)
    assert found.seconds.p90[0] - found.seconds.p10[0] > 300.0
    assert found.model is None
    assert not found.is_calibrated


def test_asked_nothing_it_answers_nothing(forecaster: Forecaster, ask: Any, noon: float) -> None:
    assert len(forecaster.forecast(ask([], [], []), noon).seconds) == 0


def drive(forecaster: Forecaster, ask: Any, vehicle: str, start: float, takes_s: float) -> None:
    """Drive 3 km, forecast at every tenth, and arrive `takes_s` after `start`."""
    forecaster.set_off(vehicle, start)
    for tenth in range(10):
        left = 3000.0 * (1 - tenth / 10)
        forecaster.forecast(ask([vehicle], [3000.0 - left], [left]), start + takes_s * tenth / 10)
    forecaster.arrived(vehicle, start + takes_s)


def test_arrivals_calibrate_it(untaught: Forecaster, ask: Any, noon: float) -> None:
    dice = np.random.default_rng(1)
    for number in range(130):
        drive(untaught, ask, f"V{number % 5}", noon + 1000.0 * number, float(300.0 * np.exp(dice.normal(0.0, 0.1))))
    found = untaught.forecast(ask(["V"], [0.0], [3000.0]), noon)
    assert found.is_calibrated
    assert found.seconds.p90[0] - found.seconds.p10[0] < 200.0
    held = untaught.coverage.slices["all", "all"]
    assert held.realised == 130 * 3 - untaught.coverage.slices["cold start", "not yet calibrated"].realised
    assert held.coverage == pytest.approx(0.8, abs=0.06)


def test_a_day_half_as_slow_again_is_forecast_so_after_some_arrivals(
    forecaster: Forecaster, ask: Any, noon: float
) -> None:
    dice = np.random.default_rng(2)
    usually = float(forecaster.forecast(ask(["V"], [0.0], [3000.0]), noon).seconds.p50[0])
    for number in range(1, 40):
        takes_s = 1.5 * usually * float(np.exp(dice.normal(0.0, 0.1)))
        drive(forecaster, ask, f"V{number % 5}", noon + 1000.0 * number, takes_s)
    found = forecaster.forecast(ask(["V"], [0.0], [3000.0]), noon + 40_000.0).seconds
    assert found.p10[0] < 1.5 * usually < found.p90[0]
    assert found.p50[0] == pytest.approx(1.5 * usually, rel=0.2)


def test_a_vehicle_that_does_not_arrive_is_known_to_be_late_before_it_does(
    forecaster: Forecaster, ask: Any, noon: float
) -> None:
    forecaster.set_off("A", noon)
    forecaster.forecast(ask(["A"], [0.0], [3000.0]), noon)
    forecaster.forecast(ask(["A"], [1500.0], [1500.0]), noon + 100.0)
    assert ("all", "all") not in forecaster.coverage.slices
    forecaster.forecast(ask(["A"], [1500.0], [1500.0]), noon + 3000.0)
    held = forecaster.coverage.slices["all", "all"]
    assert (held.realised, held.late, held.arrived) == (1, 1, 0)
    forecaster.arrived("A", noon + 4000.0)
    held = forecaster.coverage.slices["all", "all"]
    assert (held.realised, held.late, held.arrived) == (1, 1, 1)


def test_a_new_destination_is_a_new_trip(forecaster: Forecaster, ask: Any, noon: float) -> None:
    forecaster.forecast(ask(["A"], [0.0], [3000.0]), noon)
    forecaster.forecast(ask(["A"], [2000.0], [5000.0]), noon + 60.0)
    forecaster.arrived("A", noon + 600.0)
    assert ("all", "all") not in forecaster.coverage.slices


def test_an_arrival_nobody_was_asked_about_is_no_trip(forecaster: Forecaster, noon: float) -> None:
    forecaster.arrived("A", noon)
    assert forecaster.coverage.slices == {}


def test_the_same_day_gives_the_same_forecasts(model: Any, ask: Any, fix: Any, noon: float) -> None:
    from datetime import UTC

    answers = []
    for _ in range(2):
        played = Forecaster(model.ground, UTC, lambda lat, lon: "Z", model=model)
        for number in range(30):
            played.observe(fix("A", 10.0 * number, 90.0 * number))
            drive(played, ask, f"V{number}", noon + number, 400.0)
        answers.append(played.forecast(ask(["A"], [2700.0], [3000.0]), noon + 300.0).seconds.p90[0])
    assert answers[0] == answers[1]


def test_how_a_drive_came_out_is_told_as_of_its_first_quarter(model: ArrivalModel, ask: Any, noon: float) -> None:
    told: list[tuple[float, float, float]] = []
    forecaster = Forecaster(model.ground, UTC, lambda *_: "Z", model=model, drove=lambda *drive: told.append(drive))

    drive(forecaster, ask, "V1", noon, 450.0)

    # 3000 m at 10 m/s; the first tenth behind a quarter of the way is the third: 210 s left by streets, 315 s in fact.
    assert told == [(noon + 450.0, pytest.approx(210.0), pytest.approx(315.0))]
