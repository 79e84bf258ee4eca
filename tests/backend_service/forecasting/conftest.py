"""Lessons of a made world: drives take 1.5 times of what streets say on slow days, with a fifth of spread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

import numpy as np
import pytest

from backend_service.forecasting.arrival_model import ArrivalModel
from backend_service.forecasting.forecaster import Forecaster
from backend_service.forecasting.lessons import Lesson
from backend_service.forecasting.training import BoostingPolicy, Trainer, TrainingDay
from core.eta.features import features_of
from core.eta.fleet_traffic import FleetTraffic
from core.eta.ground import Ground
from core.eta.questions import Questions
from core.eta.speed_profile import SpeedProfile
from core.geodesy import METRES_PER_DEGREE
from core.telemetry.fix_batch import FixBatch

NOON = 1_781_524_800.0
GROUND = Ground(0.0, 0.0)


@pytest.fixture
def noon() -> float:
    return NOON


@pytest.fixture(scope="session")
def ask() -> Callable[..., Questions]:
    """Return what asks about vehicles at metres east, with metres to go at 10 m/s."""

    def questions(vehicles: list[str], east_m: list[float], left_m: list[float]) -> Questions:
        here = np.array([[0.0, place / METRES_PER_DEGREE] for place in east_m])
        there = np.array([[0.0, (x + left) / METRES_PER_DEGREE] for x, left in zip(east_m, left_m, strict=True)])
        here, there = here.reshape(-1, 2), there.reshape(-1, 2)
        left = np.array(left_m)
        return Questions(
            vehicles, here, there, left / 10.0, left, [np.array(pair) for pair in zip(here, there, strict=True)]
        )

    return questions


@pytest.fixture
def fix() -> Callable[[str, float, float], FixBatch]:
    """Return what makes one fix: a vehicle, seconds after noon, metres east."""

    def make(vehicle: str, after_s: float, east_m: float) -> FixBatch:
        name = np.array([vehicle], dtype=object)
        at, unknown = np.array([NOON + after_s]), np.array([np.nan])
        east = np.array([east_m / METRES_PER_DEGREE])
        return FixBatch(name, name, at, at, at, np.zeros(1), east, unknown, unknown, unknown, np.array([True]))

    return make


def lesson_of(seed: int, ask: Callable[..., Questions], count: int = 1500) -> Lesson:
    dice = np.random.default_rng(seed)
    left_m = dice.uniform(500.0, 9000.0, count)
    asked = ask([f"V{number}" for number in range(count)], [0.0] * count, left_m.tolist())
    names, features = features_of(FleetTraffic(GROUND, UTC), asked, NOON)
    remaining_s = asked.street_s * 1.5 * np.exp(dice.normal(0.0, 0.2, count))
    made_at = np.full(count, NOON) + dice.random(count)
    is_first = np.ones(count, dtype=np.bool_)
    return Lesson(names, features, asked.street_s, asked.street_m, remaining_s, made_at, is_first)


@pytest.fixture(scope="session")
def days(ask: Callable[..., Questions]) -> list[TrainingDay]:
    profile = SpeedProfile.of(np.array([16]), np.array([48]), np.array([9000.0]), np.array([1000.0]))
    return [TrainingDay(f"day {seed}", lesson_of(seed, ask), profile) for seed in (1, 2)]


@pytest.fixture(scope="session")
def trainer() -> Trainer:
    return Trainer(GROUND, UTC, BoostingPolicy(middle_rounds=40, end_rounds=40, middle_leaves=7, end_leaves=7))


@pytest.fixture(scope="session")
def model(trainer: Trainer, days: list[TrainingDay]) -> ArrivalModel:
    return trainer.train(days)


@pytest.fixture
def forecaster(model: ArrivalModel) -> Forecaster:
    return Forecaster(GROUND, UTC, lambda lat, lon: "Z", model=model)


@pytest.fixture
def untaught() -> Forecaster:
    return Forecaster(GROUND, UTC, lambda lat, lon: "Z")
