"""What became of forecasts survives a restart: how true they were, and how wide they must be."""

from __future__ import annotations

import asyncio
from datetime import UTC
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.forecast_outcomes import kept_outcomes
from backend_service.forecasting.forecaster import Forecaster
from backend_service.workers.keeping_learned_files import KeepingLearnedFiles
from core.eta.ground import Ground

FILE = "forecast_outcomes.json"
ALL, COLD = ("all", "all"), ("cold start", "not yet calibrated")


def young(model: ArrivalModel | None = None) -> Forecaster:
    return Forecaster(Ground(0.0, 0.0), UTC, lambda lat, lon: "Z", model=model)


def drive_often(forecaster: Forecaster, ask: Any, noon: float, times: int = 80) -> None:
    """Drive 3 km, which streets take for 300 s, in some 400 s; forecast at every tenth."""
    dice = np.random.default_rng(1)
    for number in range(times):
        vehicle, start = f"V{number % 5}", noon + 500.0 * number
        takes_s = float(400.0 * np.exp(dice.normal(0.0, 0.1)))
        forecaster.set_off(vehicle, start)
        for tenth in range(10):
            left = 3000.0 * (1 - tenth / 10)
            forecaster.forecast(ask([vehicle], [3000.0 - left], [left]), start + takes_s * tenth / 10)
        forecaster.arrived(vehicle, start + takes_s)


def test_a_killed_service_goes_on_where_its_file_ends(ask: Any, noon: float, tmp_path: Path) -> None:
    before = young()
    file = kept_outcomes(before, tmp_path / FILE)
    drive_often(before, ask, noon)
    asyncio.run(KeepingLearnedFiles(file).run_once(noon))

    after = young()
    again = kept_outcomes(after, tmp_path / FILE)

    assert file.unkept() is again.unkept() is None
    assert after.report() == before.report()
    assert after.report().is_calibrated
    assert after.coverage.slices[COLD].realised >= 200
    later = noon + 500.0 * 80
    asked = ask(["V"], [0.0], [3000.0])
    said, says = (one.forecast(asked, later).seconds for one in (before, after))
    assert (says.p10[0], says.p50[0], says.p90[0]) == pytest.approx((said.p10[0], said.p50[0], said.p90[0]))
    assert says.p50[0] == pytest.approx(400.0, rel=0.1)


def test_another_model_begins_with_its_own_intervals_beside_what_was_counted(
    ask: Any, noon: float, tmp_path: Path, model: ArrivalModel
) -> None:
    before = young()
    file = kept_outcomes(before, tmp_path / FILE)
    drive_often(before, ask, noon)
    asyncio.run(KeepingLearnedFiles(file).run_once(noon))

    after = young(model)
    kept_outcomes(after, tmp_path / FILE)

    assert after.calibration.learned() == young(model).calibration.learned()
    assert after.outcomes.kept() == []
    assert after.coverage.slices == before.coverage.slices


def test_a_model_goes_on_with_its_own(ask: Any, noon: float, tmp_path: Path, model: ArrivalModel) -> None:
    before = young(model)
    file = kept_outcomes(before, tmp_path / FILE)
    drive_often(before, ask, noon, times=10)
    asyncio.run(KeepingLearnedFiles(file).run_once(noon))

    after = young(model)
    kept_outcomes(after, tmp_path / FILE)

    assert after.calibration.learned() == before.calibration.learned()
    assert after.coverage.slices[ALL].realised == 30 and COLD not in after.coverage.slices


@pytest.mark.parametrize(
    "body", [b"{", b'{"format": "another", "model": null, "ends": {}, "came_true": [], "tally": {}}']
)
def test_file_of_no_use_is_left_aside(body: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).write_bytes(body)
    forecaster = young()

    assert kept_outcomes(forecaster, tmp_path / FILE).unkept() is None

    assert forecaster.report() == young().report()
    assert "anew" in caplog.text
