"""Which orders need a decision now: those without a driver, and those whose driver can no longer be relied on."""

from __future__ import annotations

from collections.abc import Collection

from core.dispatch.candidates import Candidate, Pricing
from core.dispatch.decision import Recommendation, ScoreTerm
from core.dispatch.planning_events import turns_away
from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import PlanningWorld
from core.fleet.zone import zone_at
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.vocabulary import Instant, ZoneId


def is_left_alone(operation: Operation, order: Order, now: Instant) -> bool:
    """Say whether nothing is to be decided on this order for now: pinned, held, put off, closed off, or in a wave."""
    if operation.waves.keeps(order):
        return True
    if order.is_pinned and order.driver_id is not None:
        return True
    if is_closed_off(operation, order, operation.closures.zones(now)):
        return True
    dismissed_until = operation.decisions.dismissed_until.get(order.order_id, 0.0)
    return max(order.held_until or 0.0, dismissed_until) > now


def is_closed_off(operation: Operation, order: Order, closed: Collection[ZoneId]) -> bool:
    """Say whether the pickup or the door lies in one of the zones, such as those that a person closed."""
    if not closed:
        return False
    return order.zone_id in closed or zone_at(operation.fleet.zones.values(), order.delivery) in closed


def needs_driver(order: Order, now: Instant, policy: DispatchPolicy) -> bool:
    """Say whether the order waits for a driver and its readiness is near enough to commit one."""
    return order.state is OrderState.WAITING and order.ready_at - now <= policy.commit_lead_s


def early_s(pricing: Pricing, policy: DispatchPolicy) -> float:
    """Return the seconds for which giving the order away can wait at no loss; 0 if now is the time.

    It can wait while the driver who would be best but for standing at the counter would stand there for long.
    """
    waits = {id(candidate): _stands_s(candidate) for candidate in pricing.possible}
    if not waits:
        return 0.0
    best = min(
        pricing.possible,
        key=lambda c: (c.total_money - policy.driver_minute * waits[id(c)] / 60.0, c.driver_id),
    )
    return max(0.0, waits[id(best)] - policy.early_s)


def _stands_s(candidate: Candidate) -> float:
    return 60.0 * next((s.minutes for s in candidate.terms if s.term is ScoreTerm.PICKUP_WAITING), 0.0)


def is_threatened(world: PlanningWorld, order: Order, late_probability: float, late_from: float = 0.70) -> bool:
    """Say whether an assigned order should be looked at again: driver silent or not answering, or the promise gone."""
    if order.state is not OrderState.ASSIGNED:
        return False
    return is_unreliable(world, order) or late_probability >= late_from


def is_unreliable(world: PlanningWorld, order: Order) -> bool:
    """Say whether the order's driver went home, is not heard, or has not answered within its zone's limit."""
    driver, policy = world.drivers.get(order.driver_id) if order.driver_id else None, world.policy_for(order)
    if (
        driver is None
        or not driver.is_on_shift
        or (driver.is_silent and driver.position_age_s > policy.max_position_age_s)
    ):
        return True
    since_at = world.now if order.asked_at is None else order.asked_at
    return not order.is_accepted and world.now - since_at > policy.accept_within_s


def has_lapsed(operation: Operation, standing: Recommendation) -> bool:
    """Say whether a proposal has become pointless: the order moved on, ended, or changed hands."""
    order = operation.orders.orders.get(standing.order_id)
    if order is None or order.driver_id != standing.current_driver_id:
        return True
    return order.state not in (OrderState.WAITING, OrderState.ASSIGNED)


def is_outdated(operation: Operation, standing: Recommendation) -> bool:
    """Say whether a proposal could not be carried out any more as it stands.

    A plan or the order moved, or who is to get it set off to a stop that he would be turned away from.
    """
    fleet, plan = operation.fleet, standing.chosen_plan
    has_moved = any(fleet.route_of(name).plan_number != number for name, number in standing.based_on.items())
    is_turned = plan is not None and turns_away(operation, plan, may_turn=False)
    return has_moved or is_turned or operation.orders.orders[standing.order_id].version != standing.order_version
