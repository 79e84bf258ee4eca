"""How far a point is from a fence's edge: minus is inside. One function judges circles, polygons and corridors.

Inside a polygon is what a ray crosses an odd number of edges from, so that holes need no case of their own. A way is
followed by steps as long as the distance to the edge, which cannot step over it (sphere tracing, Hart 1996).
"""

from __future__ import annotations

import math

from core.dispatch.improvement.compiled import compiled, inlined
from core.geodesy import METRES_PER_DEGREE
from core.geofencing.fence_columns import CIRCLE, POLYGON, Shapes

OUTSIDE, MARGIN, INSIDE = 0, 1, 2

TRACE_TO_M = 0.1
"""How near to the edge a way is followed, metres."""


@inlined
def squared_to_edge(x: float, y: float, ax: float, ay: float, bx: float, by: float) -> float:
    """Return the squared distance from (`x`, `y`) to the edge from a to b, square metres."""
    ex, ey = bx - ax, by - ay
    px, py = x - ax, y - ay
    square = ex * ex + ey * ey
    share = min(1.0, max(0.0, (px * ex + py * ey) / square)) if square > 0.0 else 0.0
    dx, dy = px - share * ex, py - share * ey
    return dx * dx + dy * dy


@compiled
def distance_m(shapes: Shapes, fence: int, lat: float, lon: float) -> float:
    """Return the distance from a point to the edge of a fence, metres; minus inside."""
    x = (lon - shapes.lon[fence]) * shapes.per_lon[fence]
    y = (lat - shapes.lat[fence]) * METRES_PER_DEGREE
    kind = shapes.kind[fence]
    if kind == CIRCLE:
        return float(math.hypot(x, y) - shapes.reach_m[fence])
    nearest, is_inside = math.inf, False
    for line in range(shapes.first_line[fence], shapes.first_line[fence + 1]):
        first = shapes.first_corner[line]
        ax, ay = float(shapes.east_m[first]), float(shapes.north_m[first])
        for corner in range(first + 1, shapes.first_corner[line + 1]):
            bx, by = float(shapes.east_m[corner]), float(shapes.north_m[corner])
            if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                is_inside = not is_inside
            nearest = min(nearest, squared_to_edge(x, y, ax, ay, bx, by))
            ax, ay = bx, by
    away = math.sqrt(nearest)
    if kind == POLYGON:
        return -away if is_inside else away
    return float(away - shapes.reach_m[fence])


@compiled
def holds(shapes: Shapes, fence: int, x: float, y: float) -> bool:
    """Say whether a polygon holds a point, metres from its origin."""
    is_inside = False
    for line in range(shapes.first_line[fence], shapes.first_line[fence + 1]):
        first = shapes.first_corner[line]
        ax, ay = float(shapes.east_m[first]), float(shapes.north_m[first])
        for corner in range(first + 1, shapes.first_corner[line + 1]):
            bx, by = float(shapes.east_m[corner]), float(shapes.north_m[corner])
            if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                is_inside = not is_inside
            ax, ay = bx, by
    return is_inside


@compiled
def is_near_edge(shapes: Shapes, fence: int, x: float, y: float, margin_m: float) -> bool:
    """Say whether an edge of a polygon is within a margin of a point; most edges are out of its reach at a glance."""
    for line in range(shapes.first_line[fence], shapes.first_line[fence + 1]):
        first = shapes.first_corner[line]
        ax, ay = float(shapes.east_m[first]), float(shapes.north_m[first])
        for corner in range(first + 1, shapes.first_corner[line + 1]):
            bx, by = float(shapes.east_m[corner]), float(shapes.north_m[corner])
            is_aside = min(ay, by) > y + margin_m or max(ay, by) < y - margin_m
            is_far = is_aside or min(ax, bx) > x + margin_m or max(ax, bx) < x - margin_m
            if not is_far and squared_to_edge(x, y, ax, ay, bx, by) <= margin_m * margin_m:
                return True
            ax, ay = bx, by
    return False


@compiled
def side_of(shapes: Shapes, fence: int, lat: float, lon: float, margin_m: float) -> int:
    """Return on which side of a fence a point is: `INSIDE`, in the `MARGIN` around it, or `OUTSIDE`.

    The same as by `distance_m`, at a fraction of its cost for a polygon of many corners.
    """
    if shapes.kind[fence] != POLYGON:
        away = distance_m(shapes, fence, lat, lon)
        return OUTSIDE if away > margin_m else INSIDE if away <= 0.0 else MARGIN
    x = (lon - shapes.lon[fence]) * shapes.per_lon[fence]
    y = (lat - shapes.lat[fence]) * METRES_PER_DEGREE
    if holds(shapes, fence, x, y):
        return INSIDE
    return MARGIN if is_near_edge(shapes, fence, x, y, margin_m) else OUTSIDE


@compiled
def first_met(shapes: Shapes, fence: int, lat: float, lon: float, to_lat: float, to_lon: float, way_m: float) -> float:
    """Return the share of a straight way, 0 to 1, at which it first meets a fence; 2 if it does not.

    Parameters
    ----------
    lat, lon, to_lat, to_lon : degrees, where the way begins, outside, and ends
    way_m : its length, metres
    """
    gone = 0.0
    while gone <= way_m:
        share = gone / way_m
        away = distance_m(shapes, fence, lat + share * (to_lat - lat), lon + share * (to_lon - lon))
        if away <= TRACE_TO_M:
            return share
        # Metres differ by a little between the plane of the fence and that of the way.
        gone += max(TRACE_TO_M, 0.99 * away)
    return 2.0
