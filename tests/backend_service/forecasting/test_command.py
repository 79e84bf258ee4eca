"""Training a model from a service's lessons, from the command line."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.command import run_train
from backend_service.forecasting.in_operation import LESSONS, MODEL
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.training import TrainingDay
from backend_service.streets.city import CityFacts
from core.eta.ground import Ground
from core.refusals import Refusal


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a service's folder in a home with a city around 0, 0."""
    folder = tmp_path / "home" / "cities" / "made" / "one"
    folder.mkdir(parents=True)
    facts = CityFacts(name="Made", time_zone="UTC", currency="EUR", bbox=(-0.1, -0.1, 0.1, 0.1))
    (folder / "city.json").write_bytes(msgspec.json.encode(facts))
    (folder / "zones.geojson").write_text('{"features": []}')
    (folder.parent / "current").write_text("one")
    monkeypatch.setenv("TOWER_HOME", str(tmp_path / "home"))
    return tmp_path / "service"


def test_it_trains_from_what_arrived(
    data_dir: Path, days: list[TrainingDay], noon: float, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf = LessonShelf(data_dir / LESSONS, Ground(0.0, 0.0))
    for number, day in enumerate(days):
        shelf.put(day.lesson, day.profile, noon + 86_400.0 * number)
    assert run_train(["--data-dir", str(data_dir), "--city", "made"]) == 0
    model = ArrivalModel.load(data_dir / MODEL)
    assert model.trained_on == ("2026-06-15", "2026-06-16")
    assert f"arrival model {model.version}, from 3,000 forecasts of 2 days" in capsys.readouterr().out


def test_without_lessons_it_says_so(data_dir: Path) -> None:
    with pytest.raises(Refusal, match="no lessons"):
        run_train(["--data-dir", str(data_dir), "--city", "made"])
