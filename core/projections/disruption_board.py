"""What is wrong now, what was chosen about it, and what the platform recovered from by itself a short while ago."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from core.disruption.disruption import Disruption, DisruptionId, DisruptionKind, Recovery, RecoveryId
from core.events import disruption_events as happened
from core.events.dispatch_events import OverrideUndone
from core.events.envelope import Envelope, Event
from core.vocabulary import Instant, OrderId, OverrideId

KEPT_RECOVERIES = 100


class DisruptionBoard(msgspec.Struct):
    """Disruptions that have not ended, by id, and the latest recoveries, oldest first.

    `detected` counts disruptions by kind and `recovered` recoveries by action since the log began.
    """

    standing: dict[DisruptionId, Disruption] = {}
    recoveries: dict[RecoveryId, Recovery] = {}
    detected: dict[DisruptionKind, int] = {}
    recovered: dict[str, int] = {}
    chosen: int = 0

    def latest_recovery(self, disruption_id: DisruptionId) -> Recovery | None:
        """Return what was chosen last about a disruption, and stands; ``None`` if nothing was."""
        found = (r for r in reversed(self.recoveries.values()) if r.disruption_id == disruption_id)
        return next((recovery for recovery in found if recovery.undone_at is None), None)

    def is_handled(self, disruption_id: DisruptionId, now: Instant) -> bool:
        """Say whether something was chosen about a disruption that still holds at `now`."""
        recovery = self.latest_recovery(disruption_id)
        if recovery is None:
            return False
        return recovery.option.until_at is None or now < recovery.option.until_at

    def open_reviews(self) -> list[Recovery]:
        """Return what a supervisor is asked to look at, the oldest first."""
        return [recovery for recovery in self.recoveries.values() if recovery.is_open_review]

    def about(self, order_id: OrderId) -> Iterator[Disruption]:
        """Yield the disruptions that hold an order up."""
        return (one for one in self.standing.values() if order_id in one.order_ids)

    def apply(self, envelope: Envelope, event: Event) -> set[str]:
        """Fold one event; return the ids of the disruptions it changed."""
        match event:
            case happened.DisruptionDetected():
                return self._detected(event.disruption)
            case happened.DisruptionEnded():
                return {event.disruption_id} if self.standing.pop(event.disruption_id, None) else set()
            case happened.RecoveryChosen():
                return self._chosen(event.recovery)
            case happened.RecoveryUndone():
                return self._undone(event.recovery_id, envelope)
            case happened.ReviewClosed():
                return self._reviewed(event.recovery_id, envelope)
            case OverrideUndone():
                return self._override_undone(event.override_id, envelope)
            case _:
                return set()

    def _detected(self, disruption: Disruption) -> set[str]:
        self.standing[disruption.disruption_id] = disruption
        self.detected[disruption.kind] = self.detected.get(disruption.kind, 0) + 1
        return {disruption.disruption_id}

    def _chosen(self, recovery: Recovery) -> set[str]:
        self.chosen += 1
        self.recoveries[recovery.recovery_id] = recovery
        action = recovery.option.action.value
        self.recovered[action] = self.recovered.get(action, 0) + 1
        for name in list(self.recoveries)[:-KEPT_RECOVERIES]:
            if not self.recoveries[name].is_open_review:
                del self.recoveries[name]
        return {recovery.disruption_id}

    def _reviewed(self, recovery_id: RecoveryId, envelope: Envelope) -> set[str]:
        recovery = self.recoveries.get(recovery_id)
        if recovery is None:
            return set()
        seen = replace(recovery, reviewed_at=envelope.occurred_at, reviewed_by=envelope.actor.subject)
        self.recoveries[recovery_id] = seen
        return {recovery.disruption_id}

    def _undone(self, recovery_id: RecoveryId, envelope: Envelope) -> set[str]:
        recovery = self.recoveries.get(recovery_id)
        if recovery is None or recovery.undone_at is not None:
            return set()
        undone = replace(recovery, undone_at=envelope.occurred_at, undone_by=envelope.actor.subject)
        self.recoveries[recovery_id] = undone
        return {recovery.disruption_id}

    def _override_undone(self, override_id: OverrideId, envelope: Envelope) -> set[str]:
        """Take a recovery for undone whose entry in the ledger was taken back like any other."""
        found = (r for r in self.recoveries.values() if r.override_id == override_id)
        recovery = next(found, None)
        return set() if recovery is None else self._undone(recovery.recovery_id, envelope)
