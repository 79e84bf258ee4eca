"""The rules about disruptions: those that need a person, and what the platform recovered from by itself a moment ago.

Silent drivers, late kitchens, orders without a driver and short zones have rules of their own, with rows of their own;
their options are found through `disruption_of`.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.alarms.exception_item import ExceptionItem, Scene
from core.alarms.wording import say
from core.disruption.disruption import Disruption, DisruptionId, DisruptionKind
from core.orders.order import Order
from core.vocabulary import Role

_SUPERVISING = (None, Role.SUPERVISOR, Role.ADMINISTRATOR)

RECOVERED_SHOWN_S = 300.0
"""How long what the platform did by itself stays in sight, to be taken back."""

_OWN_ROWS = frozenset(
    {
        DisruptionKind.STOPPED,
        DisruptionKind.OFF_ROUTE,
        DisruptionKind.SLOW_TRAFFIC,
        DisruptionKind.CANCELLED,
        DisruptionKind.REFUSED_AT_DOOR,
        DisruptionKind.ADDRESS,
        DisruptionKind.NOBODY_HOME,
    }
)
_ONLY_IF_PROMISES_SUFFER = frozenset({DisruptionKind.SLOW_TRAFFIC, DisruptionKind.OFF_ROUTE, DisruptionKind.CANCELLED})
"""What nobody needs to look at as long as every promise holds."""


def disruptions(scene: Scene) -> Iterator[ExceptionItem]:
    """Disruptions that nobody has done anything about, and that a person can do something about."""
    board = scene.operation.disruptions
    for disruption in board.standing.values():
        if disruption.kind not in _OWN_ROWS or board.is_handled(disruption.disruption_id, scene.now):
            continue
        costs = any(_probably_late(scene, order) for order in _orders_of(scene, disruption))
        if disruption.kind in _ONLY_IF_PROMISES_SUFFER and not costs:
            continue
        yield ExceptionItem(
            key=f"disruption:{disruption.disruption_id}",
            priority=2 if costs else min(4, max(3, disruption.priority)),
            subject_kind=disruption.subject_kind.value,
            subject_id=disruption.subject_id,
            finding=disruption.finding,
            cause=disruption.cause,
            proposal=say("proposal.recover"),
            order_id=disruption.order_id,
            order_ids=disruption.order_ids,
            since_at=disruption.detected_at,
            disruption_id=disruption.disruption_id,
        )


def recovered_by_itself(scene: Scene) -> Iterator[ExceptionItem]:
    """What the platform did by itself a moment ago: to be seen, and taken back if it was wrong."""
    for recovery in scene.operation.disruptions.recoveries.values():
        is_news = recovery.is_automatic and scene.now - recovery.chosen_at < RECOVERED_SHOWN_S
        if not is_news or recovery.undone_at is not None:
            continue
        yield ExceptionItem(
            key=f"recovered:{recovery.recovery_id}",
            priority=4,
            subject_kind=recovery.subject_kind.value,
            subject_id=recovery.subject_id,
            finding=say("finding.recovered"),
            cause=recovery.option.what,
            proposal=say("proposal.undo"),
            order_id=recovery.option.moved_orders[0] if recovery.option.moved_orders else None,
            order_ids=recovery.option.moved_orders,
            since_at=recovery.chosen_at,
            recovery_id=recovery.recovery_id,
        )


def reviews(scene: Scene) -> Iterator[ExceptionItem]:
    """What a supervisor was asked to look at; it stays until one has, whatever became of the disruption."""
    if scene.role not in _SUPERVISING:
        return
    for recovery in scene.operation.disruptions.open_reviews():
        yield ExceptionItem(
            key=f"review:{recovery.recovery_id}",
            priority=2,
            subject_kind="review",
            subject_id=recovery.recovery_id,
            finding=say("finding.review"),
            cause=say(
                "cause.review", who=recovery.chosen_by, what=recovery.note or recovery.kind.value.replace("_", " ")
            ),
            proposal=say("proposal.review"),
            since_at=recovery.chosen_at,
            recovery_id=recovery.recovery_id,
        )


def disruption_of(scene: Scene, item: ExceptionItem) -> DisruptionId:
    """Return the disruption whose options are those of an exception; empty if there is none."""
    if item.disruption_id or item.recovery_id:
        return DisruptionId(item.disruption_id)
    standing = scene.operation.disruptions.standing.values()
    own = [one for one in standing if (one.subject_kind.value, one.subject_id) == (item.subject_kind, item.subject_id)]
    held_up = [one for one in standing if item.order_id is not None and item.order_id in one.order_ids]
    found = min(own or held_up, key=lambda one: (one.priority, one.detected_at), default=None)
    return DisruptionId("") if found is None else found.disruption_id


def _orders_of(scene: Scene, disruption: Disruption) -> list[Order]:
    orders = scene.operation.orders.orders
    return [orders[name] for name in disruption.order_ids if name in orders and orders[name].state.is_open]


def _probably_late(scene: Scene, order: Order) -> bool:
    return scene.late_probability(order) >= scene.policy.at_risk
