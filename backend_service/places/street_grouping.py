"""Tells one street from another of the same name: pieces that touch, or nearly, are one.

OpenStreetMap cuts a street into dozens of ways, and a metropolis has forty streets named for its churches.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.geodesy import METRES_PER_DEGREE, Points, distance_m, nearest_on_line

_CELL_M = 300.0
"""Pieces in the same or in touching cells of this size are one street: gaps at squares and crossings are shorter."""


def grouped(lines: Sequence[Points]) -> list[list[int]]:
    """Return which lines belong together, as groups of their numbers.

    Parameters
    ----------
    lines : sequence of (n, 2) degrees, n >= 2
        The pieces of all streets of one name.
    """
    parent = list(range(len(lines)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    narrowing = float(np.cos(np.radians(lines[0][0, 0]))) if lines else 1.0
    holder: dict[tuple[int, int], int] = {}
    for number, line in enumerate(lines):
        for row, column in _cells(line, narrowing):
            for near in ((row + y, column + x) for y in (-1, 0, 1) for x in (-1, 0, 1)):
                if near in holder:
                    parent[root(holder[near])] = root(number)
            holder[row, column] = number
    groups: dict[int, list[int]] = {}
    for number in range(len(lines)):
        groups.setdefault(root(number), []).append(number)
    return list(groups.values())


def middle_of(lines: Sequence[Points]) -> tuple[Points, float]:
    """Return the place on a street nearest to its middle, (2,) degrees, and how far the street reaches from it, metres.

    Parameters
    ----------
    lines : sequence of (n, 2) degrees, n >= 2
    """
    lengths = np.array([distance_m(line[:-1], line[1:]).sum() for line in lines])
    weights = lengths / lengths.sum() if lengths.sum() > 0 else np.full(len(lines), 1.0 / len(lines))
    centre = sum(weight * line.mean(axis=0) for weight, line in zip(weights, lines, strict=True))
    feet = [nearest_on_line(line, np.asarray(centre)) for line in lines]
    middle = min(feet, key=lambda foot: foot.aside_m).point
    reach = max(float(distance_m(line, middle).max()) for line in lines)
    return middle, reach


def _cells(line: Points, narrowing: float) -> set[tuple[int, int]]:
    """Return the cells of a line's vertices, longitudes narrowed alike for all lines.

    Long straight pieces are cut so that no cell is skipped.
    """
    dense = [line]
    steps = np.ceil(distance_m(line[:-1], line[1:]) / _CELL_M).astype(int)
    for start, end, step in zip(line[:-1], line[1:], steps, strict=True):
        if step > 1:
            dense.append(start + (end - start) * np.arange(1, step)[:, None] / step)
    points = np.concatenate(dense)
    size = _CELL_M / METRES_PER_DEGREE
    rows = np.floor(points[:, 0] / size).astype(int)
    columns = np.floor(points[:, 1] * narrowing / size).astype(int)
    return set(zip(rows.tolist(), columns.tolist(), strict=True))
