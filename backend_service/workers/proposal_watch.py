"""Proposes policy changes when new estimates of regret give evidence, and takes proposals back that were overtaken."""

from __future__ import annotations

import logging

from backend_service.workers.collaborators import Bus
from backend_service.workers.recorded_decisions import RecordedDecisions
from core.commands import Command
from core.dispatch.policy import DispatchPolicy
from core.dispatch.policy_fields import policy_in_force
from core.dispatch.proposals.commands import ProposePolicyChange, WithdrawPolicyProposal
from core.dispatch.proposals.decisions import value_in_force
from core.dispatch.proposals.proposing import proposals_from, proposing_of
from core.refusals import Refusal
from core.vocabulary import PLATFORM, Instant

logger = logging.getLogger(__name__)


class ProposalWatch:
    """Implements `Worker`.

    Attributes
    ----------
    refused : how many proposals were overtaken while they were drawn up

    Parameters
    ----------
    bus : Bus
    decisions : RecordedDecisions
    """

    name = "proposals"
    every_s = 300.0

    def __init__(self, bus: Bus, decisions: RecordedDecisions) -> None:
        self.refused = 0
        self._bus = bus
        self._decisions = decisions
        self._estimates_seen = -1

    def is_wanted(self, now: Instant) -> bool:
        """Nothing makes it urgent."""
        return False

    async def run_once(self, now: Instant) -> None:
        """Withdraw what was overtaken; draw up proposals if there are estimates that were not looked at."""
        operation = self._bus.operation
        for record in operation.proposals.open_records():
            if value_in_force(operation, record.proposal) != record.proposal.from_value:
                await self._execute(WithdrawPolicyProposal(proposal_id=record.proposal.proposal_id))
        estimates = len(operation.regrets.estimates)
        if estimates in (0, self._estimates_seen):
            return
        self._estimates_seen = estimates
        policy = proposing_of(policy_in_force(DispatchPolicy(), operation.policy))
        for proposal in proposals_from(await self._decisions.lessons(), policy, now):
            await self._execute(ProposePolicyChange(proposal=proposal))

    async def _execute(self, command: Command) -> None:
        try:
            await self._bus.execute(command, PLATFORM)
        except Refusal as refusal:
            self.refused += 1
            logger.info("a proposal was overtaken: %s", refusal.sentence)
