"""What was learned from overrides, in the words of the audit list."""

from __future__ import annotations

from typing import Any

import pytest

from core.dispatch.proposals.proposal import Evidence, PolicyProposal, ProposalId, ProposalRule
from core.dispatch.regret import Interval, PlayedOutcome, RegretEstimate
from core.events import proposal_events as proposed
from core.events.order_events import OrderReleased
from core.events.regret_events import RegretEstimated, RegretLeftOpen
from core.vocabulary import OrderId, OverrideId
from ui.panels.learning_words import learned

ONE = ProposalId("PP-1")
INTERVAL = Interval(mean=-420.0, sd=10.0, low=-436.0, high=-404.0)


@pytest.fixture
def proposal() -> PolicyProposal:
    evidence = Evidence(
        overrides=(OverrideId("V-1"), OverrideId("V-2")),
        money=INTERVAL,
        waited=INTERVAL,
        better=2,
        agrees=2,
        accepted=0,
        disagrees=0,
    )
    return PolicyProposal(
        proposal_id=ONE,
        rule=ProposalRule.FEWER_IN_HAND,
        field="balance_minutes_per_order",
        zone_id=None,
        from_value=0.5,
        to_value=1.0,
        evidence=evidence,
        made_at=0.0,
        policy_number=0,
    )


def test_an_estimate_tells_how_to_make_it_again(desk_scene: Any) -> None:
    nothing = PlayedOutcome(late_minutes=0.0, waited_minutes=0.0, broken=0.0, distance_m=0.0, driving_s=0.0, cost=0.0)
    estimate = RegretEstimate(
        override_id=OverrideId("V-1"),
        position=1,
        forked_at=0.0,
        until_at=0.0,
        policy_number=0,
        seed=77,
        draws=8,
        drivers=4,
        orders=9,
        chosen=nothing,
        recommended=nothing,
        late=INTERVAL,
        waited=INTERVAL,
        money=INTERVAL,
        overriding=0.0,
        following=420.0,
        better_share=1.0,
    )

    what, subject, why = learned(desk_scene.context, RegretEstimated(estimate=estimate)) or ("", "", "")

    assert (what, subject) == ("Regret estimated", "V-1")
    assert why == "override less recommendation CLP −420 (−436 to −404), 8 draws, seed 77"
    assert learned(desk_scene.context, RegretLeftOpen(override_id=OverrideId("V-1"), cause="too_many_orders")) == (
        "Regret not estimated",
        "V-1",
        "too many orders",
    )


def test_a_proposal_is_told_from_its_making_to_its_end(desk_scene: Any, proposal: PolicyProposal) -> None:
    made = proposed.PolicyChangeProposed(proposal=proposal)
    desk_scene.happened(made)
    change = "an order above the mean counts 0.5 → 1 min, whole city"

    assert learned(desk_scene.context, made) == (f"Policy change proposed: {change}", "PP-1", "rests on 2 overrides")
    for event, why in (
        (proposed.PolicyProposalAccepted(proposal_id=ONE), change),
        (proposed.PolicyProposalRejected(proposal_id=ONE, reason="The match"), "The match"),
        (proposed.PolicyProposalUndone(proposal_id=ONE, reason="Too far"), "Too far"),
        (proposed.PolicyProposalWithdrawn(proposal_id=ONE), change),
    ):
        _, subject, told = learned(desk_scene.context, event) or ("", "", "")
        assert (subject, told) == ("PP-1", why)


def test_other_events_are_not_its_matter(desk_scene: Any) -> None:
    assert learned(desk_scene.context, OrderReleased(order_id=OrderId("O-1"))) is None
