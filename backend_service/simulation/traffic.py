"""How fast a street segment can be driven: by the hour, by who is on it, and by what has happened there.

Congestion is nobody's decision: it arises on each segment from its background load, from the vehicles of the fleet on
it, and from incidents near it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from backend_service.simulation.dice import dice
from backend_service.simulation.town import Town
from core.geodesy import distance_m
from core.vocabulary import Instant, Position

BUSY_BY_HOUR = (
    0.15, 0.10, 0.10, 0.10, 0.10, 0.25, 0.55, 0.95, 0.90, 0.70, 0.65, 0.75,
    0.90, 0.95, 0.85, 0.70, 0.70, 0.85, 1.05, 1.00, 0.75, 0.55, 0.40, 0.25,
)  # fmt: skip
"""Load of a common street by the site's hour, as a share of what it can take."""

_DELAY, _STEEPNESS = 0.5, 4.0
"""Of the delay function of the US Bureau of Public Roads, with the delay of streets that have crossings."""
_MOST_SLOWDOWN = 8.0
_METRES_PER_VEHICLE = 25.0
_SHARE_PER_VEHICLE = 0.35
_INCIDENTS_PER_HOUR = 3.0

type SegmentKey = tuple[int, int]
"""The map nodes a segment runs between, in the direction driven."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that blocks part of the streets within `radius_m` from one instant to another."""

    position: Position
    radius_m: float
    from_at: Instant
    until_at: Instant
    added_load: float

    def is_felt(self, place: Position, now: Instant) -> bool:
        """Say whether it slows a vehicle at `place`."""
        if not self.from_at <= now < self.until_at:
            return False
        apart = distance_m(np.array([place.lat, place.lon]), np.array([self.position.lat, self.position.lon]))
        return bool(apart <= self.radius_m)


def incidents_of_day(town: Town, seed: int, start_at: Instant, hours: int = 12) -> tuple[Incident, ...]:
    """Return what will happen on the streets in so many hours: near kitchens and homes, where people drive."""
    incidents = []
    for hour in range(hours):
        throw = dice(seed, "incidents", int(start_at // 3600) + hour)
        for _ in range(int(throw.poisson(_INCIDENTS_PER_HOUR))):
            from_at = start_at + 3600.0 * (hour + float(throw.random()))
            incidents.append(
                Incident(
                    position=town.homes[int(throw.integers(len(town.homes)))].position,
                    radius_m=float(throw.uniform(80, 200)),
                    from_at=from_at,
                    until_at=from_at + float(throw.uniform(8, 30)) * 60,
                    added_load=float(throw.uniform(0.4, 0.9)),
                )
            )
    return tuple(incidents)


class Traffic:
    """The state of all segments that are driven.

    Parameters
    ----------
    zone : ZoneInfo
        The site's time zone, for the hour.
    incidents : tuple of Incident
    """

    def __init__(self, zone: ZoneInfo, incidents: tuple[Incident, ...] = ()) -> None:
        self._zone = zone
        self._incidents = incidents
        self._on_segment: Counter[SegmentKey] = Counter()

    def enter(self, segment: SegmentKey) -> None:
        """Count a vehicle onto a segment."""
        self._on_segment[segment] += 1

    def leave(self, segment: SegmentKey) -> None:
        """Count a vehicle off a segment."""
        self._on_segment[segment] -= 1
        if self._on_segment[segment] <= 0:
            del self._on_segment[segment]

    def slowdown(self, segment: SegmentKey, length_m: float, place: Position, now: Instant) -> float:
        """Return by which factor driving the segment takes longer than on an empty street, from 1 up.

        Parameters
        ----------
        segment : SegmentKey
        length_m : float
        place : Position
            Somewhere on the segment.
        now : float
            Instant.
        """
        busy = BUSY_BY_HOUR[datetime.fromtimestamp(now, self._zone).hour] * _popularity(segment)
        others = max(0, self._on_segment[segment] - 1)
        busy += others * _SHARE_PER_VEHICLE * min(1.0, _METRES_PER_VEHICLE / max(length_m, 1.0))
        busy += sum(incident.added_load for incident in self._incidents if incident.is_felt(place, now))
        return float(min(_MOST_SLOWDOWN, 1.0 + _DELAY * busy**_STEEPNESS))


def _popularity(segment: SegmentKey) -> float:
    """Return how loaded a segment is beside a common one, 0.6 to 1.2; always the same for the same segment."""
    mixed = (segment[0] * 0x9E3779B97F4A7C15 ^ segment[1] * 0xC2B2AE3D27D4EB4F) >> 32 & 0xFFFFFFFF
    return 0.6 + 0.6 * (mixed / 0xFFFFFFFF)
