"""The figures of the simulated week: exact on a few overrides, and undefined ones said as such."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from pathlib import Path

import numpy as np
import pytest

from backend_service.benchmarks.explain_figures import (
    ShownArrival,
    ShownImpact,
    SimulatedDay,
    figures_of,
    rank_correlation,
    write_list,
)
from backend_service.benchmarks.report import Row
from core.eta.change_errors import Case


def _arrival(shown_s: float, came_s: float, *, is_inside: bool, is_moved: bool = True) -> ShownArrival:
    return ShownArrival(
        day=0,
        override_id="V-1",
        order_id="O-1",
        is_moved=is_moved,
        is_kept=is_moved,
        shown_s=shown_s,
        came_s=came_s,
        is_inside=is_inside,
    )


def _impact(shown: float, estimated: float) -> ShownImpact:
    return ShownImpact(
        day=0, override_id="V-1", shown=shown, estimated=estimated, late_shown_min=1.0, late_came_min=3.0
    )


def _figures(rows: tuple[Row, ...], case: str) -> dict[str, float]:
    (row,) = [row for row in rows if row.case.startswith(case)]
    return {figure.name: figure.median for figure in row.figures}


@pytest.fixture
def rows() -> tuple[Row, ...]:
    """Two customers reached one minute late and three minutes early, one of them within its band."""
    arrivals = (_arrival(600.0, 660.0, is_inside=True), _arrival(900.0, 720.0, is_inside=False, is_moved=False))
    impacts = (_impact(100.0, 300.0), _impact(-50.0, 200.0), _impact(20.0, nan))
    return figures_of([SimulatedDay(arrivals, impacts, overrides=3, refused=0)])


def test_bias_error_and_share_inside_are_those_of_the_customers(rows: tuple[Row, ...]) -> None:
    week = _figures(rows, "arrival at the customers shown, the week")

    assert (week["customers"], week["bias (plus: came later)"], week["mean absolute error"]) == (2.0, -1.0, 2.0)
    assert (week["within the stated band"], week["rank correlation"]) == (50.0, 1.0)
    assert _figures(rows, "arrival at the order that was moved")["bias (plus: came later)"] == 1.0
    assert _figures(rows, "of them, brought by the driver of the plan")["customers"] == 1.0


def test_band_of_the_plan_alone_is_told_beside_the_stated_one() -> None:
    """The plan alone said 600 s, give or take 60 s to either side; came after 690 s, and after 670 s."""
    arrivals = []
    for came_s in (690.0, 670.0):
        plain = Case(shown_s=600.0, sooner_s=60.0, later_s=60.0, by_s=900.0, late_s=0.0, came_s=came_s, is_inside=True)
        arrivals.append(replace(_arrival(610.0, came_s, is_inside=True), plain=plain))
    rows = figures_of([SimulatedDay(tuple(arrivals), (), overrides=1, refused=0)])
    week = _figures(rows, "arrival at the customers shown, the week")

    assert (week["within the stated band"], week["within that of the plan alone"]) == (100.0, 50.0)


def test_every_customer_is_listed_with_what_the_plan_alone_said(tmp_path: Path) -> None:
    plain = Case(shown_s=600.0, sooner_s=60.0, later_s=61.0, by_s=900.0, late_s=1.5, came_s=690.0, is_inside=True)
    known = replace(_arrival(610.0, 690.0, is_inside=True), plain=plain, is_on_board=True)
    day = SimulatedDay((known, _arrival(1.0, 2.0, is_inside=False)), (), overrides=2, refused=0)

    write_list(tmp_path / "week.csv", [day])

    head, first, second, *_ = (tmp_path / "week.csv").read_text().splitlines()
    assert head.endswith("plan_s,plan_sooner_s,plan_later_s,promise_s,plan_late_s,on_board")
    assert first == "0,V-1,O-1,1,1,610,690,1,600.0,60.0,61.0,900.0,1.5,1"
    assert second == "0,V-1,O-1,1,1,1,2,0"


def test_impact_counts_only_where_there_is_an_estimate(rows: tuple[Row, ...]) -> None:
    against = _figures(rows, "impact")

    assert (against["overrides played on"], against["the same sign"]) == (2.0, 50.0)
    assert against["regret, mean of the estimates"] == 250.0
    assert _figures(rows, "late minutes")["mean absolute error"] == 2.0


def test_a_rank_correlation_needs_two_different_values() -> None:
    assert rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0])) == pytest.approx(1.0)
    assert rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(-1.0)
    assert rank_correlation(np.array([1.0, 1.0]), np.array([1.0, 2.0])) == 0.0
