"""Decides about proposed policy changes; an accepted one goes through the ordinary change of the policy."""

from __future__ import annotations

from core.commands import ChangePolicy
from core.deciding import Context, Decision
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_decisions import LONGEST_NOTE, change_policy
from core.dispatch.policy_fields import policy_in_force
from core.dispatch.proposals.commands import (
    AcceptPolicyProposal,
    ProposePolicyChange,
    RejectPolicyProposal,
    UndoPolicyProposal,
    WithdrawPolicyProposal,
)
from core.dispatch.proposals.proposal import PolicyProposal, ProposalId, ProposalRecord, ProposalState
from core.events import proposal_events as happened
from core.projections.operation import Operation
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import POLICY

LONGEST_REASON = LONGEST_NOTE - 60
"""The note of the change names the proposal before the reason."""


def value_in_force(operation: Operation, proposal: PolicyProposal) -> float:
    """Return what the proposal's value is now."""
    return float(getattr(policy_in_force(DispatchPolicy(), operation.policy, proposal.zone_id), proposal.field))


def propose_policy_change(context: Context, command: ProposePolicyChange) -> Decision:
    """Make a proposal known; one at a time for each value of a zone.

    Raises
    ------
    Refusal
        ``proposal.open_already``.
    """
    proposal = command.proposal
    for record in context.operation.proposals.open_records():
        if (record.proposal.field, record.proposal.zone_id) == (proposal.field, proposal.zone_id):
            raise Refusal("proposal.open_already", f"{proposal.field} has an open proposal already.", status=409)
    return Decision([(POLICY, happened.PolicyChangeProposed(proposal=proposal))], created=proposal.proposal_id)


def withdraw_policy_proposal(context: Context, command: WithdrawPolicyProposal) -> Decision:
    """Take an open proposal back."""
    record = _in_state(context, command.proposal_id, ProposalState.OPEN)
    return Decision([(POLICY, happened.PolicyProposalWithdrawn(proposal_id=record.proposal.proposal_id))])


def accept_policy_proposal(context: Context, command: AcceptPolicyProposal) -> Decision:
    """Change the policy as proposed.

    Raises
    ------
    NotFound
        If there is no such proposal.
    Refusal
        ``proposal.decided``; what `change_policy` refuses.
    StateChanged
        If the value is no longer what it was.
    """
    proposal = _in_state(context, command.proposal_id, ProposalState.OPEN).proposal
    if value_in_force(context.operation, proposal) != proposal.from_value:
        raise StateChanged(f"{proposal.field} was changed since it was proposed. Look again.", field=proposal.field)
    before = context.operation.policy.values(proposal.zone_id).get(proposal.field)
    note = _note(proposal, "accepted", command.note)
    change = _change(context, proposal, proposal.to_value, note)
    accepted = happened.PolicyProposalAccepted(proposal_id=proposal.proposal_id, before=before)
    return Decision([(POLICY, accepted), *change.events], created=change.created)


def reject_policy_proposal(context: Context, command: RejectPolicyProposal) -> Decision:
    """Leave the policy as it is.

    Raises
    ------
    NotFound
        If there is no such proposal.
    Refusal
        ``proposal.decided``, ``proposal.reason_required``.
    """
    record = _in_state(context, command.proposal_id, ProposalState.OPEN)
    event = happened.PolicyProposalRejected(proposal_id=record.proposal.proposal_id, reason=_reason(command.reason))
    return Decision([(POLICY, event)])


def undo_policy_proposal(context: Context, command: UndoPolicyProposal) -> Decision:
    """Give back the value that was there before an accepted proposal.

    Raises
    ------
    NotFound
        If there is no such proposal.
    Refusal
        ``proposal.not_accepted``, ``proposal.reason_required``.
    StateChanged
        If the value was changed since.
    """
    record = context.operation.proposals.records.get(command.proposal_id)
    if record is None:
        raise NotFound("proposal", command.proposal_id)
    if record.state is not ProposalState.ACCEPTED:
        raise Refusal("proposal.not_accepted", f"{command.proposal_id} is {record.state.value}.", status=409)
    proposal = record.proposal
    if value_in_force(context.operation, proposal) != proposal.to_value:
        raise StateChanged(f"{proposal.field} was changed since it was accepted. Look again.", field=proposal.field)
    reason = _reason(command.reason)
    change = _change(context, proposal, record.before, _note(proposal, "taken back", reason))
    undone = happened.PolicyProposalUndone(proposal_id=proposal.proposal_id, reason=reason)
    return Decision([(POLICY, undone), *change.events], created=change.created)


def _change(context: Context, proposal: PolicyProposal, value: float | None, note: str) -> Decision:
    return change_policy(context, ChangePolicy(values={proposal.field: value}, zone_id=proposal.zone_id, note=note))


def _note(proposal: PolicyProposal, what: str, reason: str) -> str:
    return f"Proposal {proposal.proposal_id} {what}" + (f": {reason.strip()}" if reason.strip() else "")


def _reason(told: str) -> str:
    reason = told.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise Refusal("proposal.reason_required", f"Say why, in up to {LONGEST_REASON} characters.")
    return reason


def _in_state(context: Context, proposal_id: ProposalId, state: ProposalState) -> ProposalRecord:
    record = context.operation.proposals.records.get(proposal_id)
    if record is None:
        raise NotFound("proposal", proposal_id)
    if record.state is not state:
        raise Refusal("proposal.decided", f"{proposal_id} is {record.state.value} already.", status=409)
    return record
