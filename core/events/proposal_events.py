"""Policy changes that were proposed from overrides, and what people made of them."""

from __future__ import annotations

from core.dispatch.proposals.proposal import PolicyProposal, ProposalId
from core.events.envelope import Event


class PolicyChangeProposed(Event, frozen=True, kw_only=True):
    """Overrides gave evidence for another value of the policy."""

    is_audited = True

    proposal: PolicyProposal


class PolicyProposalAccepted(Event, frozen=True, kw_only=True):
    """A supervisor said yes; the change itself is the `PolicyChanged` beside it. `before` is the own value before."""

    is_audited = True

    proposal_id: ProposalId
    before: float | None = None


class PolicyProposalRejected(Event, frozen=True, kw_only=True):
    """A supervisor said no."""

    is_audited = True

    proposal_id: ProposalId
    reason: str


class PolicyProposalUndone(Event, frozen=True, kw_only=True):
    """An accepted proposal was taken back; the change back is the `PolicyChanged` beside it."""

    is_audited = True

    proposal_id: ProposalId
    reason: str


class PolicyProposalWithdrawn(Event, frozen=True, kw_only=True):
    """The value that a proposal was to change was changed otherwise."""

    is_audited = True

    proposal_id: ProposalId
