"""Whether a new model of arrivals may take the place of the one in force: both judged by a day neither learned from."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np

from core.eta.calibration import Band, Calibration, Offsets, horizon_of
from core.eta.coverage import ANNOUNCED
from core.eta.features import seconds_of
from core.eta.recent_flow import Column

MOST_ERROR = 1.01
"""The new model's mean error may be this many times that of the one in force: less is noise of one day."""

MOST_OFF = 0.03
"""So far from what was announced a coverage may lie; farther only where the other's does as well."""


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """How forecasts of a day came out: their number, mean absolute error in seconds, share within the 80 %."""

    forecasts: int
    mean_error_s: float
    within: float

    @property
    def off(self) -> float:
        """How far the coverage lies from what was announced."""
        return abs(self.within - ANNOUNCED)


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Forecasts of a day that was held out, (n,): what streets said, and what came true, seconds."""

    street_s: Column
    remaining_s: Column

    def judged(self, raw: Band, offsets: list[Offsets]) -> Judgement:
        """Return how a model's raw log-ratios came out, with the offsets it begins with."""
        calibration = Calibration(horizons=offsets, is_fitted=True)
        horizons = horizon_of(seconds_of(raw.p50, self.street_s))
        band = calibration.adjusted(raw, horizons, [""] * len(raw))
        p10, p50, p90 = (seconds_of(one, self.street_s) for one in (band.p10, band.p50, band.p90))
        within = (self.remaining_s >= p10) & (self.remaining_s <= p90)
        return Judgement(
            forecasts=len(raw),
            mean_error_s=float(np.abs(p50 - self.remaining_s).mean()),
            within=float(within.mean()),
        )

    def judged_streets(self) -> Judgement:
        """Return how the street engine's durations came out, which announce no interval."""
        errors = np.abs(self.street_s - self.remaining_s)
        return Judgement(forecasts=len(errors), mean_error_s=float(errors.mean()), within=0.0)


def is_no_worse(new: Judgement, old: Judgement) -> bool:
    """Say whether `new` may replace `old`: by its error, and by how far its coverage is off."""
    return new.mean_error_s <= MOST_ERROR * old.mean_error_s and new.off <= max(MOST_OFF, old.off)
