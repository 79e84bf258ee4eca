"""What a case at a stop, or a drive, adds to what is known of times, within bounds that one odd case cannot leave."""

from __future__ import annotations

from core.eta.learned_times import EVERY_DRIVE, Expected, LearnedTimes, TimeKind, name_of
from core.eta.stop_visits import Case, CounterLeft, DoorLeft, GoodsReady, SilentHandover
from core.vocabulary import Instant

type Taught = tuple[str, Instant, float]
"""The name of what it adds to, when it happened, and the amount."""

EARLIEST_S, LATEST_S = -1800.0, 3600.0
LONGEST_STOP_S = 1800.0
LEAST_DRIVE_S = 60.0
"""A shorter drive says more of crossings and parking than of traffic."""

_SHORTEST_PLANNED_S = 30.0
_QUICKEST, _SLOWEST = 0.4, 4.0

_WAITED_S = 60.0
"""Who stood there for so much longer than usual has waited for the goods."""


def taught_by(case: Case, known: LearnedTimes, counter: Expected, kitchen_sd_s: float) -> list[Taught]:
    """Return what a case teaches.

    Parameters
    ----------
    case : Case
    known : LearnedTimes
        What was known before it.
    counter : Expected
        The prior of taking goods over, seconds.
    kitchen_sd_s : float
        The prior spread of a readiness.
    """
    match case:
        case GoodsReady():
            return [_late(case, case.late_s)]
        case CounterLeft():
            return [(name_of(TimeKind.COUNTER, case.place), case.at, min(case.seconds, LONGEST_STOP_S))]
        case DoorLeft():
            share = min(case.seconds, LONGEST_STOP_S) / max(case.planned_s, _SHORTEST_PLANNED_S)
            return [(f"{TimeKind.DOOR}/{known.zone_of(case.door)}", case.at, share)]
        case SilentHandover():
            return _by_handover(case, known, counter, kitchen_sd_s)


def taught_by_drive(at: Instant, street_s: float, took_s: float) -> list[Taught]:
    """Return what a drive teaches that took so long where streets said `street_s`, seconds."""
    if street_s < LEAST_DRIVE_S:
        return []
    return [(EVERY_DRIVE, at, min(max(took_s / street_s, _QUICKEST), _SLOWEST))]


def _by_handover(case: SilentHandover, known: LearnedTimes, counter: Expected, kitchen_sd_s: float) -> list[Taught]:
    """Return what is learned where nobody said that goods were ready.

    Who waited left as soon as could be. Who did not only says that goods were ready by then: that counts as what was
    expected, or as the arrival if that came before.
    """
    usual = known.at_counter(case.place, case.left_at, counter)
    stood_s = case.left_at - case.reached_at
    if stood_s > usual.mean + _WAITED_S:
        return [_late(case, case.left_at - usual.mean - case.announced_at)]
    expected = known.lateness(case.place, case.announced_at, kitchen_sd_s)
    return [
        _late(case, min(expected.mean, case.reached_at - case.announced_at)),
        (name_of(TimeKind.COUNTER, case.place), case.left_at, max(0.0, stood_s)),
    ]


def _late(case: GoodsReady | SilentHandover, seconds: float) -> Taught:
    amount = min(max(seconds, EARLIEST_S), LATEST_S)
    return name_of(TimeKind.READINESS, case.place), case.announced_at, amount
