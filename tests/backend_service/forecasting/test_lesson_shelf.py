"""Lessons on disk."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend_service.forecasting.forecaster import Forecaster
from backend_service.forecasting.lesson_shelf import KEPT_DAYS, LessonShelf
from backend_service.forecasting.lessons import Lessons
from backend_service.forecasting.training import Trainer, TrainingDay
from backend_service.workers.keeping_lessons import KeepingLessons
from core.eta.ground import Ground
from core.refusals import Fault

GROUND = Ground(0.0, 0.0)
DAY_S = 86_400.0


@pytest.fixture
def shelf(tmp_path: Path) -> LessonShelf:
    return LessonShelf(tmp_path / "lessons", GROUND)


def test_what_was_kept_trains_the_same_model(
    shelf: LessonShelf, trainer: Trainer, days: list[TrainingDay], noon: float
) -> None:
    exact = [
        replace(day, lesson=replace(day.lesson, features=day.lesson.features.astype(np.float32).astype(np.float64)))
        for day in days
    ]
    for number, day in enumerate(exact):
        shelf.put(day.lesson, day.profile, noon + DAY_S * number)
    kept = [TrainingDay(*one) for one in shelf.days()]
    assert [day.name for day in kept] == ["2026-06-15", "2026-06-16"]
    assert trainer.train(kept).version == trainer.train(exact).version


def test_the_files_of_a_day_are_one_day(shelf: LessonShelf, days: list[TrainingDay], noon: float) -> None:
    for number, day in enumerate(days):
        shelf.put(day.lesson, day.profile, noon + 900.0 * number)
    ((_, lesson, profile),) = shelf.days()
    assert len(lesson) == sum(len(day.lesson) for day in days)
    assert profile.seconds.sum() == 2000.0


def test_old_days_are_removed(shelf: LessonShelf, days: list[TrainingDay], noon: float) -> None:
    shelf.put(days[0].lesson, days[0].profile, noon)
    shelf.put(days[1].lesson, days[1].profile, noon + DAY_S * (KEPT_DAYS + 1))
    assert [name for name, _, _ in shelf.days()] == ["2026-07-14"]


def test_files_that_are_damaged_or_of_another_city_teach_nothing(
    shelf: LessonShelf, days: list[TrainingDay], noon: float, tmp_path: Path
) -> None:
    shelf.put(days[0].lesson, days[0].profile, noon)
    (tmp_path / "lessons" / "2026-06-14T000000.npz").write_bytes(b"nonsense")
    LessonShelf(tmp_path / "lessons", Ground(1.0, 1.0)).put(days[1].lesson, days[1].profile, noon + 60.0)
    ((name, lesson, _),) = shelf.days()
    assert (name, len(lesson)) == ("2026-06-15", len(days[0].lesson))


def test_an_empty_shelf_has_no_days(shelf: LessonShelf) -> None:
    assert shelf.days() == []


def test_the_worker_keeps_what_came_true_since_it_ran_last(shelf: LessonShelf, ask: Any, fix: Any, noon: float) -> None:
    from datetime import UTC

    lessons = Lessons(least_apart_s=25.0)
    forecaster = Forecaster(GROUND, UTC, lambda lat, lon: "Z", lessons=lessons)
    keeping = KeepingLessons(lessons, forecaster.traffic, shelf)
    asyncio.run(keeping.run_once(noon))
    assert shelf.days() == []
    for after_s in range(0, 70, 10):
        forecaster.observe(fix("A", after_s, 8.0 * after_s))
        forecaster.forecast(ask(["A"], [8.0 * after_s], [3000.0 - 8.0 * after_s]), noon + after_s)
    forecaster.arrived("A", noon + 400.0)
    asyncio.run(keeping.run_once(noon + 900.0))
    asyncio.run(keeping.run_once(noon + 1800.0))
    ((_, lesson, profile),) = shelf.days()
    assert lesson.remaining_s.tolist() == [400.0, 370.0, 340.0]
    assert profile.seconds.sum() == pytest.approx(60.0)


def test_a_full_disk_is_told(tmp_path: Path, ask: Any, noon: float) -> None:
    from datetime import UTC

    (tmp_path / "file").write_text("in the way")
    lessons = Lessons()
    forecaster = Forecaster(GROUND, UTC, lambda lat, lon: "Z", lessons=lessons)
    forecaster.forecast(ask(["A"], [0.0], [3000.0]), noon)
    forecaster.arrived("A", noon + 300.0)
    keeping = KeepingLessons(lessons, forecaster.traffic, LessonShelf(tmp_path / "file" / "lessons", GROUND))
    with pytest.raises(Fault, match="could not be kept"):
        asyncio.run(keeping.run_once(noon + 900.0))
