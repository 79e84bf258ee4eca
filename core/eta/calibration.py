"""Keeps an interval's promise: moves it, slice by slice, until as many arrivals lie outside as were announced.

A model's 10th, 50th and 90th percentiles are estimates, and traffic has days that the model never saw. Before operation
the ends are set by split-conformal prediction on days that the model was not trained on (V. Vovk and others,
"Algorithmic Learning in a Random World"; Y. Romano and others, "Conformalized Quantile Regression", 2019). In operation
two things follow what arrives:

- the middle, and both ends of each horizon, take the quantiles that the model's own errors of the last minutes had,
  those of drives still under way included (`core.eta.survival`). It is the model that is measured, not what was told:
  so it may be quick, either way, and does not swing however late the arrivals are;
- what is left moves the ends of each horizon and zone by small steps, by the gradient of the pinball loss, which drives
  the share of misses in each slice to what was announced whatever the traffic does (I. Gibbs and E. Candes, "Adaptive
  Conformal Inference Under Distribution Shift", 2021; the slices as in A. Ramalingam and others, 2025).

Everything here lives on the logarithm of the ratio to what streets say, see `core.eta.features.ratio`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.eta.recent_flow import Column
from core.eta.recent_outcomes import Followed
from core.eta.survival import quantiles
from core.vocabulary import Instant

TAIL = 0.1
"""The share of arrivals announced to lie beyond either end."""

HORIZONS_S = (300.0, 900.0, 1800.0)
"""Where one horizon ends and the next begins, by the forecast's middle."""

_NARROWEST = 0.02
_LEAST_REALISED = 200
_FARTHEST_TRIM = 1.0
_HALVINGS = 12
_LEAST_SIDE = 0.1
"""A side is never less than this share of what the model says."""

_USUAL = np.array([-2.2, -1.4, -1.0, -0.7, -0.45, -0.2, 0.0, 0.2, 0.45, 0.7, 1.0, 1.4, 2.2])
_USUAL_WEIGHTS = np.array([0.04, 0.04, 0.06, 0.1, 0.1, 0.1, 0.12, 0.1, 0.1, 0.1, 0.06, 0.04, 0.04])
"""Errors as they would be if the ends were right, in sides: a tenth beyond either."""


class CalibrationPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How quickly the middle and the ends follow what arrives.

    A forecast counts half after a half-life: the one that leaves `enough` of them, from `shortest_half_life_s` where
    many are made to `longest_half_life_s` where few are. `usual` forecasts that came out as the model says count beside
    them; one of another horizon counts `other_horizon`. `slice_step` is the step of a slice's ends per realised
    forecast, log-units. The middle moves by `farthest` at most, and an end is drawn out by `widest`, log-units: on days
    half as slow again the ends of a few forecasts lay years away otherwise.

    Raises
    ------
    ValueError
        If a time is not positive, a step above 0.5, which would jump about, or something is negative.
    """

    shortest_half_life_s: float = 120.0
    longest_half_life_s: float = 21_600.0
    enough: float = 100.0
    usual: float = 12.0
    other_horizon: float = 0.5
    slice_step: float = 0.005
    farthest: float = 1.2
    widest: float = 1.5

    def __post_init__(self) -> None:
        if not 0.0 < self.shortest_half_life_s <= self.longest_half_life_s:
            raise ValueError("half-lives are positive, the shortest at most the longest")
        if not 0.0 <= self.slice_step <= 0.5:
            raise ValueError("a step lies within 0 and 0.5")
        if min(self.enough, self.usual, self.other_horizon, self.farthest, self.widest) < 0.0 or self.usual == 0.0:
            raise ValueError("counts, shares and bounds are not negative, and the usual counts for something")


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Percentiles of n forecasts, each (n,): of the logarithm of a ratio, or of seconds."""

    p10: Column
    p50: Column
    p90: Column

    def __len__(self) -> int:
        return len(self.p50)


def horizon_of(seconds: Column) -> NDArray[np.int64]:
    """Return the number of the horizon that each duration (n,) lies in: below 5, 15, 30 minutes, and beyond."""
    number: NDArray[np.int64] = np.searchsorted(np.array(HORIZONS_S), seconds, side="right").astype(np.int64)
    return number


class Offsets(msgspec.Struct):
    """How much wider, in log-units, the lower and the upper side of a slice is than the model says."""

    lower: float = 0.0
    upper: float = 0.0


def _no_offsets() -> list[Offsets]:
    return [Offsets() for _ in range(len(HORIZONS_S) + 1)]


class LearnedEnds(msgspec.Struct, frozen=True, kw_only=True):
    """What realised forecasts have added to the ends of one model: per horizon, per zone, and how many they were.

    Raises
    ------
    ValueError
        If there is not one pair for each horizon.
    """

    trims: list[Offsets] = msgspec.field(default_factory=_no_offsets)
    zones: dict[str, Offsets] = {}
    realised: int = 0

    def __post_init__(self) -> None:
        if len(self.trims) != len(HORIZONS_S) + 1:
            raise ValueError("each horizon has its ends")


@dataclass(slots=True)
class Calibration:
    """What is done to a model's band, as it stands.

    Parameters
    ----------
    policy : CalibrationPolicy
    horizons : list of Offsets
        One per horizon, what `conformal_offsets` found; what arrives does not move them.
    is_fitted : bool
        Whether that came from realised forecasts.
    trims : list of Offsets
        One per horizon, and `zones`: what realised forecasts have added.
    middle : float
        How far the middle is moved, log-units.

    Attributes
    ----------
    sides : list of (float, float)
        Per horizon, how many times what the model says the lower and the upper side are, before `trims`.
    """

    policy: CalibrationPolicy = field(default_factory=CalibrationPolicy)
    horizons: list[Offsets] = field(default_factory=_no_offsets)
    trims: list[Offsets] = field(default_factory=_no_offsets)
    zones: dict[str, Offsets] = field(default_factory=dict)
    middle: float = 0.0
    sides: list[tuple[float, float]] = field(init=False, default_factory=list)
    realised: int = 0
    is_fitted: bool = False

    def __post_init__(self) -> None:
        self.sides = self._fitted_sides()

    @property
    def is_calibrated(self) -> bool:
        """Say whether enough forecasts were realised for the ends to mean what they say."""
        return self.is_fitted or self.realised >= _LEAST_REALISED

    def begin(self, offsets: Sequence[Offsets]) -> None:
        """Begin with what `conformal_offsets` found for each horizon."""
        self.horizons = [Offsets(one.lower, one.upper) for one in offsets]
        self.sides = self._fitted_sides()
        self.is_fitted = True

    def learned(self) -> LearnedEnds:
        """Return what realised forecasts have added, as it stands."""
        return LearnedEnds(trims=self.trims, zones=self.zones, realised=self.realised)

    def resume(self, ends: LearnedEnds) -> None:
        """Go on from what realised forecasts had added; the middle and the sides follow by themselves."""
        self.trims, self.zones, self.realised = ends.trims, ends.zones, ends.realised

    def adjusted(self, raw: Band, horizons: NDArray[np.int64], zones: list[str]) -> Band:
        """Return the calibrated band of a model's raw one, both log-ratios."""
        below, above = _sides(raw)
        lower, upper = np.array(self.sides)[horizons].T
        trims = [self._trim(h, z) for h, z in zip(horizons.tolist(), zones, strict=True)]
        lower = lower * np.exp([one.lower for one in trims])
        upper = upper * np.exp([one.upper for one in trims])
        first_lower, first_upper = np.array(self._fitted_sides())[horizons].T
        middle, widest = raw.p50 + self.middle, self.policy.widest
        return Band(
            middle - np.minimum(below * lower, below * first_lower + widest),
            middle,
            middle + np.minimum(above * upper, above * first_upper + widest),
        )

    def follow(self, recent: Followed, now: Instant) -> None:
        """Take the middle and the sides that the model's errors of late ask for."""
        if not len(recent):
            self.middle, self.sides = 0.0, self._fitted_sides()
            return
        weights = self._weights(now - recent.made_at)
        below, above = np.maximum(recent.below, _NARROWEST), np.maximum(recent.above, _NARROWEST)
        farthest = self.policy.farthest
        self.middle = float(np.clip(self._middle(recent, weights, (below, above)), -farthest, farthest))
        off = recent.off - self.middle
        errors = off / np.where(off > 0.0, above, below)
        self.sides = [self._sides_of(number, errors, weights, recent) for number in range(len(self.horizons))]

    def learn_end(self, horizon: int, zone: str, *, is_early: bool, is_late: bool) -> None:
        """Move the ends by one realised forecast: earlier than the 10th or later than the 90th percentile, or within.

        A side that was missed becomes wider by nine times of what it shrinks when it was not, so that it rests where
        one in ten is missed.
        """
        below, above = (self.policy.slice_step * (float(missed) - TAIL) for missed in (is_early, is_late))
        for offsets in (self.trims[horizon], self.zones.setdefault(zone, Offsets())):
            offsets.lower = float(np.clip(offsets.lower + below, -_FARTHEST_TRIM, _FARTHEST_TRIM))
            offsets.upper = float(np.clip(offsets.upper + above, -_FARTHEST_TRIM, _FARTHEST_TRIM))
        self.realised += 1

    def _weights(self, age_s: Column) -> Column:
        """Return what each of n forecasts counts for, by its age."""
        policy = self.policy
        low, high = np.log(policy.shortest_half_life_s), np.log(policy.longest_half_life_s)
        for _ in range(_HALVINGS):
            between = (low + high) / 2.0
            are_enough = float(np.exp2(-age_s / np.exp(between)).sum()) > policy.enough
            low, high = (low, between) if are_enough else (between, high)
        weights: Column = np.exp2(-age_s / np.exp(low))
        return weights

    def _middle(self, recent: Followed, weights: Column, sides: tuple[Column, Column]) -> float:
        scale = float(np.median(sides[0]) + np.median(sides[1])) / 2.0
        known = np.concatenate([np.ones(len(_USUAL), dtype=np.bool_), recent.is_known])
        values = np.concatenate([scale * _USUAL, recent.off])
        counts = np.concatenate([self.policy.usual * _USUAL_WEIGHTS, weights])
        return quantiles(values, counts, known, [0.5])[0]

    def _sides_of(self, number: int, errors: Column, weights: Column, recent: Followed) -> tuple[float, float]:
        """Return a horizon's sides; `errors` (n,) in the model's own sides."""
        fitted = self._fitted_sides()[number]
        usual = _USUAL * np.where(_USUAL > 0.0, fitted[1], fitted[0])
        known = np.concatenate([np.ones(len(usual), dtype=np.bool_), recent.is_known])
        counts = weights * np.where(recent.horizon == number, 1.0, self.policy.other_horizon)
        counts = np.concatenate([self.policy.usual * _USUAL_WEIGHTS, counts])
        low, high = quantiles(np.concatenate([usual, errors]), counts, known, [TAIL, 1.0 - TAIL])
        return max(-low, _LEAST_SIDE), max(high, _LEAST_SIDE)

    def _fitted_sides(self) -> list[tuple[float, float]]:
        return [(float(np.exp(one.lower)), float(np.exp(one.upper))) for one in self.horizons]

    def _trim(self, horizon: int, zone: str) -> Offsets:
        common, own = self.trims[horizon], self.zones.get(zone)
        if own is None:
            return common
        return Offsets(lower=common.lower + own.lower, upper=common.upper + own.upper)


def conformal_offsets(raw: Band, realised: Column, horizons: NDArray[np.int64]) -> list[Offsets]:
    """Return the offsets with which each horizon would have missed a tenth on either side (split conformal).

    Parameters
    ----------
    raw : Band
        Log-ratios of forecasts by a model that has not seen these trips.
    realised : (n,) float
        The log-ratio that each came to.
    horizons : (n,) int
        A horizon with fewer than 100 forecasts gets the offsets of all.
    """
    below, above = _sides(raw)
    early, late = (raw.p50 - realised) / below, (realised - raw.p50) / above
    found = []
    for number in range(len(HORIZONS_S) + 1):
        rows = horizons == number
        if rows.sum() < 100:
            rows = np.ones(len(horizons), dtype=np.bool_)
        found.append(Offsets(lower=_log_quantile(early[rows]), upper=_log_quantile(late[rows])))
    return found


def _sides(raw: Band) -> tuple[Column, Column]:
    return np.maximum(raw.p50 - raw.p10, _NARROWEST), np.maximum(raw.p90 - raw.p50, _NARROWEST)


def _log_quantile(scores: Column) -> float:
    if not len(scores):
        return 0.0
    level = min(1.0, np.ceil((len(scores) + 1) * (1.0 - TAIL)) / len(scores))
    return float(np.log(max(float(np.quantile(scores, level, method="higher")), 0.05)))
