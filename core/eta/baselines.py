"""Three plain forecasts that stand beside the learned one, always: who does no better than these has learned nothing.

They are what is usually done without a model, and what is left when a model fails to load.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.eta.questions import Questions
from core.eta.recent_flow import Column

_SLOWEST_MPS = 0.5
_NOW_SHARE = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class HourlySpeeds:
    """The fleet's mean speed in each hour of the day, m/s, (24,); what was not driven has the mean of all."""

    speeds_mps: Column

    @classmethod
    def of(cls, hours: Column, metres: Column, seconds: Column) -> HourlySpeeds:
        """Return the speeds of driven ways: their hours of the day (n,), 0 to 23, metres and seconds."""
        total_s = float(seconds.sum())
        mean = float(metres.sum()) / total_s if total_s > 0 else 7.0
        by_metres = np.bincount(hours.astype(np.int64), weights=metres, minlength=24)
        by_seconds = np.bincount(hours.astype(np.int64), weights=seconds, minlength=24)
        return cls(np.where(by_seconds > 0, by_metres / np.maximum(by_seconds, 1.0), mean))


def blended(questions: Questions, speed_mps: Column, hourly_mps: Column) -> Column:
    """Return the remaining way at 0.6 of the vehicle's present speed and 0.4 of what is usual at this hour, seconds."""
    speeds = _NOW_SHARE * np.nan_to_num(speed_mps, nan=0.0) + (1.0 - _NOW_SHARE) * hourly_mps
    return _at(questions, speeds)


def by_hour(questions: Questions, hourly_mps: Column) -> Column:
    """Return the remaining way at the speed that is usual at this hour, seconds."""
    return _at(questions, hourly_mps)


def by_streets(questions: Questions) -> Column:
    """Return what the street engine says, seconds."""
    return questions.street_s


def _at(questions: Questions, speeds_mps: Column) -> Column:
    return questions.street_m / np.maximum(speeds_mps, _SLOWEST_MPS)
