"""Which fences a point may be in: cells of the size that fits each fence, found by hashing, each with its fences.

Cells are squares of degrees, 360 / 2**level wide; a fence is kept at the level at which it covers four to 16 cells
across. In a cell that lies inside a fence as a whole nothing is left to be computed; at its edge the distance is.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.dispatch.improvement.compiled import compiled, inlined
from core.geodesy import METRES_PER_DEGREE
from core.geofencing.fence_columns import Bounds, FenceColumns, Floats, Numbers, Shapes
from core.geofencing.shape_distance import distance_m

CELLS_ACROSS = 16.0
FINEST, COARSEST = 24, 6
"""Levels, every other one is used: cells of 2.4 m, and of 5.6 degrees."""

type Entries = NDArray[np.int32]

GONE = -1
_EMPTY = -1
_SLACK = 1.01


class Cells(NamedTuple):
    """The cells that hold fences.

    Parameters
    ----------
    levels : (k,) in use
    table : (2**m, 2) hash table: a cell's key, and beside it, in the same line of the cache, its place in `first`
    first : (cells + 1,) of a cell's entries
    entry : (entries,) twice a fence's number, plus 1 if the cell lies inside it; below 0 where a fence is gone
    """

    levels: Numbers
    table: Numbers
    first: Numbers
    entry: Entries


@inlined
def cell_of(degrees: float, level: int) -> int:
    """Return the row or column of a cell; `degrees` are counted from the south pole, or from 180 west."""
    return math.floor(degrees * (1 << level) / 360.0)


@inlined
def key_of(level: int, column: int, row: int) -> int:
    """Return the key of a cell."""
    return (level << 52) | (column << 26) | row


@inlined
def place_of(key: int, mask: int) -> int:
    """Return where a key is looked for first (multiplicative hashing, Knuth)."""
    return ((key * 0x9E3779B97F4A7C1) >> 20) & mask


@inlined
def find_cell(cells: Cells, key: int) -> int:
    """Return a cell's place in `first`; -1 if it holds no fence."""
    mask = len(cells.table) - 1
    at = place_of(key, mask)
    while cells.table[at, 0] != _EMPTY:
        if cells.table[at, 0] == key:
            return int(cells.table[at, 1])
        at = (at + 1) & mask
    return -1


@compiled
def _cover(shapes: Shapes, bounds: Bounds, margin_m: Floats, level: Numbers, key: Numbers, entry: Entries) -> int:
    """Write the cells that each fence with its margin touches; return how many."""
    count = 0
    for fence in range(len(level)):
        deep = level[fence]
        size = 360.0 / (1 << deep)
        half_m = _SLACK * 0.5 * math.hypot(size * METRES_PER_DEGREE, size * shapes.per_lon[fence])
        for row in range(cell_of(bounds.south[fence] + 90.0, deep), cell_of(bounds.north[fence] + 90.0, deep) + 1):
            for column in range(
                cell_of(bounds.west[fence] + 180.0, deep), cell_of(bounds.east[fence] + 180.0, deep) + 1
            ):
                away = distance_m(shapes, fence, (row + 0.5) * size - 90.0, (column + 0.5) * size - 180.0)
                if away > margin_m[fence] + half_m:
                    continue
                key[count] = key_of(deep, column, row)
                entry[count] = 2 * fence + (1 if away < -half_m else 0)
                count += 1
    return count


@compiled
def _fill(cells: Cells, keys: Numbers) -> None:
    """Put the cells' keys into the empty hash table."""
    mask = len(cells.table) - 1
    for place in range(len(keys)):
        at = place_of(keys[place], mask)
        while cells.table[at, 0] != _EMPTY:
            at = (at + 1) & mask
        cells.table[at, 0], cells.table[at, 1] = keys[place], place


def cells_of(columns: FenceColumns) -> Cells:
    """Return the cells of fences."""
    bounds = columns.bounds
    span = np.maximum(bounds.north - bounds.south, bounds.east - bounds.west)
    level = 2 * np.floor(np.log2(CELLS_ACROSS * 360.0 / span) / 2.0)
    level = np.clip(level, COARSEST, FINEST).astype(np.int64)
    most = int(_most_cells(bounds, level).sum())
    key, entry = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int32)
    count = _cover(columns.shapes, bounds, columns.rules.margin_m, level, key, entry)
    order = np.argsort(key[:count], kind="stable")
    keys, first = np.unique(key[order], return_index=True)
    size = 1 << max(4, int(2 * len(keys)).bit_length())
    cells = Cells(
        np.unique(level),
        np.full((size, 2), _EMPTY, dtype=np.int64),
        np.append(first, count).astype(np.int64),
        entry[order],
    )
    _fill(cells, keys)
    return cells


def without(cells: Cells, is_gone: NDArray[np.bool_], *, first: int = 0) -> Cells:
    """Return cells without the fences that are gone, and with `first` added to the numbers of the others.

    Parameters
    ----------
    is_gone : (fences,) by the number that a fence has in `cells`
    """
    entry = cells.entry
    known = np.maximum(entry, 0) >> 1
    kept = np.where((entry < 0) | is_gone[known], GONE, entry + 2 * first).astype(np.int32)
    return cells._replace(entry=kept)


def _most_cells(bounds: Bounds, level: Numbers) -> NDArray[np.float64]:
    size = 360.0 / 2.0**level
    rows: NDArray[np.float64] = np.floor((bounds.north - bounds.south) / size) + 2
    columns: NDArray[np.float64] = np.floor((bounds.east - bounds.west) / size) + 2
    return rows * columns
