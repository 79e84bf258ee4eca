"""Batches of fixes for every test, written row by row: the fixture `fixes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.telemetry.fix_batch import FixBatch

NOW_AT = 1_800_000_000.0
ROW = {
    "device": "D-1",
    "vehicle": "V-1",
    "fix_at": NOW_AT,
    "received_at": NOW_AT,
    "arrived_wall_at": NOW_AT,
    "lat": -29.9,
    "lon": -71.25,
    "speed_mps": np.nan,
    "heading_deg": np.nan,
    "accuracy_m": 5.0,
    "is_valid": True,
}
_KINDS = {"device": object, "vehicle": object, "is_valid": np.bool_}


def batch_of(*rows: dict[str, Any]) -> FixBatch:
    """Return a batch; each row says only how it differs from a good fix made and received now."""
    full = [{**ROW, **row} for row in rows]
    return FixBatch(**{name: np.array([row[name] for row in full], dtype=_KINDS.get(name, np.float64)) for name in ROW})


@pytest.fixture
def fixes() -> Callable[..., FixBatch]:
    """Return `batch_of`."""
    return batch_of
