"""Goods that are overdue take what such goods still take: exact amounts, and no jump."""

from __future__ import annotations

from math import e

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.eta.readiness import drawn_at, expected_at

USUAL_AT, SD_S, MARGIN_S = 1_000.0, 150.0, 60.0


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (0.0, 1_000.0),
        (940.0, 1_000.0),
        # Overdue for 30 s: a minute, and no more than 30 s besides.
        (970.0, 1_060.0),
        # Overdue for 90 s: the deviation of this kitchen is left, and stays.
        (1_030.0, 1_180.0),
        (1_031.0, 1_181.0),
        (4_000.0, 4_150.0),
    ],
)
def test_what_is_left_of_overdue_goods_grows_to_the_kitchens_deviation(now: float, expected: float) -> None:
    assert expected_at(USUAL_AT, SD_S, now, MARGIN_S) == expected


def test_kitchen_that_is_surer_than_the_margin_is_left_the_margin() -> None:
    assert expected_at(USUAL_AT, 20.0, 1_500.0, MARGIN_S) == 1_560.0


def test_kitchen_that_is_trusted_to_the_second_is_left_nothing() -> None:
    assert expected_at(USUAL_AT, SD_S, USUAL_AT, 0.0) == USUAL_AT
    assert expected_at(USUAL_AT, 0.0, 1_500.0, 0.0) == 1_500.0


@given(st.floats(0.0, 3_600.0), st.floats(0.0, 600.0), st.floats(0.0, 9_000.0), st.floats(0.0, 60.0))
def test_expectation_never_jumps_and_never_comes_nearer_by_waiting(
    sd_s: float, margin_s: float, now: float, later_s: float
) -> None:
    before, after = (expected_at(USUAL_AT, sd_s, at, margin_s) for at in (now, now + later_s))

    assert -1e-6 <= after - before <= 2.0 * later_s + 1e-6
    assert after <= max(USUAL_AT, now + later_s + max(sd_s, margin_s)) + 1e-6


def test_draw_is_never_before_the_goods_were_seen_missing() -> None:
    # One in e comes more than a deviation after the earliest instant.
    assert drawn_at(USUAL_AT, SD_S, 900.0, 1.0 / e) == pytest.approx(900.0 + SD_S)
    assert drawn_at(USUAL_AT, SD_S, 3_000.0, 1.0 / e) == pytest.approx(3_000.0 + SD_S)
    assert drawn_at(USUAL_AT, SD_S, 0.0, 1.0 / e) == pytest.approx(USUAL_AT)
    assert drawn_at(USUAL_AT, 0.0, 0.0, 0.5) == USUAL_AT
