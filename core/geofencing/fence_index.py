"""Which fences hold which points: an R-tree over all fences, asked for whole batches.

One tree over the fences, queried with all points at once, does about a million points a second against a thousand
fences; a loop over prepared polygons does seven thousand. An index never changes: when fences do, a new one is
built and swapped in. Circles become polygons of 128 corners, true to 0.03 % of the radius.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from core.geodesy import LocalPlane, short_distance_m
from core.geofencing.fence import Fence
from core.telemetry.fix_batch import Column, Mask
from core.vocabulary import FenceId

CIRCLE_QUARTER_CORNERS = 32


@dataclass(frozen=True, slots=True)
class Hits:
    """Pairs of a point and a fence whose margin holds it: (m,) each, ordered by point.

    `is_inside` says whether the fence itself holds the point; otherwise it lies in the margin around it.
    """

    point: NDArray[np.intp]
    fence: NDArray[np.intp]
    is_inside: Mask


@dataclass(frozen=True, slots=True)
class Passages:
    """Pairs of a way between two points and a fence that it runs through: (m,) each.

    `entry` and `exit` are the shares of the way, 0 to 1, at which it first meets and last leaves the fence;
    `inside_m` is the length within, metres.
    """

    way: NDArray[np.intp]
    fence: NDArray[np.intp]
    entry: Column
    exit: Column
    inside_m: Column


class FenceIndex:
    """An immutable index of fences.

    Parameters
    ----------
    fences : iterable of Fence
        In any order; `fences` of the index keeps it, and pairs name fences by their number in it.

    Raises
    ------
    ValueError
        If a fence is neither a circle nor a polygon, or its polygon crosses itself.
    """

    def __init__(self, fences: Iterable[Fence]) -> None:
        self.fences: tuple[Fence, ...] = tuple(fences)
        shapes = [fence_shapes(fence) for fence in self.fences]
        self._inner = np.array([inner for inner, _ in shapes], dtype=object)
        self._outer = np.array([outer for _, outer in shapes], dtype=object)
        shapely.prepare(self._inner)
        self._tree = shapely.STRtree(self._outer)
        self._by_id = {fence.fence_id: fence for fence in self.fences}
        self.shortest_passage_m: float = min((2.0 * fence.leave_margin_m for fence in self.fences), default=np.inf)

    def fences_by_id(self, fence_ids: Iterable[FenceId]) -> list[Fence]:
        """Return the fences of these ids, in the order of their ids; one that is no longer in force is left out."""
        return [self._by_id[fence_id] for fence_id in sorted(fence_ids) if fence_id in self._by_id]

    def hits(self, lat: Column, lon: Column) -> Hits:
        """Return which fences' margins hold which points; `lat`, `lon` (n,) degrees."""
        points = np.asarray(shapely.points(lon, lat), dtype=object)
        point, fence = self._tree.query(points, predicate="intersects")
        order = np.argsort(point, kind="stable")
        point, fence = point[order], fence[order]
        is_inside: Mask = np.asarray(shapely.intersects(self._inner[fence], points[point]), dtype=np.bool_)
        return Hits(point, fence, is_inside)

    def passages(self, origins: Column, destinations: Column) -> Passages:
        """Return which straight ways run through which fences; both (n, 2), latitude and longitude in degrees."""
        ways = np.asarray(
            shapely.linestrings(np.stack([origins[:, ::-1], destinations[:, ::-1]], axis=1)), dtype=object
        )
        way, fence = self._tree.query(ways, predicate="intersects")
        chords = np.asarray(shapely.intersection(ways[way], self._inner[fence]), dtype=object)
        through = ~shapely.is_empty(chords)
        way, fence, chords = way[through], fence[through], chords[through]
        entry, leave = _shares(chords, origins[way], destinations[way])
        scale = _lengths_m(origins[way], destinations[way])
        return Passages(way, fence, entry, leave, (leave - entry) * scale)


def fence_shapes(fence: Fence) -> tuple[shapely.Geometry, shapely.Geometry]:
    """Return the fence and the fence with its margin, as polygons of (longitude, latitude) degrees.

    Raises
    ------
    ValueError
        If it is neither a circle nor a polygon of at least three corners, or its ring crosses itself.
    """
    if fence.centre is not None and fence.ring:
        raise ValueError(f"fence {fence.fence_id} is both a circle and a polygon")
    if fence.centre is not None:
        plane = LocalPlane(fence.centre.lat, fence.centre.lon)
        if fence.radius_m <= 0.0:
            raise ValueError(f"fence {fence.fence_id} has no radius")
        middle = shapely.Point(0.0, 0.0)
        inner = middle.buffer(fence.radius_m, quad_segs=CIRCLE_QUARTER_CORNERS)
        outer = middle.buffer(fence.radius_m + fence.leave_margin_m, quad_segs=CIRCLE_QUARTER_CORNERS)
    else:
        if len(fence.ring) < 4:
            raise ValueError(f"fence {fence.fence_id} needs a closed ring of at least three corners")
        plane = LocalPlane(fence.ring[0].lat, fence.ring[0].lon)
        corners = plane.to_plane(np.array([[corner.lat, corner.lon] for corner in fence.ring]))
        inner = shapely.Polygon(corners)
        if not inner.is_valid or inner.area <= 0.0:
            raise ValueError(f"fence {fence.fence_id} crosses itself or encloses nothing")
        outer = inner.buffer(fence.leave_margin_m) if fence.leave_margin_m > 0.0 else inner

    def to_degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
        return plane.to_points(metres)[:, ::-1]

    return shapely.transform(inner, to_degrees), shapely.transform(outer, to_degrees)


def _shares(chords: NDArray[np.object_], origins: Column, destinations: Column) -> tuple[Column, Column]:
    """Return where along their ways the chords begin and end, as shares of the way."""
    bounds = shapely.bounds(chords)
    span = destinations - origins
    # A way is monotonous in both axes: the longer axis tells the shares from the chord's bounds.
    along_lon = np.abs(span[:, 1]) >= np.abs(span[:, 0])
    start = np.where(along_lon, origins[:, 1], origins[:, 0])
    length = np.where(along_lon, span[:, 1], span[:, 0])
    low = np.where(along_lon, bounds[:, 0], bounds[:, 1])
    high = np.where(along_lon, bounds[:, 2], bounds[:, 3])
    ends = np.stack([(low - start) / length, (high - start) / length])
    return ends.min(axis=0), ends.max(axis=0)


def _lengths_m(origins: Column, destinations: Column) -> Column:
    return short_distance_m(origins, destinations)
