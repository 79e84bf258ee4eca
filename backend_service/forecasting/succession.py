"""Trains a new model from lessons, and puts it in force if on the newest day it is no worse than the one that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.lessons import joined
from backend_service.forecasting.model_shelf import ModelCard, ModelShelf
from backend_service.forecasting.training import LEAST_LESSONS, Trainer, TrainingDay
from core.eta.model_judging import HeldOut, Judgement, is_no_worse
from core.refusals import Fault
from core.vocabulary import Instant

LEAST_HELD_OUT = 300
"""Forecasts with an outcome that a held-out day needs; a shorter one takes the day before it along."""

MOST_LESSONS = 400_000
"""The newest so many are learned from: some minutes of one core, and less than 3 GB."""


class Outcome(StrEnum):
    """What became of a training."""

    PUT_IN_FORCE = "put in force"
    NOT_BETTER = "not better"
    TOO_LITTLE = "too little to learn"


@dataclass(frozen=True, slots=True)
class Training:
    """How a training ended; without a card nothing was trained, and `lessons` says how many were new."""

    outcome: Outcome
    card: ModelCard | None = None
    lessons: int = 0


def train_successor(
    lessons: LessonShelf, models: ModelShelf, trainer: Trainer, now: Instant, *, least_new: int = 0
) -> Training:
    """Train on all days but the newest, judge by that one, and keep the model; in force only if it is no worse.

    With a single day there is nothing to judge by: it is learned from, unless another model is in force.

    Parameters
    ----------
    lessons : LessonShelf
    models : ModelShelf
    trainer : Trainer
    now : float
    least_new : int
        How many forecasts must have come true since the newest model was trained.

    Raises
    ------
    Refusal
        ``eta.too_little_to_learn``, if the days without the newest hold too few.
    OSError
        If the disk is full.
    """
    days = [TrainingDay(*day) for day in lessons.days(trainer.zone)]
    cards = models.cards()
    since_at = cards[0].until_at if cards else -float("inf")
    new = sum(int((day.lesson.made_at > since_at).sum()) for day in days)
    before = _in_force(models, days)
    learned, held_out = _split(days)
    is_first = before is None and not cards
    if new < max(least_new, 1) or not learned or (not held_out and not is_first):
        return Training(Outcome.TOO_LITTLE, lessons=new)
    model = trainer.train(_newest(learned))
    judged, against = _judged(model, before, held_out)
    is_better = judged is None or against is None or _is_better(judged, against, before)
    card = ModelCard(
        version=model.version,
        trained_at=now,
        trained_on=model.trained_on,
        lessons=sum(len(day.lesson) for day in _newest(learned)),
        until_at=max(float(day.lesson.made_at.max(initial=since_at)) for day in days),
        is_better=is_better,
        held_out=", ".join(day.name for day in held_out),
        judged=judged,
        previous=None if before is None else before.version,
        against=against,
    )
    models.put(model, card)
    if is_better:
        models.use(model.version)
    return Training(Outcome.PUT_IN_FORCE if is_better else Outcome.NOT_BETTER, card, new)


def _split(days: list[TrainingDay]) -> tuple[list[TrainingDay], list[TrainingDay]]:
    """Return the days to learn from, and the newest ones to judge by; none of those where that leaves too little."""
    held = 0
    for place in range(len(days) - 1, 0, -1):
        held += len(days[place].lesson)
        if held >= LEAST_HELD_OUT:
            left = sum(len(day.lesson) for day in days[:place])
            return (days[:place], days[place:]) if left >= LEAST_LESSONS else (days, [])
    return days, []


def _newest(days: list[TrainingDay]) -> list[TrainingDay]:
    """Return the newest days within what is learned from at most; one at least."""
    kept: list[TrainingDay] = []
    count = 0
    for day in reversed(days):
        count += len(day.lesson)
        if kept and count > MOST_LESSONS:
            break
        kept.append(day)
    return kept[::-1]


def _judged(
    model: ArrivalModel, before: ArrivalModel | None, held_out: list[TrainingDay]
) -> tuple[Judgement | None, Judgement | None]:
    if not held_out:
        return None, None
    parts = [day.lesson for day in held_out]
    together = parts[0] if len(parts) == 1 else joined(parts)
    asked = HeldOut(together.street_s, together.remaining_s)
    against = asked.judged_streets()
    if before is not None:
        against = asked.judged(before.predict(together.columns(before.features)), list(before.offsets))
    return asked.judged(model.predict(together.columns(model.features)), list(model.offsets)), against


def _is_better(judged: Judgement, against: Judgement, before: ArrivalModel | None) -> bool:
    if before is None:  # streets announce no interval: the error alone is compared
        return judged.mean_error_s <= against.mean_error_s
    return is_no_worse(judged, against)


def _in_force(models: ModelShelf, days: list[TrainingDay]) -> ArrivalModel | None:
    """Return the model in force; one that cannot be read, or wants features that are not noted any more, is none."""
    try:
        model = ArrivalModel.load(models.in_force)
    except Fault:
        return None
    return model if all(set(model.features) <= set(day.lesson.names) for day in days) else None
