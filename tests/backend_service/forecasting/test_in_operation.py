"""The model of a running service: there, not there, or of no use."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.in_operation import FORECAST_OUTCOMES, Forecasting, open_forecasting
from backend_service.streets.city import City, CityFacts
from backend_service.streets.straight_line import StraightLineStreets
from backend_service.streets.street_engine import StreetRoute
from backend_service.workers.keeping_learned_files import KeepingLearnedFiles
from core.commands import Command
from core.geodesy import as_points
from core.operations import Done
from core.projections.operation import Operation
from core.timekeeping import SteppedClock
from core.vocabulary import Actor, Position


@dataclass
class QuietBus:
    """Has an operation in which nothing happened."""

    operation: Operation = field(default_factory=Operation)

    async def execute(self, command: Command, actor: Actor) -> Done:
        return Done(position=0)


class StraightWays:
    """Streets as the crow flies."""

    async def way(self, start: Position, places: list[Position]) -> StreetRoute:
        streets = StraightLineStreets(SteppedClock(0.0), CITY.time_zone)
        return await streets.route(as_points([(place.lat, place.lon) for place in (start, *places)]))


CITY = City(
    CityFacts(name="Made", time_zone="UTC", currency="EUR", bbox=(-0.1, -0.1, 0.1, 0.1)), (), Path("none"), Path("none")
)


def opened(data_dir: Path) -> Forecasting:
    return asyncio.run(open_forecasting(QuietBus(), StraightWays(), CITY, data_dir, 1000.0))


def test_a_young_service_has_no_model_and_that_is_no_fault(tmp_path: Path) -> None:
    found = opened(tmp_path)
    assert found.forecaster.model is None
    assert not found.models.state.degraded


def test_a_model_that_was_learned_is_used(tmp_path: Path, model: ArrivalModel) -> None:
    model.save(tmp_path / "arrivals.model")
    found = opened(tmp_path)
    assert found.forecaster.model is not None
    assert found.forecaster.model.version == model.version
    assert found.forecaster.calibration.is_calibrated
    assert not found.models.state.degraded


def test_a_model_of_no_use_leaves_the_streets_and_is_marked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "arrivals.model").write_bytes(b"nonsense")
    found = opened(tmp_path)
    assert found.forecaster.model is None
    assert found.models.state.degraded
    assert found.models.state.since_at == 1000.0
    assert "is not a model" in caplog.text


def test_what_arrivals_taught_is_kept_and_there_after_a_restart(tmp_path: Path) -> None:
    before = opened(tmp_path)
    before.forecaster.calibration.learn_end(0, "Z", is_early=False, is_late=True)
    assert len(before.learned) == 4

    asyncio.run(KeepingLearnedFiles(*before.learned).run_once(1000.0))

    assert opened(tmp_path).forecaster.calibration.learned() == before.forecaster.calibration.learned()
    assert [path.name for path in tmp_path.iterdir()] == [FORECAST_OUTCOMES]
