"""Which orders a wave leaves for now: held by a person, or with the depot or the door in a closed zone.

Only what nobody has yet is set aside; what a driver has goes on.
"""

from __future__ import annotations

from core.dispatch.threats import is_closed_off
from core.dispatch.waves.wave import Aside
from core.orders.order import Order
from core.projections.operation import Operation
from core.vocabulary import Instant


def why_aside(operation: Operation, order: Order, now: Instant) -> Aside | None:
    """Return why an order is not to be planned for now, ``None`` for one that is."""
    if order.driver_id is not None:
        return None
    dismissed_until = operation.decisions.dismissed_until.get(order.order_id, 0.0)
    if max(order.held_until or 0.0, dismissed_until) > now:
        return Aside.HELD
    return Aside.CLOSED_OFF if is_closed_off(operation, order, operation.closures.zones(now)) else None
