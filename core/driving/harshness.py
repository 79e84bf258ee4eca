"""Harsh braking, acceleration and cornering between two fixes, confirmed by one before and one after.

Accelerations are those of the *told* speeds and headings: a receiver measures them by the Doppler shift, ten times
better than the difference of two positions. A change counts only if it lasts: the fix before has to lie on its one side
and the next one on its other, so that a single wrong speed says nothing; if the way between the fixes fits the speeds;
and if a road vehicle is able to it at all. Fixes too far apart in time say nothing either: a mean over long hides what
was harsh, and a heading may have gone round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.driving.driving_kinds import DrivingKind
from core.driving.driving_policy import DrivingPolicy
from core.driving.lanes import Of, Run
from core.geodesy import short_distance_m
from core.telemetry.fix_batch import Column, Mask

SHORTEST_S, LONGEST_S, LONGEST_TURN_S, CONFIRMED_WITHIN_S = 0.5, 5.0, 3.0, 10.0
LEAST_CHANGE_MPS = 3.0
"""Trackers tell whole km/h; with two such errors a smaller change may be half as large."""

LEAST_TURN_DEG, LARGEST_TURN_DEG = 10.0, 120.0
POSSIBLE_BRAKING_MPS2, POSSIBLE_ACCELERATION_MPS2, POSSIBLE_CORNERING_MPS2 = 11.0, 8.0, 11.0
"""Tyres on a dry street hold little more than 1 g, and no delivery vehicle has the engine for more than 0.8 g."""

NOISE_M = 12.0
"""How much longer than driven the distance of two fixes may be: their errors of a few metres, seldom more."""

SHORTEST_SHARE = 0.4
"""How much shorter: straight across a sharp bend. A vehicle that tells a speed and stays where it is has not driven."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Rows of a run at which something was harsh, its values, and the threshold: `rows` is where the change ended."""

    kind: DrivingKind
    rows: np.ndarray[tuple[int], np.dtype[np.intp]]
    values: Column
    threshold: float


def harsh(run: Run, policy: DrivingPolicy) -> Iterator[Hits]:
    """Yield what is harsh in a run; each change is judged once, when the fix that confirms it comes."""
    last = np.flatnonzero(run.follows(3) & run.is_fresh)
    if not len(last):
        return
    earlier, before, here, after = (run.fixes[last - back] for back in (3, 2, 1, 0))
    seconds = here[:, Of.AT] - before[:, Of.AT]
    is_timely = (seconds >= SHORTEST_S) & (seconds <= LONGEST_S)
    for one, other in ((earlier, before), (here, after)):
        is_timely &= other[:, Of.AT] - one[:, Of.AT] <= CONFIRMED_WITHIN_S
    fits = is_timely & _fits_the_way(before, here, after)
    change = here[:, Of.SPEED_MPS] - before[:, Of.SPEED_MPS]
    began, ended = (two[:, Of.SPEED_MPS] - one[:, Of.SPEED_MPS] for one, two in ((earlier, here), (before, after)))
    lasts = _lasts(change, began, ended)
    fast = np.fmax(before[:, Of.SPEED_MPS], here[:, Of.SPEED_MPS]) >= policy.least_speed_mps
    counts = fits & lasts & fast & (np.abs(change) >= LEAST_CHANGE_MPS)
    rate = np.divide(change, seconds, out=np.zeros_like(change), where=is_timely)
    for kind, values, threshold, possible in (
        (DrivingKind.HARSH_BRAKING, -rate, policy.braking_mps2, POSSIBLE_BRAKING_MPS2),
        (DrivingKind.HARSH_ACCELERATION, rate, policy.acceleration_mps2, POSSIBLE_ACCELERATION_MPS2),
    ):
        yield _hits(kind, last, counts, values, threshold, possible)
    lateral, turns = _lateral((earlier, before, here, after), seconds, is_timely)
    corners = fits & turns & (np.fmin(before[:, Of.SPEED_MPS], here[:, Of.SPEED_MPS]) >= policy.cornering_speed_mps)
    threshold, possible = policy.cornering_mps2, POSSIBLE_CORNERING_MPS2
    yield _hits(DrivingKind.HARSH_CORNERING, last, corners, lateral, threshold, possible)


def _hits(
    kind: DrivingKind,
    last: np.ndarray[tuple[int], np.dtype[np.intp]],
    counts: Mask,
    values: Column,
    threshold: float,
    possible: float,
) -> Hits:
    found = np.flatnonzero(counts & (values >= threshold) & (values <= possible))
    return Hits(kind, last[found] - 1, values[found], threshold)


def _lasts(change: Column, began: Column, ended: Column) -> Mask:
    """Say which changes are borne out by the fix before and by the one after: (n,)."""
    lasts: Mask = np.minimum(np.sign(change) * began, np.sign(change) * ended) >= 0.5 * np.abs(change)
    return lasts


def _fits_the_way(before: Column, here: Column, after: Column) -> Mask:
    """Say whether the way over three fixes is about as long as their speeds make it: (n,)."""
    expected = _driven_m(before, here) + _driven_m(here, after)
    metres = _metres(before, after)
    fits: Mask = (metres >= SHORTEST_SHARE * expected) & (metres <= NOISE_M + 1.3 * expected)
    return fits


def _driven_m(one: Column, other: Column) -> Column:
    speeds: Column = 0.5 * (one[:, Of.SPEED_MPS] + other[:, Of.SPEED_MPS])
    return speeds * (other[:, Of.AT] - one[:, Of.AT])


def _metres(one: Column, other: Column) -> Column:
    metres: Column = short_distance_m(one[:, Of.LAT : Of.LON + 1], other[:, Of.LAT : Of.LON + 1])
    return metres


def _lateral(four: tuple[Column, Column, Column, Column], seconds: Column, is_timely: Mask) -> tuple[Column, Mask]:
    """Return the lateral acceleration m/s² (n,), and which turns last."""
    earlier, before, here, after = four
    turn = _turned(before, here)
    lasts = _lasts(turn, _turned(earlier, here), _turned(before, after))
    speed = 0.5 * (before[:, Of.SPEED_MPS] + here[:, Of.SPEED_MPS])
    rate = np.divide(np.radians(np.abs(turn)), seconds, out=np.zeros_like(turn), where=is_timely)
    size = np.abs(turn)
    turns = lasts & (seconds <= LONGEST_TURN_S) & (size >= LEAST_TURN_DEG) & (size <= LARGEST_TURN_DEG)
    return speed * rate, turns


def _turned(one: Column, other: Column) -> Column:
    """Return the change of heading, degrees from -180 to 180: (n,)."""
    turned: Column = np.mod(other[:, Of.HEADING_DEG] - one[:, Of.HEADING_DEG] + 180.0, 360.0) - 180.0
    return turned
