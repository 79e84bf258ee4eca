"""A model is trained on all days but the newest, judged by that one, and put in force if it is no worse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.model_shelf import KEPT, ModelCard, ModelShelf
from backend_service.forecasting.succession import Outcome, train_successor
from backend_service.forecasting.training import Trainer, TrainingDay
from core.eta.ground import Ground
from core.refusals import NotFound

DAY_S = 86_400.0


@pytest.fixture
def lessons(tmp_path: Path, days: list[TrainingDay], noon: float) -> LessonShelf:
    """Return the lessons of two days."""
    shelf = LessonShelf(tmp_path / "lessons", Ground(0.0, 0.0))
    for number, day in enumerate(days):
        made_at = day.lesson.made_at + DAY_S * number
        shelf.put(replace(day.lesson, made_at=made_at), day.profile, noon + DAY_S * number)
    return shelf


@pytest.fixture
def models(tmp_path: Path) -> ModelShelf:
    return ModelShelf(tmp_path)


def test_the_first_model_has_to_be_better_than_streets(
    lessons: LessonShelf, models: ModelShelf, trainer: Trainer, noon: float
) -> None:
    done = train_successor(lessons, models, trainer, noon + 2 * DAY_S)

    assert done.outcome is Outcome.PUT_IN_FORCE
    assert done.card is not None and done.card.judged is not None and done.card.against is not None
    assert (done.card.trained_on, done.card.held_out, done.card.lessons) == (("2026-06-15",), "2026-06-16", 1500)
    assert done.card.judged.mean_error_s < 0.6 * done.card.against.mean_error_s
    assert done.card.judged.within == pytest.approx(0.8, abs=0.05)
    assert ArrivalModel.load(models.in_force).version == done.card.version


def test_without_enough_that_is_new_nothing_is_trained(
    lessons: LessonShelf, models: ModelShelf, trainer: Trainer, noon: float
) -> None:
    train_successor(lessons, models, trainer, noon)
    again = train_successor(lessons, models, trainer, noon, least_new=1)
    many = train_successor(lessons, ModelShelf(models.in_force.parent / "other"), trainer, noon, least_new=3001)
    assert (again.outcome, again.lessons) == (Outcome.TOO_LITTLE, 0)
    assert (many.outcome, many.lessons) == (Outcome.TOO_LITTLE, 3000)


def test_a_worse_model_is_kept_beside_the_one_in_force(
    lessons: LessonShelf, models: ModelShelf, trainer: Trainer, model: ArrivalModel, noon: float, tmp_path: Path
) -> None:
    model.save(models.in_force)
    poor = replace(trainer, policy=replace(trainer.policy, middle_rounds=1, end_rounds=1))

    done = train_successor(lessons, models, poor, noon)

    assert done.outcome is Outcome.NOT_BETTER
    assert done.card is not None and done.card.previous == model.version
    assert ArrivalModel.load(models.in_force).version == model.version
    assert [(card.version, card.is_better) for card in models.cards()] == [(done.card.version, False)]


def card(version: str, at: float, previous: str | None = None) -> ModelCard:
    return ModelCard(version=version, trained_at=at, trained_on=("a",), lessons=1, until_at=at, previous=previous)


def test_people_can_go_back(models: ModelShelf, model: ArrivalModel) -> None:
    models.put(model, card(model.version, 1.0))
    models.use(model.version)
    assert ArrivalModel.load(models.in_force).version == model.version
    for unknown in ("0123456789ab", "../secrets"):
        with pytest.raises(NotFound):
            models.use(unknown)


def test_the_oldest_go_but_not_the_one_before(models: ModelShelf, model: ArrivalModel) -> None:
    names = [f"{number:012x}" for number in range(KEPT + 2)]
    for number, name in enumerate(names):
        models.put(replace(model, version=name), card(name, float(number), previous=names[0]))
    assert [one.version for one in models.cards()] == [*names[:1:-1], names[0]]
