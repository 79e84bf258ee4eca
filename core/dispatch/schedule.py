"""When a driver will be where: the times of a sequence of stops, and the distribution of its arrivals.

A planned break is a stop without a place. It comes at the first moment between two stops, at or after its earliest
instant, at which nothing is on board and no stop is under way; where there is none, behind the last stop. So a sequence
of stops says by itself when the break is, and nobody has to look for a place for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from core.dispatch.policy import DispatchPolicy
from core.dispatch.world import DriverState, Stop
from core.eta.arrival import Arrival, Leg, forecast_route
from core.eta.drive import Drive
from core.fleet.route import PlannedStop, StopKind
from core.travel import TravelTable
from core.vocabulary import DriverId, Instant, Position

LONGEST_AGE_S = 1800.0
"""Beyond half an hour, an older position says no less than nothing."""
BREAK_GRACE_S = 1e-3
"""So much sooner is not too soon for a break: sums of instants of today have that much rounding."""


@dataclass(frozen=True, slots=True)
class Legs:
    """Driving between the places of one plan as plain lists, which scalar loops read quickest.

    Row 0 is the driver's start, row i + 1 and column i belong to the i-th place. Seconds and metres.
    """

    seconds: list[list[float]]
    metres: list[list[float]]
    is_degraded: bool


@dataclass(frozen=True, slots=True)
class BreakTaken:
    """Where in a route a planned break lies: it begins at `begins_at`, before the stop of this place in the sequence.

    `before` is the number of stops where it comes behind them all.
    """

    begins_at: float
    length_s: float
    before: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """A driver's stops with their times; all tuples have one entry per stop.

    `is_reachable` is false when no way leads to some stop: the times are infinite from there on. A break behind the
    last stop is not in `ends_at`.
    """

    stops: tuple[Stop, ...]
    arrives: tuple[float, ...]
    starts: tuple[float, ...]
    departs: tuple[float, ...]
    drives_s: tuple[float, ...]
    driving_s: float
    distance_m: float
    ends_at: float
    is_degraded: bool
    taken: BreakTaken | None = None

    @property
    def is_reachable(self) -> bool:
        """Say whether a way leads to every stop."""
        return self.ends_at < inf

    def break_before_s(self, place: int) -> float:
        """Return how long a break is taken before setting off to a stop, seconds."""
        return self.taken.length_s if self.taken is not None and self.taken.before == place else 0.0

    def recordable(self, now: Instant) -> Schedule:
        """Return the schedule without infinite times, which no record holds.

        Stops to which no way leads are for when the last one before them is left, or for `now`; the length of the way
        is not known then, and 0.
        """
        if self.is_reachable:
            return self
        left_at = max((at for at in self.departs if at < inf), default=now)
        arrives, starts, departs = (
            tuple(at if at < inf else left_at for at in times) for times in (self.arrives, self.starts, self.departs)
        )
        return replace(self, arrives=arrives, starts=starts, departs=departs, distance_m=0.0)

    def planned(self) -> tuple[PlannedStop, ...]:
        """Return the plan as it is recorded."""
        return tuple(
            PlannedStop(
                order_id=stop.order_id,
                kind=stop.kind,
                position=stop.position,
                arrives_at=self.arrives[i],
                starts_at=self.starts[i],
                departs_at=self.departs[i],
            )
            for i, stop in enumerate(self.stops)
        )


def legs_between(start: Position, places: Sequence[Position], travel: TravelTable) -> Legs:
    """Return the driving from `start` and between `places`.

    Raises
    ------
    KeyError
        If the table was not asked for one of them.
    """
    if not places:
        return Legs([[]], [[]], travel.degraded)
    rows = [travel.row(start), *(travel.row(place) for place in places)]
    columns = [travel.column(place) for place in places]
    if (plain := travel.plain()) is not None:
        seconds, metres = ([[told[row][column] for column in columns] for row in rows] for told in plain)
        return Legs(seconds, metres, travel.degraded)
    block = np.ix_(rows, columns)
    return Legs(travel.matrix.durations_s[block].tolist(), travel.matrix.distances_m[block].tolist(), travel.degraded)


def schedule(driver: DriverState, travel: TravelTable, stops: Sequence[Stop] | None = None) -> Schedule:
    """Return the times of `stops`, or of those the driver has; the driver's position must be known.

    A stop already reached costs no driving. Service starts at arrival or when it can, whichever is later.

    Raises
    ------
    ValueError
        If the driver has stops and no known position.
    """
    todo = tuple(driver.stops if stops is None else stops)
    if driver.start is None:
        if todo:
            raise ValueError(f"{driver.driver_id} has stops and no known position")
        return timed(driver, (), (), Legs([[]], [[]], travel.degraded))
    legs = legs_between(driver.start, [stop.position for stop in todo], travel)
    return timed(driver, todo, range(len(todo)), legs)


def timed(driver: DriverState, places: Sequence[Stop], sequence: Sequence[int], legs: Legs) -> Schedule:
    """Return the times of visiting `places` in `sequence`, by the numbers they have in `legs`."""
    arrives, starts, departs, drives = [], [], [], []
    at, row, driving, metres = driver.start_at, 0, 0.0, 0.0
    due, taken, may_begin = driver.due_break, None, break_places(driver, places, sequence)
    for place, number in enumerate(sequence):
        stop = places[number]
        if due is not None and number in may_begin and at >= due.earliest_at - BREAK_GRACE_S:
            taken, due = BreakTaken(at, due.length_s, place), None
            at += taken.length_s
        drive = 0.0 if stop.arrived_at is not None else legs.seconds[row][number]
        arrive = max(driver.as_of, at + drive) if stop.arrived_at is None else stop.arrived_at
        start = max(arrive, stop.earliest_at)
        at = max(driver.start_at, start + stop.service_s)
        driving += drive
        metres += 0.0 if stop.arrived_at is not None else legs.metres[row][number]
        row = number + 1
        arrives.append(arrive)
        starts.append(start)
        departs.append(at)
        drives.append(drive)
    if due is not None:
        taken = BreakTaken(max(at, due.earliest_at), due.length_s, len(sequence))
    return Schedule(
        stops=tuple(places[number] for number in sequence),
        arrives=tuple(arrives),
        starts=tuple(starts),
        departs=tuple(departs),
        drives_s=tuple(drives),
        driving_s=driving,
        distance_m=metres,
        ends_at=at,
        is_degraded=legs.is_degraded,
        taken=taken,
    )


def rested_within(plans: Mapping[DriverId, Schedule]) -> frozenset[DriverId]:
    """Return the drivers whose planned break lies between their stops: then it is in `ends_at`."""
    return frozenset(name for name, plan in plans.items() if plan.taken and plan.taken.before < len(plan.stops))


def break_places(driver: DriverState, places: Sequence[Stop], sequence: Sequence[int]) -> frozenset[int]:
    """Return the stops, by number, before which a driver has nothing on board and is not under way.

    Empty for a driver of whom no break is due.
    """
    if driver.due_break is None:
        return frozenset()
    kinds = [places[number].kind for number in sequence]
    on_board = sum(1 if kind is StopKind.DELIVERY else -1 for kind in kinds)
    found = set()
    for place, (number, kind) in enumerate(zip(sequence, kinds, strict=True)):
        if on_board == 0 and place >= driver.frozen:
            found.add(number)
        on_board += 1 if kind is StopKind.PICKUP else -1
    return frozenset(found)


def forecast(
    driver: DriverState, plan: Schedule, policy: DispatchPolicy, ahead: Drive | None = None
) -> tuple[Arrival, ...]:
    """Return the distribution of every arrival of `plan`.

    The drive to the first stop is `ahead` where it was forecast; else an old position widens it.
    """
    age_s = min(driver.position_age_s, LONGEST_AGE_S) if ahead is None else 0.0
    legs = [
        Leg(
            drive_s=plan.drives_s[i],
            earliest_at=stop.earliest_at,
            earliest_sd_s=stop.earliest_sd_s,
            service_s=stop.service_s,
            arrived_at=stop.arrived_at,
            service_sd_s=stop.service_sd_s,
            break_s=plan.break_before_s(i),
        )
        for i, stop in enumerate(plan.stops)
    ]
    if ahead is not None and legs:
        legs[0] = replace(legs[0], drive_s=ahead.p50_s, drive_sd_s=ahead.sd_s)
    return forecast_route(
        driver.start_at,
        policy.spread.position_share * age_s,
        legs,
        policy.spread,
        is_degraded=plan.is_degraded,
        as_of=driver.as_of,
    )
