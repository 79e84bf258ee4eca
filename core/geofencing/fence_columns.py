"""Fences as columns: shapes in metres around an origin each, and the rules of judging, one row per fence.

A fence's number is its row. Shapes are kept in single precision around their own origin: true to 8 mm at 100 km.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geodesy import METRES_PER_DEGREE
from core.geofencing.active_hours import ActiveHours
from core.geofencing.fence import Fence, FenceKind
from core.vocabulary import Position

type Floats = NDArray[np.float64]
type Numbers = NDArray[np.int64]
type Flags = NDArray[np.uint8]

type Schedules = dict[tuple[ActiveHours, ...], int]
"""The hours that fences have, each kind once, and its number."""

POLYGON, CIRCLE, CORRIDOR = 0, 1, 2
ALWAYS = -1
"""The schedule of a fence without hours."""

_KINDS = {FenceKind.POLYGON: POLYGON, FenceKind.CIRCLE: CIRCLE, FenceKind.CORRIDOR: CORRIDOR}


class Shapes(NamedTuple):
    """Shapes of n fences.

    Parameters
    ----------
    kind : (n,) `POLYGON`, `CIRCLE` or `CORRIDOR`
    lat, lon : (n,) degrees, the origin
    per_lon : (n,) metres of a degree of longitude there
    reach_m : (n,) radius of a circle, half the width of a corridor
    first_line : (n + 1,) of a fence's lines: the rings of a polygon, the one line of a corridor
    first_corner : (lines + 1,) of a line's corners
    east_m, north_m : (corners,) metres from the origin
    """

    kind: Flags
    lat: Floats
    lon: Floats
    per_lon: Floats
    reach_m: Floats
    first_line: Numbers
    first_corner: Numbers
    east_m: NDArray[np.float32]
    north_m: NDArray[np.float32]


class Rules(NamedTuple):
    """How n fences are judged: (n,) each.

    Parameters
    ----------
    margin_m : beyond which a vehicle has left
    confirm_fixes : fixes in a row that must agree
    accuracy_m : worse fixes are not judged; inf judges all
    dwell_s : after which a stay is told; inf never tells
    schedule : number of the hours in which vehicles are taken in, or `ALWAYS`
    """

    margin_m: Floats
    confirm_fixes: Numbers
    accuracy_m: Floats
    dwell_s: Floats
    schedule: Numbers


class Bounds(NamedTuple):
    """Boxes around n fences with their margins: (n,) degrees each."""

    south: Floats
    west: Floats
    north: Floats
    east: Floats


class FenceColumns(NamedTuple):
    """All columns of n fences; their rows keep the order in which the fences were given."""

    shapes: Shapes
    rules: Rules
    bounds: Bounds


def columns_of(fences: Iterable[Fence], schedule_of: Schedules) -> FenceColumns:
    """Return fences as columns; new schedules are numbered into `schedule_of`.

    Raises
    ------
    ValueError
        If a fence has no shape.
    """
    rows: list[tuple[float, ...]] = []
    lines: list[Floats] = []
    for fence in fences:
        row, own = _row(fence, schedule_of)
        rows.append((*row, len(own)))
        lines.extend(own)
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 15)
    kind, lat, lon, per_lon, reach, margin, confirm, accuracy, dwell, schedule, south, west, north, east, count = (
        np.ascontiguousarray(column) for column in table.T
    )
    corners = np.concatenate(lines) if lines else np.empty((0, 2))
    shapes = Shapes(
        kind.astype(np.uint8),
        lat,
        lon,
        per_lon,
        reach,
        _firsts(count),
        _firsts([len(line) for line in lines]),
        corners[:, 0].astype(np.float32),
        corners[:, 1].astype(np.float32),
    )
    rules = Rules(margin, confirm.astype(np.int64), accuracy, dwell, schedule.astype(np.int64))
    return FenceColumns(shapes, rules, Bounds(south, west, north, east))


def joined(first: FenceColumns, second: FenceColumns) -> FenceColumns:
    """Return the rows of both, those of `second` behind those of `first`."""
    one, other = first.shapes, second.shapes
    shapes = Shapes._make(_joined_rows(one, other))._replace(
        first_line=_firsts_behind(one.first_line, other.first_line),
        first_corner=_firsts_behind(one.first_corner, other.first_corner),
    )
    rules, bounds = _joined_rows(first.rules, second.rules), _joined_rows(first.bounds, second.bounds)
    return FenceColumns(shapes, Rules._make(rules), Bounds._make(bounds))


def behind(columns: FenceColumns, row: int) -> FenceColumns:
    """Return the rows from `row` on."""
    shapes = columns.shapes
    line = int(shapes.first_line[row])
    corner = int(shapes.first_corner[line])
    kept = Shapes._make(_rows_from(shapes, row))._replace(
        first_line=shapes.first_line[row:] - line,
        first_corner=shapes.first_corner[line:] - corner,
        east_m=shapes.east_m[corner:],
        north_m=shapes.north_m[corner:],
    )
    rules, bounds = Rules._make(_rows_from(columns.rules, row)), Bounds._make(_rows_from(columns.bounds, row))
    return FenceColumns(kept, rules, bounds)


def _rows_from(columns: Sequence[Any], row: int) -> list[Any]:
    return [column[row:] for column in columns]


def _joined_rows(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    return [np.concatenate(both) for both in zip(first, second, strict=True)]


def _firsts_behind(first: Numbers, second: Numbers) -> Numbers:
    return np.concatenate([first, first[-1] + second[1:]])


def _row(fence: Fence, schedule_of: Schedules) -> tuple[tuple[float, ...], list[Floats]]:
    drawn = _lines(fence)
    if not drawn:
        raise ValueError(f"fence {fence.fence_id} has no shape")
    corners = np.concatenate(drawn)
    lat, lon = (corners.min(axis=0) + corners.max(axis=0)) / 2.0
    per_lon = METRES_PER_DEGREE * np.cos(np.radians(lat))
    reach = {FenceKind.CIRCLE: fence.radius_m, FenceKind.CORRIDOR: fence.width_m / 2.0}.get(fence.kind, 0.0)
    around = reach + fence.leave_margin_m + 1.0
    beside = np.array([around / METRES_PER_DEGREE, around / per_lon])
    south, west = corners.min(axis=0) - beside
    north, east = corners.max(axis=0) + beside
    schedule = schedule_of.setdefault(fence.hours, len(schedule_of)) if fence.hours else ALWAYS
    row = (
        *(_KINDS[fence.kind], lat, lon, per_lon, reach, fence.leave_margin_m, fence.confirm_fixes),
        *(fence.accuracy_limit_m or np.inf, fence.dwell_s or np.inf, schedule),
        *(south, west, north, east),
    )
    metres = [np.stack([(one[:, 1] - lon) * per_lon, (one[:, 0] - lat) * METRES_PER_DEGREE], -1) for one in drawn]
    return row, ([] if fence.kind is FenceKind.CIRCLE else metres)


def _lines(fence: Fence) -> list[Floats]:
    if fence.centre is not None:
        return [_points((fence.centre,))]
    return [_points(line) for line in (fence.ring, *fence.holes, fence.line) if line]


def _points(positions: tuple[Position, ...]) -> Floats:
    return np.array([(position.lat, position.lon) for position in positions])


def _firsts(counts: object) -> Numbers:
    firsts: Numbers = np.concatenate([[0], np.cumsum(np.asarray(counts, dtype=np.int64))]).astype(np.int64)
    return firsts
