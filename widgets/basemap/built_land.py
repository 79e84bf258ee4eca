"""The tint of built-up land, so that the open side of a coastal city reads as sea.

A street-only extract has no coast. Streets are thickened, the gaps between them closed and holes dropped; what
is left outside takes the colour of water. It is a reading aid, no coastline.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from widgets.basemap.mercator import metres_to_unit
from widgets.basemap.street_file import Streets

_CELL_METRES = 120.0
_EDGE_METRES = 60.0
_CLOSING_METRES = 1_900.0


def built_land(streets: Streets) -> MultiPolygon:
    """Return the land around the streets in the unit square.

    Streets are first laid on a grid of 120 m cells: thickening the street lines themselves takes ten seconds for
    a middling city and gives the same outline to a few pixels.
    """
    _, north, _, south = streets.bounds
    metre = metres_to_unit(1.0, (north + south) / 2)
    cells = _cells(streets, _CELL_METRES * metre)
    near = shapely.buffer(shapely.union_all(cells), _EDGE_METRES * metre, quad_segs=2)
    grown = shapely.buffer(_without_holes(near), _CLOSING_METRES * metre, quad_segs=8)
    closed = shapely.buffer(_without_holes(grown), -_CLOSING_METRES * metre, quad_segs=8)
    return _without_holes(shapely.simplify(closed, 25.0 * metre))


def _cells(streets: Streets, side: float) -> NDArray[np.object_]:
    dense = shapely.segmentize(streets.lines[streets.ranks >= 2], side)
    corners = np.unique(np.floor(shapely.get_coordinates(dense) / side), axis=0) * side
    return shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + side, corners[:, 1] + side)


def _without_holes(shape: shapely.Geometry) -> MultiPolygon:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return MultiPolygon([Polygon(part.exterior) for part in parts])
