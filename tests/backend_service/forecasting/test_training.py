"""Training: the same from the same, and intervals that hold on what was not trained on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.lessons import Lesson, Lessons
from backend_service.forecasting.training import Trainer, TrainingDay
from core.eta.calibration import Calibration, Offsets, horizon_of
from core.eta.features import ratio, seconds_of
from core.eta.questions import Questions
from core.eta.speed_profile import SpeedProfile
from core.refusals import Refusal


def test_the_same_lessons_make_the_same_model(trainer: Trainer, days: list[TrainingDay], model: ArrivalModel) -> None:
    assert trainer.train(days).version == model.version
    assert trainer.train(days[:1]).version != model.version


def test_it_learns_that_drives_take_longer_than_streets_say(model: ArrivalModel, days: list[TrainingDay]) -> None:
    lesson = days[0].lesson
    middle = seconds_of(model.predict(lesson.features).p50, lesson.street_s)
    ours = np.abs(middle - lesson.remaining_s).mean()
    assert ours < 0.7 * np.abs(lesson.street_s - lesson.remaining_s).mean()


def test_its_ends_hold_on_days_it_was_not_trained_on(model: ArrivalModel, days: list[TrainingDay]) -> None:
    """Two days drawn from the same world: what was calibrated across them holds for both together."""
    calibration = Calibration(horizons=[Offsets(one.lower, one.upper) for one in model.offsets], is_fitted=True)
    inside = []
    for day in days:
        lesson = day.lesson
        raw = model.predict(lesson.features)
        horizons = horizon_of(seconds_of(raw.p50, lesson.street_s))
        band = calibration.adjusted(raw, horizons, ["Z"] * len(lesson))
        came = ratio(lesson.remaining_s, lesson.street_s)
        inside.append((came >= band.p10) & (came <= band.p90))
    assert np.concatenate(inside).mean() == pytest.approx(0.8, abs=0.05)


def test_a_single_day_is_calibrated_by_its_halves(trainer: Trainer, days: list[TrainingDay]) -> None:
    assert len(trainer.train(days[:1]).offsets) == 4


def test_too_little_to_learn_from_is_refused(trainer: Trainer, days: list[TrainingDay]) -> None:
    whole = days[0].lesson
    columns = (whole.features, whole.street_s, whole.street_m, whole.remaining_s, whole.made_at, whole.is_first)
    part = Lesson(whole.names, *(column[:50] for column in columns))
    with pytest.raises(Refusal, match="came true"):
        trainer.train([TrainingDay("few", part, SpeedProfile.empty())])


def test_lessons_are_forecasts_that_came_true() -> None:
    lessons = Lessons()
    asked = Questions(
        ["A", "B"], np.zeros((2, 2)), np.zeros((2, 2)), np.array([60.0, 70.0]), np.array([600.0, 700.0]), []
    )
    lessons.note(asked, ("one",), np.array([[1.0], [2.0]]), 1000.0)
    lessons.note(asked, ("one",), np.array([[3.0], [4.0]]), 1030.0)
    assert len(lessons.finished()) == 0
    lessons.arrived("A", 1090.0)
    lessons.arrived("A", 2000.0)
    found = lessons.finished()
    assert found.remaining_s.tolist() == [90.0, 60.0]
    assert found.features[:, 0].tolist() == [1.0, 3.0]
    assert found.street_s.tolist() == [60.0, 60.0]
    assert found.is_first.tolist() == [True, False]


def test_hourly_speeds_are_of_whole_trips(trainer: Trainer, days: list[TrainingDay]) -> None:
    lesson = days[0].lesson
    is_first = np.arange(len(lesson)) % 2 == 0
    found = trainer.train([replace(days[0], lesson=replace(lesson, is_first=is_first))]).hourly
    expected = lesson.street_m[is_first].sum() / lesson.remaining_s[is_first].sum()
    assert found.speeds_mps[12] == pytest.approx(expected)
