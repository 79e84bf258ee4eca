"""Fixes near a place in the SQLite files of days: each file is scanned once, two at a time beside the interpreter."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from backend_service.storage.day_files import DayFiles, Row
from backend_service.storage.kept_days import DAY_S, day_begins_at
from backend_service.storage.near_fixes import AFTER, BEFORE_S, Passage, Searched, Sighting
from backend_service.storage.sqlite_faults import fault_of
from core.vocabulary import Instant

FILES_AT_ONCE = 2

_SEEN = """
SELECT vehicle, fix_at FROM fixes WHERE vehicle BETWEEN ? AND ? AND lat BETWEEN ? AND ? AND lon BETWEEN ? AND ?
    AND fix_at >= ? AND fix_at < ?
"""
_NARROW = "SELECT vehicle, fix_at, lat, lon, accuracy_m FROM fixes WHERE vehicle = :vehicle AND fix_at"
_AROUND = f"""
SELECT * FROM ({_NARROW} >= :before_at AND fix_at < :from_at ORDER BY fix_at DESC LIMIT 1)
UNION ALL {_NARROW} BETWEEN :from_at AND :until_at
UNION ALL SELECT * FROM ({_NARROW} > :until_at AND fix_at < :ends_at ORDER BY fix_at LIMIT :more)
"""  # noqa: S608 - constants only


def seen_in(days: DayFiles, searched: Searched) -> list[Sighting]:
    """Return when vehicles were in the box; faults as in `DayFiles.select`."""
    box = searched.box
    place = (box.south, box.north, box.west, box.east)
    arguments = (searched.first, searched.last, *place, searched.since_at, searched.until_at)

    def scanned(file: Path) -> list[Row]:
        return days.select(file, _SEEN, arguments)

    with ThreadPoolExecutor(FILES_AT_ONCE, thread_name_prefix="near-fixes") as threads:
        return [(row[0], row[1]) for rows in threads.map(scanned, _files(days, searched)) for row in rows]


def around(days: DayFiles, passages: Sequence[Passage]) -> list[Row]:
    """Return (vehicle, fix_at, lat, lon, accuracy_m) of the fixes of passages, and of `AFTER` fixes behind each."""
    if not passages:
        return []
    first = min(passage.from_at for passage in passages) - BEFORE_S
    last = max(passage.ends_at for passage in passages)
    rows: list[Row] = []
    missing = dict.fromkeys(passages, AFTER)
    for file in days.between(first, last):
        with days.reading(file) as database:
            if database is not None:
                rows += _around_in(database, day_begins_at(file.stem.removeprefix("fixes-")), missing)
    return rows


def _around_in(database: sqlite3.Connection, begins_at: Instant, missing: dict[Passage, int]) -> list[Row]:
    """Return what one day holds of passages, and take off what is `missing` behind them."""
    rows: list[Row] = []
    try:
        for passage, more in missing.items():
            if passage.from_at - BEFORE_S >= begins_at + DAY_S or (passage.until_at < begins_at and not more):
                continue
            asked = {**passage._asdict(), "before_at": passage.from_at - BEFORE_S, "more": more}
            found = database.execute(_AROUND, asked).fetchall()
            missing[passage] = more - sum(row[1] > passage.until_at for row in found)
            rows += found
    except sqlite3.Error as error:
        raise fault_of(error, "fixes") from error
    return rows


def _files(days: DayFiles, searched: Searched) -> list[Path]:
    return days.between(searched.since_at, searched.until_at)
