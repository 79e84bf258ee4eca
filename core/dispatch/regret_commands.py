"""What the platform may ask to be recorded of an override's other choice."""

from __future__ import annotations

from core.command_base import CommandBase
from core.dispatch.regret import RegretEstimate
from core.vocabulary import OverrideId


class RecordRegret(CommandBase, frozen=True, kw_only=True):
    """Record what both choices of an override led to when they were played on."""

    estimate: RegretEstimate


class LeaveRegretOpen(CommandBase, frozen=True, kw_only=True):
    """Record that the other choice cannot be played on, and why."""

    override_id: OverrideId
    cause: str
