"""What was prepared for a no is kept with the order until it is on board, somebody else has it, or a person decides."""

from __future__ import annotations

from typing import Any

import pytest

from core.dispatch.decision import (
    Confidence,
    ConfidenceStage,
    Fallback,
    Prepared,
    Recommendation,
    RecommendedAction,
    RiskStage,
    Statement,
)
from core.events import dispatch_events as decided
from core.events import order_events as happened
from core.projections.prepared_fallbacks import PreparedFallbacks

PREPARED = Prepared(for_driver_id="D-1", driver_id="D-2", late_from_at=500.0)


def recommended(*, is_automatic: bool, prepared: Prepared | None = PREPARED) -> decided.AssignmentRecommended:
    made = Recommendation(
        recommendation_id="R-1",
        order_id="O-1",
        made_at=0.0,
        action=RecommendedAction.ASSIGN,
        driver_id="D-1",
        promised_by_at=2_000.0,
        risk=RiskStage.ON_TRACK,
        confidence=Confidence(probability=0.9, stage=ConfidenceStage.GOOD),
        fallback=Fallback(driver_id=None, after_s=60.0, statement=Statement(code="fallback.pool")),
        is_automatic=is_automatic,
        prepared=prepared,
    )
    return decided.AssignmentRecommended(recommendation=made)


def fold(*events: Any) -> PreparedFallbacks:
    book = PreparedFallbacks()
    for event in events:
        book.apply(event)
    return book


ASSIGNED = happened.OrderAssigned(order_id="O-1", driver_id="D-1")
REFUSED = happened.AssignmentRefused(order_id="O-1", driver_id="D-1", reason="too_far")


def test_it_stays_through_the_no_it_was_made_for() -> None:
    assert fold(recommended(is_automatic=True), ASSIGNED, REFUSED).held == {"O-1": PREPARED}


def test_what_a_person_is_asked_about_holds_from_the_yes_on() -> None:
    accepted = decided.RecommendationAccepted(recommendation_id="R-1", order_id="O-1")

    asked = fold(recommended(is_automatic=False))
    assert (asked.held, asked.proposed) == ({}, {"O-1": PREPARED})
    assert fold(recommended(is_automatic=False), accepted, ASSIGNED).held == {"O-1": PREPARED}


@pytest.mark.parametrize(
    "end",
    [
        happened.OrderAssigned(order_id="O-1", driver_id="D-7"),
        happened.OrderUnassigned(order_id="O-1", driver_id="D-1", reason="undone"),
        happened.OrderPickedUp(order_id="O-1", driver_id="D-1"),
        happened.OrderCancelled(order_id="O-1", reason="customer", driver_id="D-1"),
    ],
)
def test_it_ends_when_the_case_cannot_come_any_more(end: Any) -> None:
    assert fold(recommended(is_automatic=True), ASSIGNED, end) == PreparedFallbacks()


def test_next_choice_brings_its_own() -> None:
    anew = Prepared(for_driver_id="D-1", driver_id="D-3", late_from_at=900.0)

    assert fold(recommended(is_automatic=True), recommended(is_automatic=True, prepared=anew)).held == {"O-1": anew}
    assert fold(recommended(is_automatic=True), recommended(is_automatic=True, prepared=None)).held == {}
