"""Decides about recommendations: published, accepted, dismissed, withdrawn; and lets an order or exception rest."""

from __future__ import annotations

from core.commands import (
    AcceptRecommendation,
    AcknowledgeException,
    DismissRecommendation,
    HoldOrder,
    RecommendAssignment,
    WithdrawRecommendation,
)
from core.deciding import Context, Decision
from core.dispatch.decision import PlanChange, Recommendation
from core.dispatch.planning_events import carry_out, is_reassignable
from core.dispatch.rationale import say
from core.dispatch.taker_check import standing_against
from core.events import dispatch_events as happened
from core.events.order_events import OrderHeld
from core.orders.decisions import open_order
from core.orders.order import Order
from core.refusals import Refusal, StateChanged
from core.streams import OPERATION, of_decision, of_order
from core.vocabulary import DriverId, OrderId, RecommendationId

LONGEST_HOLD_S = 3600.0


def recommend_assignment(context: Context, command: RecommendAssignment) -> Decision:
    """Publish a proposal made on the present state; carry it out at once when it is automatic."""
    proposal = command.recommendation
    order = reassignable(context, proposal.order_id)
    check_plans(context, proposal.based_on)
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
            may_turn=False,
        )
    return decision


def withdraw_recommendation(context: Context, command: WithdrawRecommendation) -> Decision:
    """Take a proposal back that no longer fits."""
    proposal = _standing(context, command.recommendation_id)
    decision = Decision()
    _withdraw_standing(context, proposal.order_id, command.reason, decision)
    return decision


def accept_recommendation(context: Context, command: AcceptRecommendation) -> Decision:
    """Carry out what was shown, unless the plan it rests on has moved or the driver set off to another stop."""
    proposal = _standing(context, command.recommendation_id)
    order = reassignable(context, proposal.order_id)
    if order.driver_id != proposal.current_driver_id:
        raise StateChanged(f"{order.order_id} has another driver now.", order_id=order.order_id)
    if proposal.driver_id is None:
        raise Refusal("recommendation.nothing_to_do", "Waiting needs no acceptance. Hold or override instead.")
    check_plans(context, {proposal.driver_id: proposal.based_on.get(proposal.driver_id, 0)})
    _check_taker(context, order, proposal.driver_id)
    decision = Decision()
    accepted = happened.RecommendationAccepted(recommendation_id=proposal.recommendation_id, order_id=proposal.order_id)
    decision.add(of_decision(order.order_id), accepted)
    plans, recommendation_id = [_chosen_plan(proposal)], proposal.recommendation_id
    carry_out(context, plans, decision, recommendation_id=recommendation_id, may_turn=False)
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
        until_at=context.now + hold_s(command.for_s),
    )
    return Decision([(of_decision(proposal.order_id), event)])


def hold_order(context: Context, command: HoldOrder) -> Decision:
    """Let the platform decide nothing on an order for a while."""
    order = reassignable(context, command.order_id)
    decision = Decision([(of_order(order.order_id), held_for(context, order, command.for_s))])
    _withdraw_standing(context, order.order_id, "held", decision)
    return decision


def held_for(context: Context, order: Order, seconds: float) -> OrderHeld:
    """Return that nothing is decided on an order for so many seconds from now; a hold in force is remembered.

    Raises
    ------
    Refusal
        ``hold.out_of_range``
    """
    former_at = order.held_until if (order.held_until or 0.0) > context.now else None
    return OrderHeld(order_id=order.order_id, until_at=context.now + hold_s(seconds), former_until_at=former_at)


def hold_s(seconds: float) -> float:
    """Return the seconds of a hold, or refuse them."""
    if not 0.0 < seconds <= LONGEST_HOLD_S:
        raise Refusal("hold.out_of_range", "Hold for up to an hour.")
    return seconds


def acknowledge_exception(context: Context, command: AcknowledgeException) -> Decision:
    """Note that a person has seen an exception."""
    if command.key in context.operation.decisions.acknowledged:
        return Decision()
    return Decision([(OPERATION, happened.ExceptionAcknowledged(key=command.key))])


def reassignable(context: Context, order_id: OrderId) -> Order:
    """Return an order that may still change hands, or refuse."""
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


def check_plans(context: Context, based_on: dict[DriverId, int]) -> None:
    """Refuse with ``state.changed`` if a driver's plan is not the one that something rests on."""
    for driver_id, plan_number in based_on.items():
        actual = context.operation.fleet.route_of(driver_id).plan_number
        if actual != plan_number:
            raise StateChanged(
                f"The plan of {driver_id} changed since. Look again.",
                driver_id=driver_id,
                state_version=actual,
            )


def _check_taker(context: Context, order: Order, driver_id: DriverId) -> None:
    """Refuse what has become impossible since it was proposed, by the check that shares no code with the planner."""
    for breach in standing_against(context.operation, order, driver_id, context.now):
        raise Refusal(
            "recommendation.not_possible",
            f"No longer possible: {say(breach.statement)}.",
            status=409,
            constraint=breach.constraint,
        )


def _chosen_plan(proposal: Recommendation) -> PlanChange:
    plan = proposal.chosen_plan
    assert plan is not None
    return plan
