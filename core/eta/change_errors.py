"""How customers came after a person's change beside what its preview foretold, and the band that is honest after it.

What plans as a rule come to (`route_errors`) says too little of a plan that a person has just changed. The platform
goes on deciding: a driver declines, an order is put in, and what was going to be late goes to somebody else. So
customers come farther off than told, either way, and of the minutes after the promise only a share comes. Both are
learned from the overrides on record, from what was foretold *before* any of this was applied, so that nothing swings.

First the lateness that can still be helped is taken at the share that came of it: nobody has the goods yet, and it lies
ahead. What is left is an error, in the band's own sides; its 10th and 90th percentile are told (split conformal
prediction, as in `calibration`), by kind of change where enough of its customers have come, those still under way
counting as later than so far (`survival`). `SUPPOSED` and `SUPPOSED_SHARE` count beside them, so that a young service
does not begin narrow. The middle stays: a day has some tens of these customers, and a bad one would move the next
day's times by minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from core.eta.arrival import Z90, Arrival
from core.eta.route_errors import CaseError, Sides, sides_of
from core.vocabulary import Instant, Value

ON_BOARD = "on board"
"""The group of customers whose goods are with the driver: no change helps or hurts them as much as others."""

LEAST_OWN = 40
"""So many customers after changes of one kind speak for it alone; before, all kinds speak together."""

SUPPOSED = Sides(middle=0.0, sooner=1.6, later=1.6)
SUPPOSED_ON_BOARD = Sides(middle=0.0, sooner=1.0, later=1.0)
SUPPOSED_SHARE = 0.4
"""What holds before anything came true, from simulated days (ADR 0051)."""

_SUPPOSED_LATE_S = 3_600.0
"""An hour of foretold lateness counts as if `SUPPOSED_SHARE` of it had come."""
_LEAST_SHARE, _MOST_SHARE = 0.1, 1.5
_FARTHEST = 12.0
"""In sides; those of a driver's next stop are short."""
_LEAST_SIDE_S = 30.0
_NARROWEST = 0.3


class Foretold(Value, frozen=True, kw_only=True):
    """What a preview foretold of one customer: expected, and the deviations of coming sooner and later, seconds.

    That is before what became of earlier changes was applied; `p10_at` and `p90_at` are the band that was shown.
    """

    at: Instant
    sooner_s: float
    later_s: float
    by_at: Instant
    p10_at: Instant
    p90_at: Instant
    is_on_board: bool = False


class Case(Value, frozen=True, array_like=True):
    """What was foretold of one customer and what came, in seconds from the change on; no person, order or place.

    `late_s` is the foretold lateness that could still be helped; `is_inside` says whether the band shown held.
    """

    shown_s: float
    sooner_s: float
    later_s: float
    by_s: float
    late_s: float
    came_s: float
    is_inside: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer of a change who was not reached yet."""

    kind: str
    made_at: Instant
    foretold: Foretold

    @property
    def group(self) -> str:
        """Return whom the customer is counted with."""
        return ON_BOARD if self.foretold.is_on_board else self.kind

    def came(self, at: Instant) -> Case:
        """Return the customer as one who was reached at `at`."""
        told, made_at = self.foretold, self.made_at
        arrival = Arrival(told.at, told.sooner_s, told.later_s)
        return Case(
            shown_s=told.at - made_at,
            sooner_s=told.sooner_s,
            later_s=told.later_s,
            by_s=told.by_at - made_at,
            late_s=arrival.expected_lateness_s(max(told.by_at, made_at)),
            came_s=at - made_at,
            is_inside=told.p10_at <= at <= told.p90_at,
        )


@dataclass(frozen=True, slots=True)
class Learned:
    """What one group of customers asks for: sides, from how many customers, and which share of bands held."""

    sides: Sides
    customers: int = 0
    inside: float = 0.0


@dataclass(frozen=True, slots=True)
class ChangeErrors:
    """What was learned up to a moment; does not change.

    Parameters
    ----------
    share : float
        Of the lateness that was foretold and could still be helped, so much came.
    everybody, on_board : Learned
        All kinds of change together, and customers whose goods are on board.
    kinds : mapping
        Of the kinds of change with enough customers of their own.
    """

    share: float = SUPPOSED_SHARE
    everybody: Learned = Learned(SUPPOSED)
    on_board: Learned = Learned(SUPPOSED_ON_BOARD)
    kinds: Mapping[str, Learned] = field(default_factory=dict)

    def of(self, kind: str) -> Learned:
        """Return what holds for customers of a kind of change."""
        return self.kinds.get(kind, self.everybody)

    def told(self, kind: str, arrival: Arrival, by_at: Instant, now: Instant, *, is_on_board: bool) -> Arrival:
        """Return the arrival to tell where `arrival` is foretold; it is not over before `now`."""
        learned = self.on_board if is_on_board else self.of(kind)
        share = 1.0 if is_on_board else self.share
        middle_at, sooner_s, later_s = _helped(arrival.mean_at, max(by_at, now), share), *_sides_s(arrival)
        sides = learned.sides
        return Arrival(max(now, middle_at), sides.sooner * sooner_s, sides.later * later_s, arrival.known_share)

    def late_s(self, arrival: Arrival, by_at: Instant, now: Instant, *, is_on_board: bool) -> float:
        """Return the expected seconds after `by_at` where `arrival` is foretold: those past, a share of the rest."""
        from_at = max(by_at, now)
        ahead_s = arrival.expected_lateness_s(from_at)
        return from_at - by_at + (ahead_s if is_on_board else self.share * ahead_s)


def learned_from(
    cases: Mapping[str, Sequence[Case]], waiting: Iterable[Waiting] = (), now: Instant = -inf
) -> ChangeErrors:
    """Return what customers who came say, by group, and those who still wait at `now`."""
    share = _share_of([case for group, found in cases.items() if group != ON_BOARD for case in found])
    errors = {group: [_error(case, group, share) for case in found] for group, found in cases.items()}
    for one in waiting:
        errors.setdefault(one.group, []).append(_error(one.came(now), one.group, share, is_known=False))
    changed = {group: found for group, found in errors.items() if group != ON_BOARD}
    together = [error for _, found in sorted(changed.items()) for error in found]
    reached = [case for group, found in cases.items() if group != ON_BOARD for case in found]
    return ChangeErrors(
        share=share,
        everybody=_learned(together, reached, SUPPOSED),
        on_board=_learned(errors.get(ON_BOARD, []), cases.get(ON_BOARD, ()), SUPPOSED_ON_BOARD),
        kinds={
            group: _learned(found, cases[group], SUPPOSED)
            for group, found in changed.items()
            if len(cases.get(group, ())) >= LEAST_OWN
        },
    )


def _learned(errors: Sequence[CaseError], reached: Sequence[Case], supposed: Sides) -> Learned:
    inside = sum(case.is_inside for case in reached) / len(reached) if reached else 0.0
    found = sides_of(errors, supposed, _FARTHEST)
    shift = found.middle / Z90
    sides = Sides(0.0, max(found.sooner - shift, _NARROWEST), max(found.later + shift, _NARROWEST))
    return Learned(sides, len(reached), inside)


def _share_of(cases: Sequence[Case]) -> float:
    """Return which share of the foretold lateness came."""
    foretold_s = sum(case.late_s for case in cases)
    came_s = sum(max(0.0, case.came_s - max(case.by_s, 0.0)) for case in cases)
    share = (SUPPOSED_SHARE * _SUPPOSED_LATE_S + came_s) / (_SUPPOSED_LATE_S + foretold_s)
    return min(max(share, _LEAST_SHARE), _MOST_SHARE)


def _error(case: Case, group: str, share: float, *, is_known: bool = True) -> CaseError:
    """Return how much later than told a customer came, in the side that it lies on."""
    middle_s = _helped(case.shown_s, max(case.by_s, 0.0), 1.0 if group == ON_BOARD else share)
    sooner_s, later_s = _sides_s(Arrival(case.shown_s, case.sooner_s, case.later_s))
    off_s = case.came_s - middle_s
    return CaseError(off_s / (later_s if off_s > 0.0 else sooner_s), is_known)


def _helped(at: Instant, from_at: Instant, share: float) -> Instant:
    """Return an expected arrival with only a share of what lies after `from_at`."""
    return from_at + share * (at - from_at) if at > from_at else at


def _sides_s(arrival: Arrival) -> tuple[float, float]:
    return max(arrival.sd_s, _LEAST_SIDE_S), max(arrival.later_s, _LEAST_SIDE_S)
