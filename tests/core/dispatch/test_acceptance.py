"""A yes is as likely as the prior, the driver and the hour say, each counting as so many offers of its own rate."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dispatch.acceptance import acceptance_of
from core.dispatch.policy import DispatchPolicy
from core.projections.answer_record import AnswerRecord, Answers, Lost, hour_key

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


@given(offered=st.floats(0, 200), share=st.floats(0, 1), offered_now=st.floats(0, 60), share_now=st.floats(0, 1))
def test_it_is_always_a_probability(offered: float, share: float, offered_now: float, share_now: float) -> None:
    known = record(offered, share * offered, offered_now, share_now * offered_now)

    assert -1e-9 <= acceptance_of(known, "D-1", NOON, POLICY).probability <= 1.0 + 1e-9
