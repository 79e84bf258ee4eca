"""A model of arrivals as small as can be, on the shelf of a town's service."""

from __future__ import annotations

from pathlib import Path

import lightgbm as lgb
import numpy as np

from backend_service.forecasting.arrival_model import LEVELS, ArrivalModel
from backend_service.forecasting.in_operation import middle_of
from backend_service.forecasting.model_shelf import ModelCard, ModelShelf
from backend_service.streets.city import City, tower_home
from core.eta.baselines import HourlySpeeds
from core.eta.calibration import Offsets
from core.eta.speed_profile import SpeedProfile

VERSION = "0123456789ab"


def put_model(data_dir: Path) -> None:
    """Put a model of version `VERSION` beside the others."""
    rows = np.linspace(4.0, 8.0, 50).reshape(-1, 1)
    settings = {"objective": "quantile", "num_leaves": 3, "min_data_in_leaf": 5, "num_threads": 1, "verbosity": -1}
    boosters = tuple(
        lgb.train({**settings, "alpha": level}, lgb.Dataset(rows, np.zeros(50)), num_boost_round=1) for level in LEVELS
    )
    model = ArrivalModel(
        version=VERSION,
        trained_on=("2026-11-19",),
        features=("street_s",),
        ground=middle_of(City.load(tower_home())),
        boosters=boosters,
        offsets=(Offsets(),) * 4,
        hourly=HourlySpeeds(np.full(24, 7.0)),
        profile=SpeedProfile.empty(),
    )
    card = ModelCard(version=VERSION, trained_at=0.0, trained_on=model.trained_on, lessons=50, until_at=0.0)
    ModelShelf(data_dir).put(model, card)
