"""What earlier plans came to moves and widens what is told of the next ones, situation by situation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.eta.arrival import Z90, Arrival
from core.eta.route_errors import (
    COLD,
    LEAST_SD_S,
    CaseError,
    RouteErrors,
    Sides,
    Situation,
    error_of,
    sides_of,
    situation_of,
)

NOW = 1_795_176_000.0


def test_a_situation_is_what_lies_before_the_door() -> None:
    assert situation_of(0) is Situation.NEXT
    assert situation_of(1) is Situation.ONE_STOP
    assert situation_of(2) is situation_of(3) is Situation.SOME_STOPS
    assert situation_of(4) is Situation.MANY_STOPS
    assert situation_of(1, is_accepted=False) is Situation.OFFERED
    assert situation_of(0, has_driver=False) is Situation.NOBODY


def test_before_anything_came_true_bands_are_wide_towards_later() -> None:
    told = RouteErrors().told(Situation.OFFERED, Arrival(NOW, 100.0), NOW)

    assert told == Arrival(NOW + 100.0 * COLD.middle, 100.0 * COLD.sooner, 100.0 * COLD.later)
    sides = sides_of([])
    assert (sides.middle, sides.sooner, sides.later) == pytest.approx((0.25, 1.0, 2.0), abs=0.1)


def test_plans_that_came_two_deviations_late_are_told_so_much_later() -> None:
    errors = np.random.default_rng(1).normal(2.0, 1.5, 600)

    sides = sides_of([CaseError(error) for error in errors.tolist()])

    assert sides.middle == pytest.approx(2.0, abs=0.2)
    assert sides.sooner == pytest.approx(1.5, abs=0.25) and sides.later == pytest.approx(1.5, abs=0.25)
    told = RouteErrors({Situation.ONE_STOP: sides}).told(Situation.ONE_STOP, Arrival(NOW, 60.0), NOW).band(NOW)
    came = NOW + 60.0 * errors
    assert 0.76 <= float(np.mean((told.p10_at <= came) & (came <= told.p90_at))) <= 0.84


def test_orders_still_under_way_count_as_later_than_so_far() -> None:
    arrived = [CaseError(0.0)] * 100

    with_waiting = sides_of([*arrived, *[CaseError(1.0, is_known=False)] * 100])

    assert with_waiting.later > sides_of(arrived).later


def test_a_plan_is_never_held_surer_than_half_a_minute() -> None:
    told = RouteErrors({Situation.NEXT: Sides(0.0, 1.0, 1.0)}).told(Situation.NEXT, Arrival(NOW, 1.0), NOW)

    assert told.band(NOW - 3600.0).p90_at - NOW == pytest.approx(Z90 * LEAST_SD_S)
    assert error_of(Arrival(NOW, 1.0), NOW + 60.0) == 2.0


def test_what_was_not_reached_is_not_told_for_before_now() -> None:
    early = RouteErrors({Situation.NEXT: Sides(-2.0, 1.0, 1.0)})

    assert early.told(Situation.NEXT, Arrival(NOW + 60.0, 60.0), NOW).mean_at == NOW


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.booleans()), max_size=50))
def test_whatever_came_the_sides_are_of_use(amounts: list[tuple[float, bool]]) -> None:
    sides = sides_of([CaseError(amount, is_known=is_known) for amount, is_known in amounts])

    assert sides.sooner > 0.0 and sides.later > 0.0 and abs(sides.middle) <= 6.0


def test_what_is_told_keeps_how_much_of_its_spread_streets_would_leave() -> None:
    told = RouteErrors().told(Situation.NEXT, Arrival(NOW + 600.0, 100.0, known_share=0.5), NOW)

    band = told.band(NOW, is_degraded=True)
    assert band.undegraded is not None
    low_at, high_at = band.undegraded
    assert band.p50_at - low_at == pytest.approx((band.p50_at - band.p10_at) / 2.0)
    assert high_at - band.p50_at == pytest.approx((band.p90_at - band.p50_at) / 2.0)
