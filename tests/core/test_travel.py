"""Travel matrices refuse nonsense, and tables find values by number and by point."""

import numpy as np
import pytest

from core.travel import TravelMatrix, TravelTable, TravelTimes
from core.vocabulary import Position

HOME, SHOP, DOOR = Position(-29.90, -71.25), Position(-29.91, -71.26), Position(-29.95, -71.33)


def matrix(durations: list[list[float]], distances: list[list[float]]) -> TravelMatrix:
    return TravelMatrix(np.array(durations), np.array(distances), degraded=True, as_of=5.0)


def test_table_answers_by_number_and_finds_numbers_by_point() -> None:
    times: TravelTimes = TravelTable(matrix([[60, 120]], [[500, np.inf]]), [HOME], [SHOP, DOOR])
    assert (times.duration_s(0, 1), times.distance_m(0, 0), times.distance_m(0, 1)) == (120, 500, np.inf)
    assert times.degraded
    table = TravelTable(matrix([[60, 120]], [[500, 900]]), [HOME], [SHOP, DOOR])
    assert table.duration_s(table.row(HOME), table.column(DOOR)) == 120


def test_table_refuses_points_that_do_not_fit_its_matrix() -> None:
    with pytest.raises(ValueError, match="1 x 1 points"):
        TravelTable(matrix([[60, 120]], [[500, 900]]), [HOME], [SHOP])


@pytest.mark.parametrize("wrong", [[[-1.0]], [[float("nan")]], [[1.0, 2.0]]])
def test_matrix_refuses_negative_missing_and_unlike_values(wrong: list[list[float]]) -> None:
    with pytest.raises(ValueError):
        matrix(wrong, [[1.0]])


def test_matrix_is_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        matrix([[1.0]], [[1.0]]).durations_s[0, 0] = 2.0
