"""How streets look at each zoom: class ranks, the zoom at which a class appears, and stroke widths.

A *zoom* here is the one on the map's controls (256 px world at zoom 0); a 512 px tile of tile zoom z is shown
at zoom z + 1.
"""

import math
from itertools import pairwise

STYLE_VERSION = 2
"""Raised with every change of the look; part of the cache file's name, so that no old tile is shown."""

RANKS = 8
LARGE, MIDDLE = 5, 3

_CLASS_RANKS = {
    "motorway": 7,
    "trunk": 6,
    "primary": 5,
    "secondary": 4,
    "tertiary": 3,
    "residential": 2,
    "unclassified": 2,
    "living_street": 2,
    "road": 2,
    "service": 1,
    "pedestrian": 1,
    "track": 1,
    "footway": 0,
    "cycleway": 0,
    "path": 0,
    "steps": 0,
    "bridleway": 0,
}

_FIRST_ZOOM = (16, 15, 12, 11, 9, 8, 6, 5)
_FIRST_LABEL_ZOOM = (18, 17, 16, 15, 15, 14, 14, 14)

# (zoom, pixels) points per rank, joined by straight lines in the logarithm of the width.
_WIDTHS: tuple[tuple[tuple[int, float], ...], ...] = (
    ((16, 0.6), (18, 2.2)),
    ((15, 0.7), (16, 1.6), (18, 6.5)),
    ((12, 0.45), (13, 0.75), (14, 1.3), (16, 4.5), (18, 13.0)),
    ((11, 0.6), (13, 1.4), (14, 2.2), (16, 6.0), (18, 16.0)),
    ((9, 0.5), (12, 1.3), (13, 2.0), (14, 3.0), (16, 7.0), (18, 18.0)),
    ((8, 0.6), (12, 1.8), (13, 2.8), (14, 3.8), (16, 8.0), (18, 20.0)),
    ((6, 0.6), (12, 2.2), (13, 3.2), (14, 4.4), (16, 9.0), (18, 22.0)),
    ((5, 0.7), (12, 2.4), (13, 3.6), (14, 4.8), (16, 10.0), (18, 24.0)),
)


def class_rank(highway: str) -> int | None:
    """Return the rank 0..7 of an OpenStreetMap highway value; None for what is no street to draw.

    A link road ranks one below the road it belongs to.
    """
    if highway.endswith("_link"):
        parent = _CLASS_RANKS.get(highway.removesuffix("_link"))
        return None if parent is None else parent - 1
    return _CLASS_RANKS.get(highway)


def is_drawn(rank: int, zoom: int) -> bool:
    """Say whether streets of a rank appear at a zoom."""
    return zoom >= _FIRST_ZOOM[rank]


def is_labelled(rank: int, zoom: int) -> bool:
    """Say whether streets of a rank carry their name at a zoom."""
    return zoom >= _FIRST_LABEL_ZOOM[rank]


def street_width(rank: int, zoom: float) -> float:
    """Return the stroke width in pixels of a rank at a zoom, interpolated in the logarithm."""
    points = _WIDTHS[rank]
    if zoom <= points[0][0]:
        return points[0][1]
    for (low, narrow), (high, wide) in pairwise(points):
        if zoom <= high:
            share = (zoom - low) / (high - low)
            return math.exp(math.log(narrow) * (1 - share) + math.log(wide) * share)
    return points[-1][1] * 2 ** (zoom - points[-1][0])
