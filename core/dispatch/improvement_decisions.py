"""Decides about improved plans: put in force whole, or not at all."""

from __future__ import annotations

from core.commands import AdoptPlan
from core.deciding import Context, Decision
from core.dispatch.planning_events import carry_out, is_reassignable
from core.events.dispatch_events import PlanImproved
from core.refusals import Refusal, StateChanged
from core.streams import OPERATION


def adopt_plan(context: Context, command: AdoptPlan) -> Decision:
    """Put an improved plan in force on exactly the plans it was made from.

    Raises
    ------
    Refusal
        ``plan.nothing_to_adopt``.
    StateChanged
        If a driver's plan moved since or he set off to another stop, or an order changed hands, was picked up,
        pinned or held.
    """
    improvement, operation = command.improvement, context.operation
    if not improvement.plans:
        raise Refusal("plan.nothing_to_adopt", "The plan changes nothing.")
    for plan in improvement.plans:
        number = operation.fleet.route_of(plan.driver_id).plan_number
        if number != plan.plan_number:
            raise StateChanged(
                f"The plan of {plan.driver_id} changed since.", driver_id=plan.driver_id, state_version=number
            )
    for moved in improvement.moved:
        order = operation.orders.orders[moved.order_id]
        is_kept = order.is_pinned or order.is_held(context.now)
        if order.driver_id != moved.from_driver or is_kept or not is_reassignable(order):
            raise StateChanged(f"{moved.order_id} changed since.", order_id=moved.order_id)
    decision = Decision()
    decision.add(OPERATION, PlanImproved(improvement=improvement))
    carry_out(context, improvement.plans, decision, is_automatic=True, may_turn=False)
    return decision
