"""How long stops take, how late kitchens are and how drives come out, learned from what happened, with its spread.

What is known of a kitchen at this hour is mixed with what is known of the kitchen, that with what is known of all, and
that with the policy's prior: on each level the more general one counts as so many cases of its own mean and variance
(shrinkage, as of a normal prior with known weight; B. Efron and C. Morris, "Stein's estimation rule and its
competitors", 1973). So one odd lunch moves nothing, and twenty late handovers do. Old cases fade as new ones come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import cached_property
from math import sqrt

import msgspec

from core.eta.change_errors import ChangeErrors
from core.eta.route_errors import RouteErrors
from core.vocabulary import Instant, Place, Position


class TimeKind(StrEnum):
    """What is learned.

    How long after the announced time goods were ready, seconds; how long taking them over took, seconds; how long
    handing over at a door took, as a share of what the order says; how long a drive took, as a share of what streets
    said.
    """

    READINESS = "readiness"
    COUNTER = "counter"
    DOOR = "door"
    DRIVE = "drive"


EVERY_DRIVE = f"{TimeKind.DRIVE}/city"
"""The name under which drives are kept."""


PRIOR_CASES, OWN_CASES, HOUR_CASES = 20.0, 5.0, 15.0
"""As how many cases the more general level counts: the policy for all, all for one kitchen or zone, it for its hour."""

_FADES_ALL, _FADES_OWN, _FADES_HOUR = 5000.0, 200.0, 60.0
"""The number of cases that are remembered on each level: each new one fades those before it by its inverse."""


class Sums(msgspec.Struct, frozen=True, array_like=True):
    """Cases, faded: how many, their sum, and the sum of their squares."""

    cases: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    def after(self, amount: float, fades: float) -> Sums:
        """Return the sums with one more case, the former ones faded by the share 1 / `fades`."""
        kept = 1.0 - 1.0 / fades
        return Sums(kept * self.cases + 1.0, kept * self.total + amount, kept * self.squares + amount * amount)


@dataclass(frozen=True, slots=True)
class Expected:
    """A mean with its standard deviation, and of how many own cases; 0 is what the policy or all others say."""

    mean: float
    sd: float
    cases: int = 0


def shrunk(prior: Expected, sums: Sums, prior_cases: float) -> Expected:
    """Return mean and spread of cases together with `prior_cases` cases distributed as `prior` says."""
    weight = sums.cases + prior_cases
    mean = (sums.total + prior_cases * prior.mean) / weight
    square = (sums.squares + prior_cases * (prior.sd**2 + prior.mean**2)) / weight
    return Expected(mean, sqrt(max(0.0, square - mean**2)), round(sums.cases))


type Book = Mapping[str, Sums]
"""Sums by name: of a kind, of one kitchen or zone in it, and of an hour there."""


@dataclass(frozen=True)
class LearnedTimes:
    """What was learned up to a moment; does not change.

    Parameters
    ----------
    zone : tzinfo
        The site's, for the hours.
    zone_name : callable
        Names the operating zone of a position.
    book : mapping
    arrivals : RouteErrors, optional
        How arrivals came out beside plans; without it plans are believed as they are.
    changes : ChangeErrors, optional
        How customers came after people's changes; without it previews are believed as they are.
    """

    zone: tzinfo
    zone_name: Callable[[Position], str]
    book: Book = field(default_factory=dict)
    arrivals: RouteErrors | None = None
    changes: ChangeErrors | None = None

    @cached_property
    def _known(self) -> dict[tuple[str, int, float, float], Expected]:
        return {}

    @cached_property
    def _zones(self) -> dict[Position, str]:
        return {}

    def lateness(self, place: Place, ready_at: Instant, prior_sd_s: float) -> Expected:
        """Return how long after `ready_at`, its announced time, goods of a place will be ready, seconds."""
        return self._expected(name_of(TimeKind.READINESS, place), ready_at, Expected(0.0, prior_sd_s))

    def at_counter(self, place: Place, at: Instant, prior: Expected) -> Expected:
        """Return how long taking over goods takes at a place, seconds."""
        return self._expected(name_of(TimeKind.COUNTER, place), at, prior)

    def at_door(self, door: Position, at: Instant, planned_s: float, prior_share: float) -> Expected:
        """Return how long handing over takes at a door, seconds, where the order says `planned_s`."""
        share = self._expected(f"{TimeKind.DOOR}/{self.zone_of(door)}", at, Expected(1.0, prior_share))
        return Expected(share.mean * planned_s, share.sd * planned_s, share.cases)

    def driving(self, at: Instant, prior_share: float) -> Expected:
        """Return how many times as long as streets say drives take."""
        return self._expected(EVERY_DRIVE, at, Expected(1.0, prior_share))

    def zone_of(self, position: Position) -> str:
        """Return the name of the zone of a position, remembered."""
        found = self._zones.get(position)
        if found is None:
            found = self._zones[position] = self.zone_name(position)
        return found

    def after(self, cases: Iterable[tuple[str, Instant, float]]) -> LearnedTimes:
        """Return what is known after further cases: the name of each, its instant, and the amount."""
        book = dict(self.book)
        for name, at, amount in cases:
            kind = name.partition("/")[0]
            for level, fades in ((kind, _FADES_ALL), (name, _FADES_OWN), (self._hour_of(name, at), _FADES_HOUR)):
                book[level] = book.get(level, Sums()).after(amount, fades)
        return replace(self, book=book)

    def _expected(self, name: str, at: Instant, prior: Expected) -> Expected:
        if not self.book:
            return prior
        hour = datetime.fromtimestamp(at, self.zone).hour
        key = name, hour, prior.mean, prior.sd
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._mixed(name, self._hour_of(name, at), prior)
        return found

    def _mixed(self, name: str, hour: str, prior: Expected) -> Expected:
        none = Sums()
        everybody = shrunk(prior, self.book.get(name.partition("/")[0], none), PRIOR_CASES)
        own = shrunk(everybody, self.book.get(name, none), OWN_CASES)
        now = shrunk(own, self.book.get(hour, none), HOUR_CASES)
        return Expected(now.mean, now.sd, own.cases)

    def _hour_of(self, name: str, at: Instant) -> str:
        return f"{name}/{datetime.fromtimestamp(at, self.zone).hour:02d}"


def name_of(kind: TimeKind, place: Place) -> str:
    """Return the name under which a place's cases are kept: two shops of one name lie apart."""
    position = place.position
    return f"{kind}/{place.name}@{position.lat:.3f},{position.lon:.3f}"
