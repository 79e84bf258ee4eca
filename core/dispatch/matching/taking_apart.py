"""Takes a bundle apart where it would break a promise that the same driver keeps with one trip after the other.

What bundles there are is decided before it is known who takes them, as if a driver stood at the kitchen. Once that is
known, with the true times of the driver's queue, the bundle that comes next is held against single trips.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from core.dispatch.matching.bundles import Bundle
from core.dispatch.matching.queues import Queue, Queues
from core.vocabulary import OrderId


def take_apart(queues: Queues, bundles: Sequence[Bundle]) -> None:
    """Replace each driver's next bundle by single trips where those keep more.

    What came after it in the queue and has no place there any more finds another.

    Parameters
    ----------
    queues : Queues
    bundles : sequence of Bundle
        As the queues number them.
    """
    singles = {bundle.meals[0].order_id: number for number, bundle in enumerate(bundles) if len(bundle.meals) == 1}
    while found := _broken(queues, bundles, singles):
        displaced: list[int] = []
        for courier, trips in found.items():
            rest = queues.of[courier][1:]
            queues.put(courier, (*trips, *rest))
            if queues.late_of(courier, queues.of[courier]) is None:
                queues.put(courier, trips)
                displaced += rest
        queues.improve(displaced)


def _broken(queues: Queues, bundles: Sequence[Bundle], singles: Mapping[OrderId, int]) -> dict[int, Queue]:
    """Return the single trips for each courier whose next bundle breaks a promise that they keep."""
    found = {}
    for courier, queue in enumerate(queues.of):
        if queue and len(bundles[queue[0]].meals) > 1:
            numbers = [singles[meal.order_id] for meal in bundles[queue[0]].meals]
            trips = _keeping_more(queues, courier, queue[0], numbers)
            if trips is not None:
                found[courier] = trips
    return found


def _keeping_more(queues: Queues, courier: int, bundle: int, singles: Sequence[int]) -> Queue | None:
    """Return the trips that are late with nothing but what the bundle is late with, and with less; else ``None``."""
    together = queues.late_of(courier, (bundle,))
    if not together:
        return None
    tried = ((queues.late_of(courier, trips), trips) for trips in permutations(singles))
    better = [(len(late), trips) for late, trips in tried if late is not None and late < together]
    return min(better)[1] if better else None
