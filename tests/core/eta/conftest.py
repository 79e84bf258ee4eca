"""A straight street on the equator, on which vehicles drive east; metres east of 0, seconds after NOON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC

import numpy as np
import pytest

from core.eta.fleet_traffic import FleetTraffic
from core.eta.ground import Ground
from core.geodesy import METRES_PER_DEGREE
from core.telemetry.fix_batch import FixBatch

NOON = 1_781_524_800.0  # Monday 2026-06-15 12:00 UTC

type Fixes = Callable[..., FixBatch]


@pytest.fixture
def noon() -> float:
    return NOON


@pytest.fixture
def fixes() -> Fixes:
    """Return what makes fixes: vehicles, seconds after noon, metres east, and speeds."""

    def make(
        vehicles: Sequence[str], after_s: Sequence[float], east_m: Sequence[float], speed_mps: Sequence[float] = ()
    ) -> FixBatch:
        names = np.array(list(vehicles), dtype=object)
        at = NOON + np.array(after_s, dtype=np.float64)
        unknown = np.full(len(at), np.nan)
        return FixBatch(
            names,
            names,
            at,
            at,
            at,
            np.zeros(len(at)),
            np.array(east_m, dtype=np.float64) / METRES_PER_DEGREE,
            np.array(speed_mps, dtype=np.float64) if len(speed_mps) else unknown,
            unknown,
            unknown,
            np.ones(len(at), dtype=np.bool_),
        )

    return make


@pytest.fixture
def traffic() -> FleetTraffic:
    return FleetTraffic(Ground(0.0, 0.0), UTC)
