"""What a model learns from: the features of every forecast and, once the vehicle was there, how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.eta.questions import Questions
from core.eta.recent_flow import Column
from core.refusals import Fault
from core.vocabulary import Instant

_MOST_PER_TRIP = 720
"""Six hours of forecasts: who has not arrived by then teaches no more."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Forecasts with their outcome.

    Parameters
    ----------
    names : tuple of str
        The features, (k).
    features : (n, k) float
    street_s, remaining_s : (n,) float
        What streets said, and what came true, seconds.
    street_m : (n,) float
    made_at : (n,) float
    is_first : (n,) bool
        Whether it was the first forecast of its trip.
    """

    names: tuple[str, ...]
    features: Column
    street_s: Column
    street_m: Column
    remaining_s: Column
    made_at: Column
    is_first: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.street_s)

    def columns(self, names: Sequence[str]) -> Column:
        """Return the features of these names, (n, names); raises a `Fault` if one was not noted."""
        places = {name: place for place, name in enumerate(self.names)}
        if missing := [name for name in names if name not in places]:
            raise Fault("eta.features_unknown", f"The lessons do not know {', '.join(missing)}.")
        taken: Column = self.features[:, [places[name] for name in names]]
        return taken


@dataclass(slots=True)
class Lessons:
    """Gathers lessons; forecasts of a trip that never ended in an arrival teach nothing.

    A vehicle's forecasts less than `least_apart_s` after the one before are left out: they teach the same again.
    """

    names: tuple[str, ...] = ()
    least_apart_s: float = 0.0
    _open: dict[str, list[tuple[Column, float, float, float]]] = field(default_factory=dict)
    _learned: list[tuple[Column, float, float, float, float, bool]] = field(default_factory=list)

    def note(self, questions: Questions, names: tuple[str, ...], features: Column, now: Instant) -> None:
        """Keep forecasts until their vehicles arrive."""
        self.names = names
        rows = zip(questions.vehicles, features.astype(np.float32), questions.street_s, questions.street_m, strict=True)
        for vehicle, row, street_s, street_m in rows:
            noted = self._open.setdefault(vehicle, [])
            if len(noted) < _MOST_PER_TRIP and (not noted or now - noted[-1][3] >= self.least_apart_s):
                noted.append((row, float(street_s), float(street_m), now))

    def arrived(self, vehicle: str, at: Instant) -> None:
        """Note that a vehicle reached its destination; what was forecast later, before it was told, is no lesson."""
        noted = (forecast for forecast in self._open.pop(vehicle, ()) if forecast[3] <= at)
        for number, (row, street_s, street_m, made_at) in enumerate(noted):
            self._learned.append((row, street_s, street_m, at - made_at, made_at, number == 0))

    def forget(self, vehicle: str) -> None:
        """Drop the forecasts of a way that was given up."""
        self._open.pop(vehicle, None)

    @property
    def count(self) -> int:
        """How many forecasts came true so far."""
        return len(self._learned)

    def take(self) -> Lesson:
        """Return all that came true since it was taken last, and forget it."""
        taken = self.finished()
        self._learned = []
        return taken

    def finished(self) -> Lesson:
        """Return all that came true so far."""
        if not self._learned:
            empty = np.empty(0)
            none = np.empty(0, dtype=np.bool_)
            return Lesson(self.names, np.empty((0, len(self.names))), empty, empty, empty, empty, none)
        rows, *columns = zip(*self._learned, strict=True)
        street_s, street_m, remaining_s, made_at, is_first = (np.array(column) for column in columns)
        return Lesson(self.names, np.stack(rows).astype(np.float64), street_s, street_m, remaining_s, made_at, is_first)


COLUMNS = ("features", "street_s", "street_m", "remaining_s", "made_at", "is_first")
"""The columns of a lesson."""


def joined(parts: Sequence[Lesson]) -> Lesson:
    """Return lessons of the same features, at least one, as one."""
    columns = (np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS)
    return Lesson(parts[0].names, *columns)
