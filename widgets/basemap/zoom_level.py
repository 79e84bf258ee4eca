"""The streets as one zoom draws them: chosen by class, merged, simplified, and found again by area.

Lines are stored as flat coordinate columns sorted in drawing order, so that a tile is painted from a few numpy
slices without touching single points.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from widgets.basemap.mercator import Floats, pixels_per_unit
from widgets.basemap.street_file import Streets
from widgets.basemap.street_style import RANKS, is_drawn

_MERGED_UP_TO = 13
_TOLERANCE_PIXELS = 0.35


@dataclass(frozen=True, slots=True)
class Bunch:
    """Lines of one level and rank inside an area: flat points and the number of points of each line."""

    level: int
    rank: int
    points: Floats
    sizes: NDArray[np.int64]


class ZoomLevel:
    """What is drawn at one zoom.

    Parameters
    ----------
    streets : Streets
    zoom : int
        Zoom on the map's controls; tiles are those of tile zoom ``zoom - 1``.
    """

    def __init__(self, streets: Streets, zoom: int) -> None:
        tolerance = _TOLERANCE_PIXELS / pixels_per_unit(zoom - 1)
        lines, levels, ranks = _chosen(streets, zoom)
        lines = shapely.simplify(lines, tolerance)
        order = np.lexsort((ranks, levels))
        self._levels, self._ranks = levels[order], ranks[order]
        self._tree = STRtree(lines[order])
        self._sizes = shapely.get_num_coordinates(lines[order]).astype(np.int64)
        self._starts = np.concatenate(([0], np.cumsum(self._sizes)[:-1]))
        self._points: Floats = shapely.get_coordinates(lines[order])

    def bunches(self, west: float, north: float, east: float, south: float) -> Iterator[Bunch]:
        """Yield the lines that touch an area of the unit square, in drawing order."""
        found = np.sort(self._tree.query(shapely.box(west, north, east, south)))
        if not len(found):
            return
        keys = self._levels[found].astype(np.int64) * RANKS + self._ranks[found]
        for part in np.split(found, np.flatnonzero(np.diff(keys)) + 1):
            level, rank = int(self._levels[part[0]]), int(self._ranks[part[0]])
            yield Bunch(level, rank, self._points[self._rows_of(part)], self._sizes[part])

    def _rows_of(self, lines: NDArray[np.int64]) -> NDArray[np.int64]:
        sizes = self._sizes[lines]
        shifts = np.repeat(self._starts[lines] - np.concatenate(([0], np.cumsum(sizes)[:-1])), sizes)
        rows: NDArray[np.int64] = np.arange(int(sizes.sum())) + shifts
        return rows


def _chosen(streets: Streets, zoom: int) -> tuple[NDArray[np.object_], NDArray[np.int8], NDArray[np.int8]]:
    drawn = np.array([is_drawn(rank, zoom) for rank in range(RANKS)])
    if zoom > _MERGED_UP_TO:
        kept = drawn[streets.ranks]
        return streets.lines[kept], streets.levels[kept], streets.ranks[kept]
    merged: list[NDArray[np.object_]] = []
    for rank in np.flatnonzero(drawn):
        of_rank = streets.lines[streets.ranks == rank]
        joined = shapely.line_merge(shapely.multilinestrings(of_rank)) if len(of_rank) else None
        merged.append(shapely.get_parts(joined) if joined is not None else np.empty(0, dtype=object))
    ranks = np.repeat(np.flatnonzero(drawn), [len(part) for part in merged]).astype(np.int8)
    lines = np.concatenate(merged) if merged else np.empty(0, dtype=object)
    return lines, np.zeros(len(lines), dtype=np.int8), ranks
