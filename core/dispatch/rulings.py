"""A ruling as it is remembered for an undo: what a person ruled without moving anything, read from its event.

Rulings that move orders are overrides, with a preview and an undo of their own.
"""

from __future__ import annotations

from enum import StrEnum

from core.events import closure_events, fleet_events, order_events
from core.events.envelope import Envelope, Event
from core.fleet.closure import Closure
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


class Ruling(Value, frozen=True, kw_only=True):
    """One ruling, by the log position of its event.

    `until_at` is how long it holds, or held what it ended. `order_id` and `driver_id` are empty where it is about none.
    """

    position: int
    kind: RulingKind
    order_id: OrderId = OrderId("")
    driver_id: DriverId = DriverId("")
    until_at: Instant | None = None
    closure: Closure | None = None


def ruling_of(envelope: Envelope, event: Event) -> Ruling | None:
    """Return the ruling that an event is, ``None`` for any other event."""
    position = envelope.position
    match event:
        case order_events.OrderPinned():
            return Ruling(position=position, kind=RulingKind.PINNED, order_id=event.order_id, driver_id=event.driver_id)
        case order_events.OrderUnpinned():
            driver_id = event.driver_id or DriverId("")
            return Ruling(position=position, kind=RulingKind.UNPINNED, order_id=event.order_id, driver_id=driver_id)
        case order_events.DriverExcluded():
            return Ruling(
                position=position, kind=RulingKind.KEPT_FROM, order_id=event.order_id, driver_id=event.driver_id
            )
        case order_events.DriverAllowed():
            return Ruling(
                position=position, kind=RulingKind.ALLOWED, order_id=event.order_id, driver_id=event.driver_id
            )
        case order_events.OrderHeld():
            return Ruling(position=position, kind=RulingKind.HELD, order_id=event.order_id, until_at=event.until_at)
        case order_events.OrderReleased():
            return Ruling(position=position, kind=RulingKind.RELEASED, order_id=event.order_id, until_at=event.until_at)
        case fleet_events.DriverTakenOut():
            return Ruling(
                position=position, kind=RulingKind.TAKEN_OUT, driver_id=event.driver_id, until_at=event.until_at
            )
        case fleet_events.DriverReturned():
            return Ruling(
                position=position, kind=RulingKind.BROUGHT_BACK, driver_id=event.driver_id, until_at=event.until_at
            )
        case closure_events.PlaceClosed():
            return Ruling(position=position, kind=RulingKind.CLOSED, closure=event.closure)
        case closure_events.PlaceReopened() if event.closure is not None:
            return Ruling(position=position, kind=RulingKind.OPENED, closure=event.closure)
        case _:
            return None
