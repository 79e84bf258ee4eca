"""Decides an override: what a person changed, held against what was shown, put in force, told a little later."""

from __future__ import annotations

from core.commands import OverrideAssignment
from core.deciding import Context, Decision
from core.dispatch.changes import Change, CloseStreet, Resequence, RulingChange, Split
from core.dispatch.commit_check import foretold_of, moved_since, outcome_of, plans_of
from core.dispatch.decision import ImpactPreview, Override, OverrideMode, ReasonCode
from core.dispatch.decisions import check_plans, reassignable
from core.dispatch.planning_events import carry_out, plan_in_force, unassign
from core.dispatch.ruling_overrides import (
    check_freed,
    freed_orders,
    hold_until_told,
    plans_under,
    put_in_force,
    ruled_order,
)
from core.events import dispatch_events as happened
from core.events.order_events import DriverExcluded
from core.fleet.decisions import driver_named
from core.orders.decisions import open_order
from core.orders.order import Order
from core.refusals import Refusal, StateChanged
from core.streams import of_decision, of_order
from core.vocabulary import Instant, OrderId, OverrideId


class OutcomeMoved(Refusal):
    """What a person was shown no longer holds, in a way that matters; carries what holds now and what moved."""

    def __init__(self, preview: ImpactPreview, moved: tuple[str, ...]) -> None:
        super().__init__(
            "override.outcome_moved",
            "The outcome moved since it was shown. Look at what holds now, and commit again.",
            status=409,
            preview=preview,
            moved=", ".join(moved),
        )


def override_assignment(context: Context, command: OverrideAssignment) -> Decision:
    """Decide otherwise, if the outcome is still what was shown.

    Raises
    ------
    Refusal
        ``override.outcome_moved`` with the preview that holds now; ``state.changed`` where nothing was shown and
        the state moved, or it moved while this was decided; ``override.not_possible`` names the limit.
    """
    change = command.change
    order = changeable(context, change)
    if command.reason is ReasonCode.OTHER and not command.note.strip():
        raise Refusal("override.note_required", "The reason \u201cOther\u201d needs a note.")
    if command.shown is None:
        _check_unmoved(context, command, order)
    preview = _preview(context, command)
    if order.version != preview.order_version:
        raise StateChanged(f"{order.order_id} changed while it was decided. Look again.", order_version=order.version)
    check_plans(context, preview.based_on)
    if isinstance(change, RulingChange):
        check_freed(context, change, preview)
    if command.shown is not None:
        moved = moved_since(command.shown, preview, command.mode)
        if moved:
            raise OutcomeMoved(preview, tuple(statement.code for statement in moved))
    decision = Decision(created=f"V-{len(context.operation.decisions.overrides) + 1}")
    override = _override(context, command, order, preview, OverrideId(str(decision.created)))
    decision.add(of_decision(order.order_id), happened.AssignmentOverridden(override=override))
    if isinstance(change, Split):
        _take_out(context, order, change, override.tell_at, decision)
    if isinstance(change, RulingChange):
        put_in_force(context, change, override, decision)
    carry_out(context, override.plans, decision)
    return decision


def changeable(context: Context, change: Change) -> Order:
    """Return the order that a change is kept under, if it may be made as things stand and would change something.

    Raises
    ------
    Refusal
        ``override.no_change``, ``override.pinned``, and as of `ruled_order` and `reassignable`.
    StateChanged
        If the order is no longer with the driver whose stops they are.
    """
    if isinstance(change, RulingChange):
        return ruled_order(context, change)
    if isinstance(change, Resequence):
        driver_named(context, change.driver_id)
        order = open_order(context, change.order_id)
        if order.driver_id != change.driver_id:
            raise StateChanged(f"{order.order_id} is not with {change.driver_id}.", order_id=order.order_id)
        present = context.operation.fleet.route_of(change.driver_id).stops
        if [(stop.order_id, stop.kind) for stop in present] == [(s.order_id, s.kind) for s in change.stops]:
            raise Refusal("override.no_change", "The stops come in that order already.", status=409)
        return order
    order = reassignable(context, change.order_id)
    if change.driver_id is not None and order.driver_id == change.driver_id:
        raise Refusal("override.no_change", f"{order.order_id} is with {change.driver_id} already.", status=409)
    if isinstance(change, Split) and order.is_pinned:
        raise Refusal(
            "override.pinned", f"{order.order_id} is pinned to {order.driver_id}. Unpin it first.", status=409
        )
    return order


def _check_unmoved(context: Context, command: OverrideAssignment, order: Order) -> None:
    if command.order_version is not None and order.version != command.order_version:
        raise StateChanged(f"{order.order_id} changed since the preview. Look again.", order_version=order.version)
    check_plans(context, command.based_on)


def _preview(context: Context, command: OverrideAssignment) -> ImpactPreview:
    preview = context.preview
    if preview is None or preview.change != command.change:
        raise AssertionError("an override is decided on a preview of its own change")
    if preview.breaches:
        first = preview.breaches[0]
        raise Refusal("override.not_possible", f"Not possible: {first.constraint}.", constraint=first.constraint)
    if command.mode is OverrideMode.REPLANNED and preview.replanned is None:
        raise Refusal("override.no_replan", "There is no re-planned version. Commit as is.", status=409)
    return preview


def _override(
    context: Context,
    command: OverrideAssignment,
    order: Order,
    preview: ImpactPreview,
    override_id: OverrideId,
) -> Override:
    plans = plans_of(preview, command.mode)
    if isinstance(command.change, RulingChange):
        plans = plans_under(context, command.change, plans)
    freed = freed_orders(context.operation, command.change) if isinstance(command.change, RulingChange) else ()
    is_about_order = not isinstance(command.change, CloseStreet)
    proposal = context.operation.decisions.standing.get(order.order_id) if is_about_order else None
    touched = {plan.driver_id for plan in plans} | ({order.driver_id} if order.driver_id else set())
    return Override(
        override_id=override_id,
        order_id=order.order_id,
        driver_id=preview.driver_id,
        mode=command.mode,
        reason=command.reason,
        note=command.note,
        previous_driver_id=order.driver_id,
        recommendation_id=proposal.recommendation_id if proposal else None,
        recommended_driver_id=proposal.driver_id if proposal else None,
        expected=outcome_of(preview, command.mode),
        expected_recommended=preview.recommendation,
        plans=plans,
        replaced=tuple(plan_in_force(context.operation, driver_id) for driver_id in sorted(touched)),
        decided_at=context.now,
        decided_by=context.actor.subject,
        change=command.change,
        shown_on=command.shown.position if command.shown is not None else 0,
        decided_on=preview.position,
        tell_at=_tell_at(context, command, preview),
        order_ids=_about(context, command.change, preview),
        foretold=foretold_of(preview, command.mode),
        pinned=tuple(name for name in freed if context.operation.orders.orders[name].is_pinned),
        held=_held(context, (order.order_id, *freed)),
    )


def _about(context: Context, change: Change, preview: ImpactPreview) -> tuple[OrderId, ...]:
    """Return all orders of a ruling that is about more than one: those freed, or those that wait for a zone."""
    if not isinstance(change, RulingChange):
        return ()
    freed = freed_orders(context.operation, change)
    return freed or tuple(sorted(one.order_id for one in preview.affected if one.as_is is not None))


def _held(context: Context, names: tuple[OrderId, ...]) -> dict[OrderId, Instant]:
    """Return until when somebody holds which of these orders."""
    held = {name: context.operation.orders.orders[name].held_until or 0.0 for name in names}
    return {name: until_at for name, until_at in held.items() if until_at > context.now}


def _tell_at(context: Context, command: OverrideAssignment, preview: ImpactPreview) -> Instant | None:
    """Return when drivers and customers are told; at once where nobody looked at a preview first."""
    if command.shown is None or preview.tell_after_s <= 0.0:
        return None
    return context.now + preview.tell_after_s


def _take_out(context: Context, order: Order, change: Split, tell_at: Instant | None, decision: Decision) -> None:
    """Keep the former driver from the order, and let one that waits alone until the hold window is over."""
    assert order.driver_id is not None
    stream = of_order(order.order_id)
    if order.driver_id not in order.forbidden:
        note = "taken out of a shared trip"
        decision.add(stream, DriverExcluded(order_id=order.order_id, driver_id=order.driver_id, note=note))
    if change.driver_id is None:
        unassign(order, order.driver_id, "split", decision)
        hold_until_told(context, order, tell_at, decision)
