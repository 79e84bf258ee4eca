"""Decides about recommendations and overrides: published, accepted, dismissed, overridden, taken back."""

from __future__ import annotations

from collections.abc import Iterable

from core.commands import (
    AcceptRecommendation,
    AcknowledgeException,
    DismissRecommendation,
    HoldOrder,
    OverrideAssignment,
    RecommendAssignment,
    UndoDecision,
    WithdrawRecommendation,
)
from core.deciding import Context, Decision
from core.dispatch.decision import (
    Alternative,
    ImpactPreview,
    Override,
    OverrideMode,
    PlanChange,
    ReasonCode,
    Recommendation,
)
from core.dispatch.planning_events import carry_out, is_reassignable, without_order
from core.events import dispatch_events as happened
from core.events.order_events import OrderHeld, OrderUnassigned
from core.orders.decisions import open_order, order_named
from core.orders.order import Order
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import OPERATION, of_decision, of_order
from core.vocabulary import DriverId, OrderId, OverrideId, RecommendationId

LONGEST_HOLD_S = 3600.0


def recommend_assignment(context: Context, command: RecommendAssignment) -> Decision:
    """Publish a proposal made on the present state; carry it out at once when it is automatic."""
    proposal = command.recommendation
    order = _reassignable(context, proposal.order_id)
    _check_plans(context, proposal.based_on)
    if order.version != proposal.order_version:
        raise StateChanged(f"{order.order_id} changed while it was being planned.", order_version=order.version)
    decision = Decision(created=proposal.recommendation_id)
    _withdraw_standing(context, proposal.order_id, "superseded", decision)
    decision.add(of_decision(order.order_id), happened.AssignmentRecommended(recommendation=proposal))
    if proposal.is_automatic:
        carry_out(
            context,
            [_chosen_plan(proposal)],
            decision,
            recommendation_id=proposal.recommendation_id,
            is_automatic=True,
        )
    return decision


def withdraw_recommendation(context: Context, command: WithdrawRecommendation) -> Decision:
    """Take a proposal back that no longer fits."""
    proposal = _standing(context, command.recommendation_id)
    decision = Decision()
    _withdraw_standing(context, proposal.order_id, command.reason, decision)
    return decision


def accept_recommendation(context: Context, command: AcceptRecommendation) -> Decision:
    """Carry out what was shown, unless the plan it rests on has moved."""
    proposal = _standing(context, command.recommendation_id)
    order = _reassignable(context, proposal.order_id)
    if order.driver_id != proposal.current_driver_id:
        raise StateChanged(f"{order.order_id} has another driver now.", order_id=order.order_id)
    if proposal.driver_id is None:
        raise Refusal("recommendation.nothing_to_do", "Waiting needs no acceptance. Hold or override instead.")
    _check_plans(context, {proposal.driver_id: proposal.based_on.get(proposal.driver_id, 0)})
    decision = Decision()
    accepted = happened.RecommendationAccepted(recommendation_id=proposal.recommendation_id, order_id=proposal.order_id)
    decision.add(of_decision(order.order_id), accepted)
    carry_out(context, [_chosen_plan(proposal)], decision, recommendation_id=proposal.recommendation_id)
    return decision


def dismiss_recommendation(context: Context, command: DismissRecommendation) -> Decision:
    """Leave an order alone for a while, with a reason."""
    proposal = _standing(context, command.recommendation_id)
    if not command.reason.strip():
        raise Refusal("dismissal.reason_required", "Say why not now.")
    event = happened.RecommendationDismissed(
        recommendation_id=proposal.recommendation_id,
        order_id=proposal.order_id,
        reason=command.reason,
        until_at=context.now + _hold_s(command.for_s),
    )
    return Decision([(of_decision(proposal.order_id), event)])


def hold_order(context: Context, command: HoldOrder) -> Decision:
    """Let the platform decide nothing on an order for a while."""
    order = _reassignable(context, command.order_id)
    decision = Decision()
    held = OrderHeld(order_id=order.order_id, until_at=context.now + _hold_s(command.for_s))
    decision.add(of_order(order.order_id), held)
    _withdraw_standing(context, order.order_id, "held", decision)
    return decision


def _hold_s(seconds: float) -> float:
    if not 0.0 < seconds <= LONGEST_HOLD_S:
        raise Refusal("hold.out_of_range", "Hold for up to an hour.")
    return seconds


def override_assignment(context: Context, command: OverrideAssignment) -> Decision:
    """Decide otherwise, on exactly the state that was previewed."""
    order = _reassignable(context, command.order_id)
    if command.reason is ReasonCode.OTHER and not command.note.strip():
        raise Refusal("override.note_required", "The reason \u201cOther\u201d needs a note.")
    if order.driver_id == command.driver_id:
        raise Refusal("override.no_change", f"{order.order_id} is with {command.driver_id} already.", status=409)
    if order.version != command.order_version:
        raise StateChanged(f"{order.order_id} changed since the preview. Look again.", order_version=order.version)
    _check_plans(context, command.based_on)
    preview = _preview(context, command)
    decision = Decision(created=f"V-{len(context.operation.decisions.overrides) + 1}")
    override = _override(context, command, order, preview, OverrideId(str(decision.created)))
    decision.add(of_decision(order.order_id), happened.AssignmentOverridden(override=override))
    carry_out(context, override.plans, decision)
    return decision


def _preview(context: Context, command: OverrideAssignment) -> ImpactPreview:
    preview = context.preview
    if preview is None or preview.driver_id != command.driver_id:
        raise AssertionError("an override is decided on a preview of its own change")
    if preview.breaches:
        first = preview.breaches[0]
        raise Refusal("override.not_possible", f"Not possible: {first.constraint}.", constraint=first.constraint)
    return preview


def _override(
    context: Context,
    command: OverrideAssignment,
    order: Order,
    preview: ImpactPreview,
    override_id: OverrideId,
) -> Override:
    replanned = command.mode is OverrideMode.REPLANNED
    if replanned and preview.replanned is None:
        raise Refusal("override.no_replan", "There is no re-planned version. Commit as is.", status=409)
    plans = preview.replanned_plans if replanned else preview.as_is_plans
    proposal = context.operation.decisions.standing.get(order.order_id)
    touched = {plan.driver_id for plan in plans} | ({order.driver_id} if order.driver_id else set())
    return Override(
        override_id=override_id,
        order_id=order.order_id,
        driver_id=command.driver_id,
        mode=command.mode,
        reason=command.reason,
        note=command.note,
        previous_driver_id=order.driver_id,
        recommendation_id=proposal.recommendation_id if proposal else None,
        recommended_driver_id=proposal.driver_id if proposal else None,
        expected=preview.replanned if replanned else preview.as_is,
        expected_recommended=preview.recommendation,
        plans=plans,
        replaced=tuple(_plan_in_force(context, driver_id) for driver_id in sorted(touched)),
        decided_at=context.now,
        decided_by=context.actor.subject,
    )


def _plan_in_force(context: Context, driver_id: DriverId) -> PlanChange:
    route = context.operation.fleet.route_of(driver_id)
    return PlanChange(
        driver_id=driver_id, plan_number=route.plan_number, stops=route.stops, distance_m=route.distance_m
    )


def undo_decision(context: Context, command: UndoDecision) -> Decision:
    """Take back an override or an acceptance by a compensating change; the first record stays."""
    if (command.override_id is None) == (command.recommendation_id is None):
        raise Refusal("undo.one_decision", "Name exactly one decision to undo.")
    if command.override_id is not None:
        return _undo_override(context, command.override_id)
    return _undo_acceptance(context, RecommendationId(str(command.recommendation_id)))


def _undo_override(context: Context, override_id: OverrideId) -> Decision:
    override = context.operation.decisions.overrides.get(override_id)
    if override is None:
        raise NotFound("override", override_id)
    if override.undone_at is not None:
        raise Refusal("undo.undone_already", f"{override_id} was undone by {override.undone_by}.", status=409)
    order = _undoable_order(context, override.order_id, override.driver_id)
    decision = Decision()
    undone = happened.OverrideUndone(override_id=override_id, order_id=order.order_id)
    decision.add(of_decision(order.order_id), undone)
    if override.mode is OverrideMode.REPLANNED and _is_untouched_since(context, override.plans, override.replaced):
        _restore(context, override, decision)
    else:
        _give_back(context, order, override.previous_driver_id, decision)
    return decision


def _undo_acceptance(context: Context, recommendation_id: RecommendationId) -> Decision:
    proposal = context.operation.decisions.accepted.get(recommendation_id)
    if proposal is None or proposal.driver_id is None:
        raise NotFound("accepted recommendation", recommendation_id)
    order = _undoable_order(context, proposal.order_id, proposal.driver_id)
    decision = Decision()
    undone = happened.AssignmentUndone(recommendation_id=recommendation_id, order_id=order.order_id)
    decision.add(of_decision(order.order_id), undone)
    _give_back(context, order, proposal.current_driver_id, decision)
    return decision


def _undoable_order(context: Context, order_id: OrderId, driver_id: DriverId) -> Order:
    order = order_named(context, order_id)
    if not is_reassignable(order):
        raise Refusal("undo.too_late", f"{order_id} is {order.state.value} already.", status=409)
    if order.driver_id != driver_id:
        raise StateChanged(f"{order_id} was given to somebody else since.", order_id=order_id)
    return order


def _is_untouched_since(context: Context, plans: Iterable[PlanChange], replaced: Iterable[PlanChange]) -> bool:
    fleet = context.operation.fleet
    before = {plan.driver_id: plan.plan_number for plan in replaced}
    return all(fleet.route_of(plan.driver_id).plan_number == before.get(plan.driver_id, -1) + 1 for plan in plans)


def _restore(context: Context, override: Override, decision: Decision) -> None:
    """Put every replaced plan back; an order that had no driver waits again."""
    had_driver = {stop.order_id for plan in override.replaced for stop in plan.stops}
    moved = {stop.order_id for plan in override.plans for stop in plan.stops} - had_driver
    for order_id in sorted(moved):
        order = context.operation.orders.orders[order_id]
        if order.driver_id is not None and is_reassignable(order):
            _unassign(order, order.driver_id, decision)
    carry_out(context, override.replaced, decision)


def _give_back(context: Context, order: Order, previous: DriverId | None, decision: Decision) -> None:
    if order.driver_id is None:
        return
    if previous is None or not context.restoring:
        _unassign(order, order.driver_id, decision)
        without_order(context, order.driver_id, order.order_id, decision)
    else:
        carry_out(context, context.restoring, decision)


def _unassign(order: Order, driver_id: DriverId, decision: Decision) -> None:
    decision.add(
        of_order(order.order_id),
        OrderUnassigned(order_id=order.order_id, driver_id=driver_id, reason="undone"),
    )


def acknowledge_exception(context: Context, command: AcknowledgeException) -> Decision:
    """Note that a person has seen an exception."""
    if command.key in context.operation.decisions.acknowledged:
        return Decision()
    return Decision([(OPERATION, happened.ExceptionAcknowledged(key=command.key))])


def _reassignable(context: Context, order_id: OrderId) -> Order:
    order = open_order(context, order_id)
    if not is_reassignable(order):
        raise Refusal("order.on_board", f"{order_id} is in the vehicle of {order.driver_id} already.", status=409)
    return order


def _standing(context: Context, recommendation_id: RecommendationId) -> Recommendation:
    proposal = context.operation.decisions.by_id(recommendation_id)
    if proposal is None:
        raise StateChanged(
            "That recommendation no longer stands. Look at the order again.", recommendation_id=recommendation_id
        )
    return proposal


def _withdraw_standing(context: Context, order_id: OrderId, reason: str, decision: Decision) -> None:
    standing = context.operation.decisions.standing.get(order_id)
    if standing is not None:
        withdrawn = happened.RecommendationWithdrawn(
            recommendation_id=standing.recommendation_id, order_id=order_id, reason=reason
        )
        decision.add(of_decision(order_id), withdrawn)


def _check_plans(context: Context, based_on: dict[DriverId, int]) -> None:
    for driver_id, plan_number in based_on.items():
        actual = context.operation.fleet.route_of(driver_id).plan_number
        if actual != plan_number:
            raise StateChanged(
                f"The plan of {driver_id} changed since. Look again.",
                driver_id=driver_id,
                state_version=actual,
            )


def _chosen_plan(proposal: Recommendation) -> PlanChange:
    chosen: Alternative = next(a for a in proposal.alternatives if a.driver_id == proposal.driver_id)
    assert chosen.driver_id is not None
    return PlanChange(
        driver_id=chosen.driver_id,
        plan_number=proposal.based_on.get(chosen.driver_id, 0),
        stops=chosen.plan,
    )
