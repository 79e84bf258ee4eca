"""Kept promises are counted by the probability they were given, from the log alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.dispatch.decision import (
    Confidence,
    ConfidenceStage,
    Fallback,
    Recommendation,
    RecommendedAction,
    RiskStage,
    Statement,
)
from core.events import dispatch_events as decided
from core.events import order_events as happened
from core.events.envelope import Event
from core.projections.decision_book import DecisionBook
from core.projections.promise_record import Held, LikeCases, PromiseRecord
from tests.envelopes import envelope_of

PROMISED = 2_000.0


def fold(book: DecisionBook, *events: tuple[Event, float]) -> DecisionBook:
    for event, at in events:
        book.apply(envelope_of(event, at), event)
    return book


def recommended(
    order_id: str, probability: float, *, is_automatic: bool = True, forecast: float | None = None
) -> tuple[Event, float]:
    made = Recommendation(
        recommendation_id=f"R-{order_id}",
        order_id=order_id,
        made_at=0.0,
        action=RecommendedAction.ASSIGN,
        driver_id="D-1",
        promised_by_at=PROMISED,
        risk=RiskStage.ON_TRACK,
        confidence=Confidence(probability=probability, stage=ConfidenceStage.HIGH, forecast_probability=forecast),
        fallback=Fallback(driver_id=None, after_s=60.0, statement=Statement(code="fallback.pool")),
        is_automatic=is_automatic,
    )
    return decided.AssignmentRecommended(recommendation=made), 0.0


def reached(order_id: str, at: float) -> tuple[Event, float]:
    return happened.DeliveryReached(order_id=order_id, driver_id="D-1"), at


def delivered(order_id: str, at: float) -> tuple[Event, float]:
    return happened.OrderDelivered(order_id=order_id, driver_id="D-1"), at


@pytest.fixture
def book() -> DecisionBook:
    return DecisionBook()


def test_kept_and_broken_promises_are_counted_where_they_were_given(book: DecisionBook) -> None:
    # Three were given nine tenths and more: two kept it, one came a second late. One was given a half.
    fold(
        book,
        *(recommended(name, 0.93) for name in "ABC"),
        recommended("D", 0.55),
        reached("A", 1_900.0),
        reached("B", PROMISED),
        reached("C", PROMISED + 1.0),
        reached("D", 1_000.0),
    )

    record = book.promises

    assert record.alike(0.99) == LikeCases(ended=3, kept=2)
    assert record.alike(0.99).rate == pytest.approx(2 / 3)
    assert record.alike(0.50) == LikeCases(ended=1, kept=1)
    assert record.alike(0.20) == LikeCases()


def test_arrival_at_the_door_counts_and_not_the_hand_over_after_it(book: DecisionBook) -> None:
    fold(book, recommended("A", 0.95), reached("A", 1_990.0), delivered("A", 2_200.0))

    assert book.promises.alike(0.95) == LikeCases(ended=1, kept=1)


def test_hand_over_counts_where_the_arrival_was_not_seen(book: DecisionBook) -> None:
    fold(book, recommended("A", 0.95), delivered("A", 2_200.0))

    assert book.promises.alike(0.95) == LikeCases(ended=1, kept=0)


@pytest.mark.parametrize(
    "event",
    [
        happened.OrderCancelled(order_id="A", reason="changed mind"),
        happened.AssignmentRefused(order_id="A", driver_id="D-1", reason="too_far"),
        happened.OrderUnassigned(order_id="A", driver_id="D-1", reason="undone"),
    ],
)
def test_what_did_not_come_to_pass_is_no_case(book: DecisionBook, event: Event) -> None:
    fold(book, recommended("A", 0.95), (event, 10.0), delivered("A", 100.0))

    assert book.promises.alike(0.95) == LikeCases()
    assert book.promises.awaited == {}


def test_proposal_counts_once_a_person_accepted_it(book: DecisionBook) -> None:
    fold(book, recommended("A", 0.65, is_automatic=False), recommended("B", 0.65, is_automatic=False))
    accepted = decided.RecommendationAccepted(recommendation_id="R-A", order_id="A")

    fold(book, (accepted, 5.0), delivered("A", 100.0), delivered("B", 100.0))

    assert book.promises.alike(0.65) == LikeCases(ended=1, kept=1)
    assert book.promises.proposed == {}


def test_forecasts_are_corrected_by_what_was_held_of_earlier_ones() -> None:
    # Forecasts gave 10 x 1.0 and 9 were kept, beside 20 x 1.0 of which 19.4 are supposed to be: 28.4 / 30.
    record = PromiseRecord(held=Held(promised=10.0, kept=9.0))

    assert PromiseRecord().corrected(1.0) == pytest.approx(0.97)
    assert record.corrected(1.0) == pytest.approx(28.4 / 30.0)
    assert record.corrected(0.5) == pytest.approx(14.2 / 30.0)


def test_correction_learns_from_forecasts_and_never_raises_them(book: DecisionBook) -> None:
    for number in range(40):
        fold(book, recommended(f"O-{number}", 0.6, forecast=0.62), reached(f"O-{number}", 100.0))

    assert book.promises.held.kept == pytest.approx(book.promises.held.promised / 0.62)
    assert book.promises.held_in_fact == 1.0


def test_record_survives_a_snapshot(book: DecisionBook) -> None:
    fold(book, recommended("A", 0.95), recommended("B", 0.95), delivered("A", 100.0))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(book), type=DecisionBook)

    fold(again, delivered("B", 3_000.0))

    assert again.promises.alike(0.95) == LikeCases(ended=2, kept=1)


def test_order_whose_decision_was_undone_is_known_until_it_ends(book: DecisionBook) -> None:
    undone: Any = decided.AssignmentUndone(recommendation_id="R-A", order_id="A")
    fold(book, (undone, 5.0))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(book), type=DecisionBook)
    known = set(again.taken_back)
    fold(again, delivered("A", 100.0))

    assert (known, again.taken_back) == ({"A"}, set())
