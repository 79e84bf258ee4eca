"""Answers what is asked about a fence before it is drawn: its crossings in the days past, and a corridor's way.

A trial reads what was near the shape out of the archive, some vehicles at a time, and judges by the same rules as drawn
fences. It ends when its time is up, between vehicles, and says after which: asked again from there it goes on, and the
counts add up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

import numpy as np
from msgspec.structs import replace

from backend_service.storage.fix_archive import FixStore
from backend_service.storage.near_fixes import BESIDE_M, Box, Searched, narrow_batch, passages_of
from backend_service.streets.street_engine import StreetRoute
from core.geodesy import Points
from core.geofencing.fence import CrossingKind, Fence
from core.geofencing.fence_check import MOST_CORNERS, check_fence
from core.operations import AskCorridorWay, CorridorWay, FenceTrialled, TryGeofence
from core.projections.operation import Operation
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import Clock
from core.vocabulary import Instant, Position, VehicleId

if TYPE_CHECKING:
    from core.geofencing.fence_index import FenceIndex

DAY_S = 86_400.0
MOST_DAYS = 31.0
BUDGET_S = 2.0
"""Wall seconds after which a trial answers with what it has."""

AT_ONCE = 1
"""Trials that read the archive at the same time; more wait for their turn."""

VEHICLES_AT_ONCE = 200
"""So many vehicles the archive is asked about in one turn."""

MOST_WAY_CORNERS = 25


class Streets(Protocol):
    """The street engine, as far as corridors need it."""

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        """Return the quickest way through points."""
        ...


@dataclass(frozen=True, slots=True)
class _Look:
    """What is looked at, and until when, by wall time, the next vehicle may be begun."""

    index: FenceIndex
    since_at: Instant
    until_at: Instant
    ends_wall_at: Instant

    def searched(self, names: Sequence[VehicleId]) -> Searched:
        """Return what is searched of vehicles that are ordered by id."""
        bounds = self.index.columns.bounds
        box = Box(*(float(side[0]) for side in bounds)).widened(BESIDE_M)
        return Searched(box, names[0], names[-1], self.since_at, self.until_at)


class FenceQuestions:
    """Implements both questions; changes nothing.

    Parameters
    ----------
    operation : gives the operation as it stands
    archive : where accepted fixes are kept
    streets : leads corridors along streets
    zone : the site's time zone, that of the fences' hours
    clock, wall : operation time and wall time
    at_once : vehicles that the archive is asked about in one turn
    """

    def __init__(
        self,
        operation: Callable[[], Operation],
        archive: FixStore,
        streets: Streets,
        zone: ZoneInfo,
        *,
        clock: Clock,
        wall: Clock,
        at_once: int = VEHICLES_AT_ONCE,
    ) -> None:
        self._operation = operation
        self._archive = archive
        self._streets = streets
        self._zone = zone
        self._clock = clock
        self._wall = wall
        self._at_once = at_once
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def trial(self, asked: TryGeofence) -> FenceTrialled:
        """Return which crossings a fence would have had in the last days, as far as the time allows.

        Raises
        ------
        Refusal
            ``geofence.*`` as when it is drawn, ``geofence.days_out_of_range``.
        Fault
            If the archive cannot be read.
        """
        check_fence(asked.fence)
        if not 0.0 < asked.days <= MOST_DAYS:
            raise Refusal("geofence.days_out_of_range", f"Up to {MOST_DAYS:g} days can be looked back at.")
        async with self._turn:
            ends_wall_at = self._wall.now() + BUDGET_S
            index = await asyncio.to_thread(_index, asked.fence)
            until_at = self._clock.now()
            look = _Look(index, until_at - asked.days * DAY_S, until_at, ends_wall_at)
            return await self._look_back(look, asked.after)

    async def _look_back(self, look: _Look, after: VehicleId | None) -> FenceTrialled:
        vehicles = self._operation().fleet.vehicles
        left = sorted(name for name in vehicles if after is None or name > after)
        last = after
        seen = FenceTrialled(
            entered=0, exited=0, since_at=look.since_at, until_at=look.until_at, vehicles_in_all=len(vehicles)
        )
        for names in batched(left, self._at_once):
            if seen.vehicles and self._wall.now() > look.ends_wall_at:
                return replace(seen, is_complete=False, next=last)
            fixes = await self._near(look.searched(names), frozenset(names))
            groups = {name: vehicles[name].groups for name in names}
            seen = await asyncio.to_thread(_judged, seen, look.index, fixes, groups, self._zone)
            last = names[-1]
        return seen

    async def _near(self, searched: Searched, names: frozenset[str]) -> FixBatch:
        """Return the fixes of vehicles that were near the shape, at the times at which they were."""
        sightings = [sighting for sighting in await self._archive.seen_in(searched) if sighting[0] in names]
        passages = await asyncio.to_thread(passages_of, sightings, searched)
        return await asyncio.to_thread(narrow_batch, await self._archive.around(passages))

    async def way(self, asked: AskCorridorWay) -> CorridorWay:
        """Return the way along streets through corners.

        Raises
        ------
        Refusal
            ``geofence.line_too_short``, ``geofence.too_many_corners``; ``streets.*`` if no street leads there.
        """
        if not 2 <= len(asked.corners) <= MOST_WAY_CORNERS:
            raise Refusal("geofence.line_too_short", f"A way leads through 2 to {MOST_WAY_CORNERS} corners.")
        route = await self._streets.route(np.array([(corner.lat, corner.lon) for corner in asked.corners]))
        if len(route.geometry) > MOST_CORNERS:
            raise Refusal("geofence.too_many_corners", "That way is too long for one fence; draw two.")
        line = tuple(Position(float(lat), float(lon)) for lat, lon in route.geometry)
        return CorridorWay(line=line, is_degraded=route.degraded)


def _index(fence: Fence) -> FenceIndex:
    from core.geofencing.fence_index import FenceIndex  # it loads a compiler, which no start has to wait for

    return FenceIndex([fence])


def _judged(
    seen: FenceTrialled, index: FenceIndex, fixes: FixBatch, groups: dict[VehicleId, tuple[str, ...]], zone: ZoneInfo
) -> FenceTrialled:
    """Return what was seen with some vehicles more; `groups` are theirs."""
    from core.geofencing.crossings import CrossingDetector

    detector = CrossingDetector(index, zone=zone)
    detector.set_groups({str(name): of for name, of in groups.items()})
    found = detector.advance(fixes)
    return replace(
        seen,
        entered=seen.entered + found.of_kind(CrossingKind.ENTERED),
        exited=seen.exited + found.of_kind(CrossingKind.EXITED),
        dwelt=seen.dwelt + found.of_kind(CrossingKind.DWELT),
        vehicles=seen.vehicles + len(groups),
        fixes=seen.fixes + len(fixes),
    )
