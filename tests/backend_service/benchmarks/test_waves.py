"""The bench of a wave: both solvers get the same small town, and what they find is told by one measure."""

from __future__ import annotations

import numpy as np
import pytest

from backend_service.benchmarks.waves import ours_told, theirs_told, wave_of
from backend_service.simulation.town import Home, Kitchen, Town
from core.dispatch.improvement.improve import Effort
from core.dispatch.waves.setting import WaveSetting
from core.geodesy import METRES_PER_DEGREE
from core.travel import TravelMatrix, TravelTable
from core.vocabulary import Position, ZoneId


def at(x_m: float) -> Position:
    return Position(lat=0.0, lon=x_m / METRES_PER_DEGREE)


@pytest.fixture
def small() -> tuple[WaveSetting, TravelTable]:
    """Two depots at either end of a street of 8 km and six doors between them."""
    kitchens = tuple(
        Kitchen(f"K-{k}", "Depot", "", at(8_000.0 * k), ZoneId("Z-1"), usual_s=0.0, delay_s=0.0, calls=True, fame=1.0)
        for k in range(2)
    )
    homes = tuple(Home("", at(1_000.0 * k)) for k in range(1, 7))
    town = Town(kitchens=kitchens, homes=homes, attraction=np.full((2, 6), 1.0 / 6.0))
    setting = wave_of(town, vehicles=3, seed=1)
    x = np.array([place.lon * METRES_PER_DEGREE for place in setting.places])
    metres = np.abs(x[:, None] - x[None, :])
    matrix = TravelMatrix(metres / 10.0, metres.copy(), degraded=False, as_of=0.0)
    return setting, TravelTable(matrix, setting.places, setting.places)


def test_both_serve_a_small_wave_without_breaking_a_limit(small: tuple[WaveSetting, TravelTable]) -> None:
    for told in (ours_told(*small, Effort(iterations=200), 1), theirs_told(*small, 0.2)):
        assert told["orders without a place"][1] == 0
        assert told["limits broken"][1] == 0
        assert told["vehicles"][1] >= 1
