"""Positions made coarse add up, name nobody, and leave out where somebody was alone."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from core.telemetry.density import Density, DensityRow
from core.telemetry.fix_batch import FixBatch

AT = 1_795_190_400.0


def track(vehicle: str, *rows: tuple[float, float, float, float], is_valid: bool = True) -> FixBatch:
    """Return fixes of (seconds after `AT`, lat, lon, speed)."""
    told = np.array(rows, dtype=np.float64).reshape(-1, 4)
    names = np.full(len(told), vehicle, dtype=object)
    unknown = np.full(len(told), np.nan)
    at = AT + told[:, 0]
    return FixBatch(
        names, names, at, at, at, told[:, 1], told[:, 2], told[:, 3], unknown, unknown, np.full(len(told), is_valid)
    )


def rows_of(*tracks: FixBatch, **rest: Any) -> list[DensityRow]:
    density = Density(**rest)
    for one in tracks:
        density.add(one)
    return list(density.rows())


def test_fixes_and_vehicles_of_a_square_are_added_up() -> None:
    tracks = [track(f"V-{n}", (0, -29.9011, -71.2511, 4.0 + n), (30, -29.9012, -71.2512, np.nan)) for n in range(3)]
    [row] = rows_of(*tracks)
    assert (row.from_at, row.lat, row.lon) == (AT, -29.9025, -71.2525)
    assert (row.fixes, row.vehicles, row.mean_speed_mps) == (6, 3, 5.0)


def test_a_square_with_few_vehicles_is_left_out() -> None:
    tracks = [track(f"V-{n}", (0, -29.9, -71.25, 4.0)) for n in range(2)]
    assert rows_of(*tracks) == []
    assert len(rows_of(*tracks, least_vehicles=2)) == 1


def test_times_and_squares_are_apart() -> None:
    tracks = [
        track(f"V-{n}", (0, -29.9, -71.25, 4.0), (900, -29.9, -71.25, 4.0), (0, -29.8, -71.25, 4.0)) for n in range(3)
    ]
    assert [(row.from_at, row.vehicles) for row in rows_of(*tracks)] == [(AT, 3), (AT, 3), (AT + 900, 3)]


def test_what_had_no_position_says_nothing() -> None:
    assert rows_of(*[track(f"V-{n}", (0, -29.9, -71.25, 4.0), is_valid=False) for n in range(5)]) == []


def test_nothing_in_it_names_anybody() -> None:
    assert {field.name for field in fields(DensityRow)} == {
        *("from_at", "lat", "lon", "fixes", "vehicles", "mean_speed_mps")
    }


def test_squares_of_no_size_are_refused() -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Density(square_deg=0.0)
