"""How arrivals along routes came out beside what plans foretold, and the band that is honest after it.

A plan adds up drives, kitchens and doors. It does not know the orders that are put in before, the driver who declines,
the kitchen that says nothing; so it is early, and too sure, the more the farther the door. What became of earlier plans
knows: in each situation the errors, in standard deviations of the plan's own forecast, tell how far its middle and
either side of it have to be moved. Orders still under way count as later than so far (`core.eta.survival`).

Before anything came true bands are wide on purpose, towards later: `COLD` counts as so many cases.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from core.eta.arrival import Z90, Arrival
from core.eta.survival import quantiles
from core.vocabulary import Instant

LEAST_SD_S = 30.0
"""No plan is surer than this, seconds: errors of what is about to happen would count in hundreds of it."""

COLD_CASES = 20.0
_LEVELS = (0.1, 0.5, 0.9)
_NARROWEST = 0.3
_FARTHEST = 6.0


class Situation(StrEnum):
    """What lies between a forecast and the door: nothing, some stops, a driver's yes, or a driver at all."""

    NEXT = "next"
    ONE_STOP = "one stop"
    SOME_STOPS = "some stops"
    MANY_STOPS = "many stops"
    OFFERED = "offered"
    NOBODY = "nobody"


def situation_of(stops_before: int, *, has_driver: bool = True, is_accepted: bool = True) -> Situation:
    """Return the situation of an order with so many stops before its door."""
    if not has_driver:
        return Situation.NOBODY
    if not is_accepted:
        return Situation.OFFERED
    if stops_before == 0:
        return Situation.NEXT
    if stops_before == 1:
        return Situation.ONE_STOP
    return Situation.SOME_STOPS if stops_before <= 3 else Situation.MANY_STOPS


@dataclass(frozen=True, slots=True)
class Sides:
    """How far the middle lies from what a plan says, and how wide either side is: in its standard deviations."""

    middle: float
    sooner: float
    later: float


COLD = Sides(middle=0.25, sooner=1.0, later=2.0)
"""What holds before anything came true."""


@dataclass(frozen=True, slots=True)
class CaseError:
    """How much later than its plan an order came, in the plan's standard deviations; if not `is_known`, at least."""

    amount: float
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class RouteErrors:
    """What was learned up to a moment; does not change.

    Parameters
    ----------
    sides : mapping
        Of the situations of which anything is known.
    """

    sides: Mapping[Situation, Sides] = field(default_factory=dict)

    def told(self, situation: Situation, planned: Arrival, now: Instant) -> Arrival:
        """Return the arrival to tell where a plan has `planned`; it is not over before `now`."""
        sides, sd_s = self.sides.get(situation, COLD), max(planned.sd_s, LEAST_SD_S)
        middle_at = max(now, planned.mean_at + sides.middle * sd_s)
        return Arrival(middle_at, sides.sooner * sd_s, sides.later * sd_s, planned.known_share)


def error_of(planned: Arrival, came_at: Instant) -> float:
    """Return how much later than planned an arrival was, in standard deviations of the plan."""
    return (came_at - planned.mean_at) / max(planned.sd_s, LEAST_SD_S)


def sides_of(cases: Sequence[CaseError], supposed: Sides = COLD, farthest: float = _FARTHEST) -> Sides:
    """Return middle and sides that these cases ask for, beside what is supposed before any.

    No error counts as more than `farthest`.
    """
    before = _errors_if(supposed)
    known = np.array([True] * len(before) + [case.is_known for case in cases])
    errors = np.clip(np.concatenate([before, [case.amount for case in cases]]), -farthest, farthest)
    weights = np.concatenate([np.full(len(before), COLD_CASES / len(before)), np.ones(len(cases))])
    low, middle, high = quantiles(errors, weights, known, _LEVELS)
    return Sides(
        middle=middle,
        sooner=max((middle - low) / Z90, _NARROWEST),
        later=max((high - middle) / Z90, _NARROWEST),
    )


def _errors_if(sides: Sides) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return errors as they would be if `sides` were right: 20 of equal weight, at the middles of their shares."""
    return np.concatenate([sides.middle - sides.sooner * _NORMAL[::-1], sides.middle + sides.later * _NORMAL])


_NORMAL = np.array([0.0627, 0.1891, 0.3186, 0.4538, 0.5978, 0.7554, 0.9346, 1.1503, 1.4395, 1.9600])
