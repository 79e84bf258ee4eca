"""The way of a batch of fixes from a door to what it means, as a list of steps one can read.

    identified at the door -> believable one by one -> in order -> not seen before
    -> not numbered before -> reachable                                                                     (`STEPS`)
    -> on disk, and only then acknowledged -> live positions                     (`backend_service.ingestion.intake`)
    -> crossings -> arrivals -> departures -> driving -> disruptions -> traffic                           (`Meaning`)

Each row that drops out is marked with the `Reason` of the step that dropped it. What a fix means is found out once it
is on disk, so that no bug there loses one. A fix is put on a street where somebody asks for that: when a track is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from core.telemetry.fix_batch import FixBatch, Mask
from core.telemetry.plausibility import CHECKS, Anchor, Doubted, PlausibilityLimits, Reason, impossible_jumps

REASONS: tuple[Reason, ...] = tuple(Reason)
ACCEPTED = -1
"""The verdict on a row that passed every step; any other verdict is an index into `REASONS`."""

RESENT_WITHIN_S = 600.0
"""A device or a gateway that sends a message again and stamps it anew does so within this; later its numbers may have
begun anew."""

type Numbered = tuple[str, str, float, float, float]
"""Vehicle, device, the device's own number of the fix, and its place: what stays when a fix is stamped anew."""


def _never(numbered: Numbered, fix_at: float) -> bool:
    return False


class Meaning(IntEnum):
    """What is found out from fixes on disk, in this order, whoever began to listen first."""

    CROSSINGS = 1
    ARRIVALS = 2
    DEPARTURES = 3
    DRIVING = 4
    DISRUPTIONS = 5
    TRAFFIC = 6


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the steps need to know beyond the batch.

    Parameters
    ----------
    limits : PlausibilityLimits
    was_seen : callable(vehicle, device, fix_at) -> bool
        Whether this fix was accepted before; of several devices each has its own.
    anchors : mapping of vehicle to the place where it was last believed to be
    was_numbered : callable(numbered, fix_at) -> bool
        Whether it was accepted under another time, not longer apart than `RESENT_WITHIN_S`.
    doubted : the last fixes of vehicles that were out of reach; kept from batch to batch
    """

    limits: PlausibilityLimits
    was_seen: Callable[[str, str, float], bool]
    anchors: Mapping[str, Anchor]
    was_numbered: Callable[[Numbered, float], bool] = _never
    doubted: MutableMapping[str, Doubted] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sifted:
    """What became of a batch.

    Parameters
    ----------
    accepted : FixBatch
        The rows that passed, ordered by vehicle, then by `fix_at`.
    verdicts : (n,) int, one per row as it came in: `ACCEPTED` or an index into `REASONS`
    """

    accepted: FixBatch
    verdicts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Passage:
    """Fixes on their way: those still in, in the order reached, and by `rows` their numbers in the batch."""

    fixes: FixBatch
    rows: NDArray[np.intp]
    verdicts: NDArray[np.int64]

    def without(self, failing: Mask, reason: Reason) -> _Passage:
        """Return the passage with the fixes of a mask taken out and marked."""
        if not failing.any():
            return self
        self.verdicts[self.rows[failing]] = REASONS.index(reason)
        return self.select(~failing)

    def select(self, rows: Mask | NDArray[np.intp]) -> _Passage:
        """Return the passage with the fixes that a mask or an index array names."""
        return _Passage(self.fixes.select(rows), self.rows[rows], self.verdicts)


type Step = Callable[[_Passage, Surroundings], _Passage]


def _believable_one_by_one(passage: _Passage, surroundings: Surroundings) -> _Passage:
    for reason, check in CHECKS:
        passage = passage.without(check(passage.fixes, surroundings.limits), reason)
    return passage


def _in_order(passage: _Passage, surroundings: Surroundings) -> _Passage:
    batch = passage.fixes
    # The place breaks ties, so that doubled fixes that differ are resolved alike in whatever order they came.
    order = np.lexsort((batch.lon, batch.lat, _numbers(batch.device), batch.fix_at, vehicle_numbers(batch)))
    return passage.select(order)


def _not_seen_before(passage: _Passage, surroundings: Surroundings) -> _Passage:
    batch = passage.fixes
    repeats = ~run_starts(batch)
    repeats[1:] &= (batch.fix_at[1:] == batch.fix_at[:-1]) & (batch.device[1:] == batch.device[:-1])
    names = zip(batch.vehicle.tolist(), batch.device.tolist(), batch.fix_at.tolist(), strict=True)
    seen = np.fromiter((surroundings.was_seen(*name) for name in names), dtype=np.bool_, count=len(batch))
    return passage.without(repeats | seen, Reason.DUPLICATE)


def _not_numbered_before(passage: _Passage, surroundings: Surroundings) -> _Passage:
    batch = passage.fixes
    if batch.sequence is None:
        return passage
    repeats = np.zeros(len(batch), dtype=np.bool_)
    told_at: dict[Numbered, float] = {}
    for row, numbered, fix_at in numbered_rows(batch):
        is_close = abs(fix_at - told_at.get(numbered, -np.inf)) < RESENT_WITHIN_S
        repeats[row] = is_close or surroundings.was_numbered(numbered, fix_at)
        told_at[numbered] = fix_at
    return passage.without(repeats, Reason.DUPLICATE)


def _reachable(passage: _Passage, surroundings: Surroundings) -> _Passage:
    batch = passage.fixes
    known, limits, doubted = surroundings.anchors, surroundings.limits, surroundings.doubted
    jumps = impossible_jumps(batch, run_starts(batch), known, limits, doubted)
    return passage.without(jumps, Reason.IMPOSSIBLE_JUMP)


STEPS: tuple[Step, ...] = (_believable_one_by_one, _in_order, _not_seen_before, _not_numbered_before, _reachable)


def sift(batch: FixBatch, surroundings: Surroundings) -> Sifted:
    """Return the fixes to accept, in order, and the verdict on every row of `batch`."""
    passage = _Passage(batch, np.arange(len(batch)), np.full(len(batch), ACCEPTED, dtype=np.int64))
    for step in STEPS:
        if not len(passage.rows):
            break
        passage = step(passage, surroundings)
    return Sifted(passage.fixes, passage.verdicts)


def numbered_rows(batch: FixBatch) -> Iterator[tuple[int, Numbered, float]]:
    """Yield the rows that tell the device's own number: row, what stays when it is stamped anew, and its time."""
    if batch.sequence is None:
        return
    for row in np.flatnonzero(np.isfinite(batch.sequence)).tolist():
        place = float(batch.lat[row]), float(batch.lon[row])
        yield row, (batch.vehicle[row], batch.device[row], float(batch.sequence[row]), *place), float(batch.fix_at[row])


def vehicle_numbers(batch: FixBatch) -> NDArray[np.int64]:
    """Return a number per row, equal for equal vehicles and rising with the vehicle's id: (n,)."""
    return _numbers(batch.vehicle)


def _numbers(column: NDArray[np.object_]) -> NDArray[np.int64]:
    names = column.tolist()
    numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    return np.fromiter((numbers[name] for name in names), dtype=np.int64, count=len(names))


def run_starts(batch: FixBatch) -> Mask:
    """Return the first row of each vehicle in a batch ordered by vehicle: (n,)."""
    starts = np.ones(len(batch), dtype=np.bool_)
    starts[1:] = batch.vehicle[1:] != batch.vehicle[:-1]
    return starts


def run_ends(batch: FixBatch) -> Mask:
    """Return the last row of each vehicle in a batch ordered by vehicle: (n,)."""
    ends = np.ones(len(batch), dtype=np.bool_)
    ends[:-1] = batch.vehicle[1:] != batch.vehicle[:-1]
    return ends
