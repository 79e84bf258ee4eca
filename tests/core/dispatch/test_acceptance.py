"""A yes is as likely as the prior, the driver and the hour say, each counting as so many offers of its own rate."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.dispatch.acceptance import acceptance_of
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import DriverState, PlanningWorld
from core.projections.answer_record import AnswerRecord, Answers, Lost, hour_key
from core.vocabulary import DriverId, Load

NOON = 12 * 3_600.0
POLICY = DispatchPolicy()


def record(offered: float, accepted: float, offered_now: float = 0.0, accepted_now: float = 0.0) -> AnswerRecord:
    return AnswerRecord(
        drivers={"D-1": Answers(offered=offered, accepted=accepted)},
        hours={hour_key("D-1", NOON): Answers(offered=offered_now, accepted=accepted_now)},
    )


def test_stranger_says_yes_as_the_policy_expects() -> None:
    found = acceptance_of(AnswerRecord(), "D-1", NOON, POLICY)

    assert (found.probability, found.offers) == (pytest.approx(0.95), 0)
    assert found.lost_s == POLICY.accept_within_s


def test_driver_stands_beside_the_prior_and_the_hour_beside_the_driver() -> None:
    # Driver: (10 + 20 x 0.95) / (30 + 20) = 0.58. Hour: (1 + 15 x 0.58) / (10 + 15) = 0.388.
    found = acceptance_of(record(30.0, 10.0, 10.0, 1.0), "D-1", NOON, POLICY)
    later = acceptance_of(record(30.0, 10.0, 10.0, 1.0), "D-1", NOON + 7_200.0, POLICY)

    assert (found.probability, found.offers) == (pytest.approx(0.388), 30)
    assert later.probability == pytest.approx(0.58)


def test_time_that_a_no_takes_is_learned() -> None:
    # 20 lost offers of 10 s each beside 20 supposed ones of 120 s: (200 + 2400) / 40 = 65 s.
    known = AnswerRecord(lost=Lost(offers=20.0, seconds=200.0))

    assert acceptance_of(known, "D-1", NOON, POLICY).lost_s == pytest.approx(65.0)


@pytest.mark.parametrize("limit_s", [30.0, 60.0, 120.0, 300.0])
@pytest.mark.parametrize("known", [AnswerRecord(), AnswerRecord(lost=Lost(offers=20.0, seconds=200.0))])
def test_zone_in_which_offers_stand_for_another_time_counts_its_own(known: AnswerRecord, limit_s: float) -> None:
    zone = replace(POLICY, accept_within_s=limit_s)
    of_city = acceptance_of(known, "D-1", NOON, POLICY)
    driver = DriverState(
        driver_id=DriverId("D-1"),
        start=None,
        start_at=NOON,
        position_age_s=0.0,
        capacity=Load(),
        skills=frozenset(),
        is_on_shift=True,
        is_paused=False,
        is_silent=False,
        shift_ends_at=inf,
        stops=(),
        frozen=0,
        on_board=Load(),
        plan_number=0,
        acceptance=of_city,
    )
    world = PlanningWorld(NOON, POLICY, {driver.driver_id: driver}, {})

    asked = world.with_policy(zone).drivers[driver.driver_id].acceptance

    assert asked.lost_s == pytest.approx(acceptance_of(known, "D-1", NOON, zone).lost_s)
    assert world.with_policy(POLICY) is world


@given(offered=st.floats(0, 200), share=st.floats(0, 1), offered_now=st.floats(0, 60), share_now=st.floats(0, 1))
def test_it_is_always_a_probability(offered: float, share: float, offered_now: float, share_now: float) -> None:
    known = record(offered, share * offered, offered_now, share_now * offered_now)

    assert -1e-9 <= acceptance_of(known, "D-1", NOON, POLICY).probability <= 1.0 + 1e-9
