"""What each driver does one after the other, priced by when it would really happen, and made better bundle by bundle.

The partition takes a bundle to end as if a driver had stood at its kitchen. Where drivers are short, bundles queue, and
what comes after a late one is later than that. Here queues are walked with their true times; a bundle moves to where
all queues together cost least, until none does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.dispatch.matching.bundles import Bundle
from core.dispatch.matching.pricing import shared_minutes
from core.dispatch.matching.work import Barred, Courier, MatchPolicy, Meal, Seconds
from core.vocabulary import Instant

_PASSES = 4
_MOST_TRIALS = 60_000
"""Queues priced at most, some 0.3 s: after that what was found so far stands."""
_LEAST_GAIN = 1e-6

type Queue = tuple[int, ...]
"""Numbers of bundles, in the sequence in which a driver takes them."""


class Queues:
    """The bundles of each driver in sequence; `of` has the queue of each courier.

    Parameters
    ----------
    couriers : sequence of Courier
    bundles : sequence of Bundle
    travel : (n_places, n_places) seconds
    policy : MatchPolicy
    now : float
    barred : mapping of courier number to the orders it may not have; see `barred_orders`
    """

    def __init__(
        self,
        couriers: Sequence[Courier],
        bundles: Sequence[Bundle],
        travel: Seconds,
        policy: MatchPolicy,
        now: Instant,
        barred: Mapping[int, frozenset[str]],
    ) -> None:
        self.of: list[Queue] = [() for _ in couriers]
        self._couriers = couriers
        self._bundles = bundles
        self._travel = travel.tolist()
        self._policy = policy
        self._now = now
        self._barred = barred
        self._prices = [0.0 for _ in couriers]
        self._trials = 0

    @property
    def price(self) -> float:
        """Return what all queues cost together, minutes of wait; bundles in none are not in it."""
        return sum(self._prices)

    def put(self, courier: int, queue: Queue) -> None:
        """Give a driver this queue."""
        self.of[courier] = queue
        self._prices[courier] = self._price(courier, queue)

    def improve(self, moving: Sequence[int]) -> None:
        """Move each of these bundles to where it costs least, again until nothing moves.

        One in no queue may join one, and one that costs others more than leaving it is left.
        The same input gives the same queues.
        """
        at = {bundle: courier for courier, queue in enumerate(self.of) for bundle in queue}
        for _ in range(_PASSES):
            changes = [self._move(one, at) or self._exchange(one, at) for one in moving if self._trials < _MOST_TRIALS]
            if not any(changes):
                return

    def _move(self, bundle: int, at: dict[int, int]) -> bool:
        here = at.get(bundle)
        rest = () if here is None else tuple(one for one in self.of[here] if one != bundle)
        left = self._policy.unserved * len(self._bundles[bundle].meals)
        freed = left if here is None else self._prices[here] - self._price(here, rest)
        target = self._best(bundle, min(left, freed) - _LEAST_GAIN, here, rest)
        if target is None and freed <= left:
            return False
        if here is not None:
            self.put(here, rest)
            del at[bundle]
        if target is not None:
            self.put(*target)
            at[bundle] = target[0]
        return True

    def _exchange(self, bundle: int, at: dict[int, int]) -> bool:
        """Let a bundle and one of another driver change places, with whichever that saves most."""
        if (here := at.get(bundle)) is None:
            return False
        least, found = -_LEAST_GAIN, None
        for other, there in at.items():
            if there == here or self._is_barred(here, other) or self._is_barred(there, bundle):
                continue
            given = tuple(other if one == bundle else one for one in self.of[here])
            taken = tuple(bundle if one == other else one for one in self.of[there])
            before = self._prices[here] + self._prices[there]
            added = self._price(here, given, before + least)
            added += self._price(there, taken, before + least - added) - before
            if added < least:
                least, found = added, (other, there, given, taken)
        if found is None:
            return False
        other, there, given, taken = found
        self.put(here, given)
        self.put(there, taken)
        at[bundle], at[other] = there, here
        return True

    def _is_barred(self, courier: int, bundle: int) -> bool:
        barred = self._barred.get(courier)
        return barred is not None and any(meal.order_id in barred for meal in self._bundles[bundle].meals)

    def _best(self, bundle: int, least: float, here: int | None, rest: Queue) -> tuple[int, Queue] | None:
        """Return the courier and the queue with the bundle in it that add least, if they add less than `least`."""
        found = None
        for courier, queue in enumerate(self.of):
            if self._is_barred(courier, bundle):
                continue
            others = rest if courier == here else queue
            base = self._price(courier, rest) if courier == here else self._prices[courier]
            for place in range(len(others) + 1):
                tried = (*others[:place], bundle, *others[place:])
                added = self._price(courier, tried, base + least) - base
                if added < least:
                    least, found = added, (courier, tried)
        return found

    def _price(self, courier: int, queue: Queue, most: float = float("inf")) -> float:
        """Return the price of a queue, or infinity as soon as it is above `most`."""
        self._trials += 1
        policy, mine = self._policy, self._couriers[courier]
        free_at, place = max(self._now, mine.free_at), mine.place
        growth, share = policy.delay_growth_per_minute, policy.driving_share / 60.0
        paid = 0.0 if mine.is_below_guarantee else policy.paid_order
        price = 0.0
        for number in queue:
            bundle = self._bundles[number]
            price += paid * len(bundle.meals)
            drive = self._travel[place][bundle.meals[0].kitchen]
            pickup_at = max(free_at + drive + policy.pickup_s, bundle.ready_at)
            if pickup_at > mine.last_pickup_at:
                return float("inf")
            price += share * drive
            for meal in bundle.meals:
                delay = (pickup_at - meal.ready_at) / 60.0
                price += delay + growth * delay * delay
            if len(bundle.meals) > 1:
                price += shared_minutes(bundle) + policy.bundle_margin
            if price >= most:
                return float("inf")
            free_at, place = pickup_at + bundle.ends_s, bundle.meals[-1].door
        return price


def barred_orders(barred: Barred, meals: Sequence[Meal]) -> dict[int, frozenset[str]]:
    """Return, by courier number, the orders that a courier may not have, where there are any."""
    rows = {int(row): barred[row] for row in barred.any(axis=1).nonzero()[0]}
    return {row: frozenset(meals[int(column)].order_id for column in held.nonzero()[0]) for row, held in rows.items()}
