"""Which orders a wave takes: of its depots and zones, waiting, and promised within its reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.dispatch.waves.rhythm import WaveRhythm
from core.dispatch.waves.wave import Wave, WaveState
from core.fleet.zone import zone_at
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.vocabulary import Instant, OrderId

MOST_ORDERS = 1_000
"""So many orders are planned in one wave; those with later promises wait for the next one."""


def orders_closing(
    operation: Operation, rhythm: WaveRhythm, closes_at: Instant, next_at: Instant | None
) -> tuple[OrderId, ...]:
    """Return the orders that a closing takes, the earliest promise first.

    What is promised beyond the reach waits, but not when no later wave closes before the promise.
    """
    reach_at = closes_at + rhythm.reach_s
    taken = (
        order
        for order in _waiting(operation, rhythm)
        if order.promise.by_at <= reach_at or next_at is None or order.promise.by_at <= next_at + rhythm.lead_s
    )
    return _earliest(taken)[:MOST_ORDERS]


def joining(operation: Operation, wave: Wave, rhythm: WaveRhythm, next_at: Instant | None) -> tuple[OrderId, ...]:
    """Return the same-day orders that join a running wave: the next one would close too late for their promise."""
    if wave.state is WaveState.ENDED:
        return ()
    left_out = operation.waves.given_up
    found = (
        order
        for order in _waiting(operation, rhythm)
        if order.order_id not in left_out and (next_at is None or order.promise.by_at <= next_at + rhythm.lead_s)
    )
    return _earliest(found)[: max(0, MOST_ORDERS - len(wave.order_ids))]


def _earliest(orders: Iterable[Order]) -> tuple[OrderId, ...]:
    """Return the names of orders, the earliest promise first."""
    return tuple(order.order_id for order in sorted(orders, key=lambda o: (o.promise.by_at, o.order_id)))


def _waiting(operation: Operation, rhythm: WaveRhythm) -> Iterator[Order]:
    zones = operation.fleet.zones.values()
    for order in operation.orders.open_orders():
        if order.state is not OrderState.WAITING or order.depot_id not in rhythm.depot_ids:
            continue
        if order.order_id in operation.waves.of_orders:
            continue
        if not rhythm.zone_ids or zone_at(zones, order.delivery) in rhythm.zone_ids:
            yield order
