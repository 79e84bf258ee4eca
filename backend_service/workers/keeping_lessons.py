"""Keeps on disk, now and then, what forecasts and arrivals taught: a model is trained from it later."""

from __future__ import annotations

import asyncio

from backend_service.forecasting.lesson_shelf import LessonShelf
from backend_service.forecasting.lessons import Lessons
from core.eta.fleet_traffic import FleetTraffic
from core.refusals import Fault
from core.vocabulary import Instant


class KeepingLessons:
    """A worker.

    Parameters
    ----------
    lessons : Lessons
    traffic : FleetTraffic
        What the fleet drove.
    shelf : LessonShelf
    """

    name = "lessons"
    every_s = 900.0

    def __init__(self, lessons: Lessons, traffic: FleetTraffic, shelf: LessonShelf) -> None:
        self._lessons = lessons
        self._traffic = traffic
        self._shelf = shelf

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Keep what came true since the last run.

        Raises
        ------
        Fault
            ``eta.lessons_not_kept``; they are lost, and the next ones are tried again.
        """
        if not self._lessons.count:
            return
        lesson, profile = self._lessons.take(), self._traffic.take_gathered()
        try:
            await asyncio.to_thread(self._shelf.put, lesson, profile, now)
        except OSError as error:
            raise Fault("eta.lessons_not_kept", f"What arrivals taught could not be kept: {error}") from error
