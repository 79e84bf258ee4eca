"""Decides the undo of a ruling: the opposite ruling, as far as the first one still holds; both stay in the log.

What somebody ruled about the same thing since is not overruled: then the undo is refused. A hold that
took the place of another is taken back to that one, and so is a driver taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.deciding import Context, Decision
from core.dispatch.planning_events import is_reassignable
from core.dispatch.rulings import Ruling, RulingKind
from core.events import closure_events, fleet_events, order_events
from core.events.dispatch_events import RulingUndone
from core.events.envelope import Event
from core.fleet.planned_break import taken_breaks
from core.orders.order import Order
from core.projections.operation import Operation
from core.refusals import NotFound, StateChanged
from core.streams import OPERATION, of_driver, of_order
from core.vocabulary import Instant

_NOTE = "undone"


def undone_ruling(context: Context, position: int) -> Decision:
    """Take back the ruling whose event stands at a log position.

    Raises
    ------
    NotFound
        If it cannot be undone (any more): it was undone, or its order has ended.
    StateChanged
        If it does not hold any more.
    """
    known = (one.ruling for one in context.operation.decisions.undoable if one.ruling is not None)
    ruling = next((one for one in known if one.position == position), None)
    if ruling is None:
        raise NotFound("ruling", str(position))
    compensation = opposite_of(context.operation, ruling, context.now)
    if compensation is None:
        raise StateChanged("What was ruled does not hold any more.", ruling=position)
    undone = RulingUndone(ruling=position, kind=ruling.kind.value, order_id=ruling.order_id, driver_id=ruling.driver_id)
    return Decision([(OPERATION, undone), (_stream_of(ruling), compensation)])


def opposite_of(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    """Return the event that takes a ruling back; ``None`` where it does not hold any more, or its order has ended."""
    order = operation.orders.orders.get(ruling.order_id)
    if ruling.order_id and (order is None or not order.state.is_open):
        return None
    return _COMPENSATIONS[ruling.kind](operation, ruling, now)


def _stream_of(ruling: Ruling) -> str:
    if ruling.closure is not None:
        return OPERATION
    return of_order(ruling.order_id) if ruling.order_id else of_driver(ruling.driver_id)


def _order(operation: Operation, ruling: Ruling) -> Order:
    return operation.orders.orders[ruling.order_id]


def _unpinned(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    order = _order(operation, ruling)
    if not order.is_pinned:
        return None
    return order_events.OrderUnpinned(order_id=order.order_id, driver_id=order.driver_id)


def _pinned(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    order = _order(operation, ruling)
    if order.is_pinned or order.driver_id != ruling.driver_id or not is_reassignable(order):
        return None
    return order_events.OrderPinned(order_id=order.order_id, driver_id=ruling.driver_id, note=_NOTE)


def _allowed(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    if ruling.driver_id not in _order(operation, ruling).forbidden:
        return None
    return order_events.DriverAllowed(order_id=ruling.order_id, driver_id=ruling.driver_id)


def _kept_from(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    """Keep the driver from the order again, unless the order went there meanwhile: that is an override."""
    order = _order(operation, ruling)
    if ruling.driver_id in order.forbidden or order.driver_id == ruling.driver_id:
        return None
    return order_events.DriverExcluded(order_id=ruling.order_id, driver_id=ruling.driver_id, note=_NOTE)


def _released(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    held_until = _order(operation, ruling).held_until
    if held_until is None or held_until != ruling.until_at or held_until <= now:
        return None
    if ruling.former_until_at is not None and ruling.former_holds(now):
        return order_events.OrderHeld(order_id=ruling.order_id, until_at=ruling.former_until_at)
    return order_events.OrderReleased(order_id=ruling.order_id, until_at=held_until, is_hold_alone=True)


def _held(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    order = _order(operation, ruling)
    if ruling.until_at is None or ruling.until_at <= now or (order.held_until or 0.0) > now:
        return None
    return order_events.OrderHeld(order_id=ruling.order_id, until_at=ruling.until_at)


def _brought_back(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    driver = operation.fleet.drivers[ruling.driver_id]
    if not driver.is_out(now) or driver.out_until_at != ruling.until_at:
        return None
    if ruling.former_holds(now):
        former_at = ruling.former_until_at
        return fleet_events.DriverTakenOut(driver_id=driver.driver_id, until_at=former_at, note=_NOTE)
    return fleet_events.DriverReturned(driver_id=driver.driver_id, until_at=driver.out_until_at)


def _taken_out(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    """Take the driver out again, for what was left; what he got since stays with him."""
    driver = operation.fleet.drivers[ruling.driver_id]
    is_over = ruling.until_at is not None and ruling.until_at <= now
    if driver.is_out(now) or not driver.is_on_shift or is_over:
        return None
    return fleet_events.DriverTakenOut(driver_id=driver.driver_id, until_at=ruling.until_at, note=_NOTE)


def _opened(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    assert ruling.closure is not None
    known = operation.closures.closures.get(ruling.closure.closure_id)
    if known is None or known.until_at <= now:
        return None
    return closure_events.PlaceReopened(closure_id=known.closure_id, closure=known)


def _closed(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    closure, closures = ruling.closure, operation.closures
    assert closure is not None
    is_closed_anew = closure.zone_id is not None and closure.zone_id in closures.zones(now)
    if closure.until_at <= now or closure.closure_id in closures.closures or is_closed_anew:
        return None
    return closure_events.PlaceClosed(closure=closure)


def _breaks_as_before(operation: Operation, ruling: Ruling, now: Instant) -> Event | None:
    """Return to the breaks that there were, unless the shift is another one or a break that was set has begun."""
    driver = operation.fleet.drivers[ruling.driver_id]
    is_same_shift = driver.is_on_shift and (driver.shift_started_at or 0.0) <= ruling.ruled_at
    has_begun = any(began_at >= ruling.ruled_at for _, began_at in taken_breaks(driver))
    if not is_same_shift or driver.breaks != ruling.breaks or has_begun:
        return None
    return fleet_events.BreaksPlanned(driver_id=driver.driver_id, breaks=ruling.former_breaks, former=driver.breaks)


_COMPENSATIONS: Mapping[RulingKind, Callable[[Operation, Ruling, Instant], Event | None]] = {
    RulingKind.PINNED: _unpinned,
    RulingKind.UNPINNED: _pinned,
    RulingKind.KEPT_FROM: _allowed,
    RulingKind.ALLOWED: _kept_from,
    RulingKind.HELD: _released,
    RulingKind.RELEASED: _held,
    RulingKind.TAKEN_OUT: _brought_back,
    RulingKind.BROUGHT_BACK: _taken_out,
    RulingKind.CLOSED: _opened,
    RulingKind.OPENED: _closed,
    RulingKind.BREAKS_PLANNED: _breaks_as_before,
}
