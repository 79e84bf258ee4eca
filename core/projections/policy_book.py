"""Which values of the dispatch policy people have set, for the whole city and for single zones."""

from __future__ import annotations

import msgspec

from core.events.envelope import Envelope, Event
from core.events.policy_events import PolicyChanged
from core.vocabulary import Instant, ZoneId


class PolicyBook(msgspec.Struct):
    """Values by field, `number` of the last change, when it was made and by whom; what nobody set is not listed."""

    number: int = 0
    changed_at: Instant | None = None
    changed_by: str = ""
    city: dict[str, float] = {}
    zones: dict[ZoneId, dict[str, float]] = {}

    def values(self, zone_id: ZoneId | None) -> dict[str, float]:
        """Return the values set for a zone itself; for the whole city without one."""
        return self.city if zone_id is None else self.zones.get(zone_id, {})

    def apply(self, envelope: Envelope, event: Event) -> set[str]:
        """Fold one event; return the zone it was for, an empty name for the whole city."""
        if not isinstance(event, PolicyChanged):
            return set()
        self.number = event.number
        self.changed_at = envelope.occurred_at
        self.changed_by = envelope.actor.subject
        kept = {name: value for name, value in self.values(event.zone_id).items() if name not in event.before}
        kept |= event.values
        if event.zone_id is None:
            self.city = kept
        elif kept:
            self.zones[event.zone_id] = kept
        else:
            self.zones.pop(event.zone_id, None)
        return {event.zone_id or ""}
