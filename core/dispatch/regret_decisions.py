"""Decides about estimates of regret: one for each override, and none for what was taken back."""

from __future__ import annotations

from core.deciding import Context, Decision
from core.dispatch.decision import Override
from core.dispatch.regret_commands import LeaveRegretOpen, RecordRegret
from core.events.regret_events import RegretEstimated, RegretLeftOpen
from core.refusals import NotFound, Refusal
from core.streams import of_decision
from core.vocabulary import OverrideId


def record_regret(context: Context, command: RecordRegret) -> Decision:
    """Record an estimate.

    Raises
    ------
    Refusal
        ``regret.known`` if there is one, ``regret.undone`` if the override was taken back.
    NotFound
        If there is no such override.
    """
    override = _awaited(context, command.estimate.override_id)
    return Decision([(of_decision(override.order_id), RegretEstimated(estimate=command.estimate))])


def leave_regret_open(context: Context, command: LeaveRegretOpen) -> Decision:
    """Record that there will be no estimate; refusals as in `record_regret`."""
    override = _awaited(context, command.override_id)
    event = RegretLeftOpen(override_id=command.override_id, cause=command.cause)
    return Decision([(of_decision(override.order_id), event)])


def _awaited(context: Context, override_id: OverrideId) -> Override:
    override = context.operation.decisions.overrides.get(override_id)
    if override is None:
        raise NotFound("override", override_id)
    if override.undone_at is not None:
        raise Refusal("regret.undone", f"{override_id} was taken back.", status=409)
    if context.operation.regrets.has(override_id):
        raise Refusal("regret.known", f"{override_id} has its estimate already.", status=409)
    return override
