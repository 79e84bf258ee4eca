"""A fence that senders drive into and out of, and whether every crossing of it is in the log once.

Where a vehicle is depends on the time of its fix alone, so that what was acknowledged says what must have been crossed.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import httpx

from backend_service.audit.verification import LOG_FILE
from backend_service.chaos.verdict import broken_sentences
from core.geodesy import METRES_PER_DEGREE
from core.vocabulary import Instant

CENTRE_LAT, CENTRE_LON = -29.9, -71.25
RADIUS_M = 100.0
CONFIRM_FIXES = 2
AWAY_M = 220.0
"""Beyond the fence's margin, and as far as a fix may be from the one a millisecond before."""

SIDE_S = 1.5
"""So long vehicles stay on one side."""

RECORDED_WITHIN_S = 60.0
_LOOK_S = 0.1
_FENCE = "crossed-again-and-again"
_ENTERED, _EXITED, _REFUTED = "GeofenceEntered", "GeofenceExited", "GeofenceCrossingRefuted"

type Crossed = tuple[str, str, float]
"""Vehicle, event type, and when, to the millisecond."""


def draw_fence(http: httpx.Client) -> None:
    """Draw the fence; fixes made from now on count."""
    centre = {"lat": CENTRE_LAT, "lon": CENTRE_LON}
    fence = {"fence_id": _FENCE, "name": _FENCE, "centre": centre, "radius_m": RADIUS_M}
    http.post("/api/v1/geofences", json=fence | {"confirm_fixes": CONFIRM_FIXES}).raise_for_status()
    time.sleep(_LOOK_S)  # a sender's first fixes are dated some milliseconds back


def is_inside(fix_at: Instant) -> bool:
    """Say whether vehicles are in the fence at an instant."""
    return int(fix_at / SIDE_S) % 2 == 0


def lat_at(fix_at: Instant) -> float:
    """Return the latitude of every vehicle at an instant, degrees."""
    return CENTRE_LAT if is_inside(fix_at) else CENTRE_LAT + AWAY_M / METRES_PER_DEGREE


def crossings_of(fixes: Iterable[tuple[str, Instant]]) -> list[Crossed]:
    """Return what fixes of vehicles, in any order, must have crossed: dated by the first fix on the other side."""
    found: list[Crossed] = []
    inside: dict[str, bool] = {}
    streaks: dict[str, list[Instant]] = {}
    for vehicle, fix_at in sorted(fixes):
        streak = streaks.setdefault(vehicle, [])
        if is_inside(fix_at) is inside.get(vehicle, False):
            streak.clear()
            continue
        streak.append(fix_at)
        if len(streak) == CONFIRM_FIXES:
            inside[vehicle] = not inside.get(vehicle, False)
            found.append((vehicle, _ENTERED if inside[vehicle] else _EXITED, round(streak[0], 3)))
            streak.clear()
    return found


def recorded_crossings(data_dir: Path) -> Counter[Crossed]:
    """Return how often the log in `data_dir` holds each crossing, also while a service writes it."""
    with closing(sqlite3.connect(f"file:{data_dir / LOG_FILE}?mode=ro", uri=True)) as log:
        rows = log.execute(
            "SELECT stream, type, occurred_at FROM events WHERE type IN (?, ?, ?)", (_ENTERED, _EXITED, _REFUTED)
        ).fetchall()
    return Counter((stream.removeprefix("vehicle/"), kind, round(at, 3)) for stream, kind, at in rows)


def wait_for_crossings(data_dir: Path, fixes: Iterable[tuple[str, Instant]]) -> None:
    """Return once the log of a running service holds what fixes crossed, or after `RECORDED_WITHIN_S`."""
    expected, deadline = set(crossings_of(fixes)), time.monotonic() + RECORDED_WITHIN_S
    while expected - recorded_crossings(data_dir).keys() and time.monotonic() < deadline:
        time.sleep(_LOOK_S)


def broken_crossings(
    acknowledged: Iterable[tuple[str, Instant]], kept: Iterable[tuple[str, Instant]], recorded: Mapping[Crossed, int]
) -> tuple[str, ...]:
    """Return a sentence for every crossing that is missing, doubled, refuted, or of no fix that is there.

    Parameters
    ----------
    acknowledged, kept : fixes; of those that are there some may not have been acknowledged
    """
    crossings = {crossed for crossed in recorded if crossed[1] != _REFUTED}
    checks = (
        ("crossings by acknowledged fixes are missing", sorted(set(crossings_of(acknowledged)) - crossings)),
        ("crossings are recorded twice", sorted(crossed for crossed, count in recorded.items() if count > 1)),
        ("crossings were made by no fix", sorted(crossings - set(crossings_of(kept)))),
        ("crossings were refuted, though every fix came in its turn", sorted(recorded.keys() - crossings)),
    )
    return broken_sentences(checks)
