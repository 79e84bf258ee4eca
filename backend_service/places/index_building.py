"""Builds a city's index of streets and places: one SQLite file beside its streets, from the same extract.

Named streets become one row each, however many ways they are cut into; quarters, and sites with a name, another; house
numbers are kept by street. Words are kept folded, as questions are, and found by FTS5. What no extract holds, no
search finds: the demo city has streets alone.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium

from backend_service.durable_files import taking_the_place_of
from backend_service.places.street_grouping import grouped, middle_of
from core.fleet.zone import Zone, zone_at
from core.geodesy import Points, distance_m
from core.places import FoundPlace, PlaceKind, folded
from core.vocabulary import Position

INDEX_VERSION = 2
"""Raised whenever the index holds something else: an older one is built anew."""

_OTHER_NAMES = ("alt_name", "loc_name", "short_name", "official_name", "old_name", "ref")
_SITES = ("amenity", "shop", "tourism", "leisure", "office", "healthcare", "railway", "public_transport", "building")
_ROAD_IMPORTANCE = {
    "motorway": 0.5, "trunk": 0.5, "primary": 0.5, "secondary": 0.4, "tertiary": 0.3, "residential": 0.15,
    "unclassified": 0.15, "pedestrian": 0.2, "living_street": 0.15,
}  # fmt: skip
_QUARTER_IMPORTANCE = {"city": 1.0, "town": 0.8, "borough": 0.7, "suburb": 0.6, "quarter": 0.5, "village": 0.5}
_SITE_BBOX_DEG = 0.001

_SCHEMA = """
CREATE TABLE place (
    place_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL, detail TEXT NOT NULL,
    lat REAL NOT NULL, lon REAL NOT NULL, west REAL NOT NULL, south REAL NOT NULL, east REAL NOT NULL,
    north REAL NOT NULL, reach_m REAL NOT NULL, importance REAL NOT NULL
);
CREATE INDEX place_by_name ON place (folded);
CREATE TABLE house (street TEXT NOT NULL, number INTEGER NOT NULL, label TEXT NOT NULL, lat REAL, lon REAL);
CREATE INDEX house_by_street ON house (street, number);
CREATE VIRTUAL TABLE place_words USING fts5(
    name, other, detail, content='', tokenize="unicode61 remove_diacritics 2", prefix='1 2 3'
);
"""


@dataclass(frozen=True, slots=True)
class IndexCounts:
    """How many streets, other places and house numbers an index holds."""

    streets: int
    places: int
    houses: int


@dataclass(frozen=True, slots=True)
class _Entry:
    place: FoundPlace
    importance: float
    other: str = ""


@dataclass(slots=True)
class _StreetPieces:
    lines: list[Points] = field(default_factory=list)
    other: set[str] = field(default_factory=set)
    importance: float = 0.0


@dataclass(slots=True)
class _Reading:
    """What is noted while the extract is read."""

    streets: dict[str, _StreetPieces] = field(default_factory=dict)
    sites: list[_Entry] = field(default_factory=list)
    houses: list[tuple[str, int, str, float, float]] = field(default_factory=list)


def build_place_index(osm_file: Path, zones: Sequence[Zone], target: Path) -> IndexCounts:
    """Build the index of an extract; the file appears complete or not at all.

    Parameters
    ----------
    osm_file : Path
        Readable streets.
    zones : sequence of Zone
        Tell places of the same name apart.
    target : Path
        Replaced if it is there.

    Raises
    ------
    OSError, sqlite3.Error
        If it cannot be written.
    """
    reading = _read(osm_file)
    entries = [*_street_entries(reading), *reading.sites]
    with taking_the_place_of(target, is_private=False) as draft, closing(sqlite3.connect(draft)) as index:
        index.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + _SCHEMA)
        _write(index, entries, zones, reading.houses)
        index.execute("COMMIT")
        index.executescript(f"PRAGMA user_version = {INDEX_VERSION}; VACUUM;")
    streets = sum(entry.place.kind is PlaceKind.STREET for entry in entries)
    return IndexCounts(streets, len(entries) - streets, len(reading.houses))


def _read(osm_file: Path) -> _Reading:
    reading = _Reading()
    told = osmium.FileProcessor(osmium.io.File(str(osm_file), "pbf")).with_locations()
    for thing in told.with_filter(osmium.filter.EmptyTagFilter()):
        if thing.is_node():
            _take_site(reading, thing.tags, np.array([[thing.lat, thing.lon]]))
        elif thing.is_way():
            tags = thing.tags
            if "name" in tags or "ref" in tags or "addr:housenumber" in tags:
                line = np.array([(node.lat, node.lon) for node in thing.nodes if node.location.valid()])
                if len(line) >= 2:
                    _take_way(reading, tags, line)
    return reading


def _take_way(reading: _Reading, tags: osmium.osm.TagList, line: Points) -> None:
    kind = tags.get("highway")
    if kind is None:
        _take_site(reading, tags, line)
    elif name := tags.get("name") or tags.get("ref"):
        street = reading.streets.setdefault(name, _StreetPieces())
        street.lines.append(line)
        street.other |= _other_names(tags)
        street.importance = max(street.importance, _ROAD_IMPORTANCE.get(kind.removesuffix("_link"), 0.1))


def _take_site(reading: _Reading, tags: osmium.osm.TagList, outline: Points) -> None:
    lat, lon = outline.mean(axis=0).tolist()
    number, street = tags.get("addr:housenumber"), tags.get("addr:street")
    digits = "".join(mark for mark in (number or "").split("-")[0] if mark.isdecimal())
    if number and street and digits:
        reading.houses.append((folded(street), int(digits[:9]), number, lat, lon))
    name = tags.get("name")
    if not name:
        return
    quarter = tags.get("place")
    if quarter is not None:
        importance = _QUARTER_IMPORTANCE.get(quarter, 0.4)
        kind = PlaceKind.QUARTER
    elif any(key in tags for key in _SITES):
        importance, kind = 0.1, PlaceKind.SITE
    else:
        return
    reading.sites.append(_Entry(_found(kind, name, lat, lon, outline), importance, " ".join(_other_names(tags))))


def _found(kind: PlaceKind, name: str, lat: float, lon: float, outline: Points, reach_m: float = 0.0) -> FoundPlace:
    south, west = outline.min(axis=0).tolist()
    north, east = outline.max(axis=0).tolist()
    if max(north - south, east - west) < _SITE_BBOX_DEG:
        half = _SITE_BBOX_DEG / 2
        south, west, north, east = lat - half, lon - half, lat + half, lon + half
    return FoundPlace(
        kind=kind, name=name, position=Position(lat, lon), bbox=(west, south, east, north), reach_m=reach_m
    )


def _street_entries(reading: _Reading) -> Iterator[_Entry]:
    for name, pieces in reading.streets.items():
        for group in grouped(pieces.lines):
            lines = [pieces.lines[number] for number in group]
            middle, reach_m = middle_of(lines)
            metres = sum(float(distance_m(line[:-1], line[1:]).sum()) for line in lines)
            importance = pieces.importance + 0.1 * math.log10(1.0 + metres / 100.0)
            place = _found(PlaceKind.STREET, name, float(middle[0]), float(middle[1]), np.concatenate(lines), reach_m)
            yield _Entry(place, importance, " ".join(sorted(pieces.other)))


def _other_names(tags: osmium.osm.TagList) -> set[str]:
    return {tags[key] for key in _OTHER_NAMES if key in tags}


def _write(
    index: sqlite3.Connection,
    entries: Sequence[_Entry],
    zones: Sequence[Zone],
    houses: Sequence[tuple[str, int, str, float, float]],
) -> None:
    names = {zone.zone_id: zone.name for zone in zones}
    for place_id, entry in enumerate(entries, start=1):
        place = entry.place
        zone_id = zone_at(zones, place.position)
        detail = names[zone_id] if zone_id is not None else ""
        row = (place_id, place.kind.value, place.name, folded(place.name), detail, place.position.lat)
        rest = (place.position.lon, *place.bbox, place.reach_m, entry.importance)
        index.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *rest))
        words = (place_id, folded(place.name), folded(entry.other), folded(detail))
        index.execute("INSERT INTO place_words (rowid, name, other, detail) VALUES (?, ?, ?, ?)", words)
    index.executemany("INSERT INTO house VALUES (?, ?, ?, ?, ?)", houses)
