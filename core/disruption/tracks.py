"""Where each vehicle has been standing, and how far beside its planned way it is: what fixes mean, one at a time.

A fix older than the newest one says nothing new and is left out, as is one that is not accurate enough: fixes that
come late, twice or in disorder leave a track as it was.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from core.disruption.detection_policy import DetectionPolicy
from core.geodesy import Points, as_points, nearest_on_line, short_distance_m
from core.vocabulary import Instant, Position


@dataclass(frozen=True, slots=True)
class SeenFix:
    """Where a vehicle was, and how sure that is, metres; 0 where the receiver did not say."""

    fix_at: Instant
    position: Position
    accuracy_m: float = 0.0


@dataclass(slots=True)
class PlannedWay:
    """The way that a plan leads along: which plan, its line (n, 2) degrees, and its stops (m, 2) degrees.

    Fewer than two points are no way.
    """

    plan_number: int
    line: Points
    stops: Points = field(default_factory=lambda: as_points([]))

    def stops_within(self, here: Position, metres: float) -> bool:
        """Say whether a stop lies within so many metres."""
        apart_m = short_distance_m(self.stops, np.array([here.lat, here.lon]))
        return bool(np.any(apart_m <= metres))


@dataclass(slots=True)
class Track:
    """What is remembered of one vehicle.

    Attributes
    ----------
    stands_at, stands_since : the place that it has not left, and since when; of who is known to stand, since before
        the first fix
    heard_at : the newest fix
    at_stop_at : the newest fix within reach of a stop that was still to be made
    beside_m : of the last fixes, how far beside the way of plan `plan_number`, less their accuracy; metres
    """

    policy: DetectionPolicy
    heard_at: Instant = -np.inf
    stands_at: Position | None = None
    stands_since: Instant = np.inf
    at_stop_at: Instant = -np.inf
    plan_number: int = -1
    beside_m: deque[float] = field(default_factory=deque)

    def take(self, fix: SeenFix, way: PlannedWay | None) -> None:
        """Take in a fix, if it is news and accurate enough."""
        if fix.fix_at <= self.heard_at or fix.accuracy_m > self.policy.usable_accuracy_m:
            return
        self.heard_at = fix.fix_at
        self._stand(fix)
        if way is not None and way.stops_within(fix.position, self.policy.stop_radius_m):
            self.at_stop_at = fix.fix_at
        self._follow(fix, way)

    @property
    def off_route_m(self) -> float:
        """Return by how much the last fixes all were beside the way, metres; 0 as long as there are too few."""
        return min(self.beside_m) if len(self.beside_m) >= self.policy.off_route_fixes else 0.0

    @property
    def stood_s(self) -> float:
        """Return for how long the vehicle had stood where it is when it was last heard, seconds."""
        return max(0.0, self.heard_at - self.stands_since) if self.stands_at is not None else 0.0

    def _stand(self, fix: SeenFix) -> None:
        here = self.stands_at
        if here is None:
            self.stands_at, self.stands_since = fix.position, min(self.stands_since, fix.fix_at)
        elif _metres(here, fix.position) > self._leaves_at_m(fix):
            self.stands_at, self.stands_since = fix.position, fix.fix_at

    def _leaves_at_m(self, fix: SeenFix) -> float:
        """Return from how far on a vehicle has moved: sooner before it is known to stand than after."""
        stood_long = fix.fix_at - self.stands_since >= self.policy.stopped_s
        return self.policy.moved_m if stood_long else self.policy.stand_radius_m

    def _follow(self, fix: SeenFix, way: PlannedWay | None) -> None:
        if way is None or len(way.line) < 2:
            self.beside_m.clear()
            return
        if way.plan_number != self.plan_number:
            self.plan_number = way.plan_number
            self.beside_m.clear()
        place = nearest_on_line(way.line, np.array([fix.position.lat, fix.position.lon]))
        self.beside_m.append(max(0.0, place.aside_m - fix.accuracy_m))
        while len(self.beside_m) > self.policy.off_route_fixes:
            self.beside_m.popleft()


def _metres(one: Position, other: Position) -> float:
    return float(short_distance_m(np.array([one.lat, one.lon]), np.array([other.lat, other.lon])))
