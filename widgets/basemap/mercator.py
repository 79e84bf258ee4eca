"""Web Mercator as the unit square: x grows eastwards from 180° W, y grows southwards from 85.05° N.

The unit square times ``512 * 2 ** tile_zoom`` is the pixel grid of the 512 px tiles, so every zoom shares one
set of coordinates.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TILE_PIXELS = 512
MOST_NORTHERN = 85.051128


def to_unit(lat: Floats, lon: Floats) -> Floats:
    """Project positions onto the unit square.

    Parameters
    ----------
    lat, lon : (n,) degrees, WGS 84
        Latitudes beyond the Mercator square are moved onto its edge.

    Returns
    -------
    (n, 2) float
        x and y in 0..1.
    """
    clipped = np.radians(np.clip(lat, -MOST_NORTHERN, MOST_NORTHERN))
    x = (np.asarray(lon, dtype=np.float64) + 180.0) / 360.0
    y = (1.0 - np.arcsinh(np.tan(clipped)) / math.pi) / 2.0
    return np.column_stack((x, y))


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Return latitude and longitude in degrees of a place in the unit square."""
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * y))))
    return latitude, x * 360.0 - 180.0


def metres_to_unit(metres: float, y: float) -> float:
    """Return a length on the ground as a length in the unit square at height `y` (0..1) of it."""
    stretch = math.cosh(math.pi * (1.0 - 2.0 * y))
    return metres * stretch / 40_075_016.7


def pixels_per_unit(tile_zoom: int) -> float:
    """Return how many pixels the unit square is wide at a tile zoom (512 px tiles)."""
    return float(TILE_PIXELS * 2**tile_zoom)
