"""The streets and zones that people closed."""

from __future__ import annotations

import msgspec

from core.events.closure_events import PlaceClosed, PlaceReopened
from core.events.envelope import Envelope, Event
from core.fleet.closure import Closure, ClosureId, Segment, closed_zones
from core.vocabulary import Instant, ZoneId


class ClosureBoard(msgspec.Struct):
    """Closures by id; one whose time is over stays until the next is made."""

    closures: dict[ClosureId, Closure] = {}

    def in_force(self, now: Instant) -> list[Closure]:
        """Return the closures that hold now, the first to end first."""
        held = (closure for closure in self.closures.values() if now < closure.until_at)
        return sorted(held, key=lambda closure: (closure.until_at, closure.closure_id))

    def zones(self, now: Instant) -> frozenset[ZoneId]:
        """Return the zones that are closed now."""
        return closed_zones(self.closures.values(), now)

    def segments(self, now: Instant) -> frozenset[Segment]:
        """Return the pieces of street that are closed now."""
        return frozenset(segment for closure in self.in_force(now) for segment in closure.segments)

    def apply(self, envelope: Envelope, event: Event) -> set[ClosureId]:
        """Fold one event; return the ids of the closures it changed."""
        match event:
            case PlaceClosed():
                over = {name for name, known in self.closures.items() if known.until_at <= event.closure.closed_at}
                for name in over:
                    del self.closures[name]
                self.closures[event.closure.closure_id] = event.closure
                return {event.closure.closure_id, *over}
            case PlaceReopened():
                self.closures.pop(event.closure_id, None)
                return {event.closure_id}
        return set()
