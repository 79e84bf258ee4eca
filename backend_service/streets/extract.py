"""Looks at an OpenStreetMap extract before a city is made of it: readable, with streets, not too large, room for it.

The street engine's own tools report a broken file in their own words, after having written half of theirs; and a
country given by mistake would keep them busy for hours. So the file is read once here, and what the zones are
proposed from is noted on the way: where how much street lies, and what the quarters are called.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium

from core.geodesy import Points, distance_m
from core.refusals import Fault, Refusal

LARGEST_EXTRACT_BYTES = 400_000_000
"""A large city has 10 to 100 MB; above this it is a country, and takes tens of gigabytes and hours."""

_DISK_PER_BYTE, _DISK_AT_LEAST = 40, 50_000_000
"""Bytes on disk per byte of extract: 29 in La Serena, 22 in Porto, the copied extract included."""

_LINKED = ("motorway", "trunk", "primary", "secondary", "tertiary")
_ROADS = (*_LINKED, "unclassified", "residential", "living_street", "service", "road")
DRIVABLE = frozenset(_ROADS) | {f"{road}_link" for road in _LINKED}
"""Values of ``highway`` that cars may use."""

_QUARTERS = frozenset({"city", "borough", "town", "suburb", "quarter"})
"""Values of ``place`` that name a part of a city; a village's name would not do for a quarter of one."""


class StreetsUnreadable(Refusal):
    """The file given holds no streets that could be read."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__("city.streets_unreadable", f"{file} cannot be used: {why}")


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """What an extract holds.

    Parameters
    ----------
    bbox : tuple of float
        West, south, east, north of all ways that are streets or paths, degrees.
    drivable : int
        How many ways cars may use.
    middles : (drivable, 2) degrees
        A place in the middle of each of them.
    lengths_m : (drivable,) metres
    quarters : tuple of (str, float, float)
        Names of quarters and towns with latitude and longitude, as often as they are told.
    """

    bbox: tuple[float, float, float, float]
    drivable: int
    middles: Points
    lengths_m: np.ndarray[tuple[int], np.dtype[np.float64]]
    quarters: tuple[tuple[str, float, float], ...]


def check_size(osm_file: Path, home: Path, *, allow_huge: bool = False) -> None:
    """Return if the file is there, is not a whole country, and the disk has room for what is made of it.

    Raises
    ------
    StreetsUnreadable
        If there is no such file, or it is empty.
    Refusal
        ``city.too_large``, unless `allow_huge`.
    Fault
        ``city.disk_full``.
    """
    size = osm_file.stat().st_size if osm_file.is_file() else 0
    if size == 0:
        raise StreetsUnreadable(osm_file, "there is no such file, or it is empty.")
    if size > LARGEST_EXTRACT_BYTES and not allow_huge:
        raise Refusal(
            "city.too_large",
            f"{osm_file} has {_megabytes(size)}, more than a city's {_megabytes(LARGEST_EXTRACT_BYTES)}: it may take "
            "hours and all memory. Cut the city out of it (osmium extract --bbox ...), or say --allow-huge.",
        )
    needed = size * _DISK_PER_BYTE + _DISK_AT_LEAST
    free = shutil.disk_usage(_existing(home)).free
    if free < needed:
        raise Fault(
            "city.disk_full",
            f"Preparing takes about {_megabytes(needed)} in {home}, and {_megabytes(free)} are free there.",
        )


def read_extract(osm_file: Path) -> Extract:
    """Return what an extract in the PBF format holds.

    Raises
    ------
    StreetsUnreadable
        If the file is missing, empty, broken, or has no streets that cars may use.
    """
    if not osm_file.is_file() or osm_file.stat().st_size == 0:
        raise StreetsUnreadable(osm_file, "there is no such file, or it is empty.")
    reading = _Reading()
    told = osmium.FileProcessor(osmium.io.File(str(osm_file), "pbf")).with_locations()
    told.with_filter(osmium.filter.EmptyTagFilter())
    try:
        for thing in told:
            reading.take(thing)
    except RuntimeError as error:
        raise StreetsUnreadable(osm_file, f"it is no OpenStreetMap file, or it is damaged ({error}).") from error
    if not reading.corners:
        raise StreetsUnreadable(osm_file, "it has no streets in it.")
    if not reading.middles:
        raise StreetsUnreadable(osm_file, "it has no streets that cars may use.")
    return reading.extract()


class _Reading:
    """What is noted while an extract is read."""

    def __init__(self) -> None:
        self.corners: list[tuple[float, float, float, float]] = []
        self.middles: list[tuple[float, float]] = []
        self._lengths_m: list[float] = []
        self._quarters: list[tuple[str, float, float]] = []

    def take(self, thing: osmium.osm.OSMEntity) -> None:
        if thing.is_way():
            self._take_way(thing)
        elif thing.is_node():
            name = thing.tags.get("addr:suburb")
            if thing.tags.get("place") in _QUARTERS:
                name = thing.tags.get("name")
            if name:
                self._quarters.append((name, thing.lat, thing.lon))

    def _take_way(self, way: osmium.osm.Way) -> None:
        kind = way.tags.get("highway")
        if kind is None:
            return
        line = np.array([(node.lat, node.lon) for node in way.nodes if node.location.valid()])
        if len(line) < 2:
            return
        (south, west), (north, east) = line.min(axis=0), line.max(axis=0)
        self.corners.append((west, south, east, north))
        if kind in DRIVABLE:
            self.middles.append((line[len(line) // 2][0], line[len(line) // 2][1]))
            self._lengths_m.append(float(distance_m(line[:-1], line[1:]).sum()))

    def extract(self) -> Extract:
        corners = np.array(self.corners)
        west, south = corners[:, :2].min(axis=0).tolist()
        east, north = corners[:, 2:].max(axis=0).tolist()
        return Extract(
            bbox=(west, south, east, north),
            drivable=len(self.middles),
            middles=np.array(self.middles),
            lengths_m=np.array(self._lengths_m),
            quarters=tuple(self._quarters),
        )


def _existing(folder: Path) -> Path:
    """Return the nearest folder above that exists."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"
