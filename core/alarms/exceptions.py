"""What needs a person now: every exception with its finding, cause, time left and proposal, most pressing first.

Pure and quick: the desk asks each second with the forecasts it was told. What is on track, or taken care of without a
person, is not listed. One cause is one row: three orders that wait for one kitchen are not three problems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import inf

from msgspec.structs import replace

from core.alarms.break_rules import overdue_breaks
from core.alarms.channel_rules import channels_beyond_limits
from core.alarms.disruption_rules import disruption_of, disruptions, recovered_by_itself, reviews
from core.alarms.exception_item import AlarmPolicy, ExceptionItem, Forecasts, Scene
from core.alarms.fence_rules import vehicles_in_fences
from core.alarms.operation_rules import degraded_sources, short_zones, silent_drivers
from core.alarms.order_rules import (
    decisions_needed,
    failed_deliveries,
    late_kitchens,
    late_orders,
    refused_orders,
    waiting_orders,
)
from core.alarms.tracker_rules import driving_to_be_told, tracker_alarms
from core.alarms.wave_rules import waves_to_release
from core.alarms.wording import say
from core.orders.order import Order
from core.projections.operation import Operation
from core.vocabulary import Instant, OrderId, Role, ZoneId

__all__ = ["AlarmPolicy", "ExceptionItem", "Forecasts", "concerns", "current_exceptions"]

type Rule = Callable[[Scene], Iterator[ExceptionItem]]

RULES: tuple[Rule, ...] = (
    tracker_alarms,
    late_orders,
    silent_drivers,
    late_kitchens,
    waiting_orders,
    decisions_needed,
    short_zones,
    degraded_sources,
    failed_deliveries,
    refused_orders,
    channels_beyond_limits,
    vehicles_in_fences,
    driving_to_be_told,
    waves_to_release,
    overdue_breaks,
    disruptions,
    recovered_by_itself,
    reviews,
)


def current_exceptions(
    operation: Operation,
    now: Instant,
    forecasts: Forecasts,
    *,
    drivers_short: Mapping[ZoneId, float] | None = None,
    policy: AlarmPolicy | None = None,
    shown: Iterable[ExceptionItem] = (),
    role: Role | None = None,
) -> list[ExceptionItem]:
    """Return the exceptions at `now`, by priority, then by the time left to act, then by key.

    A subject is listed once, with its most pressing finding; of two equal ones the rule that stands first wins. Orders
    that a late kitchen or a silent driver holds up are one row together.

    Parameters
    ----------
    operation : Operation
    now : float
        Operation time, seconds UTC.
    forecasts : mapping of OrderId to (ArrivalBand, float)
    drivers_short : mapping of ZoneId to float, optional
        Drivers short (+) or spare (-) now; zones are left out without it.
    policy : AlarmPolicy, optional
    shown : iterable of ExceptionItem, optional
        What was returned a moment ago: it is let go at lower limits than it was raised at.
    role : Role, optional
        Who looks; without it what any role is told of.
    """
    listed = frozenset(name for item in shown for name in (item.subject_id, *item.order_ids))
    scene = Scene(
        operation,
        now,
        forecasts,
        drivers_short or {},
        policy or AlarmPolicy(),
        tuple(operation.orders.open_orders()),
        listed,
        role,
    )
    found: dict[tuple[str, str], ExceptionItem] = {}
    for rule in RULES:
        for item in rule(scene):
            subject = (item.subject_kind, item.subject_id)
            if subject not in found or item.priority < found[subject].priority:
                found[subject] = item
    items = [_completed(scene, item) for item in _one_per_cause(scene, found.values())]
    return sorted(items, key=_rank)


def _one_per_cause(scene: Scene, items: Iterable[ExceptionItem]) -> Iterator[ExceptionItem]:
    """Yield the items, those that have one cause in common as one."""
    groups: dict[str, list[ExceptionItem]] = {}
    for item in items:
        groups.setdefault(_root(scene, item), []).append(item)
    for root, group in groups.items():
        lead = min(group, key=_rank)
        is_of_order = lead.subject_kind == "order" and root != lead.key
        yield _led(scene, root, lead, group) if len(group) > 1 or is_of_order else lead


def _root(scene: Scene, item: ExceptionItem) -> str:
    """Return what names the cause: a kitchen, a silent driver, or the item itself."""
    order = scene.operation.orders.orders.get(item.order_id) if item.order_id else None
    if order is None or item.subject_kind != "order" or item.key.startswith(("decide:", "failed:")):
        return item.key
    if scene.is_silent(order.driver_id):
        return f"silent:{order.driver_id}"
    return f"kitchen:{order.pickup.name}" if scene.waits_for_kitchen(order) else item.key


def _led(scene: Scene, root: str, lead: ExceptionItem, group: list[ExceptionItem]) -> ExceptionItem:
    """Return one row for a group: the most pressing of it, with all the orders that the cause holds up."""
    order_ids = tuple(dict.fromkeys(name for item in sorted(group, key=_rank) for name in item.order_ids))
    orders = [scene.operation.orders.orders[name] for name in order_ids]
    is_kitchen = root.startswith("kitchen:")
    cause = lead.cause
    if is_kitchen and len(orders) > 1:
        cause = say("cause.kitchen_orders", orders=len(orders), kitchen=orders[0].pickup.name)
    return replace(
        lead,
        key=root,
        cause=cause,
        order_ids=order_ids,
        since_at=min((order.ready_at for order in orders), default=None) if is_kitchen else _since(scene, orders),
    )


def _since(scene: Scene, orders: list[Order]) -> Instant | None:
    drivers = {order.driver_id for order in orders}
    heard = [v.last_heard_at for v in scene.operation.fleet.vehicles.values() if v.driver_id in drivers]
    return max((at for at in heard if at is not None), default=None)


def _completed(scene: Scene, item: ExceptionItem) -> ExceptionItem:
    """Return the item with whether it was seen, and the disruption behind it, if there is one."""
    disruption_id = disruption_of(scene, item)
    seen = _acknowledged(scene.operation, item)
    if not disruption_id:
        return seen
    is_handled = scene.operation.disruptions.is_handled(disruption_id, scene.now)
    return replace(seen, disruption_id=disruption_id, is_acknowledged=seen.is_acknowledged or is_handled)


def _acknowledged(operation: Operation, item: ExceptionItem) -> ExceptionItem:
    """Return the item as seen, if a person acknowledged it since its cause began."""
    seen_at = operation.decisions.acknowledged.get(item.key)
    is_seen = seen_at is not None and (item.since_at is None or seen_at >= item.since_at)
    return replace(item, is_acknowledged=True) if is_seen else item


def _rank(item: ExceptionItem) -> tuple[int, float, str]:
    return item.priority, inf if item.act_within_s is None else item.act_within_s, item.key


def concerns(item: ExceptionItem, order_id: OrderId) -> bool:
    """Say whether an exception holds an order up."""
    return order_id == item.order_id or order_id in item.order_ids
