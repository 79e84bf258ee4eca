"""Proposed policy changes and what became of them, folded from the log."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from core.dispatch.proposals.proposal import ProposalId, ProposalRecord, ProposalState
from core.events import proposal_events as happened
from core.events.envelope import Envelope, Event


class ProposalBook(msgspec.Struct):
    """Every proposal by id, the first one first."""

    records: dict[ProposalId, ProposalRecord] = {}

    def open_records(self) -> list[ProposalRecord]:
        """Return the proposals that nobody has decided on."""
        return [record for record in self.records.values() if record.state is ProposalState.OPEN]

    def apply(self, envelope: Envelope, event: Event) -> set[str]:
        """Fold one event; return the proposals that it changed."""
        match event:
            case happened.PolicyChangeProposed():
                self.records[event.proposal.proposal_id] = ProposalRecord(proposal=event.proposal)
                return {event.proposal.proposal_id}
            case happened.PolicyProposalAccepted():
                self._decided(event.proposal_id, envelope, ProposalState.ACCEPTED)
                record = self.records[event.proposal_id]
                self.records[event.proposal_id] = replace(record, before=event.before)
            case happened.PolicyProposalRejected():
                self._decided(event.proposal_id, envelope, ProposalState.REJECTED, event.reason)
            case happened.PolicyProposalUndone():
                self._decided(event.proposal_id, envelope, ProposalState.UNDONE, event.reason)
            case happened.PolicyProposalWithdrawn():
                self._decided(event.proposal_id, envelope, ProposalState.WITHDRAWN)
            case _:
                return set()
        return {event.proposal_id}

    def _decided(self, proposal_id: ProposalId, envelope: Envelope, state: ProposalState, reason: str = "") -> None:
        self.records[proposal_id] = replace(
            self.records[proposal_id],
            state=state,
            decided_at=envelope.occurred_at,
            decided_by=envelope.actor.subject,
            reason=reason,
        )
