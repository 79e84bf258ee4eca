"""Proposed policy changes: accepted through the ordinary change, rejected with a reason, taken back."""

from __future__ import annotations

from typing import Any

import pytest

from core.command_rights import PERMITTED
from core.commands import ChangePolicy
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import policy_in_force
from core.dispatch.proposals.commands import (
    AcceptPolicyProposal,
    ProposePolicyChange,
    RejectPolicyProposal,
    UndoPolicyProposal,
    WithdrawPolicyProposal,
)
from core.dispatch.proposals.proposal import Evidence, PolicyProposal, ProposalId, ProposalRule, ProposalState
from core.dispatch.regret import Interval
from core.events.policy_events import PolicyChanged
from core.people.regions import only_in_regions
from core.refusals import NotFound, Refusal, StateChanged
from core.vocabulary import Actor, OverrideId, Role, ZoneId

SUPERVISOR = Actor(subject="fuentes", role=Role.SUPERVISOR)
FIELD = "balance_minutes_per_order"
ONE = ProposalId("PP-1")


def _proposal(number: int = 1, **fields: Any) -> PolicyProposal:
    interval = Interval(mean=-300.0, sd=40.0, low=-365.0, high=-235.0)
    evidence = Evidence(
        overrides=(OverrideId("V-1"),), money=interval, waited=interval, better=1, agrees=1, accepted=4, disagrees=0
    )
    settings: dict[str, Any] = {
        "proposal_id": ProposalId(f"PP-{number}"),
        "rule": ProposalRule.FEWER_IN_HAND,
        "field": FIELD,
        "zone_id": None,
        "from_value": 0.5,
        "to_value": 1.0,
        "evidence": evidence,
        "made_at": 0.0,
        "policy_number": 0,
    }
    return PolicyProposal(**{**settings, **fields})


@pytest.fixture
def proposed(scene: Any) -> Any:
    scene.do(ProposePolicyChange(proposal=_proposal()))
    return scene


def _value(scene: Any) -> float:
    return float(getattr(policy_in_force(DispatchPolicy(), scene.operation.policy), FIELD))


def _state(scene: Any) -> ProposalState:
    return scene.operation.proposals.records[ONE].state  # type: ignore[no-any-return]


def test_accepting_changes_the_policy_in_the_ordinary_way_and_names_the_proposal(proposed: Any) -> None:
    proposed.do(AcceptPolicyProposal(proposal_id=ONE, note="Four weeks of it"), SUPERVISOR)

    change = proposed.happened[-1]
    assert isinstance(change, PolicyChanged)
    assert (change.number, change.values, change.note) == (1, {FIELD: 1.0}, "Proposal PP-1 accepted: Four weeks of it")
    assert (_value(proposed), _state(proposed)) == (1.0, ProposalState.ACCEPTED)
    assert proposed.operation.proposals.records[ONE].decided_by == "fuentes"


def test_taking_it_back_gives_the_value_that_was_there_before(proposed: Any) -> None:
    proposed.do(AcceptPolicyProposal(proposal_id=ONE), SUPERVISOR)
    proposed.do(UndoPolicyProposal(proposal_id=ONE, reason="Drivers complain"), SUPERVISOR)

    assert (_value(proposed), _state(proposed)) == (0.5, ProposalState.UNDONE)
    assert FIELD not in proposed.operation.policy.city


def test_it_is_not_taken_back_over_somebody_elses_later_change(proposed: Any) -> None:
    proposed.do(AcceptPolicyProposal(proposal_id=ONE), SUPERVISOR)
    proposed.do(ChangePolicy(values={FIELD: 2.0}, note="By hand"), SUPERVISOR)

    with pytest.raises(StateChanged):
        proposed.do(UndoPolicyProposal(proposal_id=ONE, reason="Back"), SUPERVISOR)


def test_a_value_that_moved_meanwhile_is_not_accepted(proposed: Any) -> None:
    proposed.do(ChangePolicy(values={FIELD: 0.75}, note="By hand"), SUPERVISOR)

    with pytest.raises(StateChanged):
        proposed.do(AcceptPolicyProposal(proposal_id=ONE), SUPERVISOR)
    proposed.do(WithdrawPolicyProposal(proposal_id=ONE))
    assert _state(proposed) is ProposalState.WITHDRAWN


def test_rejecting_needs_a_reason_and_changes_nothing(proposed: Any) -> None:
    with pytest.raises(Refusal) as refused:
        proposed.do(RejectPolicyProposal(proposal_id=ONE, reason="  "), SUPERVISOR)
    proposed.do(RejectPolicyProposal(proposal_id=ONE, reason="It was the match day"), SUPERVISOR)

    assert refused.value.code == "proposal.reason_required"
    assert (_value(proposed), _state(proposed)) == (0.5, ProposalState.REJECTED)
    with pytest.raises(Refusal):
        proposed.do(AcceptPolicyProposal(proposal_id=ONE), SUPERVISOR)


def test_one_value_has_one_open_proposal(proposed: Any) -> None:
    with pytest.raises(Refusal) as refused:
        proposed.do(ProposePolicyChange(proposal=_proposal(2)))

    assert refused.value.code == "proposal.open_already"


def test_what_does_not_exist_is_not_found(scene: Any) -> None:
    for command in (AcceptPolicyProposal(proposal_id=ONE), UndoPolicyProposal(proposal_id=ONE, reason="Back")):
        with pytest.raises(NotFound):
            scene.do(command, SUPERVISOR)


def test_supervisors_decide_and_only_in_their_regions(proposed: Any) -> None:
    assert PERMITTED[AcceptPolicyProposal] == {Role.SUPERVISOR, Role.ADMINISTRATOR}
    with pytest.raises(Refusal):
        only_in_regions(proposed.operation, AcceptPolicyProposal(proposal_id=ONE), frozenset({ZoneId("Z-01")}))
