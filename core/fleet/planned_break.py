"""The planned breaks of a shift: within which instants each begins, how long it takes, and which one is due next.

A break is taken by saying so: whoever pauses at or after the earliest instant of a break has taken it. Breaks are those
that the shift was started with or that a person set; where there are none, the policy's rule makes one for everybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf, isfinite

from msgspec.structs import replace

from core.fleet.fleet import Driver, PlannedBreak
from core.fleet.route import PlannedStop, StopKind
from core.refusals import Refusal
from core.vocabulary import Instant, Value

MOST_BREAKS = 6
"""So many planned breaks a shift has at most."""
LONGEST_BREAK_S = 4 * 3600.0


class BreakRule(Value, frozen=True, kw_only=True):
    """A break of `length_s` that begins `by_s` after the start of a shift, or up to `window_s` earlier; seconds.

    It is due in shifts that are longer than `by_s`, in their last moment at the latest.
    """

    by_s: float
    window_s: float
    length_s: float


def breaks_of(driver: Driver, rule: BreakRule | None = None) -> tuple[PlannedBreak, ...]:
    """Return the breaks of a driver's shift, earliest first: those set for it, else the one that the rule makes.

    The one of the rule begins in the driver's turn at the earliest, and never later than the rule has it.
    """
    breaks = _windows(driver, rule)
    if driver.breaks or not driver.break_turn_s:
        return breaks
    return tuple(replace(one, earliest_at=min(one.latest_at, one.earliest_at + driver.break_turn_s)) for one in breaks)


def _windows(driver: Driver, rule: BreakRule | None) -> tuple[PlannedBreak, ...]:
    """Return the breaks of a shift whosever turn it is: a pause within the rule's window takes the rule's break."""
    if not driver.is_on_shift:
        return ()
    if driver.breaks:
        return tuple(sorted(driver.breaks, key=lambda one: (one.earliest_at, one.latest_at)))
    if rule is None or rule.length_s <= 0.0 or driver.shift_started_at is None:
        return ()
    by_at = driver.shift_started_at + rule.by_s
    ends_at = inf if driver.shift_ends_at is None else driver.shift_ends_at
    latest_at = min(by_at, ends_at - rule.length_s)
    if ends_at <= by_at or latest_at < driver.shift_started_at:
        return ()
    earliest_at = max(driver.shift_started_at, latest_at - rule.window_s)
    return (PlannedBreak(earliest_at=earliest_at, latest_at=latest_at, length_s=rule.length_s),)


def due_breaks(driver: Driver, rule: BreakRule | None = None) -> tuple[PlannedBreak, ...]:
    """Return the breaks of the shift that were not taken yet, earliest first."""
    breaks = breaks_of(driver, rule)
    return breaks[len(taken_breaks(driver, rule)) :] if breaks else ()


def due_break(driver: Driver, rule: BreakRule | None = None) -> PlannedBreak | None:
    """Return the first break of the shift that was not taken yet; ``None`` if none is left."""
    return next(iter(due_breaks(driver, rule)), None)


def taken_breaks(driver: Driver, rule: BreakRule | None = None) -> list[tuple[PlannedBreak, Instant]]:
    """Return the breaks that were taken, with when: each by the first pause that no earlier break needed."""
    found = []
    pauses = iter(driver.pauses)
    for one in _windows(driver, rule):
        began_at = next((at for at in pauses if at >= one.earliest_at), None)
        if began_at is None:
            break
        found.append((one, began_at))
    return found


def back_at(driver: Driver, rule: BreakRule | None = None) -> Instant | None:
    """Return when the planned break is over that a driver is on; ``None`` for who is on none."""
    if not driver.is_paused or not driver.pauses:
        return None
    on_it = next((one for one, began_at in taken_breaks(driver, rule) if began_at == driver.pauses[-1]), None)
    return None if on_it is None else driver.pauses[-1] + on_it.length_s


def lies_between(due: PlannedBreak, stops: Sequence[PlannedStop]) -> bool:
    """Say whether a break is taken between these stops, as planned: nothing is on board there, and it may begin."""
    on_board = sum(1 if stop.kind is StopKind.DELIVERY else -1 for stop in stops)
    for stop in stops[:-1]:
        on_board += 1 if stop.kind is StopKind.PICKUP else -1
        if on_board == 0 and stop.departs_at >= due.earliest_at:
            return True
    return False


def check_breaks(breaks: Sequence[PlannedBreak], begins_at: Instant, ends_at: Instant) -> None:
    """Refuse breaks that no shift from `begins_at` to `ends_at` can hold.

    Raises
    ------
    Refusal
        ``break.too_many``, ``break.length_out_of_range``, ``break.window_reversed`` (it would begin before it may),
        ``break.outside_shift`` (it could not begin in the shift, or would end after it) or ``break.overlapping``.
    """
    if len(breaks) > MOST_BREAKS:
        raise Refusal("break.too_many", f"A shift has at most {MOST_BREAKS} planned breaks.", most=MOST_BREAKS)
    for one in breaks:
        if not 0.0 < one.length_s <= LONGEST_BREAK_S:
            raise Refusal("break.length_out_of_range", "A break is longer than nothing and at most 4 h.")
        if not (isfinite(one.earliest_at) and one.earliest_at <= one.latest_at):
            raise Refusal("break.window_reversed", "A break's latest start is not before its earliest.")
        if one.latest_at < begins_at or one.latest_at + one.length_s > ends_at:
            raise Refusal("break.outside_shift", "A break begins and ends within the shift, however late it begins.")
    ordered = sorted(breaks, key=lambda one: one.earliest_at)
    for one, other in pairwise(ordered):
        if one.latest_at + one.length_s > other.earliest_at:
            raise Refusal("break.overlapping", "A break can be over before the next one may begin.")
