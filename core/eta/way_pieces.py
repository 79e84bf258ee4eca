"""Remaining ways cut into pieces of a street's scale, many ways at once, each piece with its place and heading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.eta.ground import Ground
from core.eta.recent_flow import Column
from core.geodesy import Metres, Points

PIECE_M = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class WayPieces:
    """Pieces of `ways` ways, in the order they are driven.

    Parameters
    ----------
    ways : int
    way : (n,) int
        The number of the way each piece belongs to, ascending.
    places : (n, 2) metres
        Their middles.
    heading_rad, metres : (n,)
    driven_m : (n,)
        Metres from the way's start to the piece's middle.
    """

    ways: int
    way: NDArray[np.int64]
    places: Metres
    heading_rad: Column
    metres: Column
    driven_m: Column

    def total(self, amounts: Column) -> Column:
        """Return the sum of `amounts` (n,) over each way, (ways,)."""
        summed: Column = np.bincount(self.way, weights=amounts, minlength=self.ways)
        return summed

    def greatest(self, amounts: Column) -> Column:
        """Return the greatest of `amounts` (n,) on each way, (ways,); 0 for a way without pieces."""
        found = np.zeros(self.ways)
        np.maximum.at(found, self.way, amounts)
        return found


def pieces_of(geometries: Sequence[Points], ground: Ground) -> WayPieces:
    """Return ways as pieces of about `PIECE_M`, each way of at least one.

    Parameters
    ----------
    geometries : sequence of (m, 2) degrees
        The vertices of each way, m >= 1; a way of no length is one piece of no length.
    ground : Ground
    """
    ways = len(geometries)
    if not ways:
        return WayPieces(0, np.empty(0, dtype=np.int64), np.empty((0, 2)), np.empty(0), np.empty(0), np.empty(0))
    lines = [one if len(one) > 1 else np.repeat(one, 2, axis=0) for one in geometries]
    counts = np.array([len(one) for one in lines])
    vertices = ground.metres(np.concatenate(lines))
    legs = np.diff(vertices, axis=0)
    is_joint = np.diff(np.repeat(np.arange(ways), counts)) > 0
    lengths = np.where(is_joint, 0.0, np.hypot(legs[:, 0], legs[:, 1]))
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    first = np.cumsum(counts) - counts
    starts, ends = along[first], along[first + counts - 1]
    pieces = np.maximum(1, ((ends - starts) // PIECE_M).astype(np.int64))
    way = np.repeat(np.arange(ways), pieces)
    number = np.arange(len(way)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    metres = ((ends - starts) / pieces)[way]
    driven = (number + 0.5) * metres
    leg = np.searchsorted(along, starts[way] + driven, side="right") - 1
    leg = np.clip(leg, first[way], (first + counts - 2)[way])
    share = np.clip((starts[way] + driven - along[leg]) / np.maximum(lengths[leg], 1e-9), 0.0, 1.0)
    places = vertices[leg] + share[:, None] * legs[leg]
    return WayPieces(ways, way, places, np.arctan2(legs[leg, 0], legs[leg, 1]), metres, driven)
