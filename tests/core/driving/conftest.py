"""Drives on a straight street northwards, as fixes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from core.telemetry.fix_batch import FixBatch

START_AT = 1_795_190_400.0
METRE = 1.0 / 111_195.0

type Drive = Callable[..., FixBatch]


@pytest.fixture
def drive() -> Drive:
    """Return what makes the fixes of a vehicle at these speeds, one each `step_s`, each where the speeds bring it."""

    def made(
        speeds_mps: Sequence[float],
        *,
        vehicle: str = "V-1",
        step_s: float = 1.0,
        start_at: float = START_AT,
        received_late_s: float = 0.5,
        headings_deg: Sequence[float] | None = None,
        noise_m: float = 0.0,
        seed: int = 1,
        parked: bool = False,
    ) -> FixBatch:
        speeds = np.array(speeds_mps, dtype=np.float64)
        count = len(speeds)
        headings = np.zeros(count) if headings_deg is None else np.array(headings_deg, dtype=np.float64)
        driven = np.zeros(count) if parked else np.nan_to_num(0.5 * (speeds + np.roll(speeds, 1)) * step_s)
        driven[:1] = 0.0
        mean_heading = np.radians(headings)
        noise = np.random.default_rng(seed).normal(0.0, noise_m, (count, 2))
        north = np.cumsum(driven * np.cos(mean_heading)) + noise[:, 0]
        east = np.cumsum(driven * np.sin(mean_heading)) + noise[:, 1]
        at = start_at + step_s * np.arange(count)
        names = np.full(count, vehicle, dtype=object)
        return FixBatch(
            device=names,
            vehicle=names,
            fix_at=at,
            received_at=at + received_late_s,
            arrived_wall_at=at,
            lat=-29.9 + north * METRE,
            lon=-71.25 + east * METRE / np.cos(np.radians(29.9)),
            speed_mps=speeds,
            heading_deg=headings,
            accuracy_m=np.full(count, np.nan),
            is_valid=np.ones(count, dtype=np.bool_),
        )

    return made
