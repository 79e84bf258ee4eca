"""What was estimated of each override's other choice, folded from the log."""

from __future__ import annotations

import msgspec

from core.dispatch.regret import RegretEstimate
from core.events.envelope import Envelope, Event
from core.events.regret_events import RegretEstimated, RegretLeftOpen
from core.vocabulary import OverrideId


class RegretBook(msgspec.Struct):
    """Estimates by override; `left_open` says why there is none."""

    estimates: dict[OverrideId, RegretEstimate] = {}
    left_open: dict[OverrideId, str] = {}

    def has(self, override_id: OverrideId) -> bool:
        """Say whether nothing more is to be done for an override."""
        return override_id in self.estimates or override_id in self.left_open

    def apply(self, envelope: Envelope, event: Event) -> set[str]:
        """Fold one event; return the overrides whose estimate it changed."""
        match event:
            case RegretEstimated():
                self.estimates[event.estimate.override_id] = event.estimate
                return {event.estimate.override_id}
            case RegretLeftOpen():
                self.left_open[event.override_id] = event.cause
                return {event.override_id}
        return set()
