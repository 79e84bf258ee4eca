"""Decides what may happen to an order: placed, prepared, carried, ended."""

from __future__ import annotations

from core.commands import (
    AcceptAssignment,
    CancelOrder,
    EraseCustomer,
    PlaceOrder,
    RefuseAssignment,
    ReportArrival,
    ReportDelivery,
    ReportDeparture,
    ReportFailure,
    ReportPickup,
    ReportReady,
    ReviseForecast,
    ReviseReadiness,
)
from core.deciding import Context, Decision, only_own
from core.dispatch.overtaking import take_back_overtaken
from core.dispatch.planning_events import without_order
from core.dispatch.telling_drivers import order_for
from core.events import order_events as happened
from core.events.envelope import Event
from core.events.fleet_events import CustomerErased
from core.fleet.capacity_units import check_units, depot_named
from core.fleet.route import StopKind
from core.fleet.zone import zone_at
from core.orders.order import Order, OrderState
from core.orders.presence import stops_stood_at
from core.refusals import NotFound, Refusal, StateChanged
from core.streams import OPERATION, of_forecast, of_order
from core.vocabulary import DriverId, Instant, OrderId

FIRST_ORDER_NUMBER = 10_001
LATEST_PROMISE_S = 14 * 86_400
LONGEST_SERVICE_S = 7_200.0


def order_named(context: Context, order_id: OrderId) -> Order:
    """Return the order, or refuse with ``order.not_found``.

    To a driver, another's order is as if there were none; an order is his as long as he was not told otherwise.
    """
    order = order_for(context.operation, order_id, context.actor, context.now)
    if order is None:
        raise NotFound("order", order_id)
    return order


def open_order(context: Context, order_id: OrderId) -> Order:
    """Return the order if work remains on it, or refuse with ``order.ended``."""
    order = order_named(context, order_id)
    if not order.state.is_open:
        raise Refusal("order.ended", f"{order_id} is {order.state.value} already.", status=409, state=order.state.value)
    return order


def place_order(context: Context, command: PlaceOrder) -> Decision:
    """Take an order; its number and customer id are made here when not given."""
    board = context.operation.orders.orders
    order_id = command.order_id or OrderId(f"O-{FIRST_ORDER_NUMBER + len(board)}")
    if order_id in board:
        raise Refusal("order.exists", f"There is an order {order_id} already.", status=409)
    if not context.now < command.promise.by_at < context.now + LATEST_PROMISE_S:
        raise Refusal("order.promise_out_of_range", "The promise must lie ahead, and within two weeks.")
    _check_times(context, command)
    check_units(context, command.load)
    pickup = command.pickup if command.depot_id is None else depot_named(context, command.depot_id).place
    event = happened.OrderPlaced(
        order_id=order_id,
        customer_id=command.customer_id or f"C-{order_id}",
        customer=command.customer,
        pickup=pickup,
        delivery=command.delivery,
        promise=command.promise,
        ready_at=command.ready_at,
        load=command.load,
        skills=command.skills,
        value=command.value,
        service_s=command.service_s,
        zone_id=zone_at(context.operation.fleet.zones.values(), pickup.position),
        depot_id=command.depot_id,
    )
    return Decision([(of_order(order_id), event)], created=order_id)


def _check_times(context: Context, command: PlaceOrder) -> None:
    """Refuse times and figures that no order has, whoever sends them; what is not a number is in no range."""
    promise = command.promise
    if promise.from_at is not None and not context.now - LATEST_PROMISE_S < promise.from_at <= promise.by_at:
        raise Refusal("order.promise_invalid", "A promise window starts before it ends.")
    _check_ready_at(context, command.ready_at)
    if not 0.0 <= command.service_s <= LONGEST_SERVICE_S:
        raise Refusal("order.service_out_of_range", "The time at the door is from 0 s to two hours.")
    if command.value < 0:
        raise Refusal("order.value_out_of_range", "An order is worth 0 or more.")


def _check_ready_at(context: Context, ready_at: Instant) -> None:
    if not abs(ready_at - context.now) < LATEST_PROMISE_S:
        raise Refusal("order.ready_out_of_range", "The goods are ready within two weeks of now.")


def revise_readiness(context: Context, command: ReviseReadiness) -> Decision:
    """Take another ready time from the kitchen, while the goods are still there."""
    order = _before_pickup(context, command.order_id)
    _check_ready_at(context, command.ready_at)
    if order.ready_at == command.ready_at:
        return Decision()
    event = happened.OrderReadinessRevised(order_id=order.order_id, ready_at=command.ready_at, reason=command.reason)
    return Decision([(of_order(order.order_id), event)])


def report_ready(context: Context, command: ReportReady) -> Decision:
    """Take the kitchen's word that the goods wait."""
    order = _before_pickup(context, command.order_id)
    return Decision() if order.is_ready else _one(order, happened.OrderBecameReady(order_id=order.order_id))


def cancel_order(context: Context, command: CancelOrder) -> Decision:
    """Withdraw an order that is not on board yet."""
    order = _before_pickup(context, command.order_id)
    event = happened.OrderCancelled(order_id=order.order_id, reason=command.reason, driver_id=order.driver_id)
    decision = _one(order, event)
    if order.driver_id is not None:
        without_order(context, order.driver_id, order.order_id, decision)
    return decision


def accept_assignment(context: Context, command: AcceptAssignment) -> Decision:
    """Take the driver's yes."""
    order = _of_driver(context, command.order_id, command.driver_id)
    if order.is_accepted:
        return Decision()
    return _one(order, happened.AssignmentAccepted(order_id=order.order_id, driver_id=command.driver_id))


def refuse_assignment(context: Context, command: RefuseAssignment) -> Decision:
    """Take the driver's no; the order waits again and this driver is not asked twice."""
    order = _of_driver(context, command.order_id, command.driver_id)
    _not_on_board(order)
    event = happened.AssignmentRefused(order_id=order.order_id, driver_id=command.driver_id, reason=command.reason)
    decision = _one(order, event)
    if not _is_overtaking(context, order):
        without_order(context, command.driver_id, order.order_id, decision)
    return decision


def report_arrival(context: Context, command: ReportArrival) -> Decision:
    """Take the arrival at whichever stop of the order is next; a repetition changes nothing."""
    order = _of_driver(context, command.order_id, command.driver_id)
    if order.state is OrderState.ASSIGNED:
        return _one(
            order,
            happened.PickupReached(
                order_id=order.order_id, driver_id=command.driver_id, is_detected=command.is_detected
            ),
        )
    if order.state is OrderState.ON_THE_WAY:
        return _one(
            order,
            happened.DeliveryReached(
                order_id=order.order_id, driver_id=command.driver_id, is_detected=command.is_detected
            ),
        )
    return Decision()


def report_departure(context: Context, command: ReportDeparture) -> Decision:
    """Record that the driver drove off from a stop, also after the order's end; a repetition changes nothing."""
    order = order_named(context, command.order_id)
    if order.driver_id != command.driver_id:
        raise StateChanged(f"{order.order_id} is not assigned to {command.driver_id}.", order_id=order.order_id)
    if command.kind not in stops_stood_at(order):
        return Decision()
    left = happened.PickupLeft if command.kind is StopKind.PICKUP else happened.DeliveryLeft
    return _one(order, left(order_id=order.order_id, driver_id=command.driver_id))


def report_pickup(context: Context, command: ReportPickup) -> Decision:
    """Take the driver's word that the goods are on board."""
    order = _of_driver(context, command.order_id, command.driver_id)
    if order.state.is_on_board:
        return Decision()
    return _after_taking_back(
        context, order, happened.OrderPickedUp(order_id=order.order_id, driver_id=command.driver_id)
    )


def report_delivery(context: Context, command: ReportDelivery) -> Decision:
    """Take the driver's word that the customer has the goods."""
    order = _of_driver(context, command.order_id, command.driver_id)
    if not order.state.is_on_board:
        raise Refusal("order.not_on_board", f"{order.order_id} was not picked up yet.", status=409)
    return _one(
        order,
        happened.OrderDelivered(order_id=order.order_id, driver_id=command.driver_id, proof=command.proof),
    )


def report_failure(context: Context, command: ReportFailure) -> Decision:
    """Take the driver's word that the goods could not be handed over."""
    order = _of_driver(context, command.order_id, command.driver_id)
    if not command.reason:
        raise Refusal("failure.reason_required", "A failed delivery needs a reason.")
    failed = happened.DeliveryFailed(
        order_id=order.order_id, driver_id=command.driver_id, reason=command.reason, note=command.note
    )
    return _after_taking_back(context, order, failed)


def erase_customer(context: Context, command: EraseCustomer) -> Decision:
    """Forget who a customer is, on every screen and in every view."""
    orders = context.operation.orders.orders.values()
    known = any(order.customer_id == command.customer_id and order.customer is not None for order in orders)
    if not known:
        return Decision()
    return Decision([(OPERATION, CustomerErased(customer_id=command.customer_id))])


def revise_forecast(context: Context, command: ReviseForecast) -> Decision:
    """Record an arrival that the customer is told."""
    order = open_order(context, command.order_id)
    event = happened.ArrivalForecastRevised(order_id=order.order_id, arrival=command.arrival, cause=command.cause)
    return Decision([(of_forecast(order.order_id), event)])


def _one(order: Order, event: Event) -> Decision:
    return Decision([(of_order(order.order_id), event)])


def _after_taking_back(context: Context, order: Order, event: Event) -> Decision:
    """Return what a driver did to an order; where he was not told yet that he lost it, it is his again first."""
    decision = Decision()
    if _is_overtaking(context, order):
        take_back_overtaken(context, order, DriverId(context.actor.subject), decision)
    decision.add(of_order(order.order_id), event)
    return decision


def _is_overtaking(context: Context, order: Order) -> bool:
    return context.operation.orders.orders[order.order_id].driver_id != order.driver_id


def _before_pickup(context: Context, order_id: OrderId) -> Order:
    order = open_order(context, order_id)
    _not_on_board(order)
    return order


def _not_on_board(order: Order) -> None:
    if order.state.is_on_board:
        raise Refusal("order.on_board", f"{order.order_id} is in the vehicle already.", status=409)


def _of_driver(context: Context, order_id: OrderId, driver_id: DriverId) -> Order:
    only_own(context, driver_id)
    order = open_order(context, order_id)
    if order.driver_id != driver_id:
        raise StateChanged(f"{order_id} is not assigned to {driver_id}.", order_id=order_id)
    return order
