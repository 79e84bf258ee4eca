"""Decides an undo: an override or an acceptance taken back by a compensating change; the first record stays.

Within the hold window nobody was told, so the former plans are restored as they were known, accepted orders accepted.
Afterwards the order goes back to who had it, where it fits best by now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from core.commands import UndoDecision
from core.deciding import Context, Decision
from core.dispatch.changes import Resequence, RulingChange, Split
from core.dispatch.decision import Override, OverrideMode, PlanChange
from core.dispatch.planning_events import (
    carry_out,
    is_reassignable,
    plan_route,
    still_to_do,
    turns_away,
    unassign,
)
from core.dispatch.ruling_overrides import lift, pin_again, returnable
from core.dispatch.under_way import stands_at
from core.dispatch.undoing_rulings import undone_ruling
from core.events import dispatch_events as happened
from core.events.order_events import DriverAllowed, OrderReleased, PickupReached
from core.fleet.route import PlannedStop
from core.orders.decisions import open_order, order_named
from core.orders.order import Order, OrderState
from core.projections.held_plans import HeldOrder
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import of_decision, of_order
from core.vocabulary import DriverId, OrderId, OverrideId, RecommendationId


def undo_decision(context: Context, command: UndoDecision) -> Decision:
    """Take back an override, an acceptance or a ruling by a compensating change; the first record stays."""
    named = (command.override_id, command.recommendation_id, command.ruling)
    if sum(name is not None for name in named) != 1:
        raise Refusal("undo.one_decision", "Name exactly one decision to undo.")
    if command.override_id is not None:
        return _undo_override(context, command.override_id)
    if command.ruling is not None:
        return undone_ruling(context, command.ruling)
    return _undo_acceptance(context, RecommendationId(str(command.recommendation_id)))


def _undo_override(context: Context, override_id: OverrideId) -> Decision:
    override = context.operation.decisions.overrides.get(override_id)
    if override is None:
        raise NotFound("override", override_id)
    if override.undone_at is not None:
        raise Refusal("undo.undone_already", f"{override_id} was undone by {override.undone_by}.", status=409)
    if isinstance(override.change, Resequence):
        return _undo_sequence(context, override, override.change)
    if isinstance(override.change, RulingChange):
        return _undo_ruling(context, override, override.change)
    order = _undoable_order(context, override.order_id, _has_it_now(override))
    decision = Decision([(of_decision(order.order_id), _undone(override))])
    if isinstance(override.change, Split):
        _let_back(context, order, override, decision)
    is_in_time = override.tell_at is not None and context.now < override.tell_at
    restores = is_in_time or override.mode is OverrideMode.REPLANNED
    if restores and _is_untouched_since(context, override):
        _restore(context, override, decision)
    else:
        given = [context.operation.orders.orders[name] for name in returnable(context.operation, override)]
        _give_back(context, given, override.previous_driver_id, decision)
    return decision


def _undo_ruling(context: Context, override: Override, change: RulingChange) -> Decision:
    """Lift a ruling; the orders it freed go back where they still can be, the others stay where they are by now."""
    decision = Decision([(of_decision(override.order_id), _undone(override))])
    lift(context, change, override, decision)
    is_in_time = override.tell_at is not None and context.now < override.tell_at
    if is_in_time and _is_untouched_since(context, override):
        _restore(context, override, decision)
        pin_again(context, override.replaced, override, decision)
    else:
        carry_out(context, context.restoring, decision)
        pin_again(context, context.restoring, override, decision)
    return decision


def _undo_sequence(context: Context, override: Override, change: Resequence) -> Decision:
    """Put the stops back in their former order; what came in since goes last, the stop a driver stands at first."""
    order = open_order(context, override.order_id)
    decision = Decision([(of_decision(order.order_id), _undone(override))])
    if _is_untouched_since(context, override):
        _restore(context, override, decision)
        return decision
    present = context.operation.fleet.route_of(change.driver_id).stops
    former = [stop for plan in override.replaced if plan.driver_id == change.driver_id for stop in plan.stops]
    left = {(stop.order_id, stop.kind): stop for stop in present}
    back = [left.pop(name) for stop in former if (name := (stop.order_id, stop.kind)) in left]
    stops = [*back, *left.values()]
    here = stands_at(context.operation, change.driver_id)
    if here is not None:
        stops.sort(key=lambda stop: stop != here)
    plan_route(context, change.driver_id, stops, decision)
    return decision


def _undo_acceptance(context: Context, recommendation_id: RecommendationId) -> Decision:
    proposal = context.operation.decisions.accepted.get(recommendation_id)
    if proposal is None or proposal.driver_id is None:
        raise NotFound("accepted recommendation", recommendation_id)
    order = _undoable_order(context, proposal.order_id, proposal.driver_id)
    decision = Decision()
    undone = happened.AssignmentUndone(recommendation_id=recommendation_id, order_id=order.order_id)
    decision.add(of_decision(order.order_id), undone)
    _give_back(context, [order], proposal.current_driver_id, decision)
    return decision


def _undone(override: Override) -> happened.OverrideUndone:
    return happened.OverrideUndone(override_id=override.override_id, order_id=override.order_id)


def _has_it_now(override: Override) -> DriverId | None:
    """Return who has the order if nothing came after the override."""
    if isinstance(override.change, Split) and override.change.driver_id is None:
        return None
    return override.driver_id


def _undoable_order(context: Context, order_id: OrderId, driver_id: DriverId | None) -> Order:
    order = order_named(context, order_id)
    if not is_reassignable(order):
        raise Refusal("undo.too_late", f"{order_id} is {order.state.value} already.", status=409)
    if order.driver_id != driver_id:
        raise StateChanged(f"{order_id} was given to somebody else since.", order_id=order_id)
    return order


def _let_back(context: Context, order: Order, override: Override, decision: Decision) -> None:
    """Lift what a split ruled: the former driver may have the order, and it is held no longer."""
    former = override.previous_driver_id
    if former is not None and former in order.forbidden:
        decision.add(of_order(order.order_id), DriverAllowed(order_id=order.order_id, driver_id=former))
    if order.held_until is not None and order.held_until == override.tell_at and context.now < order.held_until:
        decision.add(of_order(order.order_id), OrderReleased(order_id=order.order_id))


def _is_untouched_since(context: Context, override: Override) -> bool:
    """Say whether every plan still visits what the override had it visit, and may be as it was before.

    What changed hands must be free to go back, and nobody is turned away from where he stands.
    """
    operation = context.operation
    ours = {plan.driver_id: plan for plan in (*override.replaced, *override.plans)}
    moved = (
        operation.orders.orders[stop.order_id]
        for plan in override.replaced
        for stop in plan.stops
        if operation.orders.orders[stop.order_id].driver_id != plan.driver_id
    )
    return (
        all(not order.state.is_open or is_reassignable(order) for order in moved)
        and not any(turns_away(operation, plan) for plan in override.replaced)
        and all(
            _visits(operation.fleet.route_of(driver_id).stops) == _visits(still_to_do(operation, plan.stops))
            for driver_id, plan in ours.items()
        )
    )


def _visits(stops: Iterable[PlannedStop]) -> list[tuple[str, str]]:
    return [(stop.order_id, stop.kind) for stop in stops]


def _restore(context: Context, override: Override, decision: Decision) -> None:
    """Put every replaced plan back; an order that had no driver waits again."""
    had_driver = {stop.order_id for plan in override.replaced for stop in plan.stops}
    moved = {stop.order_id for plan in override.plans for stop in plan.stops} - had_driver
    for order_id in sorted(moved):
        order = context.operation.orders.orders[order_id]
        if order.driver_id is not None and is_reassignable(order):
            unassign(order, order.driver_id, "undone", decision)
    known = _known_to_drivers(context, override)
    carry_out(context, override.replaced, decision, accepted=[name for name, one in known.items() if one.is_accepted])
    _stand_there_again(context, known, decision)


def _known_to_drivers(context: Context, override: Override) -> dict[OrderId, HeldOrder]:
    """Return the orders that the override moved as their former drivers, who were not told, still know them."""
    found: dict[OrderId, HeldOrder] = {}
    for plan in override.replaced:
        held = context.operation.held.plans.get(plan.driver_id)
        if held is None or not held.is_held(context.now):
            continue
        orders = context.operation.orders.orders
        found |= {name: known for name, known in held.orders.items() if orders[name].driver_id != plan.driver_id}
    return found


def _stand_there_again(context: Context, known: dict[OrderId, HeldOrder], decision: Decision) -> None:
    """Say again that a driver is at the counter who was there all the time."""
    drivers = {
        stop.order_id: held.route.driver_id
        for held in context.operation.held.plans.values()
        for stop in held.route.stops
    }
    for order_id, one in sorted(known.items()):
        if one.state is OrderState.AT_PICKUP and order_id in drivers:
            event = PickupReached(order_id=order_id, driver_id=drivers[order_id], is_detected=True)
            decision.add(of_order(order_id), event)


def _give_back(context: Context, orders: Collection[Order], previous: DriverId | None, decision: Decision) -> None:
    """Let `previous` have the orders as far as they fit by now; the others wait again."""
    plans = {plan.driver_id: plan for plan in context.restoring} if previous is not None else {}
    back = {stop.order_id for plan in plans.values() if plan.driver_id == previous for stop in plan.stops}
    for order in orders:
        holder = order.driver_id
        if holder is None or order.order_id in back:
            continue
        unassign(order, holder, "undone", decision)
        route = context.operation.fleet.route_of(holder)
        known = plans.get(holder) or PlanChange(driver_id=holder, plan_number=route.plan_number, stops=route.stops)
        left = tuple(stop for stop in known.stops if stop.order_id != order.order_id)
        plans[holder] = replace(known, stops=left)
    accepted = [order.order_id for order in orders if _was_accepted(context, order, previous)]
    carry_out(context, plans.values(), decision, accepted=accepted)


def _was_accepted(context: Context, order: Order, previous: DriverId | None) -> bool:
    held = context.operation.held.plans.get(previous) if previous is not None else None
    known = held.orders.get(order.order_id) if held is not None and held.is_held(context.now) else None
    return known is not None and known.is_accepted
