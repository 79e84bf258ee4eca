"""Training a model from a service's lessons, from the command line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.command import TOO_LITTLE, run
from backend_service.forecasting.in_operation import LESSONS
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.model_shelf import ModelShelf
from backend_service.forecasting.training import TrainingDay
from backend_service.streets.city import CityFacts
from core.eta.ground import Ground
from core.refusals import Fault, Refusal


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


@pytest.fixture
def _learned(data_dir: Path, days: list[TrainingDay], noon: float) -> None:
    shelf = LessonShelf(data_dir / LESSONS, Ground(0.0, 0.0))
    for number, day in enumerate(days):
        made_at = day.lesson.made_at + 86_400.0 * number
        shelf.put(replace(day.lesson, made_at=made_at), day.profile, noon + 86_400.0 * number)


@pytest.mark.usefixtures("_learned")
def test_it_trains_from_what_arrived(data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["train", "--data-dir", str(data_dir), "--city", "made", "--trees", "20", "--now", "1800000000"]
    assert run(words) == 0
    model = ArrivalModel.load(ModelShelf(data_dir).in_force)
    assert model.trained_on == ("2026-06-15",)
    told = capsys.readouterr().out
    assert f"arrival model {model.version}, put in force: 1,500 forecasts of 1 days" in told
    assert "on 2026-06-16 off by" in told
    assert run([*words, "--least-new", "1"]) == TOO_LITTLE


def test_without_lessons_it_says_so(data_dir: Path) -> None:
    with pytest.raises(Refusal, match="too little"):
        run(["train", "--data-dir", str(data_dir), "--city", "made"])


def test_without_a_service_nothing_is_listed(data_dir: Path) -> None:
    with pytest.raises(Fault, match="No service runs"):
        run(["list", "--data-dir", str(data_dir)])
