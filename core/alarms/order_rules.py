"""The rules about orders: late ones that can be helped, late kitchens, waiting, decisions, failures, refusals."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from core.alarms.exception_item import ExceptionItem, Scene
from core.alarms.wording import about_order, cause, positive, proposed, say, time_to_act
from core.orders.order import Order, OrderState


def late_orders(scene: Scene) -> Iterator[ExceptionItem]:
    """Orders that will miss their promise and can still be helped, or miss it by so much that somebody should call.

    What is on board and a little late needs nobody: the customer is told by the forecast.
    """
    policy = scene.policy
    for order in scene.open_orders:
        late_s, probability = scene.late_s(order), scene.late_probability(order)
        if probability < (policy.late_until if order.order_id in scene.listed else policy.late):
            continue
        is_late, is_critical = late_s >= policy.least_late_s, late_s >= policy.critical_late_s
        if _can_be_helped(scene, order):
            priority = (1 if is_critical else 2) if is_late else 3
        elif is_critical:
            priority = 3
        else:
            continue
        if is_late:
            finding = say("finding.late", minutes=late_s / 60.0)
        else:
            finding = say("finding.at_risk", percent=100.0 * probability)
        yield about_order(scene, order, f"late:{order.order_id}", priority, finding, cause(scene, order))


def _can_be_helped(scene: Scene, order: Order) -> bool:
    """Say whether a person can still change how late the order comes."""
    if order.state is OrderState.WAITING:
        return True
    return not order.state.is_on_board and time_to_act(scene, order) is not None


def late_kitchens(scene: Scene) -> Iterator[ExceptionItem]:
    """Drivers who stand at the counter while the goods are overdue, where that costs a promise or lasts long."""
    policy = scene.policy
    for order in scene.open_orders:
        overdue_s = scene.now - order.ready_at
        if order.state is not OrderState.AT_PICKUP or order.is_ready or overdue_s < policy.unready_s:
            continue
        probability = scene.late_probability(order)
        if probability < policy.late and overdue_s < policy.unready_long_s:
            continue
        found = about_order(
            scene,
            order,
            f"unready:{order.order_id}",
            2 if probability >= policy.late else 3,
            say("finding.not_ready", minutes=overdue_s / 60.0),
            say("cause.with_driver", driver_id=order.driver_id or ""),
        )
        yield replace(found, proposal=say("proposal.call_pickup"))


def waiting_orders(scene: Scene) -> Iterator[ExceptionItem]:
    """Orders whose goods wait for want of a driver, and drivers who do not answer."""
    for order in scene.open_orders:
        if order.order_id in scene.operation.decisions.standing or scene.operation.waves.keeps(order):
            continue
        if order.state is OrderState.WAITING:
            since_at = max(order.placed_at, order.held_until or 0.0, order.ready_at)
            waited_s = scene.now - since_at
            if waited_s >= scene.policy.waiting_s:
                finding, why = say("finding.waiting", minutes=waited_s / 60.0), cause(scene, order)
                yield about_order(scene, order, f"waiting:{order.order_id}", 2, finding, why)
        elif order.state is OrderState.ASSIGNED and not order.is_accepted and order.asked_at is not None:
            waited_s = scene.now - order.asked_at
            if waited_s >= scene.policy.unanswered_s:
                finding = say("finding.unanswered", minutes=waited_s / 60.0)
                why = say("cause.with_driver", driver_id=order.driver_id or "")
                yield about_order(scene, order, f"unanswered:{order.order_id}", 3, finding, why)


def decisions_needed(scene: Scene) -> Iterator[ExceptionItem]:
    """Recommendations that wait for a person."""
    for order_id, standing in scene.operation.decisions.standing.items():
        reasons = standing.ask_reasons
        left_s = standing.fallback.after_s - (scene.now - standing.made_at)
        yield ExceptionItem(
            key=f"decide:{order_id}",
            priority=2 if standing.current_driver_id is None else 3,
            subject_kind="order",
            subject_id=order_id,
            finding=say("finding.undecided"),
            cause=reasons[0] if reasons else say("cause.no_driver"),
            act_within_s=positive(left_s),
            proposal=proposed(standing),
            order_id=order_id,
            order_ids=(order_id,),
        )


def failed_deliveries(scene: Scene) -> Iterator[ExceptionItem]:
    """Deliveries that failed a short while ago."""
    since_at = scene.now - scene.policy.failed_shown_s
    # Orders are kept in the order they were placed: the newest come first, and old ones need no look at all.
    for order in reversed(scene.operation.orders.orders.values()):
        if order.placed_at < since_at - scene.policy.longest_order_s:
            break
        if order.state is not OrderState.FAILED or (order.ended_at or 0.0) < since_at:
            continue
        why = say("cause.reason", reason=order.failure_reason or "")
        found = about_order(scene, order, f"failed:{order.order_id}", 3, say("finding.failed"), why)
        yield replace(found, proposal=say("proposal.tell_customer"), act_within_s=None)


def refused_orders(scene: Scene) -> Iterator[ExceptionItem]:
    """Orders that several drivers refused and that still wait."""
    for order in scene.open_orders:
        if order.state is OrderState.WAITING and len(order.refused_by) >= scene.policy.refusals:
            finding = say("finding.refused", times=len(order.refused_by))
            yield about_order(scene, order, f"refused:{order.order_id}", 3, finding, say("cause.no_driver"))
