"""The ground under the fleet, cut into squares: where a piece of driving belongs, and in which of eight directions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geodesy import LocalPlane, Metres, Points

type Keys = NDArray[np.int64]
"""Names of squares; a directed one differs from an undirected one of the same side."""

DIRECTIONS = 8
_OFFSET = 1 << 20


@dataclass(frozen=True, slots=True)
class Ground:
    """A plane of metres around an origin that stays the same for as long as anything learned on it is used.

    Parameters
    ----------
    latitude, longitude : float
        The origin, degrees; a city's middle.
    """

    latitude: float
    longitude: float

    def metres(self, points: Points) -> Metres:
        """Return points (..., 2) degrees as metres east and north of the origin."""
        return LocalPlane(self.latitude, self.longitude).to_plane(points)


def squares(metres: Metres, side_m: float) -> Keys:
    """Return the square of `side_m` metres that each place (n, 2) lies in."""
    cells = np.floor(metres / side_m).astype(np.int64) + _OFFSET
    named: Keys = (cells[:, 0] << 24) | (cells[:, 1] << 3)
    return named


def directed_squares(metres: Metres, heading_rad: NDArray[np.float64], side_m: float) -> Keys:
    """Return the square of each place together with the octant of its heading (n,), radians clockwise from north."""
    octant = np.floor(heading_rad / (2 * np.pi) * DIRECTIONS + 0.5).astype(np.int64) % DIRECTIONS
    return squares(metres, side_m) | octant
