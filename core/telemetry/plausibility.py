"""Which fixes can be believed: one named check per reason, each over a whole batch.

A check answers a mask of the rows that fail it. Rows are judged in the order of `CHECKS`, so each fix is counted under
the first reason that speaks against it. Whether a vehicle could have got there in time is `impossible_jumps`: it needs
the rows in order and the vehicles' last known places, and is run by `core.telemetry.pipeline` after sorting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from core.geodesy import short_distance_m
from core.telemetry.fix_batch import Column, FixBatch, Mask
from core.vocabulary import Instant


class Reason(StrEnum):
    """Why a fix was not accepted; stable, counted and told to the sender."""

    MALFORMED = "malformed"
    UNKNOWN_DEVICE = "unknown_device"
    FOREIGN_VEHICLE = "foreign_vehicle"
    RETIRED_DEVICE = "retired_device"
    NO_POSITION = "no_position"
    FEW_SATELLITES = "few_satellites"
    OUT_OF_RANGE = "out_of_range"
    NULL_ISLAND = "null_island"
    TOO_OLD = "too_old"
    FUTURE = "future"
    INACCURATE = "inaccurate"
    DUPLICATE = "duplicate"
    IMPOSSIBLE_JUMP = "impossible_jump"


@dataclass(frozen=True, slots=True)
class PlausibilityLimits:
    """How far a fix may be off before it is refused.

    Parameters
    ----------
    oldest_s : float
        Seconds behind the service's clock; phones buffer for hours under ground, not for days.
    future_s : float
        Seconds ahead of the service's clock.
    accuracy_m : float
        The worst 1 sigma accuracy that still says on which street a vehicle is.
    speed_mps : float
        The fastest that a road vehicle gets from one fix to the next.
    jump_m : float
        A distance that is always allowed: two fixes of a standing vehicle scatter this far between high buildings.
    satellites : int
        The fewest from which a receiver reckons a place, if it tells how many it saw; three give one at a known height.
    """

    oldest_s: float = 86_400.0
    future_s: float = 120.0
    accuracy_m: float = 500.0
    speed_mps: float = 70.0
    jump_m: float = 250.0
    satellites: int = 3

    def __post_init__(self) -> None:
        if min(self.oldest_s, self.future_s, self.accuracy_m, self.speed_mps) <= 0 or self.jump_m < 0:
            raise ValueError("limits are positive")


type Check = Callable[[FixBatch, PlausibilityLimits], Mask]


def has_no_position(batch: FixBatch, limits: PlausibilityLimits) -> Mask:
    """Return the rows whose device says itself that it had no position."""
    return ~batch.is_valid


def has_few_satellites(batch: FixBatch, limits: PlausibilityLimits) -> Mask:
    """Return the rows that were reckoned from fewer satellites than make a position; most devices tell no count."""
    if batch.satellites is None:
        return np.zeros(len(batch), dtype=np.bool_)
    mask: Mask = batch.satellites < limits.satellites
    return mask


def is_out_of_range(batch: FixBatch, limits: PlausibilityLimits) -> Mask:
    """Return the rows that are no place or no time at all; nan is neither."""
    is_place = (np.abs(batch.lat) <= 90.0) & (np.abs(batch.lon) <= 180.0)
    mask: Mask = ~(is_place & np.isfinite(batch.fix_at))
    return mask


def is_at_null_island(batch: FixBatch, limits: PlausibilityLimits) -> Mask:
    """Return the rows within about 100 m of 0, 0: what receivers send when they know nothing."""
    mask: Mask = (np.abs(batch.lat) < 0.001) & (np.abs(batch.lon) < 0.001)
    return mask


def is_too_old(batch: FixBatch, limits: PlausibilityLimits) -> Mask:
    """Return the rows from longer ago than anything here still depends on."""
    mask: Mask = batch.fix_at < batch.received_at - limits.oldest_s
    return mask


def is_in_the_future(batch: FixBatch, limits: PlausibilityLimits) -> Mask:
    """Return the rows of devices whose clock is wrong by more than a moment."""
    mask: Mask = batch.fix_at > batch.received_at + limits.future_s
    return mask


def is_inaccurate(batch: FixBatch, limits: PlausibilityLimits) -> Mask:
    """Return the rows too vague to say where; unknown accuracy is given the benefit of the doubt."""
    mask: Mask = (batch.accuracy_m > limits.accuracy_m) | (batch.accuracy_m < 0.0)
    return mask


CHECKS: tuple[tuple[Reason, Check], ...] = (
    (Reason.NO_POSITION, has_no_position),
    (Reason.FEW_SATELLITES, has_few_satellites),
    (Reason.OUT_OF_RANGE, is_out_of_range),
    (Reason.NULL_ISLAND, is_at_null_island),
    (Reason.TOO_OLD, is_too_old),
    (Reason.FUTURE, is_in_the_future),
    (Reason.INACCURATE, is_inaccurate),
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where and when a vehicle was last believed to be: degrees and epoch seconds."""

    lat: float
    lon: float
    fix_at: Instant


CONVINCING_FIXES = 3
"""So many fixes in a row that were out of reach, but in reach of each other: it was the one before that was wrong."""

type Doubted = tuple[Anchor, ...]
"""The last fixes of a vehicle, in a row, that were out of reach and agree with each other."""


def impossible_jumps(
    batch: FixBatch,
    starts: Mask,
    anchors: Mapping[str, Anchor],
    limits: PlausibilityLimits,
    doubted: MutableMapping[str, Doubted],
) -> Mask:
    """Return the rows that no vehicle could have reached from its last believable fix.

    Where `CONVINCING_FIXES` in a row agree with each other and not with it, the last of them is believed, and what
    comes after is measured from there: a wild first fix shuts nobody out.

    The whole batch is measured at once from row to row; only vehicles with a suspicious row are walked through one
    by one, because behind an outlier the next row has to be measured from the row before it.

    Parameters
    ----------
    batch : FixBatch
        Ordered by vehicle, then by `fix_at`.
    starts : (n,) mask of the first row of each vehicle
    anchors : last believed place by vehicle; a vehicle not named is new
    limits : PlausibilityLimits
    doubted : by vehicle; brought up to date here
    """
    mask = np.zeros(len(batch), dtype=np.bool_)
    lat, lon, fix_at = _previous(batch, starts, anchors)
    suspicious = _is_jump(lat, lon, fix_at, batch, limits)
    if not suspicious.any():
        _trust(batch.vehicle[starts], doubted)
        return mask
    runs = np.cumsum(starts) - 1
    wild = np.unique(runs[suspicious])
    _trust(np.delete(batch.vehicle[starts], wild), doubted)
    for run in wild:
        rows = np.flatnonzero(runs == run)
        name = batch.vehicle[rows[0]]
        mask[rows], left = _walk(batch.select(rows), anchors.get(name), limits, doubted.pop(name, ()))
        if left:
            doubted[name] = left
    return mask


def _trust(vehicles: NDArray[np.object_], doubted: MutableMapping[str, Doubted]) -> None:
    """Forget the doubts about vehicles of which every row was in reach."""
    if doubted:
        for name in vehicles.tolist():
            doubted.pop(name, None)


def _previous(batch: FixBatch, starts: Mask, anchors: Mapping[str, Anchor]) -> tuple[Column, Column, Column]:
    lat, lon, fix_at = np.roll(batch.lat, 1), np.roll(batch.lon, 1), np.roll(batch.fix_at, 1)
    for row in np.flatnonzero(starts):
        anchor = anchors.get(batch.vehicle[row])
        lat[row], lon[row], fix_at[row] = (
            (batch.lat[row], batch.lon[row], batch.fix_at[row])
            if anchor is None
            else (anchor.lat, anchor.lon, anchor.fix_at)
        )
    return lat, lon, fix_at


def _is_jump(lat: Column, lon: Column, fix_at: Column, batch: FixBatch, limits: PlausibilityLimits) -> Mask:
    metres = short_distance_m(np.stack([lat, lon], -1), np.stack([batch.lat, batch.lon], -1))
    mask: Mask = metres > limits.jump_m + limits.speed_mps * np.abs(batch.fix_at - fix_at)
    return mask


def _walk(run: FixBatch, anchor: Anchor | None, limits: PlausibilityLimits, doubted: Doubted) -> tuple[Mask, Doubted]:
    mask = np.zeros(len(run), dtype=np.bool_)
    for row in range(len(run)):
        here = Anchor(float(run.lat[row]), float(run.lon[row]), float(run.fix_at[row]))
        if anchor is not None and _jumps(anchor, here, limits):
            doubted = _doubted_with(doubted, here, limits)
            mask[row] = len(doubted) < CONVINCING_FIXES
        if not mask[row]:
            anchor, doubted = here, ()
    return mask, doubted


def _doubted_with(doubted: Doubted, here: Anchor, limits: PlausibilityLimits) -> Doubted:
    """Return the fixes in a row that agree, with another one; one that is sent again is no further word."""
    if any(one.fix_at == here.fix_at for one in doubted):
        return doubted
    agrees = bool(doubted) and not _jumps(doubted[-1], here, limits)
    return (*doubted, here) if agrees else (here,)


def _jumps(before: Anchor, here: Anchor, limits: PlausibilityLimits) -> bool:
    metres = float(short_distance_m(np.array([before.lat, before.lon]), np.array([here.lat, here.lon])))
    return metres > limits.jump_m + limits.speed_mps * abs(here.fix_at - before.fix_at)
