"""Trains a model of arrivals from lessons, the same from the same lessons: one thread, fixed seeds, no clock.

The intervals are calibrated on days that their model was not trained on: each day is forecast by a model of others
(with a single day, each half by the other).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Self

import lightgbm as lgb
import numpy as np

from backend_service.forecasting.arrival_model import LEVELS, ArrivalModel
from backend_service.forecasting.lessons import COLUMNS, Lesson, joined
from core.eta.baselines import HourlySpeeds
from core.eta.calibration import Band, conformal_offsets, horizon_of
from core.eta.features import SOFT_S, ratio, seconds_of
from core.eta.ground import Ground
from core.eta.recent_flow import Column
from core.eta.speed_profile import SpeedProfile
from core.refusals import Refusal

LEAST_LESSONS = 1000
_MOST_FOLDS = 4


@dataclass(frozen=True, slots=True)
class BoostingPolicy:
    """How the trees are grown.

    Parameters
    ----------
    middle_rounds, end_rounds : int
        Trees for the 50th percentile, and for the 10th and 90th each.
    middle_leaves, end_leaves : int
    learning_rate : float
    least_in_leaf : int
    """

    middle_rounds: int = 700
    end_rounds: int = 300
    middle_leaves: int = 63
    end_leaves: int = 31
    learning_rate: float = 0.05
    least_in_leaf: int = 60

    @classmethod
    def of(cls, trees: int) -> Self:
        """Return the policy with so many trees for the middle, and as many fewer for the ends."""
        return cls(middle_rounds=trees, end_rounds=max(1, trees * 3 // 7))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingDay:
    """A day to learn from: its name, the forecasts of the day with their outcomes, and the speeds that were driven."""

    name: str
    lesson: Lesson
    profile: SpeedProfile


@dataclass(frozen=True, slots=True)
class Trainer:
    """Trains models for one site.

    Parameters
    ----------
    ground : Ground
    zone : tzinfo
    policy : BoostingPolicy
    """

    ground: Ground
    zone: tzinfo
    policy: BoostingPolicy = field(default_factory=BoostingPolicy)

    def train(self, days: Sequence[TrainingDay]) -> ArrivalModel:
        """Return the model of these days.

        Raises
        ------
        Refusal
            ``eta.too_little_to_learn``, below a thousand forecasts with an outcome.
        """
        parts = [day.lesson for day in days]
        if sum(map(len, parts)) < LEAST_LESSONS:
            raise Refusal("eta.too_little_to_learn", f"A model needs {LEAST_LESSONS} forecasts that came true.")
        whole = joined(parts)
        boosters = self._boosters(whole)
        text = "".join(one.model_to_string() for one in boosters)
        return ArrivalModel(
            version=hashlib.sha256(text.encode()).hexdigest()[:12],
            trained_on=tuple(day.name for day in days),
            features=whole.names,
            ground=self.ground,
            boosters=boosters,
            offsets=tuple(self._offsets(parts)),
            hourly=self._hourly(whole),
            profile=SpeedProfile.together([day.profile for day in days]),
        )

    def _boosters(self, lesson: Lesson) -> tuple[lgb.Booster, ...]:
        target = ratio(lesson.remaining_s, lesson.street_s)
        # A log-ratio weighs a minute of a long way as little as a second of a short one: the weight undoes it.
        data = lgb.Dataset(lesson.features, target, weight=lesson.street_s + SOFT_S, free_raw_data=False)
        return tuple(lgb.train(self._parameters(level), data, self._rounds(level)) for level in LEVELS)

    def _offsets(self, parts: Sequence[Lesson]) -> list[Any]:
        folds = _dealt(parts) if len(parts) > 1 else _halves(parts[0])
        bands, came, horizons = [], [], []
        for number, fold in enumerate(folds):
            others = joined([other for place, other in enumerate(folds) if place != number])
            raw = _predicted(self._boosters(others), fold.features)
            bands.append(raw)
            came.append(ratio(fold.remaining_s, fold.street_s))
            horizons.append(horizon_of(seconds_of(raw.p50, fold.street_s)))
        band = Band(*(np.concatenate([getattr(one, end) for one in bands]) for end in ("p10", "p50", "p90")))
        return conformal_offsets(band, np.concatenate(came), np.concatenate(horizons))

    def _hourly(self, lesson: Lesson) -> HourlySpeeds:
        """Return the speeds of whole trips: one that was stuck counts once, not at each forecast."""
        trips = lesson.is_first
        hours = np.array([datetime.fromtimestamp(at, self.zone).hour for at in lesson.made_at[trips].tolist()])
        return HourlySpeeds.of(hours, lesson.street_m[trips], lesson.remaining_s[trips])

    def _rounds(self, level: float) -> int:
        return self.policy.middle_rounds if level == 0.5 else self.policy.end_rounds

    def _parameters(self, level: float) -> dict[str, Any]:
        policy = self.policy
        return {
            "objective": "quantile",
            "alpha": level,
            "learning_rate": policy.learning_rate,
            "num_leaves": policy.middle_leaves if level == 0.5 else policy.end_leaves,
            "min_data_in_leaf": policy.least_in_leaf,
            "feature_fraction": 0.4,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "lambda_l2": 1.0,
            "seed": 20260615,
            "deterministic": True,
            "force_row_wise": True,
            "num_threads": 1,
            "verbosity": -1,
        }


def _predicted(boosters: Sequence[lgb.Booster], features: Column) -> Band:
    found = [np.asarray(one.predict(features, num_threads=1)) for one in boosters]
    return Band(np.minimum(found[0], found[1]), found[1], np.maximum(found[2], found[1]))


def _dealt(parts: Sequence[Lesson]) -> list[Lesson]:
    """Return days dealt to a few folds, so that many days do not mean many models."""
    return [joined(parts[first::_MOST_FOLDS]) for first in range(min(len(parts), _MOST_FOLDS))]


def _halves(lesson: Lesson) -> list[Lesson]:
    early = lesson.made_at <= np.median(lesson.made_at)
    return [Lesson(lesson.names, *(getattr(lesson, name)[rows] for name in COLUMNS)) for rows in (early, ~early)]
