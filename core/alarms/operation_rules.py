"""The rules about everything but orders: silent drivers, short zones, degraded sources."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from core.alarms.exception_item import ExceptionItem, Scene
from core.alarms.wording import counted, positive, say
from core.dispatch.decision import Statement
from core.fleet.fleet import SignalState
from core.orders.order import Order, OrderState


def silent_drivers(scene: Scene) -> Iterator[ExceptionItem]:
    """Vehicles with work that are not heard: soon where a promise is going, else only after a good while."""
    policy = scene.policy
    for vehicle in scene.operation.fleet.vehicles.values():
        if vehicle.signal not in (SignalState.SILENT, SignalState.OFF) or vehicle.driver_id is None:
            continue
        in_hand = [order for order in scene.open_orders if order.driver_id == vehicle.driver_id]
        silent_s = inf if vehicle.last_heard_at is None else scene.now - vehicle.last_heard_at
        costs_promise = any(scene.late_probability(order) >= policy.late for order in in_hand)
        if not in_hand or silent_s < (policy.silent_late_s if costs_promise else policy.silent_s):
            continue
        on_board = sum(order.state.is_on_board for order in in_hand)
        is_critical = on_board > 0 and silent_s >= policy.silent_critical_s
        yield ExceptionItem(
            key=f"silent:{vehicle.driver_id}",
            priority=(1 if is_critical else 2) if costs_promise else 3,
            subject_kind="driver",
            subject_id=vehicle.driver_id,
            finding=_silence(silent_s, vehicle.signal),
            cause=counted("board" if on_board else "planned", on_board or len(in_hand)),
            act_within_s=positive(policy.silent_act_s - silent_s),
            proposal=say("proposal.call_driver"),
            order_id=in_hand[0].order_id,
            order_ids=tuple(order.order_id for order in in_hand),
            since_at=vehicle.last_heard_at,
        )


def _silence(silent_s: float, signal: SignalState) -> Statement:
    if silent_s == inf:
        return say("finding.not_heard")
    return say("finding.off" if signal is SignalState.OFF else "finding.silent", silent_min=silent_s / 60.0)


def short_zones(scene: Scene) -> Iterator[ExceptionItem]:
    """Zones that lack drivers beyond the action limit."""
    policy = scene.policy
    spare = sorted((short, zone_id) for zone_id, short in scene.short.items() if short <= -1.0)
    for zone_id, short in sorted(scene.short.items()):
        if short < (policy.short_until if zone_id in scene.listed else policy.short_drivers):
            continue
        waiting = [
            order
            for order in scene.open_orders
            if order.zone_id == zone_id and order.state is OrderState.WAITING
            if not scene.operation.waves.keeps(order)
        ]
        proposal = None
        if spare:
            zone = scene.operation.fleet.zones.get(spare[0][1])
            name = zone.name if zone else spare[0][1]
            proposal = say("proposal.move_drivers", drivers=min(-spare[0][0], short), zone=name)
        yield ExceptionItem(
            key=f"short:{zone_id}",
            priority=3,
            subject_kind="zone",
            subject_id=zone_id,
            finding=say("finding.short", drivers=short),
            cause=_queue(scene, waiting),
            proposal=proposal,
        )


def _queue(scene: Scene, waiting: list[Order]) -> Statement:
    if not waiting:
        return say("cause.no_queue")
    oldest_s = max(scene.now - order.placed_at for order in waiting)
    return say("cause.queue", orders=len(waiting), minutes=oldest_s / 60.0)


def degraded_sources(scene: Scene) -> Iterator[ExceptionItem]:
    """Sources that decisions rest on and that do not work."""
    for state in scene.operation.sources.degraded():
        effect = say("cause.effect", effect=state.effect) if state.effect else None
        yield ExceptionItem(
            key=f"source:{state.source}",
            priority=3,
            subject_kind="source",
            subject_id=state.source,
            finding=say("finding.source"),
            cause=effect or say("cause.since", minutes=(scene.now - state.since_at) / 60.0),
            since_at=state.since_at,
        )
