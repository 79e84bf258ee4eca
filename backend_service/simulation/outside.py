"""Customers and kitchens through the day: they order, call to say that it will be late, change their minds."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from backend_service.simulation.demand import Wish
from backend_service.simulation.door import TurnedAway, Unanswered
from backend_service.simulation.fates import Fates
from backend_service.simulation.offices import Shop
from backend_service.simulation.tally import Tally
from core.vocabulary import Instant

type Call = Callable[[], Awaitable[None]]


class Outside:
    """All who call the shop, in the order of their calls.

    Parameters
    ----------
    shop : Shop
    fates : Fates
        Learns which order each wish became.
    tally : Tally
    """

    def __init__(self, shop: Shop, fates: Fates, tally: Tally) -> None:
        self._shop = shop
        self._fates = fates
        self._tally = tally
        self._due: list[tuple[Instant, int, Call]] = []
        self._number = itertools.count()

    def expect(self, wishes: Iterable[Wish]) -> None:
        """Take note of what will be wished."""
        for wish in wishes:
            self._call(wish.at, partial(self._place, wish))

    async def act(self, now: Instant) -> None:
        """Make all calls that are due, one after the other."""
        while self._due and self._due[0][0] <= now:
            _, _, call = heapq.heappop(self._due)
            try:
                await call()
            except (TurnedAway, Unanswered):
                # Counted where it was asked; the caller shrugs: a cancellation after pickup, an order too late.
                continue

    def _call(self, at: Instant, call: Call) -> None:
        heapq.heappush(self._due, (at, next(self._number), call))

    async def _place(self, wish: Wish) -> None:
        order_id = await self._shop.place(wish)
        self._fates.learn(order_id, wish)
        self._tally.orders_placed += 1
        if wish.called_at is not None:
            self._call(wish.called_at, partial(self._say_late, order_id, wish))
        if wish.kitchen.calls:
            self._call(wish.ready_at, partial(self._say_ready, order_id))
        if wish.cancelled_at is not None:
            self._call(wish.cancelled_at, partial(self._cancel, order_id))

    async def _say_late(self, order_id: str, wish: Wish) -> None:
        await self._shop.say_late(order_id, wish.ready_at)
        self._tally.kitchen_calls += 1

    async def _say_ready(self, order_id: str) -> None:
        await self._shop.say_ready(order_id)
        self._tally.kitchen_calls += 1

    async def _cancel(self, order_id: str) -> None:
        await self._shop.cancel(order_id)
        self._tally.orders_cancelled += 1
