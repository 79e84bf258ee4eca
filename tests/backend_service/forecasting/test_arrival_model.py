"""The file of a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backend_service.forecasting.arrival_model import FORMAT, ArrivalModel, ModelUnreadable
from backend_service.forecasting.training import TrainingDay


def test_a_model_comes_back_from_its_file_as_it_was(
    tmp_path: Path, model: ArrivalModel, days: list[TrainingDay]
) -> None:
    model.save(tmp_path / "folder" / "arrivals.model")
    loaded = ArrivalModel.load(tmp_path / "folder" / "arrivals.model")
    rows = days[0].lesson.features
    for end in ("p10", "p50", "p90"):
        assert np.array_equal(getattr(loaded.predict(rows), end), getattr(model.predict(rows), end))
    assert (loaded.version, loaded.trained_on, loaded.features) == (model.version, model.trained_on, model.features)
    assert loaded.offsets == model.offsets
    assert loaded.ground == model.ground
    assert loaded.hourly.speeds_mps.tolist() == model.hourly.speeds_mps.tolist()
    assert loaded.profile.cells.tolist() == model.profile.cells.tolist()


def test_the_file_is_text(tmp_path: Path, model: ArrivalModel) -> None:
    model.save(tmp_path / "arrivals.model")
    assert (tmp_path / "arrivals.model").read_text(encoding="utf-8").startswith(FORMAT)


@pytest.mark.parametrize("place", [0, 30, 200, -40])
def test_a_file_of_which_a_byte_changed_is_refused(tmp_path: Path, model: ArrivalModel, place: int) -> None:
    path = tmp_path / "arrivals.model"
    model.save(path)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelUnreadable):
        ArrivalModel.load(path)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"a\nb\nc", f"{FORMAT}\n\n{{}}\n".encode()])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "arrivals.model").write_bytes(content)
    with pytest.raises(ModelUnreadable):
        ArrivalModel.load(tmp_path / "arrivals.model")


def test_a_file_that_was_cut_short_or_is_not_there_is_refused(tmp_path: Path, model: ArrivalModel) -> None:
    path = tmp_path / "arrivals.model"
    with pytest.raises(ModelUnreadable, match="cannot be read"):
        ArrivalModel.load(path)
    model.save(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelUnreadable, match="damaged"):
        ArrivalModel.load(path)


def test_percentiles_do_not_cross_and_nothing_is_predicted_of_nothing(
    model: ArrivalModel, days: list[TrainingDay]
) -> None:
    band = model.predict(days[0].lesson.features)
    assert (band.p10 <= band.p50).all()
    assert (band.p50 <= band.p90).all()
    assert len(model.predict(days[0].lesson.features[:0])) == 0
