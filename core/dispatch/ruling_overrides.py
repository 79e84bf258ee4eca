"""Rulings that move orders, as overrides: whether one may be made, what it sets in force beside the plans, its lifting.

A ruling that moves nothing (a pin, a driver kept from an order that somebody else has) is no override: it is decided in
`interventions`.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.deciding import Context, Decision
from core.dispatch.changes import CloseStreet, CloseZone, Forbid, Hold, RulingChange, TakeOut
from core.dispatch.decision import ImpactPreview, Override, PlanChange
from core.dispatch.decisions import held_for, hold_s, reassignable
from core.dispatch.giving_back import moved_by
from core.dispatch.interventions import may_be_taken_out, taken_out
from core.dispatch.planning_events import is_reassignable, unassign
from core.dispatch.rulings import Ruling
from core.dispatch.threats import is_closed_off
from core.dispatch.undoing_rulings import opposite_of
from core.events.closure_events import PlaceClosed, PlaceReopened
from core.events.fleet_events import DriverReturned
from core.events.order_events import DriverAllowed, DriverExcluded, OrderHeld, OrderPinned, OrderReleased, OrderUnpinned
from core.fleet.closing import closure_of
from core.fleet.decisions import driver_named
from core.orders.decisions import open_order
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.refusals import Refusal, StateChanged
from core.streams import OPERATION, of_driver, of_order
from core.vocabulary import DriverId, Instant, OrderId, Position, ZoneId


def ruled_order(context: Context, change: RulingChange) -> Order:
    """Return the order under which a ruling is kept, if the ruling may be made.

    Raises
    ------
    Refusal
        ``driver.off_shift``, ``driver.out_of_range``, ``closure.closed_already``, ``closure.no_street``,
        ``order.on_board``, ...
    StateChanged
        If that order is no longer with the driver, no longer waits in the zone, or has no driver who would drive over
        the street.
    """
    if isinstance(change, CloseStreet):
        return _led_over(context, change)
    if isinstance(change, CloseZone):
        closure_of(context, change.for_s, "closed", zone_id=change.zone_id)
        order = open_order(context, change.order_id)
        if order.state is not OrderState.WAITING:
            raise StateChanged(f"{order.order_id} does not wait any more. Look again.", order_id=order.order_id)
        return order
    if isinstance(change, Hold):
        hold_s(change.for_s)
        order = reassignable(context, change.order_id)
        if order.state is not OrderState.WAITING:
            raise StateChanged(f"{order.order_id} has a driver by now. Look again.", order_id=order.order_id)
        return order
    driver = driver_named(context, change.driver_id)
    if isinstance(change, TakeOut):
        may_be_taken_out(context, driver, change.for_s)
    order = reassignable(context, change.order_id)
    if order.driver_id != change.driver_id:
        raise StateChanged(f"{order.order_id} is not with {change.driver_id}.", order_id=order.order_id)
    return order


def _led_over(context: Context, change: CloseStreet) -> Order:
    closures = context.operation.closures
    is_same = any(known.position == change.position for known in closures.in_force(context.now))
    if is_same or (context.segments and closures.segments(context.now).issuperset(context.segments)):
        raise Refusal("closure.closed_already", "The street there is closed already.", status=409)
    closure_of(context, change.for_s, "closed", position=change.position, street=change.street)
    order = open_order(context, change.order_id)
    if order.driver_id is None:
        raise StateChanged(f"Nobody brings {order.order_id} any more. Look again.", order_id=order.order_id)
    return order


def plans_under(context: Context, change: RulingChange, plans: tuple[PlanChange, ...]) -> tuple[PlanChange, ...]:
    """Return `plans` with one for the driver who loses orders, also where no position is known to plan from."""
    if change.driver_id is None or any(plan.driver_id == change.driver_id for plan in plans):
        return plans
    route, freed = context.operation.fleet.route_of(change.driver_id), set(freed_orders(context.operation, change))
    kept = tuple(stop for stop in route.stops if stop.order_id not in freed)
    return (*plans, PlanChange(driver_id=change.driver_id, plan_number=route.plan_number, stops=kept))


def freed_orders(operation: Operation, change: RulingChange) -> tuple[OrderId, ...]:
    """Return the orders that a ruling takes from their driver as things stand."""
    match change:
        case Forbid():
            return (change.order_id,)
        case TakeOut():
            mine = operation.orders.of_driver(change.driver_id)
            return tuple(order.order_id for order in mine if is_reassignable(order))
        case CloseZone() | CloseStreet() | Hold():
            return ()


def check_freed(context: Context, change: RulingChange, preview: ImpactPreview) -> None:
    """Refuse where an order that was to leave its driver can no longer do so.

    Raises
    ------
    StateChanged
        With the first of them.
    """
    left = set(preview.as_is_hands) - set(freed_orders(context.operation, change))
    if left:
        raise StateChanged(f"{min(left)} changed while it was decided. Look again.", order_id=min(left))


def put_in_force(context: Context, change: RulingChange, override: Override, decision: Decision) -> None:
    """Add what the ruling is, and let the orders that it frees wait where its plans give them to nobody."""
    note = override.note.strip() or override.reason.value.replace("_", " ")
    match change:
        case CloseZone():
            closure = closure_of(context, change.for_s, note, zone_id=change.zone_id)
            decision.add(OPERATION, PlaceClosed(closure=closure))
            return
        case CloseStreet():
            closure = closure_of(context, change.for_s, note, position=change.position, street=change.street)
            decision.add(OPERATION, PlaceClosed(closure=closure))
            return
        case Hold():
            order = context.operation.orders.orders[change.order_id]
            decision.add(of_order(order.order_id), held_for(context, order, change.for_s))
            return
        case TakeOut():
            driver = context.operation.fleet.drivers[change.driver_id]
            decision.add(of_driver(change.driver_id), taken_out(context, driver, change.for_s, note))
        case Forbid():
            excluded = DriverExcluded(order_id=change.order_id, driver_id=change.driver_id, note=note)
            decision.add(of_order(change.order_id), excluded)
    given = _given(override, change.driver_id)
    reason = "forbidden" if isinstance(change, Forbid) else "driver_taken_out"
    for name in freed_orders(context.operation, change):
        order = context.operation.orders.orders[name]
        if name not in given:
            unassign(order, change.driver_id, reason, decision)
            hold_until_told(context, order, override.tell_at, decision)
        elif order.is_pinned:
            decision.add(of_order(name), OrderUnpinned(order_id=name, driver_id=change.driver_id))


def lift(context: Context, change: RulingChange, override: Override, decision: Decision) -> None:
    """Add what takes the ruling itself back, as far as it still holds; its orders are the caller's.

    Raises
    ------
    StateChanged
        If somebody ruled the same anew since.
    """
    operation = context.operation
    match change:
        case CloseZone(zone_id=zone_id):
            _reopen(context, override, zone_id, None, decision)
        case CloseStreet(position=position):
            _reopen(context, override, None, position, decision)
        case Hold():
            _end_hold(context, override, change, decision)
        case TakeOut():
            driver = operation.fleet.drivers[change.driver_id]
            if driver.is_out(context.now):
                ruling = _own(operation.decisions.ruled(driver.driver_id), override, change.for_s)
                back = None if ruling is None else opposite_of(operation, ruling, context.now)
                decision.add(of_driver(driver.driver_id), back or DriverReturned(driver_id=driver.driver_id))
        case Forbid():
            lift_exclusion(context, change.order_id, change.driver_id, override, decision)
    for name in moved_by(override):
        hold_as_before(context, operation.orders.orders[name], override, decision)


def lift_exclusion(
    context: Context, order_id: OrderId, driver_id: DriverId, override: Override, decision: Decision
) -> None:
    """Let a driver have an order again whom the override keeps from it.

    Raises
    ------
    StateChanged
        If somebody ruled the same anew since.
    """
    if driver_id in context.operation.orders.orders[order_id].forbidden:
        _own(context.operation.decisions.ruled(driver_id, order_id), override)
        decision.add(of_order(order_id), DriverAllowed(order_id=order_id, driver_id=driver_id))


def hold_until_told(context: Context, order: Order, tell_at: Instant | None, decision: Decision) -> None:
    """Let nobody get an order before drivers are told, so that an undo leaves no trace; who holds it longer does."""
    held_until = order.held_until or 0.0
    if tell_at is None or held_until >= tell_at:
        return
    former_at = held_until if held_until > context.now else None
    held = OrderHeld(order_id=order.order_id, until_at=tell_at, former_until_at=former_at)
    decision.add(of_order(order.order_id), held)


def hold_as_before(context: Context, order: Order, override: Override, decision: Decision) -> None:
    """End the hold by which an override let an order wait, or go back to that of a person before it."""
    if order.held_until is None or order.held_until != override.tell_at or order.held_until <= context.now:
        return
    former_at = override.held.get(order.order_id, 0.0)
    if former_at > context.now:
        decision.add(of_order(order.order_id), OrderHeld(order_id=order.order_id, until_at=former_at))
    else:
        decision.add(of_order(order.order_id), OrderReleased(order_id=order.order_id, is_hold_alone=True))


def _reopen(
    context: Context, override: Override, zone_id: ZoneId | None, position: Position | None, decision: Decision
) -> None:
    """Open what the override closed, and nothing that somebody closed there beside it."""
    for closure in context.operation.closures.in_force(context.now):
        if (closure.zone_id, closure.position, closure.closed_at) == (zone_id, position, override.decided_at):
            decision.add(OPERATION, PlaceReopened(closure_id=closure.closure_id, closure=closure))


def _end_hold(context: Context, override: Override, change: Hold, decision: Decision) -> None:
    """End the override's hold; one that it took the place of holds again for what was left of it."""
    order = context.operation.orders.orders[change.order_id]
    if not order.state.is_open or (order.held_until or 0.0) <= context.now:
        return
    ruling = _own(context.operation.decisions.ruled(DriverId(""), order.order_id), override, change.for_s)
    back = None if ruling is None else opposite_of(context.operation, ruling, context.now)
    decision.add(of_order(order.order_id), back or OrderReleased(order_id=order.order_id))


def _own(ruling: Ruling | None, override: Override, for_s: float | None = None) -> Ruling | None:
    """Return what is in force if the override ruled it, or an undo restored it; ``None`` in logs of earlier days."""
    until_at = None if for_s is None else override.decided_at + for_s
    is_own = ruling is None or ruling.ruled_at == override.decided_at or (ruling.until_at == until_at is not None)
    if not is_own:
        raise StateChanged("The same was ruled anew since. Take that back instead.", override_id=override.override_id)
    return ruling


def pin_again(context: Context, plans: Iterable[PlanChange], override: Override, decision: Decision) -> None:
    """Pin what goes back to the driver whom the ruling took it from, where it was pinned."""
    back = {stop.order_id for plan in plans if plan.driver_id == override.previous_driver_id for stop in plan.stops}
    for name in override.pinned:
        order = context.operation.orders.orders[name]
        if name in back and is_reassignable(order) and not order.is_pinned and override.previous_driver_id is not None:
            pinned = OrderPinned(order_id=name, driver_id=override.previous_driver_id, note="undone")
            decision.add(of_order(name), pinned)


def waits_in(operation: Operation, zone_id: ZoneId) -> tuple[OrderId, ...]:
    """Return the orders without a driver whose pickup or door lies in the zone, the earliest promise first."""
    board, zones = operation.orders, frozenset({zone_id})
    waiting = [o for o in board.open_orders() if o.state is OrderState.WAITING and is_closed_off(operation, o, zones)]
    return tuple(o.order_id for o in sorted(waiting, key=lambda o: (o.promise.by_at, o.order_id)))


def _given(override: Override, loser: DriverId | None) -> dict[OrderId, DriverId]:
    """Return whom the plans of an override give the orders to that its loser had."""
    return {stop.order_id: plan.driver_id for plan in override.plans for stop in plan.stops if plan.driver_id != loser}
