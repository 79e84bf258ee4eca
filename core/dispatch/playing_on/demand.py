"""What really came after an instant: orders, readiness, cancellations, shifts, breaks and closed places, from the log.

Orders that come by a wave are left out: waves have drivers and times of their own, and nobody around takes them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from core.events import fleet_events, order_events
from core.events.closure_events import PlaceClosed, PlaceReopened
from core.events.envelope import Envelope, Event
from core.fleet.closure import Closure
from core.fleet.fleet import Driver
from core.orders.order import Order
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, OrderId

_SHIFTS = (
    fleet_events.ShiftStarted,
    fleet_events.ShiftEnded,
    fleet_events.BreaksPlanned,
    fleet_events.BreakTurnGiven,
    fleet_events.DriverPaused,
    fleet_events.DriverResumed,
    fleet_events.DriverTakenOut,
    fleet_events.DriverReturned,
)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that came from outside; exactly one of the others is set.

    `placed` is a new order and `announced` one whose announced readiness moved, both as they stood then; `cancelled`
    an order that was withdrawn, `driver` a shift or break as it stood after, `closed` all places closed from then on,
    each until its own time is over.
    """

    at: Instant
    placed: Order | None = None
    announced: Order | None = None
    cancelled: OrderId | None = None
    driver: Driver | None = None
    closed: tuple[Closure, ...] | None = None


@dataclass(slots=True)
class Demand:
    """What came, in the sequence of the log; fold events with `note`, each after the operation has folded it.

    `ready_at` is when goods really waited, and `picked_up_at` when they were taken at the latest; `refused` are the
    drivers who said no, by order.
    """

    happenings: list[Happening] = field(default_factory=list)
    ready_at: dict[OrderId, Instant] = field(default_factory=dict)
    picked_up_at: dict[OrderId, Instant] = field(default_factory=dict)
    refused: set[tuple[OrderId, DriverId]] = field(default_factory=set)

    def note(self, envelope: Envelope, event: Event, after: Operation) -> None:
        """Take one event in; `after` is the operation with it."""
        at, orders = envelope.occurred_at, after.orders.orders
        match event:
            case order_events.OrderPlaced() if not after.waves.brings(orders[event.order_id]):
                self.happenings.append(Happening(at, placed=orders[event.order_id]))
            case order_events.OrderReadinessRevised():
                self.happenings.append(Happening(at, announced=orders[event.order_id]))
            case order_events.OrderCancelled():
                self.happenings.append(Happening(at, cancelled=event.order_id))
            case order_events.OrderBecameReady():
                self.ready_at[event.order_id] = at
            case order_events.OrderPickedUp():
                self.picked_up_at[event.order_id] = at
            case order_events.AssignmentRefused():
                self.refused.add((event.order_id, event.driver_id))
            case PlaceClosed() | PlaceReopened():
                self.happenings.append(Happening(at, closed=tuple(after.closures.in_force(at))))
            case _ if isinstance(event, _SHIFTS):
                self.happenings.append(Happening(at, driver=after.fleet.drivers[event.driver_id]))

    def of(self, orders: Collection[OrderId], drivers: Collection[DriverId]) -> Demand:
        """Return what concerns these orders and drivers; closed places concern all."""
        kept = [h for h in self.happenings if _concerns(h, orders, drivers)]
        return Demand(kept, self.ready_at, self.picked_up_at, self.refused)


def _concerns(happening: Happening, orders: Collection[OrderId], drivers: Collection[DriverId]) -> bool:
    order = happening.placed or happening.announced
    if order is not None:
        return order.order_id in orders
    if happening.driver is not None:
        return happening.driver.driver_id in drivers
    return happening.cancelled is None or happening.cancelled in orders
