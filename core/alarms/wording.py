"""What exceptions have in common: the cause of a delay, what to do about it, and how long that helps."""

from __future__ import annotations

from math import inf

from core.alarms.exception_item import ExceptionItem, Scene
from core.dispatch.decision import Recommendation, RecommendedAction, Statement
from core.dispatch.threats import is_closed_off
from core.orders.order import Order, OrderState
from core.vocabulary import DriverId


def about_order(
    scene: Scene, order: Order, key: str, priority: int, finding: Statement, cause: Statement
) -> ExceptionItem:
    """Return the exception of one order, with what is proposed and the time left."""
    return ExceptionItem(
        key=key,
        priority=priority,
        subject_kind="order",
        subject_id=order.order_id,
        finding=finding,
        cause=cause,
        act_within_s=time_to_act(scene, order),
        proposal=proposal(scene, order),
        order_id=order.order_id,
        order_ids=(order.order_id,),
    )


def cause(scene: Scene, order: Order) -> Statement:
    """Return what stands in the way of an order."""
    driver_id = order.driver_id
    if driver_id is None:
        is_closed = is_closed_off(scene.operation, order, scene.operation.closures.zones(scene.now))
        return say("cause.zone_closed") if is_closed else say("cause.no_driver")
    if scene.is_silent(driver_id):
        return say("cause.driver_silent", driver_id=driver_id)
    if scene.waits_for_kitchen(order):
        return say("cause.not_ready")
    driver = scene.operation.fleet.drivers.get(driver_id)
    if driver is not None and driver.is_paused:
        return say("cause.driver_paused", driver_id=driver_id)
    return _queue_before(scene, order, driver_id)


def _queue_before(scene: Scene, order: Order, driver_id: DriverId) -> Statement:
    before = 0
    for stop in scene.operation.fleet.route_of(driver_id).stops:
        if stop.order_id == order.order_id:
            break
        before += 1
    if before == 1:
        return say("cause.stop_before", driver_id=driver_id)
    if before:
        return say("cause.stops_before", driver_id=driver_id, stops=before)
    return say("cause.under_way", driver_id=driver_id)


def counted(where: str, orders: int) -> Statement:
    """Return how many orders are on "board" or "planned"."""
    codes = {"board": ("order_on_board", "orders_on_board"), "planned": ("order_planned", "orders_planned")}
    one, several = codes[where]
    return say(f"cause.{one}") if orders == 1 else say(f"cause.{several}", orders=orders)


def proposal(scene: Scene, order: Order) -> Statement | None:
    """Return what to do about an order."""
    standing = scene.operation.decisions.standing.get(order.order_id)
    if standing is not None:
        return proposed(standing)
    if order.state is OrderState.WAITING:
        return say("proposal.override")
    return say("proposal.tell_customer") if order.state.is_on_board else say("proposal.call_driver")


def proposed(standing: Recommendation) -> Statement:
    """Return what a recommendation proposes."""
    if standing.driver_id is None or standing.action is RecommendedAction.WAIT:
        return say("proposal.wait")
    verb = "reassign" if standing.action is RecommendedAction.REASSIGN else "assign"
    return say(f"proposal.{verb}", driver_id=standing.driver_id)


def time_to_act(scene: Scene, order: Order) -> float | None:
    """Return the time until no plan keeps the promise any more; nobody can act on goods under way."""
    if order.state.is_on_board:
        return None
    ready_in_s = 0.0 if order.is_ready else max(0.0, order.ready_at - scene.now)
    return positive(order.promise.by_at - scene.now - max(scene.policy.direct_s, ready_in_s))


def positive(seconds: float) -> float | None:
    """Return a time that is still to come, else ``None``."""
    return seconds if 0.0 < seconds < inf else None


def say(code: str, **arguments: str | float | int) -> Statement:
    """Return a statement."""
    return Statement(code=code, arguments=arguments)
