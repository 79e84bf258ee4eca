"""What was learned from overrides, as the audit list says it: estimates of regret, and proposed policy changes."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from core.dispatch.proposals.proposal import PolicyProposal, ProposalId
from core.events import proposal_events as proposed
from core.events.envelope import Event
from core.events.regret_events import RegretEstimated, RegretLeftOpen
from ui.desk_context import DeskContext
from ui.names import zone_name
from ui.panels.regret_words import cause_word, money_between
from ui.policy_words import field_word, with_unit, written


def _tr(text: str) -> str:
    return QCoreApplication.translate("learning", text)


def learned(context: DeskContext, event: Event) -> tuple[str, str, str] | None:
    """Return what happened, to what, and why; ``None`` for any other event."""
    match event:
        case RegretEstimated():
            estimate, code = event.estimate, context.city.currency
            amount = f"{code} {money_between(estimate.money, context.city)}"
            why = _tr("override less recommendation {amount}, {draws} draws, seed {seed}")
            told = why.format(amount=amount, draws=estimate.draws, seed=estimate.seed)
            return _tr("Regret estimated"), estimate.override_id, told
        case RegretLeftOpen():
            return _tr("Regret not estimated"), event.override_id, cause_word(event.cause)
        case proposed.PolicyChangeProposed():
            made = event.proposal
            rests = _tr("rests on {count} overrides").format(count=len(made.evidence.overrides))
            return (
                _tr("Policy change proposed: {change}").format(change=_change(context, made)),
                made.proposal_id,
                rests,
            )
        case proposed.PolicyProposalAccepted():
            return _tr("Proposal of a policy change accepted"), event.proposal_id, _of(context, event.proposal_id)
        case proposed.PolicyProposalRejected():
            return _tr("Proposal of a policy change rejected"), event.proposal_id, event.reason
        case proposed.PolicyProposalUndone():
            return _tr("Proposed policy change taken back"), event.proposal_id, event.reason
        case proposed.PolicyProposalWithdrawn():
            return _tr("Proposal of a policy change overtaken"), event.proposal_id, _of(context, event.proposal_id)
    return None


def _of(context: DeskContext, proposal_id: ProposalId) -> str:
    record = context.store.operation.proposals.records.get(proposal_id)
    return "" if record is None else _change(context, record.proposal)


def _change(context: DeskContext, made: PolicyProposal) -> str:
    operation, city = context.store.operation, context.city
    where = _tr("whole city") if made.zone_id is None else zone_name(operation, made.zone_id)
    before, after = written(made.field, made.from_value, city), with_unit(made.field, made.to_value, city)
    return f"{field_word(made.field)} {before} → {after}, {where}"
