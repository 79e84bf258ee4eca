"""The answers of osrm-routed as they come over HTTP, and how they become our values.

OSRM writes longitude before latitude; ours are latitude before longitude, from here on.
"""

from __future__ import annotations

from itertools import chain, pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from backend_service.streets.street_engine import Floats, MatchedPath, SnappedPoints, StreetRoute, StreetSegments
from core.geodesy import Points, distance_m
from core.vocabulary import Instant


class ErrorAnswer(msgspec.Struct):
    """Why a question got no answer."""

    code: str
    message: str = ""


class Waypoint(msgspec.Struct):
    """A place on a street, as (longitude, latitude), and its distance from the point asked for, metres."""

    location: tuple[float, float]
    distance: float


class LineGeometry(msgspec.Struct):
    """A GeoJSON LineString."""

    coordinates: list[tuple[float, float]]


class LegAnnotation(msgspec.Struct):
    """Nodes, and seconds and metres of the pieces between them."""

    nodes: list[int]
    duration: list[float]
    distance: list[float]


class Leg(msgspec.Struct):
    """The way between two points asked for."""

    duration: float
    distance: float
    annotation: LegAnnotation | None = None


class Way(msgspec.Struct):
    """A route, or a matched piece with its confidence."""

    geometry: LineGeometry
    legs: list[Leg]
    duration: float
    distance: float
    confidence: float = 1.0


class TableAnswer(msgspec.Struct):
    """What `table` answers; null is a pair without a way."""

    durations: list[list[float | None]]
    distances: list[list[float | None]]
    sources: list[Waypoint]
    destinations: list[Waypoint]


class RouteAnswer(msgspec.Struct):
    """What `route` answers, best way first."""

    routes: list[Way]


class MatchAnswer(msgspec.Struct):
    """What `match` answers; a fix that fits no street has no trace point."""

    matchings: list[Way]
    tracepoints: list[Waypoint | None]


class NearestAnswer(msgspec.Struct):
    """What `nearest` answers to two or more points: the nearest places of each."""

    waypoints: list[list[Waypoint]]


def points_of(lon_lat: list[tuple[float, float]]) -> Points:
    """Return (longitude, latitude) pairs as points (n, 2), latitude first."""
    return np.array(lon_lat, dtype=np.float64).reshape(-1, 2)[:, ::-1]


def write_block(answer: TableAnswer, durations: Floats, distances: Floats, *, reach_m: float) -> None:
    """Write a block's seconds and metres into its part of a matrix; infinite to and from points out of reach.

    OSRM gives a few negative distances between neighbours on one street (Project-OSRM/osrm-backend#5855); there
    the straight line between their places on it is taken.
    """
    sources, destinations = answer.sources, answer.destinations
    durations[:] = np.maximum(_seconds_or_metres(answer.durations), 0.0)
    distances[:] = _seconds_or_metres(answer.distances)
    rows, columns = np.nonzero(distances < 0.0)
    if len(rows):
        origins, goals = (points_of([place.location for place in places]) for places in (sources, destinations))
        distances[rows, columns] = distance_m(origins[rows], goals[columns])
    far_from = [place.distance > reach_m for place in sources]
    far_to = [place.distance > reach_m for place in destinations]
    for values in (durations, distances):
        values[far_from, :] = np.inf
        values[:, far_to] = np.inf


def route_of(answer: RouteAnswer, *, as_of: Instant, annotate: bool) -> StreetRoute:
    """Return the best route, with its segments if it was asked for with annotations."""
    way = answer.routes[0]
    return StreetRoute(
        duration_s=way.duration,
        distance_m=way.distance,
        geometry=_read_only(points_of(way.geometry.coordinates)),
        leg_durations_s=_read_only(np.array([leg.duration for leg in way.legs])),
        leg_distances_m=_read_only(np.array([leg.distance for leg in way.legs])),
        degraded=False,
        as_of=as_of,
        segments=_segments_of(way.legs) if annotate else None,
    )


def path_of(answer: MatchAnswer, *, as_of: Instant) -> MatchedPath:
    """Return the matched pieces, and each fix on its street or NaN."""
    nowhere = (np.nan, np.nan)
    ways = answer.matchings
    return MatchedPath(
        pieces=tuple(_read_only(points_of(way.geometry.coordinates)) for way in ways),
        confidences=_read_only(np.array([way.confidence for way in ways])),
        snapped=_read_only(points_of([place.location if place else nowhere for place in answer.tracepoints])),
        duration_s=sum(way.duration for way in ways),
        distance_m=sum(way.distance for way in ways),
        degraded=False,
        as_of=as_of,
    )


def snapped_of(places: list[Waypoint], *, as_of: Instant) -> SnappedPoints:
    """Return places on streets as points and distances."""
    points = points_of([place.location for place in places])
    asides = np.array([place.distance for place in places], dtype=np.float64)
    return SnappedPoints(_read_only(points), _read_only(asides), degraded=False, as_of=as_of)


def _seconds_or_metres(rows: list[list[float | None]]) -> Floats:
    values: Floats = np.nan_to_num(np.array(rows, dtype=np.float64), nan=np.inf)
    return values


def _segments_of(legs: list[Leg]) -> StreetSegments:
    notes = [leg.annotation for leg in legs if leg.annotation is not None]
    pairs = np.array(list(chain.from_iterable(pairwise(note.nodes) for note in notes)), dtype=np.int64)
    pairs = pairs.reshape(-1, 2)
    durations = np.array(list(chain.from_iterable(note.duration for note in notes)), dtype=np.float64)
    distances = np.array(list(chain.from_iterable(note.distance for note in notes)), dtype=np.float64)
    return StreetSegments(
        _read_only(pairs[:, 0]), _read_only(pairs[:, 1]), _read_only(durations), _read_only(distances)
    )


def _read_only[Kind: np.generic](array: npt.NDArray[Kind]) -> npt.NDArray[Kind]:
    array.setflags(write=False)
    return array
