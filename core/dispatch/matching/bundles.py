"""Which meals may travel together: up to three of one kitchen, in the sequence that keeps customers waiting least."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from math import comb, isfinite

from core.dispatch.matching.work import UNLIMITED, MatchPolicy, Meal, Seconds
from core.vocabulary import Instant

_FEW, _TRIPS = 12, 4
"""Of one kitchen's meals so many are always bundled, and beyond that four for each courier."""
_MOST_BUNDLES = 4_000
"""What the solver still chooses from; a table of prices between all of them is 0.1 GB."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Meals in the sequence of their drop-offs.

    `rides_s` is the time from the pickup to each drop-off; `ends_s` from the pickup until the driver is free.
    `waits_s` is what its customers lose together by sharing, if the pickup is at `ready_at`.
    """

    meals: tuple[Meal, ...]
    ready_at: Instant
    rides_s: tuple[float, ...]
    ends_s: float
    waits_s: float

    @property
    def kitchen(self) -> int:
        """Return the place of the pickup."""
        return self.meals[0].kitchen

    @property
    def last_door(self) -> int:
        """Return the place where the driver is free again."""
        return self.meals[-1].door


def singles_of(meals: Sequence[Meal], travel: Seconds, policy: MatchPolicy) -> list[Bundle]:
    """Return each meal by itself."""
    return [_in_sequence((meal,), travel, policy) for meal in meals]


def shared_of(
    meals: Sequence[Meal], travel: Seconds, policy: MatchPolicy, now: Instant, couriers: int = UNLIMITED
) -> Iterator[Bundle]:
    """Yield the bundles of two and more that break no promise which the single trips keep from `now` on.

    Where very many wait at one kitchen, those who come first are bundled: as many as `couriers` take in a few trips.
    """
    by_kitchen: defaultdict[int, list[Meal]] = defaultdict(list)
    for meal in meals:
        if isfinite(travel[meal.kitchen, meal.door]):
            by_kitchen[meal.kitchen].append(meal)
    most = _most_of_one_kitchen([len(waiting) for waiting in by_kitchen.values()], policy.max_bundle, couriers)
    for waiting in by_kitchen.values():
        for size in range(2, policy.max_bundle + 1):
            for group in combinations(waiting[:most], size):
                ready = [meal.ready_at for meal in group]
                if size > min(meal.most_together for meal in group):
                    continue
                if max(ready) - max(now, min(ready)) <= policy.bundle_spread_s:
                    best = min(
                        (_in_sequence(sequence, travel, policy) for sequence in permutations(group)),
                        key=lambda bundle: (bundle.waits_s, bundle.ends_s),
                    )
                    if not _breaks_a_promise(best, travel, policy, now):
                        yield best


def _most_of_one_kitchen(waiting: Sequence[int], max_bundle: int, couriers: int) -> int:
    """Return how many meals of a kitchen may be bundled, so that bundles are not too many to choose from."""
    most = max(_FEW, min(_TRIPS * couriers, max(waiting, default=0)))
    while most > _FEW and _bundles(waiting, most, max_bundle) > _MOST_BUNDLES:
        most -= 1
    return most


def _bundles(waiting: Sequence[int], most: int, max_bundle: int) -> int:
    return sum(comb(min(count, most), size) for count in waiting for size in range(2, max_bundle + 1))


def _in_sequence(meals: tuple[Meal, ...], travel: Seconds, policy: MatchPolicy) -> Bundle:
    ready_at = max(meal.ready_at for meal in meals)
    rides, at, place, lost = [], policy.pickup_s, meals[0].kitchen, 0.0
    for meal in meals:
        at += float(travel[place, meal.door]) + policy.drop_off_s
        rides.append(at)
        lost += ready_at - meal.ready_at + at - _alone_s(meal, travel, policy)
        at += policy.drop_off_s
        place = meal.door
    return Bundle(meals, ready_at, tuple(rides), at, lost)


def _alone_s(meal: Meal, travel: Seconds, policy: MatchPolicy) -> float:
    return policy.pickup_s + float(travel[meal.kitchen, meal.door]) + policy.drop_off_s


def _breaks_a_promise(bundle: Bundle, travel: Seconds, policy: MatchPolicy, now: Instant) -> bool:
    pickup_at = max(bundle.ready_at, now)
    return any(
        pickup_at + ride > meal.due_at >= max(meal.ready_at, now) + _alone_s(meal, travel, policy)
        for meal, ride in zip(bundle.meals, bundle.rides_s, strict=True)
    )
