"""A vehicle's track laid onto streets where asked, in as many questions as the street engine takes at once.

What the engine is not sure of, or cannot be asked about, stays where the receiver put it, and is marked so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend_service.streets.street_engine import StreetEngine
from core.geodesy import short_distance_m
from core.refusals import Fault
from core.telemetry.fix_batch import Column, FixBatch, Mask

MOST_AT_ONCE = 500
"""Of the thousand that the engine takes: a question of 500 is answered well within its time."""

LONGEST_GAP_S = 180.0
"""Between fixes further apart a vehicle may have been anywhere: a new question begins."""

FARTHEST_M = 60.0
LEAST_CONFIDENCE = 0.1
USUAL_ACCURACY_M = 10.0


@dataclass(frozen=True, slots=True)
class Snapped:
    """A track on streets, all (n,): `lat` and `lon` are those on the street where `is_snapped`, else the receiver's.

    `confidence` is from 0 to 1, of the whole way that a fix was matched with; nan for what was not matched.
    """

    lat: Column
    lon: Column
    is_snapped: Mask
    confidence: Column


async def snap(track: FixBatch, streets: StreetEngine) -> Snapped:
    """Return one vehicle's fixes, oldest first, on the streets they were driven on, as far as that can be told."""
    snapped = Snapped(
        track.lat.copy(), track.lon.copy(), np.zeros(len(track), dtype=np.bool_), np.full(len(track), np.nan)
    )
    for rows in _questions(track):
        await _snap_rows(track, rows, streets, snapped)
    return snapped


def _questions(track: FixBatch) -> Iterator[NDArray[np.intp]]:
    """Yield the rows to be asked about together: valid, one a second, without long gaps."""
    valid = np.flatnonzero(track.is_valid)
    seconds = np.floor(track.fix_at[valid])
    valid = valid[np.concatenate([[True], np.diff(seconds) > 0.0])] if len(valid) else valid
    breaks = np.flatnonzero(np.diff(track.fix_at[valid]) > LONGEST_GAP_S) + 1
    for stretch in np.split(valid, breaks):
        for start in range(0, len(stretch), MOST_AT_ONCE):
            part = stretch[start : start + MOST_AT_ONCE]
            if len(part) >= 2:
                yield part


async def _snap_rows(track: FixBatch, rows: NDArray[np.intp], streets: StreetEngine, snapped: Snapped) -> None:
    places = np.stack([track.lat[rows], track.lon[rows]], -1)
    accuracy = track.accuracy_m[rows]
    try:
        path = await streets.match(places, track.fix_at[rows], np.where(np.isnan(accuracy), USUAL_ACCURACY_M, accuracy))
    except Fault:
        return
    if path.degraded or not len(path.confidences):
        return
    confidence = float(path.confidences.min())
    snapped.confidence[rows] = confidence
    if confidence < LEAST_CONFIDENCE:
        return
    found = ~np.isnan(path.snapped[:, 0])
    found[found] = short_distance_m(places[found], path.snapped[found]) <= FARTHEST_M
    snapped.lat[rows[found]], snapped.lon[rows[found]] = path.snapped[found, 0], path.snapped[found, 1]
    snapped.is_snapped[rows[found]] = True
