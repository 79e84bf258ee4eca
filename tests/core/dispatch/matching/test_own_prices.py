"""What a match weighs of a driver beside the way: each term's exact amount, and nothing where nothing is uncertain."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace as changed

from core.dispatch.acceptance import Acceptance
from core.dispatch.matching.bundles import singles_of
from core.dispatch.matching.from_world import match_of
from core.dispatch.matching.match import match
from core.dispatch.matching.own_prices import own_prices
from core.dispatch.matching.pricing import prices_of
from core.dispatch.matching.work import Courier, MatchPolicy, Meal
from core.dispatch.zone_outlook import ZoneOutlook
from core.vocabulary import DriverId, OrderId, ZoneId

POLICY = MatchPolicy(pickup_s=30.0, drop_off_s=60.0, late_worth=5.0, pressure_minutes=2.0)
NEVER = 1e15


def line(*x_m: float) -> Any:
    """Driving at 10 m/s between places on a line."""
    x = np.array(x_m, float)
    return np.abs(x[:, None] - x[None, :]) / 10.0


def meal(name: str = "O-1", ready_at: float = 0.0, due_at: float = NEVER, **fields: Any) -> Meal:
    return Meal(OrderId(name), kitchen=0, door=1, ready_at=ready_at, due_at=due_at, **fields)


def courier(name: str = "D-1", place: int = 2, **fields: Any) -> Courier:
    return Courier(DriverId(name), place=place, free_at=0.0, last_pickup_at=NEVER, **fields)


TRAVEL = line(0.0, 3000.0, 1000.0, 1200.0)


def own(one: Courier, other: Meal) -> float:
    bundles = singles_of([other], TRAVEL, POLICY)
    return float(own_prices([one], bundles, TRAVEL, POLICY, 0.0)[0, 0])


def test_certain_driver_who_was_heard_where_no_zone_is_short_costs_nothing() -> None:
    assert own(courier(), meal()) == 0.0


def test_old_position_costs_its_minutes() -> None:
    assert own(courier(stale_minutes=1.5), meal()) == 1.5


def test_zones_left_and_reached_cost_and_gain() -> None:
    # 0.6 of a driver is missing where he stands and 0.1 at the door: 0.5 x 2 min.
    assert own(courier(leaves_short=0.6), meal(ends_short=0.1)) == pytest.approx(1.0)
    assert own(courier(), meal(ends_short=1.0)) == pytest.approx(-2.0)


def test_likely_no_costs_its_share_of_the_wait() -> None:
    # A quarter of 2 min; the courier does not stand at the counter.
    assert own(courier(no_risk=0.25, lost_s=120.0), meal()) == pytest.approx(0.5)


def test_no_that_is_known_while_the_courier_would_stand_costs_nothing() -> None:
    # At the counter after 100 + 30 s, ready 120 s later.
    assert own(courier(no_risk=0.25, lost_s=120.0), meal(ready_at=250.0)) == 0.0


def test_likely_no_also_costs_its_share_of_the_lateness() -> None:
    # Picked up after 130 s, at the door after 30 + 300 + 60 s more: 520 s, as promised. A no makes it 2 min late:
    # a quarter of 2 min waiting, and of 2 min x 5.
    assert own(courier(no_risk=0.25, lost_s=120.0), meal(due_at=520.0)) == pytest.approx(3.0)


def test_prices_of_couriers_hold_their_own_and_those_of_bundles_do_not() -> None:
    bundles = singles_of([meal("O-1"), meal("O-2", ready_at=10.0)], TRAVEL, POLICY)
    plain, stale = courier(), courier(stale_minutes=1.5)

    before = prices_of([plain], bundles, TRAVEL, POLICY, 0.0)
    after = prices_of([stale], bundles, TRAVEL, POLICY, 0.0)

    assert (after[0] - before[0]).tolist() == pytest.approx([1.5, 1.5])
    assert np.array_equal(after[1:], before[1:])


def test_lateness_against_the_promise_has_a_weight_that_is_nothing_by_itself() -> None:
    # Picked up after 130 s, there after 520 s, promised after 400 s: 2 min late.
    bundles = singles_of([meal(due_at=400.0)], TRAVEL, POLICY)
    weighed = MatchPolicy(pickup_s=30.0, drop_off_s=60.0, late_share=3.0)

    without = prices_of([courier()], bundles, TRAVEL, MatchPolicy(pickup_s=30.0, drop_off_s=60.0), 0.0)
    with_it = prices_of([courier()], bundles, TRAVEL, weighed, 0.0)

    assert MatchPolicy().late_share == 0.0
    assert with_it[0, 0] - without[0, 0] == pytest.approx(6.0)


@pytest.mark.parametrize("fields", [{"no_risk": 0.6, "lost_s": 120.0}, {"stale_minutes": 1.0}, {"leaves_short": 1.0}])
def test_slightly_farther_driver_is_taken_where_the_nearer_is_less_sure(fields: dict[str, Any]) -> None:
    near, far = courier("D-1", 2), courier("D-2", 3)
    settle = {"now": 0.0, "next_at": 60.0}

    plain = match([near, far], [meal()], TRAVEL, POLICY, **settle)
    doubtful = match([replace(near, **fields), far], [meal()], TRAVEL, POLICY, **settle)

    assert [given.driver_id for given in plain.commitments] == ["D-1"]
    assert [given.driver_id for given in doubtful.commitments] == ["D-2"]


def test_world_tells_a_match_what_it_tells_a_score(street: Any) -> None:
    # 165 s old, fresh up to 45 s: 1 min of a driver, 110, which is 110 / 60 min of a wait. Half a driver lacks east.
    policy = changed(street.policy, pressure_minutes=2.0)
    outlook = ZoneOutlook({ZoneId("E"): 0.5}, lambda position: ZoneId("E") if position.lon > 0.045 else None)
    order = street.order("O-1", 0, 9_000)
    doubtful = Acceptance(probability=0.75, offers=40, lost_s=120.0)
    driver = street.driver("D-1", 8_000, position_age_s=165.0, acceptance=doubtful)
    world = street.world([driver], [order], policy=policy, outlook=outlook)

    made = match_of(world, [order], {})

    (asked,), (meal,) = made.couriers, made.meals
    assert (asked.no_risk, asked.lost_s) == (0.25, 120.0)
    assert asked.stale_minutes == pytest.approx(110.0 / 60.0)
    assert (asked.leaves_short, meal.ends_short) == (0.5, 0.5)
    assert made.policy.pressure_minutes == pytest.approx(2.0 * 110.0 / 60.0)
    assert made.policy.late_worth == pytest.approx(300.0 / 60.0)


def test_driver_who_never_declines_and_is_heard_weighs_nothing(street: Any) -> None:
    order, driver = street.order("O-1", 0, 9_000), street.driver("D-1", 8_000)
    made = match_of(street.world([driver], [order]), [order], {})

    assert (made.couriers[0].no_risk, made.couriers[0].stale_minutes, made.couriers[0].leaves_short) == (0.0, 0.0, 0.0)
