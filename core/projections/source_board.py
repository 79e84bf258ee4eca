"""The sources that decisions rest on, and whether each works."""

from __future__ import annotations

import msgspec

from core.events import fleet_events as happened
from core.events.envelope import Envelope, Event
from core.vocabulary import Instant, Value


class SourceState(Value, frozen=True, kw_only=True):
    """One source; `effect` says what is done instead while it is degraded."""

    source: str
    is_degraded: bool
    since_at: Instant
    effect: str = ""


class SourceBoard(msgspec.Struct):
    """Sources by name; one that never failed is not listed."""

    sources: dict[str, SourceState] = {}

    def degraded(self) -> list[SourceState]:
        """Return the sources that do not work now."""
        return [state for state in self.sources.values() if state.is_degraded]

    def apply(self, envelope: Envelope, event: Event) -> set[str]:
        """Fold one event; return the names of the sources it changed."""
        if isinstance(event, happened.SourceDegraded):
            known = self.sources.get(event.source)
            since_at = known.since_at if known is not None and known.is_degraded else envelope.occurred_at
            state = SourceState(source=event.source, is_degraded=True, since_at=since_at, effect=event.effect)
        elif isinstance(event, happened.SourceRecovered):
            state = SourceState(source=event.source, is_degraded=False, since_at=envelope.occurred_at)
        else:
            return set()
        self.sources[event.source] = state
        return {event.source}
