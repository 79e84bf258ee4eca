"""Places street names and road numbers for the whole city at one zoom.

Laid out city-wide and in a fixed order, so that the two halves of a name on neighbouring tiles always meet and
the same file gives the same map. Names follow their street on a collision grid; the highest class and the
longest street are served first.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, STRtree

from widgets.basemap.glyphs import TEXT_PIXELS, label_glyphs
from widgets.basemap.mercator import Floats, pixels_per_unit
from widgets.basemap.street_file import Streets
from widgets.basemap.street_style import LARGE, is_labelled

_FIRST_NUMBER_ZOOM = 10
_MOST_BEND = 0.25
_CELL_PIXELS = 12.0
_REPEAT_PIXELS = 700.0
_SAME_NAME_PIXELS = 320.0
_CLEARANCE_PIXELS = 8.0
_SMOOTHING_PIXELS = 1.2


@dataclass(frozen=True, slots=True)
class Label:
    """One placed text.

    Attributes
    ----------
    glyphs : glyph numbers
    places : (n, 3) x, y of each glyph's origin in world pixels and its angle in radians, clockwise
    shield : x, y, width, height of the frame of a road number in world pixels; None for a name
    """

    glyphs: tuple[int, ...]
    places: Floats
    shield: tuple[float, float, float, float] | None = None


class LabelLayout:
    """All labels of one zoom, found again by area.

    Parameters
    ----------
    streets : Streets
    zoom : int
        Zoom on the map's controls. Positions are world pixels of tile zoom ``zoom - 1``.
    """

    def __init__(self, streets: Streets, zoom: int) -> None:
        self._scale = pixels_per_unit(zoom - 1)
        self._taken: set[tuple[int, int]] = set()
        self._same: dict[str, list[tuple[float, float]]] = {}
        self.labels: list[Label] = []
        if zoom >= _FIRST_NUMBER_ZOOM:
            self._place_numbers(streets)
        self._place_names(streets, zoom)
        self._tree = STRtree([_extent(label) for label in self.labels])

    def within(self, west: float, north: float, east: float, south: float) -> list[Label]:
        """Return the labels that touch an area given in world pixels, in the order of their placing."""
        return [self.labels[i] for i in np.sort(self._tree.query(shapely.box(west, north, east, south)))]

    def _place_names(self, streets: Streets, zoom: int) -> None:
        glyphs = label_glyphs()
        labelled = np.array([is_labelled(rank, zoom) for rank in range(8)])
        kept = labelled[streets.ranks] & (streets.names != "")
        for name, line in _merged(streets.lines[kept], streets.names[kept], streets.ranks[kept], self._scale):
            indexes = glyphs.indexes(name)
            advances = glyphs.advances(indexes)
            if line.length >= advances.sum() + 2 * _CLEARANCE_PIXELS:
                self._place_along(name, indexes, advances, line)

    def _place_along(self, name: str, indexes: list[int], advances: Floats, line: LineString) -> None:
        points = shapely.get_coordinates(line.simplify(_SMOOTHING_PIXELS))
        along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
        for middle in _middles(float(along[-1]), float(advances.sum())):
            places = _glyph_places(points, along, advances, middle)
            if places is not None and self._is_free(name, places, advances):
                self._take(name, places, advances)
                self.labels.append(Label(tuple(indexes), places))

    def _place_numbers(self, streets: Streets) -> None:
        glyphs = label_glyphs()
        kept = (streets.ranks >= LARGE) & (streets.numbers != "")
        for number, line in _merged(streets.lines[kept], streets.numbers[kept], streets.ranks[kept], self._scale):
            if line.length < 40.0:
                continue
            indexes = glyphs.indexes(number)
            advances = glyphs.advances(indexes)
            for share in np.arange(0.5, line.length / _REPEAT_PIXELS + 0.5) * _REPEAT_PIXELS / line.length:
                point = line.interpolate(min(0.5 if line.length < _REPEAT_PIXELS else share, 1.0), normalized=True)
                self._place_number(number, indexes, advances, point.x, point.y)

    def _place_number(self, number: str, indexes: list[int], advances: Floats, x: float, y: float) -> None:
        left = x - advances.sum() / 2
        starts = left + np.concatenate(([0.0], np.cumsum(advances)[:-1]))
        places = np.column_stack((starts, np.full(len(starts), y + 3.6), np.zeros(len(starts))))
        if self._is_free(number, places, advances):
            self._take(number, places, advances)
            frame = (left - 4.0, y - 7.5, float(advances.sum()) + 8.0, 15.0)
            self.labels.append(Label(tuple(indexes), places, frame))

    def _is_free(self, name: str, places: Floats, advances: Floats) -> bool:
        x, y = places[len(places) // 2, :2]
        near = self._same.get(name, ())
        if any(math.hypot(x - ox, y - oy) < _SAME_NAME_PIXELS for ox, oy in near):
            return False
        return self._taken.isdisjoint(_cells(places, advances))

    def _take(self, name: str, places: Floats, advances: Floats) -> None:
        for column, row in _cells(places, advances):
            self._taken.update((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1))
        x, y = places[len(places) // 2, :2]
        self._same.setdefault(name, []).append((float(x), float(y)))


def _merged(
    lines: NDArray[np.object_], texts: NDArray[np.object_], ranks: NDArray[np.int8], scale: float
) -> Iterator[tuple[str, LineString]]:
    """Yield text and merged line in world pixels: highest rank first, then the longest."""
    found: list[tuple[int, float, str, float, float, LineString]] = []
    order = np.argsort(texts.astype(str), kind="stable")
    bounds = np.flatnonzero(texts[order][1:] != texts[order][:-1]) + 1
    for part in np.split(order, bounds) if len(order) else ():
        rank = int(ranks[part].max())
        whole = shapely.line_merge(shapely.multilinestrings(shapely.force_2d(lines[part])))
        for line in shapely.get_parts(whole):
            pixels = shapely.transform(line, lambda points: points * scale)
            west, north = pixels.bounds[:2]
            found.append((-rank, -pixels.length, str(texts[part[0]]), west, north, pixels))
    for *_, text, _west, _north, line in sorted(found, key=lambda item: item[:5]):
        yield text, line


def _middles(length: float, width: float) -> list[float]:
    """Return where along a line to try the middle of a text: evenly when long, else round the middle."""
    if length > 2 * _REPEAT_PIXELS:
        count = int(length / _REPEAT_PIXELS)
        return [(i + 0.5) * length / count for i in range(count)]
    free = length - width - 2 * _CLEARANCE_PIXELS
    return [length / 2 + share * free for share in (0.0, -0.2, 0.2, -0.4, 0.4)]


def _glyph_places(points: Floats, along: Floats, advances: Floats, middle: float) -> Floats | None:
    """Return x, y and angle per glyph along a line; None where the line bends too much for a text."""
    start = middle - advances.sum() / 2
    edges = start + np.concatenate(([0.0], np.cumsum(advances)))
    xs, ys = np.interp(edges, along, points[:, 0]), np.interp(edges, along, points[:, 1])
    if xs[-1] < xs[0]:
        edges = middle + advances.sum() / 2 - np.concatenate(([0.0], np.cumsum(advances)))
        xs, ys = np.interp(edges, along, points[:, 0]), np.interp(edges, along, points[:, 1])
    angles = np.arctan2(np.diff(ys), np.diff(xs))
    turns = np.abs((np.diff(angles) + math.pi) % (2 * math.pi) - math.pi)
    if len(turns) and turns.max() > _MOST_BEND:
        return None
    drop = TEXT_PIXELS * 0.35
    return np.column_stack((xs[:-1] - np.sin(angles) * drop, ys[:-1] + np.cos(angles) * drop, angles))


def _cells(places: Floats, advances: Floats) -> set[tuple[int, int]]:
    middles = places[:, :2] + np.column_stack((np.cos(places[:, 2]), np.sin(places[:, 2]))) * (advances / 2)[:, None]
    grid = np.floor(middles / _CELL_PIXELS).astype(np.int64)
    return {(int(column), int(row)) for column, row in grid}


def _extent(label: Label) -> shapely.Geometry:
    if label.shield is not None:
        x, y, width, height = label.shield
        return shapely.box(x - 2, y - 2, x + width + 2, y + height + 2)
    low, high = label.places[:, :2].min(axis=0) - 14.0, label.places[:, :2].max(axis=0) + 14.0
    extent: shapely.Geometry = shapely.box(low[0], low[1], high[0], high[1])
    return extent
