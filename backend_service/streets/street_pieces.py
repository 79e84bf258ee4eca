"""The drivable pieces of a city's streets with the map nodes they lie between, read from its extract."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium

from backend_service.streets.extract import DRIVABLE, StreetsUnreadable
from core.eta.ground import Ground
from core.eta.street_speeds import StreetPieces

_FORWARD, _BACKWARD = ("yes", "true", "1"), ("-1", "reverse")


def read_pieces(osm_file: Path, ground: Ground) -> StreetPieces:
    """Return every piece in each direction that it may be driven; a second or two for a city, in a thread.

    Raises
    ------
    StreetsUnreadable
        If the file cannot be read.
    """
    nodes: list[tuple[int, int]] = []
    ends: list[tuple[float, float, float, float]] = []
    told = osmium.FileProcessor(osmium.io.File(str(osm_file), "pbf"), osmium.osm.WAY | osmium.osm.NODE)
    told.with_locations().with_filter(osmium.filter.KeyFilter("highway"))
    try:
        for way in told:
            if way.is_way() and way.tags.get("highway") in DRIVABLE:
                _take(way, nodes, ends)
    except RuntimeError as error:
        raise StreetsUnreadable(osm_file, f"it is damaged ({error}).") from error
    places = np.array(ends).reshape(-1, 4)
    return StreetPieces.of(ground, np.array(nodes, dtype=np.int64).reshape(-1, 2), places[:, :2], places[:, 2:])


def _take(way: osmium.osm.Way, nodes: list[tuple[int, int]], ends: list[tuple[float, float, float, float]]) -> None:
    line = [(node.ref, node.lat, node.lon) for node in way.nodes if node.location.valid()]
    oneway = way.tags.get("oneway", "")
    is_round = way.tags.get("junction") == "roundabout"
    for (a, lat, lon), (b, to_lat, to_lon) in pairwise(line):
        if oneway not in _BACKWARD:
            nodes.append((a, b))
            ends.append((lat, lon, to_lat, to_lon))
        if oneway not in _FORWARD and not is_round:
            nodes.append((b, a))
            ends.append((to_lat, to_lon, lat, lon))
