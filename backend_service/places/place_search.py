"""Finds streets and places in a city's index by the beginnings of their words.

What is typed is matched without regard to accents, case and the order of words. Results are ranked by how well the
name fits, how important the place is, and how near it lies to where the asker looks. Where nothing fits, the nearest
spellings are offered.
"""

from __future__ import annotations

import asyncio
import difflib
import logging
import math
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from backend_service.places.index_building import INDEX_VERSION, build_place_index
from core.addresses import bare_name
from core.fleet.zone import Zone
from core.geodesy import METRES_PER_DEGREE
from core.places import FoundPlace, PlaceKind, folded
from core.refusals import Fault, Refusal
from core.vocabulary import Position

MOST_RESULTS = 50
LONGEST_QUERY = 200
_MOST_WORDS = 8
_NEAR_M = 3_000.0
"""At this distance nearness counts half of what it counts on the spot."""
_NAME_FITS, _NAME_BEGINS, _NEARNESS = 1.0, 0.5, 0.6
_ALIKE = 0.72
"""Least likeness (difflib) of a spelling that is offered."""

_RANKED = """
SELECT kind, name, detail, lat, lon, west, south, east, north, reach_m,
    importance
    + CASE WHEN folded = :text THEN :fits WHEN folded LIKE :text || '%' THEN :begins ELSE 0 END
    + :nearness / (1 + ((lat - :lat) * (lat - :lat) + (lon - :lon) * (lon - :lon) * :narrow) / :near2) AS fit
FROM {source} ORDER BY fit DESC, name, place_id LIMIT :limit
"""
_BY_WORDS = _RANKED.format(
    source="place WHERE place_id IN (SELECT rowid FROM place_words WHERE place_words MATCH :words)"
)
_BY_NAME = _RANKED.format(source="place WHERE folded IN (SELECT value FROM json_each(:names))")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """A house number and where it is, and how it is written."""

    number: int
    label: str
    position: Position


class PlaceSearch:
    """Searches one city; its index is built at the first question if the city has none of this version.

    Parameters
    ----------
    osm_file : Path
        The city's streets.
    zones : sequence of Zone
    index : Path
        Where the index is, or will be.
    """

    def __init__(self, osm_file: Path, zones: Sequence[Zone], index: Path) -> None:
        self._osm_file = osm_file
        self._zones = zones
        self._index = index
        self._turn = asyncio.Lock()
        self._is_built = False
        self._spellings: dict[str, list[str]] = {}

    async def search(self, query: str, *, near: Position | None = None, limit: int = 10) -> tuple[FoundPlace, ...]:
        """Return places whose words begin as those of `query` do, best first; else such as are spelt alike.

        Parameters
        ----------
        near : Position, optional
            Where the asker looks.
        limit : int
            From 1 to `MOST_RESULTS`.

        Raises
        ------
        Refusal
            ``places.query_empty``, 422; ``places.query_too_long``, 400.
        Fault
            ``places.unavailable``, if the index can neither be read nor built.
        """
        if len(query) > LONGEST_QUERY:
            raise Refusal("places.query_too_long", f"{LONGEST_QUERY} letters are the most.", status=400)
        text = folded(query)
        if not text:
            raise Refusal("places.query_empty", "Say what to look for.")
        limit = max(1, min(limit, MOST_RESULTS))
        await self.prepare()
        found = await self._read(_BY_WORDS, text, near, limit, words=_match_expression(text))
        return found or await self.spelt_alike(text, near=near, limit=limit)

    async def named(self, names: Sequence[str], *, limit: int = MOST_RESULTS) -> tuple[FoundPlace, ...]:
        """Return the places with exactly one of these folded names, the most important first; errors as `search`."""
        await self.prepare()
        return await self._read(_BY_NAME, names[0] if names else "", None, limit, names=names)

    async def spelt_alike(self, text: str, *, near: Position | None = None, limit: int = 5) -> tuple[FoundPlace, ...]:
        """Return the places whose names are spelt most like the folded `text`, kind of way aside; most alike first."""
        await self.prepare()
        bare = bare_name(text)
        alike = await asyncio.to_thread(difflib.get_close_matches, bare, self._spellings, limit, _ALIKE)
        names = [name for spelling in alike for name in self._spellings[spelling]]
        found = await self._read(_BY_NAME, text, near, MOST_RESULTS, names=names) if names else ()
        return tuple(sorted(found, key=lambda place: alike.index(bare_name(folded(place.name)))))[:limit]

    async def houses(self, street: str) -> tuple[House, ...]:
        """Return the known house numbers of all streets with this folded name, by number; errors as `search`."""
        await self.prepare()
        asked = "SELECT number, label, lat, lon FROM house WHERE street = :street ORDER BY number"
        rows = await asyncio.to_thread(self._rows, asked, {"street": street})
        return tuple(House(number, label, Position(lat, lon)) for number, label, lat, lon in rows)

    async def prepare(self) -> None:
        """Return when the index is there; errors as `search`."""
        if self._is_built:
            return
        async with self._turn:
            if not self._is_built:
                await asyncio.to_thread(self._ensure)
                self._is_built = True

    def _ensure(self) -> None:
        if self._version() != INDEX_VERSION:
            try:
                counts = build_place_index(self._osm_file, self._zones, self._index)
            except (OSError, RuntimeError, sqlite3.Error) as error:
                raise Fault("places.unavailable", f"The search for places cannot be built: {error}") from error
            logger.info("noted %d streets, %d places, %d houses", counts.streets, counts.places, counts.houses)
        for (name,) in self._rows("SELECT DISTINCT folded FROM place ORDER BY folded", {}):
            self._spellings.setdefault(bare_name(name), []).append(name)

    def _version(self) -> int:
        if not self._index.is_file():
            return 0
        try:
            return int(self._rows("PRAGMA user_version", {})[0][0])
        except Fault:
            return 0

    async def _read(
        self, sql: str, text: str, near: Position | None, limit: int, *, words: str = "", names: Sequence[str] = ()
    ) -> tuple[FoundPlace, ...]:
        spot = near or Position(0.0, 0.0)
        numbers = {
            "text": text.replace("%", ""),
            "fits": _NAME_FITS,
            "begins": _NAME_BEGINS,
            "nearness": _NEARNESS if near else 0.0,
            "lat": spot.lat,
            "lon": spot.lon,
            "narrow": math.cos(math.radians(spot.lat)) ** 2,
            "near2": (_NEAR_M / METRES_PER_DEGREE) ** 2,
            "limit": limit,
        }
        chosen = {"words": words} if words else {"names": msgspec.json.encode(names).decode()}
        rows = await asyncio.to_thread(self._rows, sql, numbers | chosen)
        return tuple(_place(row) for row in rows)

    def _rows(self, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        try:
            with closing(sqlite3.connect(f"{self._index.as_uri()}?mode=ro", uri=True)) as index:
                return index.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise Fault("places.unavailable", f"The search for places does not answer: {error}") from error


def _match_expression(text: str) -> str:
    """Return the FTS5 question for places with a word beginning as each of these; quotes keep operators words."""
    return " ".join(f'"{word}"*' for word in text.split()[:_MOST_WORDS])


def _place(row: tuple[Any, ...]) -> FoundPlace:
    kind, name, detail, lat, lon, west, south, east, north, reach_m, _ = row
    return FoundPlace(
        kind=PlaceKind(kind),
        name=name,
        detail=detail,
        position=Position(lat, lon),
        bbox=(west, south, east, north),
        reach_m=reach_m,
    )
