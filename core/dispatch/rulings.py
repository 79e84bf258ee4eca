"""A ruling as it is remembered for an undo: what a person ruled without moving anything, read from its event.

Rulings that move orders are overrides, with a preview and an undo of their own.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec.structs import replace

from core.events import closure_events, fleet_events, order_events
from core.events.envelope import Envelope, Event
from core.fleet.closure import Closure
from core.fleet.fleet import PlannedBreak
from core.vocabulary import DriverId, Instant, OrderId, Value


class RulingKind(StrEnum):
    """What was ruled."""

    PINNED = "pinned"
    UNPINNED = "unpinned"
    KEPT_FROM = "kept_from"
    ALLOWED = "allowed"
    HELD = "held"
    RELEASED = "released"
    TAKEN_OUT = "taken_out"
    BROUGHT_BACK = "brought_back"
    CLOSED = "closed"
    OPENED = "opened"
    BREAKS_PLANNED = "breaks_planned"


class Ruling(Value, frozen=True, kw_only=True):
    """One ruling, by the log position of its event.

    `until_at` is how long it holds, or held what it ended. `order_id` and `driver_id` are empty where it is about none.
    What held already when it was ruled is in force again once it is taken back: `was_in_force` until `former_until_at`,
    and `former_breaks` in place of `breaks`.
    """

    position: int
    kind: RulingKind
    order_id: OrderId = OrderId("")
    driver_id: DriverId = DriverId("")
    until_at: Instant | None = None
    closure: Closure | None = None
    ruled_at: Instant = 0.0
    was_in_force: bool = False
    former_until_at: Instant | None = None
    breaks: tuple[PlannedBreak, ...] = ()
    former_breaks: tuple[PlannedBreak, ...] = ()

    def former_holds(self, now: Instant) -> bool:
        """Say whether what it took the place of would hold still."""
        return self.was_in_force and (self.former_until_at is None or now < self.former_until_at)


_KINDS: dict[type[Event], RulingKind] = {
    order_events.OrderPinned: RulingKind.PINNED,
    order_events.OrderUnpinned: RulingKind.UNPINNED,
    order_events.DriverExcluded: RulingKind.KEPT_FROM,
    order_events.DriverAllowed: RulingKind.ALLOWED,
    order_events.OrderHeld: RulingKind.HELD,
    order_events.OrderReleased: RulingKind.RELEASED,
    fleet_events.DriverTakenOut: RulingKind.TAKEN_OUT,
    fleet_events.DriverReturned: RulingKind.BROUGHT_BACK,
    fleet_events.BreaksPlanned: RulingKind.BREAKS_PLANNED,
    closure_events.PlaceClosed: RulingKind.CLOSED,
    closure_events.PlaceReopened: RulingKind.OPENED,
}


def ruling_of(envelope: Envelope, event: Event) -> Ruling | None:
    """Return the ruling that an event is, ``None`` for any other event."""
    kind = _KINDS.get(type(event))
    if kind is None:
        return None
    position, at = envelope.position, envelope.occurred_at
    match event:
        case (
            order_events.OrderPinned()
            | order_events.OrderUnpinned()
            | order_events.DriverExcluded()
            | order_events.DriverAllowed()
        ):
            driver_id = event.driver_id or DriverId("")
            return Ruling(position=position, kind=kind, order_id=event.order_id, driver_id=driver_id, ruled_at=at)
        case order_events.OrderHeld():
            former_at = event.former_until_at
            held = Ruling(position=position, kind=kind, order_id=event.order_id, until_at=event.until_at, ruled_at=at)
            return replace(held, was_in_force=former_at is not None, former_until_at=former_at)
        case order_events.OrderReleased():
            return Ruling(position=position, kind=kind, order_id=event.order_id, until_at=event.until_at, ruled_at=at)
        case fleet_events.DriverTakenOut():
            out = Ruling(position=position, kind=kind, driver_id=event.driver_id, until_at=event.until_at, ruled_at=at)
            return replace(out, was_in_force=event.was_out, former_until_at=event.former_until_at)
        case fleet_events.DriverReturned():
            return Ruling(position=position, kind=kind, driver_id=event.driver_id, until_at=event.until_at, ruled_at=at)
        case fleet_events.BreaksPlanned(former=former) if former is not None:
            planned = Ruling(position=position, kind=kind, driver_id=event.driver_id, ruled_at=at)
            return replace(planned, breaks=event.breaks, former_breaks=former)
        case closure_events.PlaceClosed() | closure_events.PlaceReopened() if event.closure is not None:
            return Ruling(position=position, kind=kind, closure=event.closure, ruled_at=at)
        case _:
            return None
