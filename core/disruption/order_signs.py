"""The rules about orders and zones: goods not ready, cancelled on the way, declined, doors that stay shut, overload."""

from __future__ import annotations

from collections.abc import Iterator

from core.disruption.disruption import DisruptionKind, SubjectKind
from core.disruption.signs import Sign, Watched, say
from core.orders.order import Order, OrderState
from core.vocabulary import Instant

ABSENT = frozenset({"customer_absent", "nobody_home", "no_answer"})
REFUSED = frozenset({"customer_refused", "refused"})
ADDRESS = frozenset({"address_unreachable", "address_unknown", "address_wrong", "wrong_address"})
"""What drivers' apps say when goods could not be handed over."""


def not_ready(scene: Watched) -> Iterator[Sign]:
    """Goods that a driver was given, and that are late against what was announced or is learned of this kitchen."""
    for order in scene.operation.orders.open_orders():
        if order.state not in (OrderState.ASSIGNED, OrderState.AT_PICKUP) or order.is_ready:
            continue
        expected_at, unready_s = _expected_ready_at(scene, order), scene.policy_in(order.zone_id).unready_s
        level = scene.now - expected_at
        yield _of_order(
            order,
            kind=DisruptionKind.NOT_READY,
            level=level,
            limits=(unready_s, unready_s / 2.0),
            since_at=expected_at,
            priority=scene.priority_of((order,)),
            statements=("finding.not_ready", "cause.kitchen_name"),
            arguments={"minutes": level / 60.0, "kitchen": order.pickup.name},
        )


def _expected_ready_at(scene: Watched, order: Order) -> Instant:
    late_s = 0.0 if scene.times is None else scene.times.lateness(order.pickup, order.ready_at, 0.0).mean
    return order.ready_at + max(0.0, late_s)


def cancelled(scene: Watched) -> Iterator[Sign]:
    """Orders that were withdrawn while a driver was on the way for them, or had them in a trip with others."""
    for order in _ended_lately(scene, OrderState.CANCELLED):
        if order.driver_id is None:
            continue
        ended_at = order.ended_at or scene.now
        left = [o for o in scene.operation.orders.of_driver(order.driver_id) if (o.assigned_at or ended_at) <= ended_at]
        if not (order.is_accepted or left):
            continue
        yield _of_order(
            order,
            kind=DisruptionKind.CANCELLED,
            level=1.0,
            limits=(1.0, 1.0),
            since_at=ended_at,
            priority=4 if not left else 3,
            statements=("finding.cancelled", "cause.with_driver"),
            arguments={"driver_id": order.driver_id},
            unit="times",
        )


def declined(scene: Watched) -> Iterator[Sign]:
    """Orders that a driver said no to and that have no driver."""
    for order in scene.operation.orders.open_orders():
        if order.state is OrderState.WAITING and order.refused_by:
            yield _of_order(
                order,
                kind=DisruptionKind.DECLINED,
                level=float(len(order.refused_by)),
                limits=(1.0, 1.0),
                since_at=scene.now,
                priority=scene.priority_of((order,)),
                statements=("finding.declined", "cause.refused_by"),
                arguments={"driver_id": order.refused_by[-1], "times": len(order.refused_by)},
                unit="times",
            )


def at_the_door(scene: Watched) -> Iterator[Sign]:
    """Doors where nobody opens, goods are refused, or that cannot be found: told by the driver, or taking too long."""
    for order in _ended_lately(scene, OrderState.FAILED):
        kind = _kind_of(order.failure_reason or "")
        if kind is not None:
            yield _of_order(
                order,
                kind=kind,
                level=1.0,
                limits=(1.0, 1.0),
                since_at=order.ended_at or scene.now,
                priority=3,
                statements=(f"finding.{kind}", "cause.with_driver"),
                arguments={"driver_id": order.driver_id or ""},
                unit="times",
            )
    yield from _long_at_the_door(scene)


def _long_at_the_door(scene: Watched) -> Iterator[Sign]:
    for order in scene.operation.orders.open_orders():
        if order.state is not OrderState.AT_DELIVERY or order.arrived_at_delivery_at is None:
            continue
        over_s = scene.now - order.arrived_at_delivery_at - order.service_s
        door_s = scene.policy_in(order.zone_id).door_s
        yield _of_order(
            order,
            kind=DisruptionKind.NOBODY_HOME,
            level=over_s,
            limits=(door_s, door_s / 2.0),
            since_at=order.arrived_at_delivery_at,
            priority=scene.priority_of((order,)),
            statements=("finding.long_at_door", "cause.with_driver"),
            arguments={"minutes": (over_s + order.service_s) / 60.0, "driver_id": order.driver_id or ""},
        )


def _kind_of(reason: str) -> DisruptionKind | None:
    kinds = (
        (ABSENT, DisruptionKind.NOBODY_HOME),
        (REFUSED, DisruptionKind.REFUSED_AT_DOOR),
        (ADDRESS, DisruptionKind.ADDRESS),
    )
    return next((kind for reasons, kind in kinds if reason in reasons), None)


def overload(scene: Watched) -> Iterator[Sign]:
    """Zones that lack drivers."""
    for zone_id, short in sorted(scene.short.items()):
        waiting = tuple(
            order
            for order in scene.operation.orders.open_orders()
            if order.zone_id == zone_id and order.state is OrderState.WAITING
            if not scene.operation.waves.keeps(order)
        )
        oldest_s = max((scene.now - order.placed_at for order in waiting), default=0.0)
        policy = scene.policy_in(zone_id)
        yield Sign(
            kind=DisruptionKind.OVERLOAD,
            subject_kind=SubjectKind.ZONE,
            subject_id=zone_id,
            level=short,
            unit="drivers",
            raise_at=policy.short_drivers,
            keep_at=policy.short_until,
            since_at=scene.now,
            finding=say("finding.short", drivers=short),
            cause=say("cause.queue", orders=len(waiting), minutes=oldest_s / 60.0)
            if waiting
            else say("cause.no_queue"),
            confirm_s=30.0,
            calm_s=policy.short_calm_s,
            order_ids=tuple(order.order_id for order in waiting),
            zone_id=zone_id,
        )


def _ended_lately(scene: Watched, state: OrderState) -> Iterator[Order]:
    """Yield what was cancelled, or failed, a while ago at most."""
    since_at = scene.now - scene.policy.ended_shown_s
    return (one for one in scene.operation.orders.broken_off_since(since_at) if one.state is state)


def _of_order(
    order: Order,
    *,
    kind: DisruptionKind,
    level: float,
    limits: tuple[float, float],
    since_at: Instant,
    priority: int,
    statements: tuple[str, str],
    arguments: dict[str, str | float | int],
    unit: str = "s",
) -> Sign:
    finding, cause = statements
    return Sign(
        kind=kind,
        subject_kind=SubjectKind.ORDER,
        subject_id=order.order_id,
        level=level,
        unit=unit,
        raise_at=limits[0],
        keep_at=limits[1],
        since_at=since_at,
        finding=say(finding, **arguments),
        cause=say(cause, **arguments),
        priority=priority,
        driver_id=order.driver_id,
        order_ids=(order.order_id,),
        zone_id=order.zone_id,
    )
