"""Decides an undo: an override or an acceptance taken back by a compensating change; the first record stays.

Within the hold window nobody was told, so the former plans are restored as they were known, accepted orders accepted.
Afterwards every order that the decision moved goes back to who had it, if it still can; the record says which do not.
"""

from __future__ import annotations

from msgspec.structs import replace

from core.commands import UndoDecision
from core.deciding import Context, Decision
from core.dispatch.changes import Resequence, RulingChange, Split
from core.dispatch.decision import Override, PlanChange, PutBack
from core.dispatch.decisions import check_plans
from core.dispatch.giving_back import (
    GivingBack,
    giving_back,
    giving_back_accepted,
    is_as_known,
    is_pinned_since,
)
from core.dispatch.planning_events import carry_out, is_reassignable, plan_in_force, unassign
from core.dispatch.ruling_overrides import hold_as_before, lift, lift_exclusion, pin_again
from core.dispatch.undoing_rulings import undone_ruling
from core.events import dispatch_events as happened
from core.events.envelope import Event
from core.events.fleet_events import RoutePlanned
from core.orders.decisions import open_order, order_named
from core.orders.order import Order
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import of_decision
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
    order = _about(context, override)
    is_restored = is_as_known(context.operation, override, context.now)
    back = GivingBack() if is_restored else giving_back(context.operation, override)
    decision = Decision([(of_decision(order.order_id), _undone(context, override, back))])
    if isinstance(override.change, Split):
        _let_back(context, order, override, decision)
    if isinstance(override.change, RulingChange):
        lift(context, override.change, override, decision)
    if is_restored:
        _restore(context, override, decision)
    else:
        _give_back(context, back, decision)
    if isinstance(override.change, RulingChange):
        pin_again(context, override.replaced if is_restored else _planned(context).plans, override, decision)
    return decision


def _about(context: Context, override: Override) -> Order:
    """Return the order that an override is kept under, if it can be undone as far as that order goes."""
    if isinstance(override.change, RulingChange):
        return context.operation.orders.orders[override.order_id]
    if isinstance(override.change, Resequence):
        return open_order(context, override.order_id)
    order = _undoable_order(context, override.order_id, _has_it_now(override))
    if is_pinned_since(context.operation, override, order):
        sentence = f"{order.order_id} was pinned to {order.driver_id} since. Unpin it first."
        raise Refusal("undo.pinned", sentence, status=409)
    return order


def _undo_acceptance(context: Context, recommendation_id: RecommendationId) -> Decision:
    proposal = context.operation.decisions.accepted.get(recommendation_id)
    if proposal is None or proposal.driver_id is None:
        raise NotFound("accepted recommendation", recommendation_id)
    order = _undoable_order(context, proposal.order_id, proposal.driver_id)
    decision = Decision()
    undone = happened.AssignmentUndone(recommendation_id=recommendation_id, order_id=order.order_id)
    decision.add(of_decision(order.order_id), undone)
    _give_back(context, giving_back_accepted(context.operation, proposal), decision)
    return decision


def _undone(context: Context, override: Override, back: GivingBack) -> happened.OverrideUndone:
    stays = (*back.stays, *(_planned(context).stays if back.orders else ()))
    return happened.OverrideUndone(override_id=override.override_id, order_id=override.order_id, stays=stays)


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
    if override.previous_driver_id is not None:
        lift_exclusion(context, order.order_id, override.previous_driver_id, override, decision)
    hold_as_before(context, order, override, decision)


def _restore(context: Context, override: Override, decision: Decision) -> None:
    """Put every replaced plan back; an order that had no driver waits again."""
    had_driver = {stop.order_id for plan in override.replaced for stop in plan.stops}
    moved = {stop.order_id for plan in override.plans for stop in plan.stops} - had_driver
    for order_id in sorted(moved):
        order = context.operation.orders.orders[order_id]
        if order.driver_id is not None and is_reassignable(order):
            unassign(order, order.driver_id, "undone", decision)
    carry_out(context, override.replaced, decision)
    decision.events = [(stream, _with_way_known(context, event)) for stream, event in decision.events]


def _with_way_known(context: Context, event: Event) -> Event:
    """Return a plan with the way that its driver still knows, so that none is looked for while a street opens again."""
    held = context.operation.held.plans.get(event.driver_id) if isinstance(event, RoutePlanned) else None
    if held is None or not isinstance(event, RoutePlanned) or not held.is_held(context.now):
        return event
    is_same = [(s.order_id, s.kind) for s in event.stops] == [(s.order_id, s.kind) for s in held.route.stops]
    way = held.route
    return replace(event, geometry=way.geometry, is_degraded=way.is_degraded) if is_same else event


def _give_back(context: Context, back: GivingBack, decision: Decision) -> None:
    """Put in force what was planned to go back; what does not fit any more waits again, or stays where it is."""
    operation = context.operation
    _check_current(context, back)
    plans = {plan.driver_id: plan for plan in _planned(context).plans}
    for one in back.orders:
        order = operation.orders.orders[one.order_id]
        holder, is_back = order.driver_id, one.driver_id in plans and _visits(plans[one.driver_id], one.order_id)
        if holder is None or is_back or not (one.waits or one.driver_id is None):
            continue
        unassign(order, holder, "undone", decision)
        known = plans.get(holder) or plan_in_force(operation, holder)
        left = tuple(stop for stop in known.stops if stop.order_id != order.order_id)
        plans[holder] = replace(known, stops=left)
    carry_out(context, plans.values(), decision)


def _check_current(context: Context, back: GivingBack) -> None:
    """Refuse where plans moved, or an order can no longer go back, since it was planned what goes back.

    Raises
    ------
    StateChanged
        With the driver or the order.
    """
    if context.put_back is None and back.needs_plans:
        raise StateChanged("Plans changed while it was decided. Look again.")
    planned = _planned(context).plans
    check_plans(context, {plan.driver_id: plan.plan_number for plan in planned})
    wanted = {(one.order_id, one.driver_id) for one in back.orders}
    for driver_id, order_id in ((plan.driver_id, stop.order_id) for plan in planned for stop in plan.stops):
        is_his = context.operation.orders.orders[order_id].driver_id == driver_id
        if not is_his and (order_id, driver_id) not in wanted:
            raise StateChanged(f"{order_id} changed while it was decided. Look again.", order_id=order_id)


def _planned(context: Context) -> PutBack:
    return context.put_back or PutBack()


def _visits(plan: PlanChange, order_id: OrderId) -> bool:
    return any(stop.order_id == order_id for stop in plan.stops)
