"""Reads a city's streets from an OpenStreetMap file into columns in the Mercator unit square.

Draws on nothing but the file: a way's class, name, number and level. Water is read as closed areas where the
extract has it; an extract made of streets only has none.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from widgets.basemap.mercator import Floats, to_unit
from widgets.basemap.street_style import class_rank

_WATER = {("natural", "water"), ("waterway", "riverbank"), ("landuse", "reservoir")}


@dataclass(frozen=True, slots=True)
class Streets:
    """Every street of a city.

    Attributes
    ----------
    lines : (n,) shapely LineStrings in the unit square
    ranks : (n,) int, class rank 0..7
    levels : (n,) int, -1 tunnel, 0 ground, 1 and above bridges
    names, numbers : (n,) str, empty where a street has none
    water : closed areas of water in the unit square
    """

    lines: NDArray[np.object_]
    ranks: NDArray[np.int8]
    levels: NDArray[np.int8]
    names: NDArray[np.object_]
    numbers: NDArray[np.object_]
    water: tuple[shapely.Geometry, ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return west, north, east, south of all streets in the unit square."""
        west, north, east, south = shapely.total_bounds(self.lines)
        return float(west), float(north), float(east), float(south)


@dataclass(slots=True)
class _Columns:
    lats: list[float] = field(default_factory=list)
    lons: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    water: list[shapely.Geometry] = field(default_factory=list)

    def add_way(self, way: osmium.osm.Way) -> None:
        if _is_water(way) and way.is_closed():
            self._add_water(way)
            return
        rank = class_rank(way.tags.get("highway", ""))
        nodes = [node.location for node in way.nodes if node.location.valid()]
        if rank is None or len(nodes) < 2 or way.tags.get("area") == "yes":
            return
        self.lats.extend(node.lat for node in nodes)
        self.lons.extend(node.lon for node in nodes)
        self.sizes.append(len(nodes))
        self.ranks.append(rank)
        self.levels.append(_level(way))
        self.names.append(way.tags.get("name", ""))
        self.numbers.append(way.tags.get("ref", "").split(";")[0])

    def _add_water(self, way: osmium.osm.Way) -> None:
        nodes = [node.location for node in way.nodes if node.location.valid()]
        if len(nodes) >= 4:
            lats, lons = np.array([node.lat for node in nodes]), np.array([node.lon for node in nodes])
            self.water.append(shapely.make_valid(Polygon(to_unit(lats, lons))))


def read_streets(osm_path: Path) -> Streets:
    """Read the streets of an OpenStreetMap file.

    Parameters
    ----------
    osm_path : Path
        An ``.osm.pbf`` (or any file osmium knows by its name).

    Raises
    ------
    ValueError
        When the file holds no street.
    RuntimeError
        From osmium, when the file cannot be read.
    """
    columns = _Columns()
    processor = osmium.FileProcessor(str(osm_path)).with_locations()
    for item in processor.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)):
        columns.add_way(item)
    if not columns.sizes:
        raise ValueError(f"no streets in {osm_path.name}")
    return _streets(columns)


def _streets(columns: _Columns) -> Streets:
    points: Floats = to_unit(np.array(columns.lats), np.array(columns.lons))
    owners = np.repeat(np.arange(len(columns.sizes)), columns.sizes)
    return Streets(
        lines=np.asarray(shapely.linestrings(points, indices=owners), dtype=object),
        ranks=np.array(columns.ranks, dtype=np.int8),
        levels=np.array(columns.levels, dtype=np.int8),
        names=np.array(columns.names, dtype=object),
        numbers=np.array(columns.numbers, dtype=object),
        water=tuple(columns.water),
    )


def _is_water(way: osmium.osm.Way) -> bool:
    return any(way.tags.get(key) == value for key, value in _WATER)


def _level(way: osmium.osm.Way) -> int:
    tags = way.tags
    if tags.get("tunnel", "no") != "no":
        return -1
    if tags.get("bridge", "no") == "no":
        return 0
    try:
        return max(1, min(5, int(tags.get("layer", "1"))))
    except ValueError:
        return 1
