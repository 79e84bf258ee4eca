"""Whether a driver has set off: the stop that is being driven to stays as it is, unless a person knows better."""

from __future__ import annotations

from collections.abc import Iterable

from core.orders.order import Order, OrderState
from core.vocabulary import Instant

_TOUCHED = frozenset({OrderState.AT_PICKUP, OrderState.ON_THE_WAY, OrderState.AT_DELIVERY})
"""States that an order is in once its driver has been somewhere for it."""


def has_set_off(orders: Iterable[Order], leaves_at: Instant | None, now: Instant) -> bool:
    """Say whether a driver is under way: the time to leave has come, or he has been somewhere for one of `orders`.

    Parameters
    ----------
    orders : iterable of Order
        Those that say so: of a wave's route all of its orders, else that of the first stop.
    leaves_at : float or None
        When he leaves, as far as that is known.
    now : float
    """
    return (leaves_at is not None and leaves_at <= now) or any(order.state in _TOUCHED for order in orders)


def leaves_for(order: Order) -> Instant | None:
    """Return when a driver leaves for the first stop: with his yes, for an order is given when he has to go.

    ``None`` before he has said yes.
    """
    return order.assigned_at if order.is_accepted else None
