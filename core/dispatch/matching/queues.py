"""What each driver does one after the other, priced by when it would really happen, and made better bundle by bundle.

The partition takes a bundle to end as if a driver had stood at its kitchen. Where drivers are short, bundles queue, and
what comes after a late one is later than that. Here queues are walked with their true times; a bundle moves to where
all queues together cost least, until none does.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from core.dispatch.matching.bundles import Bundle
from core.dispatch.matching.own_prices import own_prices
from core.dispatch.matching.pricing import shared_minutes
from core.dispatch.matching.work import REST_GRACE_S, Barred, Courier, MatchPolicy, Seconds
from core.vocabulary import Instant, OrderId

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
    barred : (n_couriers, n_bundles) bool
        Which courier may not have which bundle; see `barred_bundles`.
    """

    def __init__(
        self,
        couriers: Sequence[Courier],
        bundles: Sequence[Bundle],
        travel: Seconds,
        policy: MatchPolicy,
        now: Instant,
        barred: Barred,
    ) -> None:
        self.of: list[Queue] = [() for _ in couriers]
        self._couriers = couriers
        self._bundles = bundles
        self._travel = travel.tolist()
        self._policy = policy
        self._now = now
        self._barred = barred.tolist()
        self._own = own_prices(couriers, bundles, travel, policy, now).tolist()
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

    def late_of(self, courier: int, queue: Queue) -> frozenset[OrderId] | None:
        """Return which orders a driver would bring late with this queue that may not be; ``None`` if it cannot be."""
        late: set[OrderId] = set()
        return frozenset(late) if isfinite(self._price(courier, queue, late=late)) else None

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
            if there == here or self._barred[here][other] or self._barred[there][bundle]:
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

    def _best(self, bundle: int, least: float, here: int | None, rest: Queue) -> tuple[int, Queue] | None:
        """Return the courier and the queue with the bundle in it that add least, if they add less than `least`."""
        found = None
        for courier, queue in enumerate(self.of):
            if self._barred[courier][bundle]:
                continue
            others = rest if courier == here else queue
            base = self._price(courier, rest) if courier == here else self._prices[courier]
            for place in range(len(others) + 1):
                tried = (*others[:place], bundle, *others[place:])
                added = self._price(courier, tried, base + least) - base
                if added < least:
                    least, found = added, (courier, tried)
        return found

    def _price(self, courier: int, queue: Queue, most: float = float("inf"), late: set[OrderId] | None = None) -> float:
        """Return the price of a queue, or infinity once it is above `most`; `late` gets what is late and may not be."""
        self._trials += 1
        policy, mine = self._policy, self._couriers[courier]
        free_at, place = max(self._now, mine.free_at), mine.place
        growth, share = policy.delay_growth_per_minute, policy.driving_share / 60.0
        paid = 0.0 if mine.is_below_guarantee else policy.paid_order
        price = self._own[courier][queue[0]] if queue else 0.0
        rests_from_at = mine.rests_from_at - REST_GRACE_S
        for number in queue:
            bundle = self._bundles[number]
            if free_at >= rests_from_at:
                if free_at > mine.rests_until_at + REST_GRACE_S:
                    return float("inf")
                free_at, rests_from_at = free_at + mine.rest_s, float("inf")
            price += paid * len(bundle.meals)
            drive = self._travel[place][bundle.meals[0].kitchen]
            pickup_at = max(free_at + drive + policy.pickup_s, bundle.ready_at)
            if pickup_at > mine.last_pickup_at or pickup_at + bundle.ends_s > mine.done_by:
                return float("inf")
            price += share * drive
            for meal in bundle.meals:
                delay = (pickup_at - meal.ready_at) / 60.0
                price += delay + growth * delay * delay
            if late is not None:
                rides = zip(bundle.meals, bundle.rides_s, strict=True)
                late.update(m.order_id for m, ride in rides if pickup_at + ride > m.due_at and not m.may_be_late)
            if policy.late_share:
                for meal, ride in zip(bundle.meals, bundle.rides_s, strict=True):
                    price += policy.late_share * max(0.0, pickup_at + ride - meal.due_at) / 60.0
            if len(bundle.meals) > 1:
                price += shared_minutes(bundle) + policy.bundle_margin
            if price >= most:
                return float("inf")
            free_at, place = pickup_at + bundle.ends_s, bundle.meals[-1].door
        is_rested = not queue or rests_from_at == float("inf")
        return price if is_rested or free_at <= mine.rests_until_at + REST_GRACE_S else float("inf")
