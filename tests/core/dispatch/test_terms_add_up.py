"""Whatever the world and the policy, the terms that are shown add up to the score that was decided by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dispatch.acceptance import Acceptance
from core.dispatch.asking import Asked
from core.dispatch.candidates import price, shortlist
from core.dispatch.decision import TermShare
from core.dispatch.policy import DispatchPolicy
from core.dispatch.recommend import recommend
from core.dispatch.scoring import TERMS
from core.vocabulary import DriverId, RecommendationId

METRES = st.integers(0, 9_000)
POLICIES = st.builds(
    DispatchPolicy,
    cost_per_km=st.integers(0, 500),
    cost_per_driver_hour=st.integers(1, 20_000),
    lateness_per_minute=st.integers(0, 900),
    pickup_delay_per_minute=st.integers(0, 300),
    freshness_per_minute=st.integers(0, 300),
    hand_over_minutes=st.floats(0, 5),
    balance_minutes_per_order=st.floats(0, 3),
    shared_trip_minutes=st.floats(0, 5),
    refusal_share=st.floats(0, 1),
    pressure_minutes=st.floats(0, 10),
)


def adds_up(terms: tuple[TermShare, ...], minutes: float, money: int) -> bool:
    return money == sum(share.money for share in terms) and minutes == pytest.approx(sum(s.minutes for s in terms))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    policy=POLICIES,
    drivers=st.lists(st.tuples(METRES, st.integers(0, 2), st.floats(0, 290), st.floats(0, 1)), min_size=1, max_size=4),
    way=st.tuples(METRES, METRES),
    ready_s=st.integers(-600, 1_200),
    due_s=st.integers(-600, 3_600),
    holder=st.integers(-1, 3),
)
def test_terms_of_every_alternative_add_up_to_its_score(
    street: Any,
    policy: DispatchPolicy,
    drivers: list[tuple[int, int, float, float]],
    way: tuple[int, int],
    ready_s: int,
    due_s: int,
    holder: int,
) -> None:
    street = replace(street, policy=policy)
    owner = DriverId(f"D-{holder}") if 0 <= holder < len(drivers) else None
    order = street.order("O-1", *way, ready_s=ready_s, is_ready=ready_s <= 0, due_s=due_s, driver_id=owner)
    orders, states = [order], []
    for number, (x_m, held, age_s, yes) in enumerate(drivers):
        in_hand = [street.order(f"O-{number}{i}", x_m, 4_500, due_s=900.0 * i) for i in range(held)]
        mine = [*in_hand, order] if owner == f"D-{number}" else in_hand
        acceptance = Acceptance(yes, 5, 60.0)
        states.append(street.driver(f"D-{number}", x_m, mine, position_age_s=age_s, acceptance=acceptance))
        orders += in_hand
    world = street.world(states, orders)

    pricing = price(world, order, shortlist(world, order))
    listed = [*pricing.possible, *(() if pricing.keep is None else (pricing.keep,))]
    assert listed or not pricing.possible
    for one in listed:
        assert len(one.terms) == len(TERMS)
        assert adds_up(one.terms, one.total_minutes, one.total_money)
    if pricing.possible:
        made = recommend(world, Asked(pricing, pricing.possible[0].driver_id, {}), RecommendationId("R-1"))
        assert adds_up(made.terms, made.total_minutes, made.total_money)
        for alternative in made.alternatives:
            if alternative.is_possible:
                assert adds_up(alternative.terms, alternative.total_minutes, alternative.total_money)
