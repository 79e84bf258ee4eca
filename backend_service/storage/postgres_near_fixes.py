"""Fixes near a place in the partitions of PostgreSQL: what `near_in_files` is for SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from backend_service.storage.day_files import Row
from backend_service.storage.near_fixes import AFTER, BEFORE_S, Passage, Searched, Sighting
from backend_service.storage.postgres_connections import Connection, fetched

# Ids are compared by their bytes, as the caller ordered them.
_SEEN: LiteralString = """
SELECT vehicle, fix_at FROM fixes
WHERE fix_at >= %(since_at)s AND fix_at < %(until_at)s AND lat BETWEEN %(south)s AND %(north)s
    AND lon BETWEEN %(west)s AND %(east)s
    AND vehicle COLLATE "C" >= %(first)s AND vehicle COLLATE "C" <= %(last)s
"""
_AROUND: LiteralString = """
WITH passage AS (SELECT * FROM unnest(%s::text[], %s::float8[], %s::float8[], %s::float8[])
    AS passage (name, from_at, until_at, ends_at))
SELECT vehicle, fix_at, lat, lon, accuracy_m FROM passage JOIN fixes
    ON vehicle = name AND fix_at >= from_at AND fix_at <= until_at
UNION ALL
SELECT behind.* FROM passage, LATERAL (
    SELECT vehicle, fix_at, lat, lon, accuracy_m FROM fixes
    WHERE vehicle = name AND fix_at > until_at AND fix_at < ends_at ORDER BY fix_at LIMIT %s) AS behind
"""


def seen_in(connection: Connection, searched: Searched) -> list[Sighting]:
    """Return when vehicles were in the box."""
    bounds = {"since_at": searched.since_at, "until_at": searched.until_at}
    ids = {"first": searched.first, "last": searched.last}
    return [(row[0], row[1]) for row in fetched(connection, _SEEN, searched.box._asdict() | bounds | ids)]


def around(connection: Connection, passages: Sequence[Passage]) -> list[Row]:
    """Return (vehicle, fix_at, lat, lon, accuracy_m) of the fixes of passages, and of `AFTER` fixes behind each."""
    if not passages:
        return []
    columns = [list(column) for column in zip(*passages, strict=True)]
    names, from_at, until_at, ends_at = columns
    before_at = [at - BEFORE_S for at in from_at]
    return fetched(connection, _AROUND, (names, before_at, until_at, ends_at, AFTER))
