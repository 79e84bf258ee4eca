"""When whose break begins, so that not all of a zone rest at once: turns within the window that the policy leaves.

Only the break that the policy makes has turns; what a person planned stays, and counts. A window has as many turns as
breaks fit into it one after the other, so that the last one, too, leaves the length of a break to come to an end of
what is in hand. Each driver gets the turn in which fewest of the zone are expected to rest, of several the one in which
fewest do elsewhere, for drivers roam. A turn is given once, a while before the window opens; by it nothing is later
than the rule has it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from core.dispatch.world import DriverState
from core.fleet.fleet import Driver, PlannedBreak
from core.fleet.planned_break import BreakRule, back_at, due_breaks
from core.fleet.zone import Zone, zone_at
from core.vocabulary import DriverId, Instant, ZoneId

AHEAD_S = 1_800.0
"""So long before its window opens a driver gets the turn, so that what is planned until then counts it."""

type Span = tuple[Instant, Instant]


def awaiting_turn(drivers: Iterable[Driver], rule: BreakRule | None, now: Instant) -> tuple[Driver, ...]:
    """Return the drivers who are to get a turn now: those whose window opens soonest first, then by their ids."""
    found = []
    for driver in drivers:
        due = None if driver.break_turn_s is not None or driver.breaks else _next(driver, rule)
        if due is not None and due.earliest_at - AHEAD_S <= now:
            found.append((due.earliest_at, driver.driver_id, driver))
    return tuple(driver for _, _, driver in sorted(found, key=lambda one: one[:2]))


def turns(
    awaiting: Sequence[Driver],
    drivers: Iterable[Driver],
    zone_of: Mapping[DriverId, ZoneId | None],
    rule: BreakRule,
    now: Instant,
) -> dict[DriverId, float]:
    """Return after how many seconds of their windows the breaks of those who await a turn begin at the earliest.

    Parameters
    ----------
    awaiting : as `awaiting_turn` returns them
    drivers : everybody on shift
    zone_of : where each of them is; nowhere is a zone like another
    """
    waits = {driver.driver_id for driver in awaiting}
    resting: dict[ZoneId | None, list[Span]] = defaultdict(list)
    for driver in drivers:
        if driver.driver_id not in waits:
            resting[zone_of.get(driver.driver_id)] += _rests(driver, rule, now)
    given = {}
    for driver in awaiting:
        due, zone_id = _next(driver, rule), zone_of.get(driver.driver_id)
        assert due is not None, "who awaits a turn has a break to come"
        turn_s = min(_starts_s(due, now), key=partial(_resting_s, due, resting, zone_id))
        given[driver.driver_id] = turn_s
        resting[zone_id].append(_span(due, turn_s))
    return given


def zones_of(drivers: Mapping[DriverId, DriverState], zones: Iterable[Zone]) -> dict[DriverId, ZoneId | None]:
    """Return the zone that each driver stands in; of nobody whose position is not known."""
    zones = tuple(zones)
    return {name: None if one.start is None else zone_at(zones, one.start) for name, one in drivers.items()}


def _next(driver: Driver, rule: BreakRule | None) -> PlannedBreak | None:
    return next(iter(due_breaks(driver, rule)), None)


def _rests(driver: Driver, rule: BreakRule, now: Instant) -> list[Span]:
    """Return when a driver is expected to rest: what is left of a break, and those to come as soon as they may be."""
    until_at = back_at(driver, rule)
    left = [(now, until_at)] if until_at is not None else []
    return [*left, *(_span(one, 0.0) for one in due_breaks(driver, rule))]


def _starts_s(due: PlannedBreak, now: Instant) -> list[float]:
    """Return where the turns of a window begin, seconds after its opening; those that are over already are left out."""
    count = max(1, int((due.latest_at - due.earliest_at) // due.length_s))
    starts_s = [number * due.length_s for number in range(count)]
    return [after_s for after_s in starts_s if due.earliest_at + after_s >= now] or starts_s[-1:]


def _resting_s(
    due: PlannedBreak, resting: Mapping[ZoneId | None, Sequence[Span]], zone_id: ZoneId | None, after_s: float
) -> tuple[float, float]:
    """Return for how long others rest during a break in this turn, in the zone and everywhere, summed seconds."""
    from_at, until_at = _span(due, after_s)
    by_zone = {
        name: sum(max(0.0, min(until_at, ends_at) - max(from_at, begins_at)) for begins_at, ends_at in spans)
        for name, spans in resting.items()
    }
    return by_zone.get(zone_id, 0.0), sum(by_zone.values())


def _span(due: PlannedBreak, after_s: float) -> Span:
    from_at = due.earliest_at + after_s
    return from_at, from_at + due.length_s
