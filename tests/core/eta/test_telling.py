"""A customer hears of what moved and stays moved, not of what trembles."""

from __future__ import annotations

import random

import pytest

from core.eta.telling import Teller, TellingPolicy
from core.orders.order import ArrivalBand
from core.vocabulary import OrderId

ORDER = OrderId("O-1")
CYCLE_S = 10.0
POLICY = TellingPolicy()


def band(p50_at: float, as_of: float) -> ArrivalBand:
    return ArrivalBand(p10_at=p50_at - 60.0, p50_at=p50_at, p90_at=p50_at + 60.0, as_of=as_of)


def told_over(p50s: list[float], policy: TellingPolicy = POLICY) -> list[float]:
    """Return when the customer hears of forecasts that are made every ten seconds."""
    teller, told, heard = Teller(), None, []
    for number, p50_at in enumerate(p50s):
        new = band(p50_at, CYCLE_S * number)
        if teller.is_worth_telling(ORDER, told, new, policy):
            told = new
            heard.append(new.as_of)
    return heard


@pytest.mark.parametrize("seed", range(5))
def test_forecast_that_trembles_for_an_hour_is_told_once(seed: int) -> None:
    rng = random.Random(seed)
    assert told_over([7200.0 + rng.gauss(0.0, 75.0) for _ in range(360)]) == [0.0]


def test_swing_of_five_minutes_that_comes_back_is_not_told() -> None:
    assert told_over([7200.0] * 10 + [7500.0] * 3 + [7200.0] * 10) == [0.0]


def test_move_of_five_minutes_is_told_once_it_stood_for_half_a_minute() -> None:
    # Off since 100 s, and so at 110, 120 and 130 s.
    assert told_over([7200.0] * 10 + [7500.0] * 20) == [0.0, 130.0]


def test_move_of_twice_the_smallest_is_told_at_once() -> None:
    assert told_over([7200.0] * 10 + [7680.0] * 20) == [0.0, 100.0]


def test_swing_to_the_other_side_counts_anew() -> None:
    off = [7500.0, 7500.0, 6900.0, 6900.0] * 5
    assert told_over([7200.0] * 10 + off) == [0.0]


def test_ended_orders_are_forgotten() -> None:
    teller, told = Teller(), band(7200.0, 0.0)
    assert not teller.is_worth_telling(ORDER, told, band(7500.0, 10.0), POLICY)
    teller.forget_all_but(())
    assert not teller.is_worth_telling(ORDER, told, band(7500.0, 50.0), POLICY)


def test_a_stricter_policy_tells_of_smaller_moves_and_later() -> None:
    moved = [7200.0] * 10 + [7290.0] * 20

    assert told_over(moved) == [0.0]
    assert told_over(moved, TellingPolicy(least_move_s=60.0, settled_s=100.0)) == [0.0, 200.0]


def test_a_policy_that_tells_of_every_move_is_refused() -> None:
    with pytest.raises(ValueError, match="smallest move"):
        TellingPolicy(least_move_soon_s=0.0)
