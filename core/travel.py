"""What streets answer, as plain values: travel times and distances between many points at once.

Dispatch and arrivals are computed from these values and never ask a street engine themselves: the service asks
first and hands the table in. A table knows whether it was estimated without streets, so that what is built on it
can say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.vocabulary import Instant, Position

type Rows = list[list[float]]

_FEW_CELLS = 10_000
"""Pricing an order on twelve drivers takes a few thousand."""


class TravelTimes(Protocol):
    """Looks up a travel time or distance by the numbers that the points have in their lists."""

    @property
    def degraded(self) -> bool:
        """Whether the values are estimates made without the street engine."""
        ...

    def duration_s(self, source: int, destination: int) -> float:
        """Return the driving time, seconds; infinite if there is no way."""
        ...

    def distance_m(self, source: int, destination: int) -> float:
        """Return the distance driven, metres; infinite if there is no way."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Driving times and distances from each source to each destination.

    Parameters
    ----------
    durations_s, distances_m : (n_sources, n_destinations) float
        Seconds and metres; infinite where there is no way. Made read-only, for answers are shared.
    degraded : bool
        Whether this is an estimate made without the street engine.
    as_of : float
        The operation's instant at which it was asked.
    is_sketch : bool
        Whether the times are those of free streets, made longer by what traffic costs in the parts of the city. Good
        to choose by; what is put in force is timed anew.

    Raises
    ------
    ValueError
        If the shapes differ or a value is negative or not a number.
    """

    durations_s: npt.NDArray[np.float64]
    distances_m: npt.NDArray[np.float64]
    degraded: bool
    as_of: Instant
    is_sketch: bool = False

    def __post_init__(self) -> None:
        if self.durations_s.ndim != 2 or self.durations_s.shape != self.distances_m.shape:
            raise ValueError(f"unlike shapes: {self.durations_s.shape} and {self.distances_m.shape}")
        for values in (self.durations_s, self.distances_m):
            if not np.all(values >= 0):
                raise ValueError("times and distances are numbers from 0 up")
            values.setflags(write=False)


class TravelTable:
    """A travel matrix together with the points it was asked for; implements `TravelTimes`.

    Parameters
    ----------
    matrix : TravelMatrix
    sources, destinations : sequence of Position
        The points of the matrix' rows and columns.

    Raises
    ------
    ValueError
        If the matrix has another number of rows or columns than there are points.
    """

    def __init__(self, matrix: TravelMatrix, sources: Sequence[Position], destinations: Sequence[Position]) -> None:
        if matrix.durations_s.shape != (len(sources), len(destinations)):
            raise ValueError(f"a matrix of {matrix.durations_s.shape} for {len(sources)} x {len(destinations)} points")
        self.matrix = matrix
        self._rows = {position: row for row, position in enumerate(sources)}
        self._columns = {position: column for column, position in enumerate(destinations)}
        self._plain: tuple[Rows, Rows] | None = None

    def retold(self, matrix: TravelMatrix) -> TravelTable:
        """Return the table with other values for the same points; errors as at construction."""
        return TravelTable(matrix, tuple(self._rows), tuple(self._columns))

    @property
    def degraded(self) -> bool:
        """Whether the values are estimates made without the street engine."""
        return self.matrix.degraded

    def plain(self) -> tuple[Rows, Rows] | None:
        """Return seconds and metres as lists, which small questions are answered from quickest; not of large tables."""
        if self._plain is None and self.matrix.durations_s.size <= _FEW_CELLS:
            self._plain = self.matrix.durations_s.tolist(), self.matrix.distances_m.tolist()
        return self._plain

    def duration_s(self, source: int, destination: int) -> float:
        """Return the driving time from a row's to a column's point, seconds; infinite if there is no way."""
        return float(self.matrix.durations_s[source, destination])

    def distance_m(self, source: int, destination: int) -> float:
        """Return the distance driven from a row's to a column's point, metres; infinite if there is no way."""
        return float(self.matrix.distances_m[source, destination])

    def row(self, source: Position) -> int:
        """Return the number of a source.

        Raises
        ------
        KeyError
            If the table was not asked for it.
        """
        return self._rows[source]

    def column(self, destination: Position) -> int:
        """Return the number of a destination.

        Raises
        ------
        KeyError
            If the table was not asked for it.
        """
        return self._columns[destination]
