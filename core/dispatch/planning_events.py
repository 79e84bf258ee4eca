"""Turns a change of plan into events: who has an order now, and each touched driver's new route.

Every change of plan raises the driver's plan number, which is what makes a decision on an older plan refusable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from core.deciding import Context, Decision
from core.dispatch.decision import PlanChange
from core.dispatch.under_way import heads_for, is_made_first, stands_at
from core.events.fleet_events import RoutePlanned
from core.events.order_events import OrderAssigned, OrderUnassigned, PickupReached
from core.fleet.route import PlannedStop, StopKind
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.refusals import StateChanged
from core.streams import of_driver, of_order
from core.vocabulary import DriverId, OrderId, RecommendationId


def plan_route(
    context: Context, driver_id: DriverId, stops: Iterable[PlannedStop], decision: Decision, distance_m: float = 0.0
) -> None:
    """Add the event that gives `driver_id` these stops under the next plan number."""
    plan_number = context.operation.fleet.route_of(driver_id).plan_number + 1
    decision.add(
        of_driver(driver_id),
        RoutePlanned(driver_id=driver_id, plan_number=plan_number, stops=tuple(stops), distance_m=distance_m),
    )


def unassign(order: Order, driver_id: DriverId, reason: str, decision: Decision) -> None:
    """Add the event that lets an order wait again; the driver's stops are the caller's to take out."""
    event = OrderUnassigned(order_id=order.order_id, driver_id=driver_id, reason=reason)
    decision.add(of_order(order.order_id), event)


def without_order(context: Context, driver_id: DriverId, order_id: OrderId, decision: Decision) -> None:
    """Add the event that takes an order's stops out of a driver's route."""
    stops = context.operation.fleet.route_of(driver_id).stops
    plan_route(context, driver_id, (stop for stop in stops if stop.order_id != order_id), decision)


def carry_out(
    context: Context,
    plans: Iterable[PlanChange],
    decision: Decision,
    *,
    recommendation_id: RecommendationId | None = None,
    is_automatic: bool = False,
    accepted: Collection[OrderId] = (),
    may_turn: bool = True,
) -> None:
    """Add the events that put `plans` in force, as `follow` does, if nobody is turned away from where he stands.

    A driver who is on the way to his first stop is turned round only if `may_turn`.

    Raises
    ------
    StateChanged
        If a plan no longer begins with the stop where its driver is by now, or an order that it gives to somebody
        else was picked up meanwhile.
    """
    plans = tuple(plans)
    for plan in plans:
        _check_hands(context.operation, plan)
        if turns_away(context.operation, plan, may_turn=may_turn):
            raise StateChanged(f"{plan.driver_id} is at another stop by now. Look again.", driver_id=plan.driver_id)
    follow(context, plans, decision, recommendation_id=recommendation_id, is_automatic=is_automatic, accepted=accepted)


def _check_hands(operation: Operation, plan: PlanChange) -> None:
    for stop in still_to_do(operation, plan.stops):
        order = operation.orders.orders[stop.order_id]
        if order.driver_id != plan.driver_id and not is_reassignable(order):
            sentence = f"{order.order_id} is in the vehicle of {order.driver_id} by now. Look again."
            raise StateChanged(sentence, order_id=order.order_id)


def turns_away(operation: Operation, plan: PlanChange, *, may_turn: bool = True) -> bool:
    """Say whether a plan leaves the stop for another where its driver stands, or that he has set off to.

    To that he is held only where he may not be turned round; then the stop may not go to somebody else either.
    """
    kept = stands_at(operation, plan.driver_id) if may_turn else heads_for(operation, plan.driver_id)
    if kept is None:
        return False
    stops = still_to_do(operation, plan.stops)
    is_his = any((stop.order_id, stop.kind) == (kept.order_id, kept.kind) for stop in stops)
    return not is_made_first(kept, stops) if is_his else not may_turn


def follow(
    context: Context,
    plans: Iterable[PlanChange],
    decision: Decision,
    *,
    recommendation_id: RecommendationId | None = None,
    is_automatic: bool = False,
    accepted: Collection[OrderId] = (),
) -> None:
    """Add the events of `plans`, whoever stands where: orders change hands, routes are set, left routes are cleaned.

    Stops that were done since the plan was computed are dropped; a driver who only loses orders is re-planned too.
    Of the orders `accepted` their new driver said yes before. Who was not told yet that he had lost an order that comes
    back to him said yes, and stands at its counter, as he knows.
    """
    fleet = context.operation.fleet
    new_stops = {plan.driver_id: still_to_do(context.operation, plan.stops) for plan in plans}
    owners = {stop.order_id: driver_id for driver_id, stops in new_stops.items() for stop in stops}
    losing: dict[DriverId, set[OrderId]] = {}
    for order_id, driver_id in owners.items():
        order = context.operation.orders.orders[order_id]
        if order.driver_id == driver_id:
            continue
        known = context.operation.held.known(driver_id, order_id, context.now)
        decision.add(
            of_order(order_id),
            OrderAssigned(
                order_id=order_id,
                driver_id=driver_id,
                previous_driver_id=order.driver_id,
                recommendation_id=recommendation_id,
                is_automatic=is_automatic,
                is_accepted=order_id in accepted or (known is not None and known.is_accepted),
            ),
        )
        if known is not None and known.state is OrderState.AT_PICKUP:
            reached = PickupReached(order_id=order_id, driver_id=driver_id, is_detected=True)
            decision.add(of_order(order_id), reached)
        if order.driver_id is not None and order.driver_id not in new_stops:
            losing.setdefault(order.driver_id, set()).add(order_id)
    for driver_id, stops in new_stops.items():
        plan_route(context, driver_id, stops, decision)
    for driver_id, orders in losing.items():
        kept = (stop for stop in fleet.route_of(driver_id).stops if stop.order_id not in orders)
        plan_route(context, driver_id, kept, decision)


def plan_in_force(operation: Operation, driver_id: DriverId) -> PlanChange:
    """Return a driver's plan as it stands."""
    route = operation.fleet.route_of(driver_id)
    return PlanChange(
        driver_id=driver_id, plan_number=route.plan_number, stops=route.stops, distance_m=route.distance_m
    )


def still_to_do(operation: Operation, stops: Iterable[PlannedStop]) -> tuple[PlannedStop, ...]:
    """Return the stops that are not done, of orders that are not over."""
    orders = operation.orders.orders
    return tuple(stop for stop in stops if _is_to_do(orders.get(stop.order_id), stop))


def _is_to_do(order: Order | None, stop: PlannedStop) -> bool:
    if order is None or not order.state.is_open:
        return False
    return stop.kind is StopKind.DELIVERY or not order.state.is_on_board


def is_reassignable(order: Order) -> bool:
    """Say whether the order may still change hands: it is open and its goods are in no vehicle."""
    return order.state in (OrderState.WAITING, OrderState.ASSIGNED, OrderState.AT_PICKUP)
