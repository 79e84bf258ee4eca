"""What a fence would have seen, and the way of a corridor."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from backend_service.handlers.fence_questions import BUDGET_S, FenceQuestions
from backend_service.storage.near_fixes import Passage, Searched, Sighting
from backend_service.streets.street_engine import StreetRoute
from core.fleet.fleet import Vehicle
from core.geodesy import Points
from core.geofencing.fence import Fence
from core.operations import AskCorridorWay, FenceTrialled, TryGeofence
from core.projections.operation import Operation
from core.refusals import Refusal
from core.telemetry.fix_batch import FixBatch
from core.timekeeping import SteppedClock
from core.vocabulary import FenceId, Position, VehicleId

NOW_AT = 1_800_000_000.0
DAY_S = 86_400.0
O = Position(-29.9, -71.25)
METRE = 1.0 / 111_195.0
IN_AND_OUT = (300.0, 50.0, 40.0, 30.0, 300.0, 400.0)
"""Metres north of O, a fix each 5 s: in at the second, out at the fifth."""


def drive(vehicle: str, *north_m: float, days_ago: float) -> FixBatch:
    count = len(north_m)
    name, at = np.array([vehicle] * count, dtype=object), NOW_AT - days_ago * DAY_S + 5.0 * np.arange(count)
    unknown = np.full(count, np.nan)
    lat, lon = O.lat + np.array(north_m) * METRE, np.full(count, O.lon)
    return FixBatch(name, name, at, at, at, lat, lon, unknown, unknown, unknown, np.ones(count, dtype=np.bool_))


class Archive:
    """Keeps drives; looking for vehicles in a box takes some wall time."""

    def __init__(self, wall: SteppedClock, drives: Mapping[str, FixBatch], reading_s: float) -> None:
        self._wall = wall
        self._drives = drives
        self._reading_s = reading_s

    async def append(self, batch: FixBatch) -> int:
        raise NotImplementedError

    async def read(self, vehicle_id: VehicleId, since_at: float, until_at: float) -> FixBatch:
        raise NotImplementedError

    async def seen_in(self, searched: Searched) -> list[Sighting]:
        self._wall.step_to(self._wall.now() + self._reading_s)
        (south, west, north, east), since_at = searched.box, searched.since_at
        return [
            (name, at)
            for name, at, lat, lon, _ in self._rows()
            if searched.first <= name <= searched.last and since_at <= at < searched.until_at
            if south <= lat <= north and west <= lon <= east
        ]

    async def around(self, passages: Sequence[Passage]) -> list[Any]:
        during = [(one.vehicle, one.from_at, one.until_at + 600.0) for one in passages]
        return [row for row in self._rows() if any(v == row[0] and a <= row[1] <= b for v, a, b in during)]

    def _rows(self) -> list[tuple[str, float, float, float, float]]:
        every = FixBatch.concatenate(list(self._drives.values()))
        columns = (every.vehicle, every.fix_at, every.lat, every.lon, every.accuracy_m)
        return list(zip(*(column.tolist() for column in columns), strict=True))

    async def latest_per_vehicle(self) -> FixBatch:
        return FixBatch.empty()

    async def close(self) -> None:
        return None


class TwoStreets:
    """Leads every way over one corner in between."""

    async def route(self, points: Points, *, annotate: bool = False) -> StreetRoute:
        line = np.insert(points, 1, points[0] + 0.001, axis=0)
        return StreetRoute(60.0, 500.0, line, np.array([60.0]), np.array([500.0]), False, NOW_AT)


FENCE = Fence(fence_id=FenceId("trial"), name="trial", centre=O, radius_m=100.0, dwell_s=8.0)
DRIVES = {
    "V-1": drive("V-1", *IN_AND_OUT, days_ago=2.0),
    "V-2": drive("V-2", 900.0, 950.0, days_ago=1.0),
    "V-3": FixBatch.concatenate([drive("V-3", *IN_AND_OUT, days_ago=ago) for ago in (9.0, 6.0, 3.0)]),
}


def questions(reading_s: float = 0.0, at_once: int = 2) -> FenceQuestions:
    operation, wall = Operation(), SteppedClock(0.0)
    for name in DRIVES:
        vehicle_id = VehicleId(name)
        groups = ("vans",) if name == "V-1" else ()
        operation.fleet.vehicles[vehicle_id] = Vehicle(vehicle_id=vehicle_id, plate=name, groups=groups)
    clock, archive = SteppedClock(NOW_AT), Archive(wall, DRIVES, reading_s)
    zone = ZoneInfo("America/Santiago")
    return FenceQuestions(lambda: operation, archive, TwoStreets(), zone, clock=clock, wall=wall, at_once=at_once)


def trial(asked: TryGeofence, reading_s: float = 0.0, at_once: int = 2) -> FenceTrialled:
    return asyncio.run(questions(reading_s, at_once).trial(asked))


def test_a_trial_counts_what_the_fence_would_have_told_of() -> None:
    seen = trial(TryGeofence(fence=FENCE))
    # V-1 once, V-3 twice within seven days, and never V-2; 6 + 2 + 12 fixes.
    assert (seen.entered, seen.exited, seen.dwelt, seen.fixes) == (3, 3, 3, 20)
    assert (seen.vehicles, seen.vehicles_in_all, seen.is_complete) == (3, 3, True)
    assert (seen.since_at, seen.until_at) == (NOW_AT - 7 * DAY_S, NOW_AT)


def test_only_vehicles_of_the_fence_s_groups_count() -> None:
    fence = Fence(fence_id=FenceId("trial"), name="trial", centre=O, radius_m=100.0, groups=("vans",))
    assert trial(TryGeofence(fence=fence)).entered == 1


def test_a_trial_whose_time_is_short_goes_on_where_it_ended() -> None:
    first = trial(TryGeofence(fence=FENCE), reading_s=0.6 * BUDGET_S, at_once=1)
    assert (first.entered, first.vehicles, first.is_complete, first.next) == (1, 2, False, "V-2")
    second = trial(TryGeofence(fence=FENCE, after=first.next), reading_s=0.6 * BUDGET_S, at_once=1)
    assert (second.entered, second.vehicles, second.is_complete, second.next) == (2, 1, True, None)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (TryGeofence(fence=Fence(fence_id=FenceId("trial"), name="trial")), "geofence.one_shape"),
        (TryGeofence(fence=FENCE, days=0.0), "geofence.days_out_of_range"),
        (TryGeofence(fence=FENCE, days=float("nan")), "geofence.days_out_of_range"),
    ],
)
def test_what_cannot_be_drawn_is_not_tried(asked: TryGeofence, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        trial(asked)
    assert caught.value.code == code


def test_a_way_follows_the_streets() -> None:
    corners = (O, Position(-29.91, -71.26))
    way = asyncio.run(questions().way(AskCorridorWay(corners=corners)))
    assert (way.line[0], way.line[-1], len(way.line), way.is_degraded) == (*corners, 3, False)


def test_a_way_of_one_corner_is_none() -> None:
    with pytest.raises(Refusal) as caught:
        asyncio.run(questions().way(AskCorridorWay(corners=(O,))))
    assert caught.value.code == "geofence.line_too_short"
