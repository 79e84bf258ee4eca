"""Each term's exact amount, with the arithmetic beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as changed

from core.dispatch import scoring
from core.dispatch.candidates import candidate_of
from core.dispatch.decision import TermShare
from core.dispatch.scoring import Option
from core.eta.arrival import SpreadPolicy

SURE = SpreadPolicy(travel_share=0.0, service_share=0.0, kitchen_sd_s=0.0, position_share=0.0)


@pytest.fixture
def street(street: Any) -> Any:
    return replace(street, policy=changed(street.policy, spread=SURE))


def option(street: Any, driver: Any, order: Any, others: Any = (), mean_orders: float = 0.0) -> Option:
    world = street.world([driver], [order, *others])
    found = candidate_of(world, driver, order, mean_orders).option
    assert found is not None
    return found


def amounts(share: TermShare) -> tuple[float, int]:
    return share.minutes, share.money


def test_goods_that_wait_for_the_driver_cost_their_minutes(street: Any) -> None:
    # Ready now, driver 3000 m away at 10 m/s: 300 s = 5 min x 60 = 300.
    found = scoring.pickup_eta(option(street, street.driver("D-1", 0), street.order("O-1", 3000, 4000)))

    assert amounts(found) == (pytest.approx(5.0), 300)


def test_driver_who_waits_at_the_counter_costs_their_minutes(street: Any) -> None:
    # There after 60 s, ready after 300 s: 240 s = 4 min x 110 = 440.
    order = street.order("O-1", 600, 1000, ready_s=300.0)

    assert amounts(scoring.pickup_waiting(option(street, street.driver("D-1", 0), order))) == (pytest.approx(4.0), 440)


def test_lateness_costs_its_minutes_and_more_the_longer_it_is(street: Any) -> None:
    # 100 s + 60 s at the counter + 100 s = 260 s; promised after 80 s: 180 s = 3 min x 300 = 900, and 3 / 10 more.
    order = street.order("O-1", 1000, 2000, due_s=80.0)

    minutes, money = amounts(scoring.lateness_risk(option(street, street.driver("D-1", 0), order)))

    assert minutes == pytest.approx(3.0, abs=0.01)
    assert money == 1170
    even = replace(street, policy=changed(street.policy, lateness_doubles_s=0.0))
    assert amounts(scoring.lateness_risk(option(even, even.driver("D-1", 0), order)))[1] == 900


def test_detour_costs_time_and_way(street: Any, on_the_way: Any) -> None:
    # 0 -> 5000 before; 0 -> -500 -> 5000 with the pickup: 1000 m and 100 s more, and on to 6000: 1000 m, 100 s.
    # 200 s = 3.33 min; 200 / 3600 h x 6600 + 2 km x 110 = 366.7 + 220 = 587.
    carried = street.order("O-1", 0, 5000, state=on_the_way)
    order = street.order("O-2", -500, 6000)

    found = scoring.detour(option(street, street.driver("D-1", 0, [carried]), order, [carried]))

    assert amounts(found) == (pytest.approx(200 / 60), 587)


def test_orders_above_the_mean_cost_balance(street: Any, on_the_way: Any) -> None:
    # 1 in hand, mean 0.4: 0.6 orders x 0.5 min = 0.3 min x 110 = 33.
    carried = street.order("O-1", 0, 5000, state=on_the_way)
    driver = street.driver("D-1", 0, [carried])

    found = scoring.load_balance(option(street, driver, street.order("O-2", 0, 5000), [carried], mean_orders=0.4))

    assert amounts(found) == (pytest.approx(0.3), 33)


def test_old_position_costs_half_its_age_above_the_fresh_limit(street: Any) -> None:
    # 165 s old, fresh up to 45 s: 120 s = 2 min x 0.5 = 1 min x 110.
    driver = street.driver("D-1", 0, position_age_s=165.0)

    found = scoring.position_freshness(option(street, driver, street.order("O-1", 0, 1000)))

    assert amounts(found) == (pytest.approx(1.0), 110)


def test_lateness_of_other_customers_counts(street: Any, on_the_way: Any) -> None:
    # O-1 at 1000 m would be reached at 100 s, exactly as promised. The goods of O-2 lie at 500 m, on the way: 60 s
    # at the counter and 120 s at the other door make O-1 late: its minutes x 300, and a tenth of their square more.
    carried = street.order("O-1", 0, 1000, state=on_the_way, due_s=100.0)
    order = street.order("O-2", 500, 1000, due_s=50.0)
    found = option(street, street.driver("D-1", 0, [carried]), order, [carried])
    plan = found.insertion.after
    moved_s = plan.arrives[plan.stops.index(found.insertion.driver.stops[0])] - street.now - 100.0

    minutes, money = amounts(scoring.other_promises(found))

    assert minutes == pytest.approx(moved_s / 60.0, abs=0.01)
    assert money == pytest.approx(minutes * 300 + (moved_s / 60.0) ** 2 * 30, abs=2)


def test_taking_an_order_from_a_driver_costs_a_hand_over(street: Any) -> None:
    # 1.6 min x 110 = 176.
    order = street.order("O-1", 0, 1000, driver_id="D-9")

    assert amounts(scoring.hand_over(option(street, street.driver("D-1", 0), order))) == (1.6, 176)
    assert amounts(scoring.hand_over(option(street, street.driver("D-9", 0), order))) == (0.0, 0)


def test_terms_add_up_to_the_score(street: Any) -> None:
    driver, order = street.driver("D-1", 0), street.order("O-1", 3000, 9000, due_s=300.0)
    world = street.world([driver], [order])

    found = candidate_of(world, driver, order, 0.0)

    assert found.total_money == sum(share.money for share in found.terms)
    assert found.total_minutes == pytest.approx(sum(share.minutes for share in found.terms))
    assert len(found.terms) == len(scoring.TERMS)
