"""What may be asked about proposed policy changes: proposed by the platform, decided on by a supervisor."""

from __future__ import annotations

from core.command_base import CommandBase
from core.dispatch.proposals.proposal import PolicyProposal, ProposalId


class ProposePolicyChange(CommandBase, frozen=True, kw_only=True):
    """Show a supervisor what overrides speak for."""

    proposal: PolicyProposal


class WithdrawPolicyProposal(CommandBase, frozen=True, kw_only=True):
    """Take a proposal back whose value was changed otherwise."""

    proposal_id: ProposalId


class AcceptPolicyProposal(CommandBase, frozen=True, kw_only=True):
    """Change the policy as proposed, if the value is still what it was then; the note goes to the audit trail."""

    proposal_id: ProposalId
    note: str = ""


class RejectPolicyProposal(CommandBase, frozen=True, kw_only=True):
    """Leave the policy as it is; the same is proposed again only on twice the evidence."""

    proposal_id: ProposalId
    reason: str


class UndoPolicyProposal(CommandBase, frozen=True, kw_only=True):
    """Give the value back that an accepted proposal changed, if it is still the proposed one."""

    proposal_id: ProposalId
    reason: str
