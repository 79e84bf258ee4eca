"""What a street engine answers: matrices, routes, matched fixes, nearest streets; and the values they come in.

Implemented by `osrm` (streets), `straight_line` (an estimate without streets), `remembered_streets` (answers kept)
and `supervised_streets` (the best of these that is to be had). Points are arrays (n, 2) of latitude and longitude,
degrees. Every answer says whether it is `degraded` and the operation's instant it is `as_of`; its arrays are
read-only, for answers are shared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.geodesy import Points
from core.refusals import Fault, Refusal
from core.travel import TravelMatrix
from core.vocabulary import Instant

type Floats = npt.NDArray[np.float64]
type NodeIds = npt.NDArray[np.int64]


class NoWay(Refusal):
    """No street leads through the points that were asked for."""

    def __init__(self, sentence: str) -> None:
        super().__init__("streets.no_way", sentence)


class StreetsDown(Fault):
    """The street engine gave no answer, or none that can be read."""

    def __init__(self, sentence: str) -> None:
        super().__init__("streets.down", sentence)


@dataclass(frozen=True, slots=True, eq=False)
class StreetSegments:
    """The pieces between the vertices of a route's geometry, m = vertices - 1.

    A segment is named by the map nodes it runs between, in the direction driven; the first and last of a leg may
    be driven in part only. Its duration has no part in the time lost at turns, so their sum is below the leg's.

    Parameters
    ----------
    from_nodes, to_nodes : (m,) int64
        OpenStreetMap node ids.
    durations_s, distances_m : (m,) float
    """

    from_nodes: NodeIds
    to_nodes: NodeIds
    durations_s: Floats
    distances_m: Floats


@dataclass(frozen=True, slots=True, eq=False)
class StreetRoute:
    """The quickest way through points in their order.

    Parameters
    ----------
    duration_s, distance_m : float
        Seconds and metres over all legs.
    geometry : (n, 2) degrees
        Latitudes and longitudes of the way.
    leg_durations_s, leg_distances_m : (points - 1,) float
    segments : StreetSegments or None
        Only if asked for, and never when degraded.
    """

    duration_s: float
    distance_m: float
    geometry: Points
    leg_durations_s: Floats
    leg_distances_m: Floats
    degraded: bool
    as_of: Instant
    segments: StreetSegments | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MatchedPath:
    """Fixes laid onto streets.

    Parameters
    ----------
    pieces : tuple of (n, 2) degrees
        The ways driven; more than one where the fixes do not connect.
    confidences : (pieces,) float
        From 0 to 1, how sure each piece is.
    snapped : (fixes, 2) degrees
        Each fix on its street; NaN where it fits none.
    duration_s, distance_m : float
        Free-flow driving time and length over the pieces.
    """

    pieces: tuple[Points, ...]
    confidences: Floats
    snapped: Points
    duration_s: float
    distance_m: float
    degraded: bool
    as_of: Instant


@dataclass(frozen=True, slots=True, eq=False)
class SnappedPoints:
    """The nearest places on streets: `points` (n, 2) degrees, and how far off they are, `distances_m` (n,)."""

    points: Points
    distances_m: Floats
    degraded: bool
    as_of: Instant


class StreetEngine(Protocol):
    """Answers questions about driving; every question may raise a `Fault` when the engine is not to be had."""

    async def matrix(self, sources: Points, destinations: Points) -> TravelMatrix:
        """Return driving times and distances from each source to each destination; infinite where no way leads."""
        ...

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the quickest way through two or more points, with its segments if `annotate`.

        Raises
        ------
        NoWay
            If no way leads through them.
        ValueError
            If there are fewer than two points.
        """
        ...

    async def match(self, fixes: Points, times_at: Floats, accuracies_m: Floats) -> MatchedPath:
        """Lay a vehicle's fixes onto streets.

        Parameters
        ----------
        fixes : (n, 2) degrees, 2 <= n <= 1000
        times_at : (n,) float
            Instants, increasing.
        accuracies_m : (n,) float
            Standard deviation of each fix, metres.

        Raises
        ------
        ValueError
            If there are too few or too many fixes.
        """
        ...

    async def nearest(self, points: Points) -> SnappedPoints:
        """Return the nearest place on a street for each point."""
        ...

    async def ping(self) -> None:
        """Return if the engine answers, within a second or two.

        Raises
        ------
        Fault
            If it does not.
        """
        ...
