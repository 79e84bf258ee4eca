"""The nights of a simulated week: what a service learned by day is trained from, and passed on to the next day's."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from shutil import copy, copytree, rmtree

from backend_service.forecasting.in_operation import (
    CHANGE_ERRORS,
    LESSONS,
    ROUTE_ERRORS,
    STOP_TIMES,
    middle_of,
)
from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.model_shelf import FOLDER, IN_FORCE, ModelShelf
from backend_service.forecasting.succession import train_successor
from backend_service.forecasting.training import BoostingPolicy, Trainer
from backend_service.stepped_day import SteppedDay
from backend_service.workers.keeping_learned_files import KeepingLearnedFiles
from backend_service.workers.keeping_lessons import KeepingLessons
from core.refusals import Refusal

_PASSED_ON = (STOP_TIMES, ROUTE_ERRORS, CHANGE_ERRORS, LESSONS, FOLDER, IN_FORCE)


async def pass_on(day: SteppedDay, kept: Path, trees: int) -> None:
    """Keep what the service learned in the folder `kept`, with a model of arrivals of so many trees; 0 trains none."""
    now = day.clock.now()
    for worker in day.service.rhythm.workers:
        if isinstance(worker, KeepingLessons | KeepingLearnedFiles):
            await worker.run_once(now)
    data_dir = day.service.settings.data_dir
    if trees:
        city = day.service.city
        shelf = LessonShelf(data_dir / LESSONS, middle_of(city))
        trainer = Trainer(middle_of(city), city.time_zone, BoostingPolicy.of(trees))
        with suppress(Refusal):  # too little to learn from yet
            await asyncio.to_thread(train_successor, shelf, ModelShelf(data_dir), trainer, now)
    for name in _PASSED_ON:
        _replace(data_dir / name, kept / name)


def _replace(source: Path, target: Path) -> None:
    if source.is_dir():
        rmtree(target, ignore_errors=True)
        copytree(source, target)
    elif source.exists():
        copy(source, target)
