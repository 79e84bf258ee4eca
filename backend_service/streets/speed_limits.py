"""The speed limits of a city's streets, from the same extract as its street engine, found by place and direction.

A fix says neither which of two carriageways nor which of two streets at a crossing it is on. Of all pieces of street
that are about as near as the nearest and lie in the direction driven, the highest limit counts; one of them without a
limit in the extract makes it unknown. Nobody is called too fast on a guess.

Most vehicles are slower than every limit around them: for those a raster of the lowest limit near answers, and only the
others are looked up among the streets, at some 4 us each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Self

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from core.eta.ground import Ground
from core.geodesy import Metres
from core.telemetry.fix_batch import Column

REACH_M = 25.0
ABOUT_AS_NEAR_M = 8.0
CELL_M = 50.0
"""At least twice `REACH_M`: what is in reach of a place lies in its cell or beside it."""
DIRECTION_DEG = 35.0
_MPS_PER = {"": 1.0 / 3.6, "km/h": 1.0 / 3.6, "mph": 0.44704}
_NOT_DRIVEN = frozenset(
    {
        "footway",
        "cycleway",
        "path",
        "steps",
        "pedestrian",
        "bridleway",
        "corridor",
        "platform",
        "construction",
        "proposed",
    }
)


def read_limit(text: str | None) -> float:
    """Return a limit as OpenStreetMap's ``maxspeed`` tells it, m/s; nan for none, or words such as ``signals``."""
    if text is None:
        return math.nan
    figure, _, unit = text.strip().partition(" ")
    try:
        return float(figure) * _MPS_PER[unit.strip()]
    except (ValueError, KeyError):
        return math.nan


@dataclass(frozen=True, slots=True, eq=False)
class SpeedLimits:
    """Pieces of streets with their limits.

    Parameters
    ----------
    ground : the plane that the pieces lie on
    tree : of the pieces
    limits_mps : (pieces,) nan where the extract tells none
    bearings_deg : (pieces,) from 0 to 180
    corner, lowest : where the raster of `CELL_M` begins, metres, and the lowest limit near each cell, inf for none
    """

    ground: Ground
    tree: shapely.STRtree
    limits_mps: Column
    bearings_deg: Column
    corner: Column
    lowest: Column

    @classmethod
    def read(cls, osm_file: Path) -> Self:
        """Read an extract's streets; about a second for a city, in a thread of the caller's.

        Raises
        ------
        RuntimeError, OSError
            If the file cannot be read.
        """
        points: list[tuple[float, float]] = []
        limits: list[float] = []
        told = osmium.FileProcessor(osmium.io.File(str(osm_file), "pbf")).with_locations()
        for way in told.with_filter(osmium.filter.KeyFilter("highway")):
            if not isinstance(way, osmium.osm.Way) or way.tags["highway"] in _NOT_DRIVEN:
                continue
            limit = read_limit(way.tags.get("maxspeed"))
            corners = [(node.lat, node.lon) for node in way.nodes if node.location.valid()]
            for pair in pairwise(corners):
                points.extend(pair)
                limits.append(limit)
        return cls.of(np.array(points).reshape(-1, 2, 2), np.array(limits))

    @classmethod
    def of(cls, pieces: NDArray[np.float64], limits_mps: Column) -> Self:
        """Return the limits of pieces (n, 2, 2): from and to, latitude and longitude."""
        middle = pieces.reshape(-1, 2).mean(axis=0) if len(pieces) else np.zeros(2)
        ground = Ground(float(middle[0]), float(middle[1]))
        metres = ground.metres(pieces)
        east, north = np.moveaxis(metres[:, 1] - metres[:, 0], -1, 0)
        bearings = np.mod(np.degrees(np.arctan2(east, north)), 180.0)
        corner, lowest = _raster(metres, limits_mps)
        return cls(
            ground,
            shapely.STRtree(np.asarray(shapely.linestrings(metres), dtype=object)),
            limits_mps,
            bearings,
            corner,
            lowest,
        )

    def at(self, lat: Column, lon: Column, heading_deg: Column, speed_mps: Column) -> Column:
        """Return the limits where vehicles drive, m/s, nan where none is known; all (n,), heading nan = unknown.

        For a vehicle that is no faster than any limit near, the lowest of those is told instead of its own.
        """
        metres = self.ground.metres(np.stack([lat, lon], -1))
        limits = self._lowest_near(metres)
        asked = np.flatnonzero((speed_mps > limits) & np.isfinite(limits))
        limits[np.isinf(limits)] = np.nan
        limits[asked] = self._looked_up(metres[asked], heading_deg[asked])
        return limits

    def _lowest_near(self, metres: Metres) -> Column:
        cells = np.floor((metres - self.corner) / CELL_M).astype(np.int64)
        is_within = ((cells >= 0) & (cells < self.lowest.shape)).all(axis=1)
        lowest = np.full(len(metres), np.inf)
        lowest[is_within] = self.lowest[tuple(cells[is_within].T)]
        return lowest

    def _looked_up(self, metres: Metres, heading_deg: Column) -> Column:
        found = np.full(len(metres), np.nan)
        if not len(metres):
            return found
        places = np.asarray(shapely.points(metres), dtype=object)
        rows, pieces = self.tree.query(places, predicate="dwithin", distance=REACH_M)
        aside = np.abs(np.mod(heading_deg[rows] - self.bearings_deg[pieces] + 90.0, 180.0) - 90.0)
        lies_so = ~(aside > DIRECTION_DEG)  # a heading that is not known agrees with every street
        rows, pieces = rows[lies_so], pieces[lies_so]
        away = shapely.distance(places[rows], self.tree.geometries[pieces])
        nearest = np.full(len(metres), np.inf)
        np.minimum.at(nearest, rows, away)
        counts = away <= nearest[rows] + ABOUT_AS_NEAR_M
        rows, limits = rows[counts], self.limits_mps[pieces[counts]]
        highest = np.full(len(metres), -np.inf)
        np.maximum.at(highest, rows, np.where(np.isnan(limits), np.inf, limits))
        is_known = np.isfinite(highest)
        found[is_known] = highest[is_known]
        return found


def _raster(metres: NDArray[np.float64], limits_mps: Column) -> tuple[Column, Column]:
    """Return where a raster around pieces (n, 2, 2) begins, and the lowest limit in each cell and those around it."""
    corner = metres.reshape(-1, 2).min(axis=0, initial=np.inf) - 2.0 * CELL_M
    if not np.isfinite(corner).all():
        return np.zeros(2), np.full((1, 1), np.inf)
    size = np.floor((metres.reshape(-1, 2).max(axis=0) - corner) / CELL_M).astype(np.int64) + 3
    own = np.full(size, np.inf)
    known = np.flatnonzero(np.isfinite(limits_mps))
    steps = np.ceil(np.hypot(*np.moveaxis(metres[known, 1] - metres[known, 0], -1, 0)) / (0.5 * CELL_M)).astype(int) + 1
    of_piece = np.repeat(known, steps + 1)
    shares = np.concatenate([np.linspace(0.0, 1.0, count + 1) for count in steps]) if len(steps) else np.empty(0)
    places = metres[of_piece, 0] + shares[:, None] * (metres[of_piece, 1] - metres[of_piece, 0])
    cells = np.floor((places - corner) / CELL_M).astype(np.int64)
    np.minimum.at(own, tuple(cells.T), limits_mps[of_piece])
    lowest = own.copy()
    for east, north in product((-1, 0, 1), repeat=2):
        lowest[1:-1, 1:-1] = np.minimum(
            lowest[1:-1, 1:-1], own[1 + east : size[0] - 1 + east, 1 + north : size[1] - 1 + north]
        )
    return corner, lowest
