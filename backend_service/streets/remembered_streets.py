"""Keeps the latest answers of a street engine, for the same question is often asked twice within a cycle.

A question is the same if its points agree within 1e-5 degrees, about a metre. Answers do not grow old here: when
the streets change (traffic, another city), whoever changes them calls `forget`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np

from backend_service.streets.street_engine import (
    Floats,
    MatchedPath,
    SnappedPoints,
    StreetEngine,
    StreetRoute,
)
from core.geodesy import Points
from core.travel import TravelMatrix

_GRID_PER_DEGREE = 1e5


class RememberedStreets:
    """Implements `StreetEngine` in front of another one.

    Parameters
    ----------
    engine : StreetEngine
    answers : int
        How many matrices and how many routes are kept; the longest unused goes first.
    cells : int
        Matrices with more cells than this are not kept: large ones are planning, and not asked for again.
    """

    def __init__(self, engine: StreetEngine, *, answers: int = 2048, cells: int = 20_000) -> None:
        self._engine = engine
        self._cells = cells
        self._matrices: _Latest[TravelMatrix] = _Latest(answers)
        self._routes: _Latest[StreetRoute] = _Latest(answers)

    def forget(self) -> None:
        """Drop every answer, because the streets have changed."""
        self._matrices.clear()
        self._routes.clear()

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return the remembered matrix, or ask for it."""
        if len(sources) * len(destinations) > self._cells:
            return await self._engine.matrix(sources, destinations)
        question = (_rounded(sources), _rounded(destinations))
        known = self._matrices.get(question)
        if known is None:
            known = await self._engine.matrix(sources, destinations)
            self._matrices.keep(question, known)
        return known

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the remembered route, or ask for it."""
        question = (_rounded(points), annotate)
        known = self._routes.get(question)
        if known is None:
            known = await self._engine.route(points, annotate=annotate)
            self._routes.keep(question, known)
        return known

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Ask: no two drives are the same."""
        return await self._engine.match(fixes, times_at, accuracies_m)

    async def nearest(self, points: Points) -> SnappedPoints:
        """Ask: it costs the engine less than remembering would."""
        return await self._engine.nearest(points)

    async def ping(self) -> None:
        """Ask the engine itself, never the memory."""
        await self._engine.ping()


class _Latest[Answer]:
    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError("there must be room for one answer")
        self._size = size
        self._answers: OrderedDict[Any, Answer] = OrderedDict()

    def get(self, question: Any) -> Answer | None:
        answer = self._answers.get(question)
        if answer is not None:
            self._answers.move_to_end(question)
        return answer

    def keep(self, question: Any, answer: Answer) -> None:
        self._answers[question] = answer
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)

    def clear(self) -> None:
        self._answers.clear()


def _rounded(points: Points) -> bytes:
    return np.rint(points * _GRID_PER_DEGREE).astype(np.int32).tobytes()
