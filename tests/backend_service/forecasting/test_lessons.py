"""What forecasts teach once their vehicles have arrived."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from backend_service.forecasting.forecaster import Forecaster
from backend_service.forecasting.lessons import Lessons
from core.eta.ground import Ground


def test_a_forecast_made_after_an_arrival_that_was_told_late_teaches_nothing(ask: Any, noon: float) -> None:
    lessons = Lessons()
    forecaster = Forecaster(Ground(0.0, 0.0), UTC, lambda lat, lon: "Z", lessons=lessons)
    for after_s in (0.0, 60.0, 120.0):
        forecaster.forecast(ask(["A"], [0.0], [3000.0]), noon + after_s)
    forecaster.arrived("A", noon + 90.0)
    assert lessons.finished().remaining_s.tolist() == [90.0, 30.0]
