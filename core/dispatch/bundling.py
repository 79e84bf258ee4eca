"""Orders that share a vehicle: who travels with whom in a route, and how many at once."""

from __future__ import annotations

from collections.abc import Sequence

from core.dispatch.world import Stop
from core.fleet.route import StopKind
from core.vocabulary import OrderId


def companions(stops: Sequence[Stop], order_id: OrderId) -> tuple[OrderId, ...]:
    """Return the orders whose goods are on board together with those of `order_id`, as the route meets them."""
    spans = _spans(stops)
    mine = spans.get(order_id)
    if mine is None:
        return ()
    return tuple(
        name
        for name, (taken, handed_over) in spans.items()
        if name != order_id and taken < mine[1] and mine[0] < handed_over
    )


def most_on_board(stops: Sequence[Stop]) -> int:
    """Return the most orders on board at any moment of the route."""
    aboard = most = sum(taken < 0 for taken, _ in _spans(stops).values())
    for stop in stops:
        aboard += 1 if stop.kind is StopKind.PICKUP else -1
        most = max(most, aboard)
    return most


def _spans(stops: Sequence[Stop]) -> dict[OrderId, tuple[int, int]]:
    """Return from which to which stop each order is on board; -1 for one that is on board already."""
    taken = {stop.order_id: i for i, stop in enumerate(stops) if stop.kind is StopKind.PICKUP}
    return {
        stop.order_id: (taken.get(stop.order_id, -1), i)
        for i, stop in enumerate(stops)
        if stop.kind is StopKind.DELIVERY
    }
