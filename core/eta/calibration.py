"""Keeps an interval's promise: moves its ends, slice by slice, until as many arrivals lie outside as were announced.

A model's 10th and 90th percentiles are estimates, and traffic has days that the model never saw. Before operation the
ends are set by split-conformal prediction on days that the model was not trained on (V. Vovk and others, "Algorithmic
Learning in a Random World"; Y. Romano and others, "Conformalized Quantile Regression", 2019). In operation they follow
what arrives: every realised forecast moves the offsets of the slices it lies in by the gradient of the pinball loss,
which drives the share of misses in each slice to what was announced whatever the traffic does (I. Gibbs and E. Candes,
"Adaptive Conformal Inference Under Distribution Shift", 2021; the slices as in A. Ramalingam and others, 2025).

Everything here lives on the logarithm of the ratio to what streets say, see `core.eta.features.ratio`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.eta.recent_flow import Column

TAIL = 0.1
"""The share of arrivals announced to lie beyond either end."""

HORIZONS_S = (300.0, 900.0, 1800.0)
"""Where one horizon ends and the next begins, by the forecast's middle."""

_NARROWEST = 0.02
_LEAST_REALISED = 200
_FIRST_RATE, _RATE_HALVED = 0.1, 50.0
_FIRST_MIDDLE, _MIDDLE_HALVED = 0.5, 25.0


class CalibrationPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How quickly the ends and the middle follow what arrives: log-units per realised forecast.

    What arrives tells of forecasts made minutes ago. The more of them are still open, the more steps are taken before
    the first shows its effect: so a step of the ends is `swing` divided by the forecasts in flight, within `least_rate`
    and `most_rate`. Where 130 come out a minute that is 0.005 to 0.01 each; where 9 do, 0.08, and a day of another kind
    is followed within a quarter of an hour instead of an hour. At 130 a minute a middle that moves by 0.002 each swung
    by a tenth and made forecasts 5 s worse and intervals 2.8 times as wide; at 0.00005 it keeps still.

    Raises
    ------
    ValueError
        If a rate is negative or above 0.5, which would jump about.
    """

    swing: float = 3.0
    least_rate: float = 0.005
    most_rate: float = 0.08
    middle_rate: float = 0.00005

    def __post_init__(self) -> None:
        rates = (self.least_rate, self.most_rate, self.middle_rate)
        if not (all(0.0 <= rate <= 0.5 for rate in rates) and self.least_rate <= self.most_rate and self.swing >= 0.0):
            raise ValueError("a rate lies within 0 and 0.5, the least at most the most")


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


@dataclass(slots=True)
class Calibration:
    """Offsets per horizon and zone, as they stand.

    Parameters
    ----------
    policy : CalibrationPolicy
    horizons : list of Offsets
        One per horizon; start with what `conformal_offsets` found.
    is_fitted : bool
        Whether that came from realised forecasts.
    in_flight : int
        How many forecasts wait for their arrival; whoever holds them says so.
    """

    policy: CalibrationPolicy = field(default_factory=CalibrationPolicy)
    horizons: list[Offsets] = field(default_factory=lambda: [Offsets() for _ in range(len(HORIZONS_S) + 1)])
    zones: dict[str, Offsets] = field(default_factory=dict)
    middle: float = 0.0
    realised: int = 0
    is_fitted: bool = False
    in_flight: int = 0

    @property
    def is_calibrated(self) -> bool:
        """Say whether enough forecasts were realised for the ends to mean what they say."""
        return self.is_fitted or self.realised >= _LEAST_REALISED

    def begin(self, offsets: Sequence[Offsets]) -> None:
        """Begin with what `conformal_offsets` found for each horizon."""
        self.horizons = [Offsets(one.lower, one.upper) for one in offsets]
        self.is_fitted = True

    def adjusted(self, raw: Band, horizons: NDArray[np.int64], zones: list[str]) -> Band:
        """Return the calibrated band of a model's raw one, both log-ratios."""
        below, above = _sides(raw)
        lower = np.array([self._offset(h, z).lower for h, z in zip(horizons.tolist(), zones, strict=True)])
        upper = np.array([self._offset(h, z).upper for h, z in zip(horizons.tolist(), zones, strict=True)])
        middle = raw.p50 + self.middle
        return Band(middle - below * np.exp(lower), middle, middle + above * np.exp(upper))

    def learn_end(self, horizon: int, zone: str, *, is_early: bool, is_late: bool) -> None:
        """Move the ends by one realised forecast: earlier than the 10th or later than the 90th percentile, or within.

        A side that was missed becomes wider by nine times of what it shrinks when it was not, so that it rests where
        one in ten is missed.
        """
        below, above = (self.ends_rate * (float(missed) - TAIL) for missed in (is_early, is_late))
        for offsets in (self.horizons[horizon], self.zones.setdefault(zone, Offsets())):
            offsets.lower = float(np.clip(offsets.lower + below, -2.0, 3.0))
            offsets.upper = float(np.clip(offsets.upper + above, -2.0, 3.0))
        self.realised += 1

    def learn_middle(self, *, is_after: bool) -> None:
        """Move the middle by one realised forecast: after the 50th percentile, or before."""
        rate = self.policy.middle_rate
        if not self.is_fitted:
            rate = max(rate, _FIRST_MIDDLE / (_MIDDLE_HALVED + self.realised))
        moved = self.middle + rate * (float(is_after) - 0.5)
        self.middle = float(np.clip(moved, -0.5, 0.5))

    @property
    def ends_rate(self) -> float:
        """The step of the ends at the next realised forecast; what was never fitted begins far off, with long ones."""
        policy = self.policy
        rate = min(max(policy.swing / max(1, self.in_flight), policy.least_rate), policy.most_rate)
        return rate if self.is_fitted else max(rate, _FIRST_RATE / (1.0 + self.realised / _RATE_HALVED))

    def _offset(self, horizon: int, zone: str) -> Offsets:
        common, own = self.horizons[horizon], self.zones.get(zone)
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
