"""Distances, bearings and lines on the ground, for whole arrays of points at once.

Points are arrays whose last axis is (latitude, longitude) in degrees, WGS 84; metres come out. The earth is a
sphere of the IUGG mean radius, which is within 0.6 % of the ellipsoid: less than a street's width over a city's
block. Lines are taken as straight in a plane around them, which holds for pieces of a few kilometres away from
the poles and the antimeridian.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

type Points = npt.NDArray[np.float64]
"""Latitudes and longitudes, degrees: shape (n, 2), or (2,) for a single point."""

type Metres = npt.NDArray[np.float64]

EARTH_RADIUS_M = 6_371_008.8
METRES_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180.0


def as_points(points: npt.ArrayLike) -> Points:
    """Return `points` as an array of shape (n, 2), latitude and longitude in degrees.

    Raises
    ------
    ValueError
        If the shape does not fit, or a value is not a position on earth.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"points have the shape (n, 2), not {array.shape}")
    if not np.all(np.abs(array) <= (90.0, 180.0)):
        raise ValueError("latitudes lie within 90 degrees and longitudes within 180")
    return array


def distance_m(origins: Points, destinations: Points) -> Metres:
    """Return great-circle distances, metres, by the haversine formula.

    Parameters
    ----------
    origins, destinations : (..., 2) degrees
        Shapes are broadcast against each other, so that one point may be measured to many.
    """
    lat1, lon1 = _radians(origins)
    lat2, lon2 = _radians(destinations)
    half_chord = np.sin((lat2 - lat1) / 2) ** 2
    half_chord = half_chord + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    metres: Metres = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half_chord, 0.0, 1.0)))
    return metres


def distance_matrix_m(origins: Points, destinations: Points) -> Metres:
    """Return the distances from each of n origins to each of m destinations: (n, m) metres."""
    return distance_m(origins[:, None, :], destinations[None, :, :])


def short_distance_m(origins: Points, destinations: Points) -> Metres:
    """Return distances, metres, by the equirectangular approximation.

    Within 0.01 % of `distance_m` up to 30 km away from the poles, at a third of its cost.
    Shapes as in `distance_m`.
    """
    lat1, lon1 = _radians(origins)
    lat2, lon2 = _radians(destinations)
    east = (lon2 - lon1) * np.cos((lat1 + lat2) / 2)
    metres: Metres = EARTH_RADIUS_M * np.hypot(east, lat2 - lat1)
    return metres


def bearing_deg(origins: Points, destinations: Points) -> npt.NDArray[np.float64]:
    """Return the initial bearings from origins to destinations, degrees clockwise from north in [0, 360).

    The bearing from a point to itself is 0. Shapes as in `distance_m`.
    """
    lat1, lon1 = _radians(origins)
    lat2, lon2 = _radians(destinations)
    turn = lon2 - lon1
    east = np.sin(turn) * np.cos(lat2)
    north = np.cos(lat1) * np.sin(lat2) - np.sin(lat1) * np.cos(lat2) * np.cos(turn)
    degrees: npt.NDArray[np.float64] = np.degrees(np.arctan2(east, north)) % 360.0
    return degrees


@dataclass(frozen=True, slots=True)
class LocalPlane:
    """A plane of metres east and north of an origin, true to length near it (equirectangular projection).

    Parameters
    ----------
    latitude, longitude : float
        The origin, degrees.
    """

    latitude: float
    longitude: float

    def to_plane(self, points: Points) -> Metres:
        """Return points (..., 2) degrees as metres (..., 2): east, then north."""
        lat, lon = points[..., 0], points[..., 1]
        return np.stack(
            [(lon - self.longitude) * self._metres_per_longitude, (lat - self.latitude) * METRES_PER_DEGREE], -1
        )

    def to_points(self, metres: Metres) -> Points:
        """Return metres (..., 2), east and north, as points (..., 2) degrees."""
        east, north = metres[..., 0], metres[..., 1]
        return np.stack(
            [self.latitude + north / METRES_PER_DEGREE, self.longitude + east / self._metres_per_longitude], -1
        )

    @property
    def _metres_per_longitude(self) -> float:
        return float(METRES_PER_DEGREE * np.cos(np.radians(self.latitude)))


@dataclass(frozen=True, slots=True)
class PlaceOnLine:
    """A place on a line: `point` (2,) degrees, the `bearing_deg` of travel there, how far along, and how far off.

    `offset_m` is the distance from the line's start; `segment` the index of the piece it lies on; `aside_m` the
    distance between the line and the point that was asked for (0 for a place taken by offset).
    """

    point: Points
    bearing_deg: float
    offset_m: float
    segment: int
    aside_m: float = 0.0


def offsets_m(line: Points) -> Metres:
    """Return the distance of each vertex of `line` (n, 2) from its start, along it: (n,) metres."""
    if len(line) == 0:
        return np.empty(0)
    return np.concatenate([[0.0], np.cumsum(distance_m(line[:-1], line[1:]))])


def place_along(line: Points, offset_m: float, offsets: Metres | None = None) -> PlaceOnLine:
    """Return the place `offset_m` metres along `line`; before the start is the start, beyond the end the end.

    Parameters
    ----------
    line : (n, 2) degrees, n >= 1
    offset_m : float
        Metres from the start.
    offsets : (n,) metres, optional
        What `offsets_m(line)` gave, to save its cost when a line is asked often.
    """
    along = offsets_m(line) if offsets is None else offsets
    reached = float(np.clip(offset_m, 0.0, along[-1]))
    if len(line) == 1:
        return PlaceOnLine(point=line[0], bearing_deg=0.0, offset_m=0.0, segment=0)
    segment = int(np.clip(np.searchsorted(along, reached, side="right") - 1, 0, len(line) - 2))
    length = along[segment + 1] - along[segment]
    share = (reached - along[segment]) / length if length > 0 else 0.0
    point = line[segment] + share * (line[segment + 1] - line[segment])
    bearing = float(bearing_deg(line[segment], line[segment + 1]))
    return PlaceOnLine(point=point, bearing_deg=bearing, offset_m=reached, segment=segment)


def nearest_on_line(line: Points, point: Points) -> PlaceOnLine:
    """Return the place on `line` (n, 2), n >= 2, that is nearest to `point` (2,)."""
    plane = LocalPlane(float(point[0]), float(point[1]))
    feet, shares = _feet(plane.to_plane(line))
    asides = np.hypot(feet[:, 0], feet[:, 1])
    segment = int(np.argmin(asides))
    along = offsets_m(line)
    offset = along[segment] + shares[segment] * (along[segment + 1] - along[segment])
    return PlaceOnLine(
        point=plane.to_points(feet[segment]),
        bearing_deg=float(bearing_deg(line[segment], line[segment + 1])),
        offset_m=float(offset),
        segment=segment,
        aside_m=float(asides[segment]),
    )


def asides_m(line: Points, point: Points) -> Metres:
    """Return how far each piece of `line` (n, 2), n >= 2, is from `point` (2,) at its nearest: (n - 1,) metres."""
    feet, _ = _feet(LocalPlane(float(point[0]), float(point[1])).to_plane(line))
    metres: Metres = np.hypot(feet[:, 0], feet[:, 1])
    return metres


def _feet(vertices: Metres) -> tuple[Metres, Metres]:
    """Return the place on each piece of a line that is nearest to the plane's origin, and at which share of it."""
    starts, pieces = vertices[:-1], np.diff(vertices, axis=0)
    squares = np.einsum("ij,ij->i", pieces, pieces)
    # The point is the plane's origin, so the way from a piece's start to it is minus that start.
    shares = np.clip(-np.einsum("ij,ij->i", starts, pieces) / np.where(squares > 0, squares, 1.0), 0.0, 1.0)
    return starts + shares[:, None] * pieces, shares


def _radians(points: Points) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    return np.radians(points[..., 0]), np.radians(points[..., 1])
