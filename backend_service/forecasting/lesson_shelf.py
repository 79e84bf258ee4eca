"""Lessons on disk, a file per quarter of an hour or so: what a model is trained from.

They hold features, durations and sums of speeds: no position, no name of a vehicle or a person. Files of days that are
too old to teach are removed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import groupby
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from backend_service.durable_files import taking_the_place_of
from backend_service.forecasting.lessons import Lesson, joined
from core.eta.ground import Ground
from core.eta.speed_profile import SpeedProfile
from core.vocabulary import Instant

KEPT_DAYS = 28
_NAMED = "%Y-%m-%dT%H%M%S"


class LessonShelf:
    """A folder of lessons of one city.

    Parameters
    ----------
    folder : Path
        Made when the first file is put there.
    ground : Ground
        The plane of the city's profile: what was learned on another is left aside.
    """

    def __init__(self, folder: Path, ground: Ground) -> None:
        self._folder = folder
        self._ground = ground

    def put(self, lesson: Lesson, profile: SpeedProfile, now: Instant) -> None:
        """Keep what was learned until `now`; the file appears whole or not at all.

        Raises
        ------
        OSError
            If the disk is full.
        """
        path = self._folder / f"{datetime.fromtimestamp(now, UTC):{_NAMED}}.npz"
        with taking_the_place_of(path) as draft, draft.open("wb") as file:
            np.savez_compressed(
                file,
                ground=np.array([self._ground.latitude, self._ground.longitude]),
                names=np.array(lesson.names),
                features=lesson.features.astype(np.float32),
                street_s=lesson.street_s,
                street_m=lesson.street_m,
                remaining_s=lesson.remaining_s,
                made_at=lesson.made_at,
                is_first=lesson.is_first,
                cells=profile.cells,
                metres=profile.metres,
                seconds=profile.seconds,
            )
        self._forget(datetime.fromtimestamp(now, UTC).date())

    def days(self, zone: tzinfo = UTC) -> list[tuple[str, Lesson, SpeedProfile]]:
        """Return what was learned, by the days of a time zone, the oldest first; an unreadable file is left out."""
        found = []
        for day, paths in groupby(sorted(self._folder.glob("*.npz")), key=lambda path: _day_of(path, zone)):
            parts = [part for path in paths if (part := self._read(path)) is not None]
            newest = [part for part in parts if part[0].names == parts[-1][0].names]
            if newest:
                lesson = joined([lesson for lesson, _ in newest])
                found.append((day, lesson, SpeedProfile.together([profile for _, profile in newest])))
        return [one for one in found if one[1].names == found[-1][1].names]

    def _read(self, path: Path) -> tuple[Lesson, SpeedProfile] | None:
        try:
            with np.load(path) as kept:
                if kept["ground"].tolist() != [self._ground.latitude, self._ground.longitude]:
                    return None
                lesson = Lesson(
                    tuple(kept["names"].tolist()),
                    kept["features"].astype(np.float64),
                    kept["street_s"],
                    kept["street_m"],
                    kept["remaining_s"],
                    kept["made_at"],
                    kept["is_first"],
                )
                return lesson, SpeedProfile(kept["cells"], kept["metres"], kept["seconds"])
        except (OSError, BadZipFile, KeyError, ValueError):
            return None

    def _forget(self, today: date) -> None:
        oldest = (today - timedelta(days=KEPT_DAYS)).isoformat()
        for path in self._folder.glob("*.npz"):
            if path.name[:10] < oldest:
                path.unlink(missing_ok=True)


def _day_of(path: Path, zone: tzinfo) -> str:
    try:
        ended = datetime.strptime(path.stem, _NAMED).replace(tzinfo=UTC)
    except ValueError:
        return ""
    return ended.astimezone(zone).date().isoformat()
