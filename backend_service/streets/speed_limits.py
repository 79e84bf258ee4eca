"""The speed limits of a city's streets, from the same extract as its street engine, found by place and direction.

A fix says neither which of two carriageways nor which of two streets at a crossing it is on. Of all pieces of street
that are about as near as the nearest and lie in the direction driven, the highest limit counts; one of them without a
limit in the extract makes it unknown. Nobody is called too fast on a guess.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from core.eta.ground import Ground
from core.telemetry.fix_batch import Column

REACH_M = 25.0
ABOUT_AS_NEAR_M = 8.0
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
    """

    ground: Ground
    tree: shapely.STRtree
    limits_mps: Column
    bearings_deg: Column

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
        return cls(ground, shapely.STRtree(np.asarray(shapely.linestrings(metres), dtype=object)), limits_mps, bearings)

    def at(self, lat: Column, lon: Column, heading_deg: Column) -> Column:
        """Return the limits where vehicles drive, m/s, nan where none is known; all (n,), heading nan = unknown."""
        found = np.full(len(lat), np.nan)
        if not len(lat):
            return found
        places = np.asarray(shapely.points(self.ground.metres(np.stack([lat, lon], -1))), dtype=object)
        rows, pieces = self.tree.query(places, predicate="dwithin", distance=REACH_M)
        aside = np.abs(np.mod(heading_deg[rows] - self.bearings_deg[pieces] + 90.0, 180.0) - 90.0)
        lies_so = ~(aside > DIRECTION_DEG)  # a heading that is not known agrees with every street
        rows, pieces = rows[lies_so], pieces[lies_so]
        metres = shapely.distance(places[rows], self.tree.geometries[pieces])
        nearest = np.full(len(lat), np.inf)
        np.minimum.at(nearest, rows, metres)
        counts = metres <= nearest[rows] + ABOUT_AS_NEAR_M
        rows, limits = rows[counts], self.limits_mps[pieces[counts]]
        highest = np.full(len(lat), -np.inf)
        np.maximum.at(highest, rows, np.where(np.isnan(limits), np.inf, limits))
        is_known = np.isfinite(highest)
        found[is_known] = highest[is_known]
        return found
