"""Proposed policy changes over REST: each with its evidence, accepted, rejected or taken back by a supervisor."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.openapi.spec import Example
from litestar.params import Body, QueryParameter

from backend_service.api.carrying_out import carry_out
from backend_service.api.collaborators import Caller, Tower
from backend_service.api.identification import DESK, IdempotencyKey, allowed, may
from backend_service.api.override_ledger import IntervalView
from backend_service.api.paging import Accepted
from backend_service.api.places_and_times import NO_NUL, IdInPath, Moment, moment, moment_or_none
from backend_service.api.problems import problems
from core.dispatch.proposals.commands import AcceptPolicyProposal, RejectPolicyProposal, UndoPolicyProposal
from core.dispatch.proposals.decisions import LONGEST_REASON
from core.dispatch.proposals.proposal import ProposalId, ProposalRecord, ProposalRule, ProposalState

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_REASON, pattern=NO_NUL)]
InState = Annotated[
    ProposalState | None, QueryParameter(name="state", required=False, description="Only those; else all.")
]


class EvidenceView(msgspec.Struct, kw_only=True):
    """What a proposal rests on: overrides, their estimated mean regret, and what would have been decided.

    Minus is where overriding did better. The recommendation would have agreed with `agrees` of the overrides, and been
    another in `disagrees` of `accepted` recommendations that stood.
    """

    overrides: list[str]
    money: IntervalView
    waited: IntervalView
    better: int
    agrees: int
    accepted: int
    disagrees: int


class ProposalView(msgspec.Struct, kw_only=True):
    """A change of one value of the policy, for a zone or the whole city, and what became of it."""

    proposal_id: str
    rule: ProposalRule
    state: ProposalState
    field: str
    zone_id: str | None
    from_value: float
    to_value: float
    evidence: EvidenceView
    made_at: Moment
    policy_number: int
    decided_at: Moment | None
    decided_by: str
    reason: str


class ProposalList(msgspec.Struct, kw_only=True):
    """Proposals, the newest first."""

    items: list[ProposalView]


class AcceptanceDraft(msgspec.Struct, kw_only=True):
    """What is to stand in the audit trail beside the proposal's name."""

    note: Annotated[str, msgspec.Meta(max_length=LONGEST_REASON, pattern=NO_NUL)] = ""


class ProposalReason(msgspec.Struct, kw_only=True):
    """Why a proposal is rejected or taken back."""

    reason: Reason


_ACCEPTED = Example(summary="Agreed", value={"note": "As the shift leads say as well."})
_REJECTED = Example(summary="A day that does not come again", value={"reason": "All of them on the day of the match."})
_UNDONE = Example(summary="It went wrong", value={"reason": "Free drivers now come from too far away."})


@get("/policy/proposals", guards=[allowed(DESK)], responses=problems(422), summary="List proposed policy changes")
async def list_policy_proposals(tower: Tower, in_state: InState = None) -> ProposalList:
    """Return what overrides speak for, with the evidence; nothing of it holds until a supervisor accepts it."""
    records = [
        record
        for record in tower.bus.operation.proposals.records.values()
        if in_state is None or record.state is in_state
    ]
    return ProposalList(items=[_view(record) for record in reversed(records)])


@post(
    "/policy/proposals/{proposal_id:str}/accept",
    status_code=200,
    guards=[may(AcceptPolicyProposal)],
    responses=problems(404, 409, 422, 503),
    summary="Accept a proposed policy change",
)
async def accept_policy_proposal(
    proposal_id: IdInPath,
    data: Annotated[AcceptanceDraft, Body(examples=[_ACCEPTED])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Change the policy as proposed, if the value is still what it was; the change names the proposal."""
    command = AcceptPolicyProposal(proposal_id=ProposalId(proposal_id), note=data.note)
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/policy/proposals/{proposal_id:str}/reject",
    status_code=200,
    guards=[may(RejectPolicyProposal)],
    responses=problems(404, 409, 422, 503),
    summary="Reject a proposed policy change",
)
async def reject_policy_proposal(
    proposal_id: IdInPath,
    data: Annotated[ProposalReason, Body(examples=[_REJECTED])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Leave the policy as it is; the same is proposed again only on twice the overrides."""
    command = RejectPolicyProposal(proposal_id=ProposalId(proposal_id), reason=data.reason)
    return await carry_out(tower, identity, command, idempotency_key)


@post(
    "/policy/proposals/{proposal_id:str}/undo",
    status_code=200,
    guards=[may(UndoPolicyProposal)],
    responses=problems(404, 409, 422, 503),
    summary="Take an accepted policy change back",
)
async def undo_policy_proposal(
    proposal_id: IdInPath,
    data: Annotated[ProposalReason, Body(examples=[_UNDONE])],
    tower: Tower,
    identity: Caller,
    idempotency_key: IdempotencyKey = None,
) -> Accepted:
    """Give the value back that was there before, if nobody has changed it since."""
    command = UndoPolicyProposal(proposal_id=ProposalId(proposal_id), reason=data.reason)
    return await carry_out(tower, identity, command, idempotency_key)


def _view(record: ProposalRecord) -> ProposalView:
    proposal, evidence = record.proposal, record.proposal.evidence
    return ProposalView(
        proposal_id=proposal.proposal_id,
        rule=proposal.rule,
        state=record.state,
        field=proposal.field,
        zone_id=proposal.zone_id,
        from_value=proposal.from_value,
        to_value=proposal.to_value,
        evidence=EvidenceView(
            overrides=list(evidence.overrides),
            money=IntervalView.of(evidence.money),
            waited=IntervalView.of(evidence.waited),
            better=evidence.better,
            agrees=evidence.agrees,
            accepted=evidence.accepted,
            disagrees=evidence.disagrees,
        ),
        made_at=moment(proposal.made_at),
        policy_number=proposal.policy_number,
        decided_at=moment_or_none(record.decided_at),
        decided_by=record.decided_by,
        reason=record.reason,
    )


PROPOSAL_HANDLERS = (
    list_policy_proposals,
    accept_policy_proposal,
    reject_policy_proposal,
    undo_policy_proposal,
)
