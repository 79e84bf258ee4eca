"""The stops of open orders, kept from one look at the world to the next while nothing they are made of changes.

A world is made anew for each decision, and most of it is the stops of orders to which nothing happened since the last.
What comes out is what `made_stop` would make.
"""

from __future__ import annotations

from math import inf

from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import Stop, StopOf, delivery_of, pickup_of
from core.eta.learned_times import LearnedTimes
from core.fleet.route import StopKind
from core.orders.order import Order
from core.vocabulary import Instant, OrderId

_SPARE = 1_000
"""So many stops of ended orders are kept before all are forgotten."""


class KnownStops:
    """Stops by order; those of another policy, or by other learned times, are forgotten."""

    def __init__(self) -> None:
        self._policy: DispatchPolicy | None = None
        self._times: LearnedTimes | None = None
        self._pickups: dict[OrderId, tuple[Order, Instant, Stop]] = {}
        self._deliveries: dict[OrderId, tuple[Order, Stop]] = {}

    def at(self, now: Instant, policy: DispatchPolicy, times: LearnedTimes | None, open_orders: int) -> StopOf:
        """Return what tells the stops at `now`; of so many open orders."""
        is_other = policy is not self._policy or times is not self._times
        if is_other or len(self._deliveries) > open_orders + _SPARE:
            self._pickups, self._deliveries = {}, {}
            self._policy, self._times = policy, times

        def stop_of(order: Order, kind: StopKind) -> Stop:
            if kind is StopKind.PICKUP:
                return self._pickup(order, now, policy, times)
            kept = self._deliveries.get(order.order_id)
            if kept is None or kept[0] is not order:
                kept = order, delivery_of(order, policy.spread.service_share, times)
                self._deliveries[order.order_id] = kept
            return kept[1]

        return stop_of

    def _pickup(self, order: Order, now: Instant, policy: DispatchPolicy, times: LearnedTimes | None) -> Stop:
        kept = self._pickups.get(order.order_id)
        if kept is None or kept[0] is not order or now > kept[1]:
            made = pickup_of(order, now, policy, times)
            until_at = _holds_until(order, made, policy, times)
            kept = order, until_at if now <= until_at else -inf, made
            self._pickups[order.order_id] = kept
        return kept[2]


def _holds_until(order: Order, pickup: Stop, policy: DispatchPolicy, times: LearnedTimes | None) -> Instant:
    """Return up to when a pickup does not hang on the instant it is looked at."""
    if order.is_ready:
        return inf if times is None else order.ready_at
    return min(order.ready_at + pickup.usually_late_s - policy.unready_margin_s, order.ready_at)
