"""Whose turn it is among the orders without a driver: when each is looked at again, and which pairs were tried in vain.

Orders are looked at by their promises. What nobody could take at the last look, though some driver had room, stands
behind the others for a while, so that thousands of those do not keep the cycle from the ones that somebody could take.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from core.dispatch.matching.from_world import WorldMatch
from core.dispatch.matching.who_may import barred_orders, takes_work
from core.dispatch.matching.work import UNLIMITED, Settlement
from core.dispatch.threats import is_left_alone
from core.dispatch.world import PlanningWorld
from core.orders.order import Order, OrderState
from core.projections.operation import Operation
from core.vocabulary import DriverId, Instant, OrderId

LARGEST_MATCH, MATCHED_PER_DRIVER = 300, 12
"""So many orders are matched in one round, those with the earliest promises: more than drivers can get to in the hour
that is looked ahead only keep the solver busy (half a minute for 300 orders and three drivers)."""

BEHIND_S = 60.0
"""For so long an order that nobody could take stands behind the others."""
APART_S = 60.0
"""For so long a driver is not tried again whose trip with an order could not be: drivers move, and goods leave."""


class WaitingLine:
    """Keeps what the cycle knows of orders between two rounds.

    Attributes
    ----------
    apart : until when a driver is not matched with an order again
    """

    def __init__(self) -> None:
        self.apart: dict[tuple[DriverId, OrderId], Instant] = {}
        self._next_look_at: dict[OrderId, Instant] = {}
        self._behind_until: dict[OrderId, Instant] = {}

    def look_again(self, order_id: OrderId, at: Instant) -> None:
        """Note when an order is to be looked at again."""
        self._next_look_at[order_id] = at

    def is_due(self, order_id: OrderId, now: Instant) -> bool:
        """Say whether an order is to be looked at again, or was never looked at."""
        return self._next_look_at.get(order_id, 0.0) <= now

    def put_behind(self, order_ids: Iterable[OrderId], now: Instant) -> None:
        """Have orders stand behind the others for a while: nobody can take them at present."""
        self._behind_until.update(dict.fromkeys(order_ids, now + BEHIND_S))

    def keep_apart(self, driver_id: DriverId, order_id: OrderId, now: Instant) -> None:
        """Note that a driver's trip with an order cannot be at present."""
        self.apart[driver_id, order_id] = now + APART_S

    def waiting(self, operation: Operation, world: PlanningWorld) -> list[Order]:
        """Return the orders that have no driver, not even a proposed one, in the sequence of their turns."""
        proposed = {name for name, made in operation.decisions.standing.items() if made.driver_id is not None}
        found = (
            order
            for name, order in world.orders.items()
            if order.state is OrderState.WAITING and name not in proposed
            if not is_left_alone(operation, order, world.now)
        )
        return self.in_turn(found, world.now)

    def in_turn(self, orders: Iterable[Order], now: Instant) -> list[Order]:
        """Return the orders in the sequence in which they are looked at."""
        behind = self._behind_until
        return sorted(orders, key=lambda o: (behind.get(o.order_id, 0.0) > now, o.promise.by_at, o.order_id))

    def forget(self, open_ids: Collection[OrderId], now: Instant) -> None:
        """Forget orders that have ended, and what is over."""
        self._next_look_at = {name: at for name, at in self._next_look_at.items() if name in open_ids}
        self._behind_until = {name: at for name, at in self._behind_until.items() if at > now}
        self.apart = {pair: at for pair, at in self.apart.items() if at > now}


def head_of(world: PlanningWorld, waiting: Sequence[Order]) -> list[Order]:
    """Return as many orders as are matched in one round; where that is not all, only such as somebody may have."""
    at_work = sum(driver.is_on_shift and driver.start is not None for driver in world.drivers.values())
    most = min(LARGEST_MATCH, MATCHED_PER_DRIVER * max(1, at_work))
    if len(waiting) <= most:
        return list(waiting)
    drivers = [driver for driver in world.drivers.values() if takes_work(driver)]
    is_nobodys = barred_orders(world, drivers, waiting).all(axis=0).tolist()
    return [order for order, is_out in zip(waiting, is_nobodys, strict=True) if not is_out][:most]


def out_of_reach(made: WorldMatch, settled: Settlement) -> list[OrderId]:
    """Return the orders left out although some driver has room: where all are merely full, turns stay as they are."""
    least = min((courier.in_hand for courier in made.couriers), default=UNLIMITED)
    room_for = {meal.order_id for meal in made.meals if least < meal.most_in_hand}
    return [name for name in settled.left_out if name in room_for]
