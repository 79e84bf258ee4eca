"""What went wrong on the way, and what was done about it."""

from __future__ import annotations

from core.disruption.disruption import Disruption, DisruptionId, Recovery, RecoveryId
from core.events.envelope import Event


class DisruptionDetected(Event, frozen=True, kw_only=True):
    """The platform noticed that something is wrong."""

    disruption: Disruption


class DisruptionEnded(Event, frozen=True, kw_only=True):
    """It is over."""

    disruption_id: DisruptionId


class RecoveryChosen(Event, frozen=True, kw_only=True):
    """A person, or the platform where policy lets it, chose what to do, having seen the impact."""

    is_audited = True

    recovery: Recovery


class ReviewClosed(Event, frozen=True, kw_only=True):
    """A supervisor looked at what a dispatcher asked about."""

    is_audited = True

    recovery_id: RecoveryId
    disruption_id: DisruptionId
    note: str = ""


class RecoveryUndone(Event, frozen=True, kw_only=True):
    """What was chosen was taken back by a compensating command."""

    is_audited = True

    recovery_id: RecoveryId
    disruption_id: DisruptionId
