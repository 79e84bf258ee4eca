"""The compiled rules against the same rules written plainly: one fix and one fence at a time, shapes by GEOS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.geodesy import LocalPlane
from core.geofencing.active_hours import ActiveHours
from core.geofencing.crossings import CrossingDetector
from core.geofencing.fence import CrossingKind, Fence, FenceTrigger
from core.telemetry.fix_batch import FixBatch
from core.vocabulary import FenceId, Position

type Fixes = Callable[..., FixBatch]
START_AT = 1_800_000_000.0
"""08:00 in Lisbon, a Friday in winter."""

O = Position(41.15, -8.61)
LISBON = ZoneInfo("Europe/Lisbon")
GROUPS = {"V-1": ("vans",), "V-2": ("bikes", "north")}
PLANE = LocalPlane(O.lat, O.lon)


def at(east: float, north: float) -> Position:
    lat, lon = PLANE.to_points(np.array([east, north]))
    return Position(float(lat), float(lon))


def ring(*corners: tuple[float, float]) -> tuple[Position, ...]:
    return tuple(at(*corner) for corner in (*corners, corners[0]))


SHAPES: tuple[dict[str, Any], ...] = (
    {"centre": at(0, 0), "radius_m": 100.0},
    {"centre": at(60, 30), "radius_m": 30.0},
    {"ring": ring((-150, -50), (150, -50), (150, 50), (0, 10), (-150, 50))},
    {
        "ring": ring((-200, -200), (200, -200), (200, 200), (-200, 200)),
        "holes": (ring((-90, -90), (-90, 90), (90, 90), (90, -90)),),
    },
    {"line": (at(-250, 0), at(0, 40), at(250, -120)), "width_m": 30.0},
)


@dataclass
class Presence:
    is_inside: bool = False
    streak: int = 0
    first: tuple[float, float, float] | None = None
    entered_at: float = 0.0
    has_dwelt: bool = False


@dataclass
class PlainRules:
    """Judges as `core.geofencing.crossings` says, by dictionaries. `closest_m` is how near to a limit it ever came."""

    fences: dict[str, Fence] = field(default_factory=dict)
    shapes: dict[str, Any] = field(default_factory=dict)
    last_at: dict[str, float] = field(default_factory=dict)
    way: dict[str, tuple[Any, float, float]] = field(default_factory=dict)
    presences: dict[tuple[str, str], Presence] = field(default_factory=dict)
    closest_m: float = 1e9
    told: list[tuple[str, str, str, float, bool]] = field(default_factory=list)

    def set_fences(self, fences: Sequence[Fence]) -> None:
        self.fences = {fence.fence_id: fence for fence in fences}
        self.shapes = {fence.fence_id: shape(fence) for fence in fences}
        self.presences = {key: seen for key, seen in self.presences.items() if key[1] in self.fences}

    def take(self, vehicle: str, fix_at: float, heard_at: float, x: float, y: float, accuracy: float) -> None:
        if fix_at <= self.last_at.get(vehicle, -np.inf):
            return
        point, is_late = shapely.Point(x, y), heard_at - fix_at > 60.0
        for name, fence in self.fences.items():
            inside, away = self.sides(name, point)
            doubt = max(fence.leave_margin_m, 5.0 * accuracy) if accuracy > 0.0 else fence.leave_margin_m
            self.near(away - doubt)
            self.pass_through(vehicle, fence, point, fix_at, is_late, accuracy, away)
            if not accuracy > (fence.accuracy_limit_m or np.inf):
                self.step(vehicle, fence, inside, away > doubt, (x, y, fix_at), is_late)
        self.last_at[vehicle] = fix_at
        if not accuracy > 100.0:
            self.way[vehicle] = (point, fix_at, accuracy)

    def sides(self, name: str, point: Any) -> tuple[bool, float]:
        body, margin = self.shapes[name], self.fences[name].leave_margin_m
        inside, away = bool(body.covers(point)), float(body.distance(point))
        self.near(body.exterior.distance(point) if body.geom_type == "Polygon" else away, away - margin)
        for hole in getattr(body, "interiors", ()):
            self.near(hole.distance(point))
        return inside, away

    def near(self, *metres: float) -> None:
        self.closest_m = min(self.closest_m, *(abs(one) for one in metres))

    def takes_in(self, vehicle: str, fence: Fence, instant: float) -> bool:
        is_ours = not fence.groups or bool(set(fence.groups) & set(GROUPS[vehicle]))
        wall = datetime.fromtimestamp(instant, LISBON)
        minute = wall.hour * 60 + wall.minute
        return is_ours and (not fence.hours or any(h.from_min <= minute < h.until_min for h in fence.hours))

    def pass_through(
        self, vehicle: str, fence: Fence, point: Any, fix_at: float, is_late: bool, accuracy: float, away: float
    ) -> None:
        start, left_at, before = self.way.get(vehicle, (None, -np.inf, np.nan))
        limit = fence.accuracy_limit_m or np.inf
        if start is None or fix_at - left_at > 90.0 or accuracy > min(limit, 100.0) or before > limit:
            return
        if (vehicle, fence.fence_id) in self.presences or away <= fence.leave_margin_m:
            return
        body = self.shapes[fence.fence_id]
        if body.distance(start) <= fence.leave_margin_m or start == point:
            return
        way = shapely.LineString([start, point])
        self.near(body.distance(way) or 1e9)
        chord = body.intersection(way)
        if chord.is_empty:
            return
        shares = [
            shapely.line_locate_point(way, shapely.Point(c), normalized=True) for c in shapely.get_coordinates(chord)
        ]
        entry, leave = min(shares), max(shares)
        self.near((leave - entry) * way.length - 15.0)
        entered_at, exited_at = (left_at + share * (fix_at - left_at) for share in (entry, leave))
        if (leave - entry) * way.length >= 15.0 and self.takes_in(vehicle, fence, entered_at):
            self.tell(vehicle, fence, CrossingKind.ENTERED, entered_at, is_late)
            self.tell(vehicle, fence, CrossingKind.EXITED, exited_at, is_late)

    def step(
        self, vehicle: str, fence: Fence, inside: bool, left: bool, here: tuple[float, float, float], is_late: bool
    ) -> None:
        key, now = (vehicle, fence.fence_id), here[2]
        seen = self.presences.setdefault(key, Presence())
        speaks = left if seen.is_inside else inside and self.takes_in(vehicle, fence, now)
        seen.streak = seen.streak + 1 if speaks else 0
        seen.first = (seen.first or here) if speaks else None
        if seen.streak >= fence.confirm_fixes and seen.first:
            kind = CrossingKind.EXITED if seen.is_inside else CrossingKind.ENTERED
            self.tell(vehicle, fence, kind, seen.first[2], is_late)
            self.presences[key] = seen = Presence(is_inside=not seen.is_inside, entered_at=seen.first[2])
        if seen.is_inside and not seen.streak and not seen.has_dwelt and fence.dwell_s:
            is_open = self.takes_in("V-1", for_all(fence), now)
            if now - seen.entered_at >= fence.dwell_s and is_open:
                seen.has_dwelt = True
                self.tell(vehicle, fence, CrossingKind.DWELT, now, is_late)
        if not seen.is_inside and not seen.streak:
            del self.presences[key]

    def tell(self, vehicle: str, fence: Fence, kind: CrossingKind, instant: float, is_late: bool) -> None:
        if not fence.tells_of(kind):
            return
        ends_with_hours = kind is CrossingKind.EXITED and fence.trigger is FenceTrigger.EXIT
        if ends_with_hours and not self.takes_in("V-1", for_all(fence), instant):
            return
        self.told.append((vehicle, fence.fence_id, str(kind), instant, is_late))


def for_all(fence: Fence) -> Fence:
    """Return the fence for vehicles of any group: only its hours matter."""
    return Fence(fence_id=fence.fence_id, name="", hours=fence.hours)


def shape(fence: Fence) -> Any:
    """Return the fence in metres around O."""
    if fence.centre is not None:
        return shapely.Point(plane(fence.centre)).buffer(fence.radius_m, quad_segs=256)
    if fence.line:
        return shapely.LineString([plane(p) for p in fence.line]).buffer(fence.width_m / 2.0, quad_segs=256)
    return shapely.Polygon([plane(p) for p in fence.ring], [[plane(p) for p in hole] for hole in fence.holes])


def plane(position: Position) -> tuple[float, float]:
    east, north = PLANE.to_plane(np.array([position.lat, position.lon]))
    return float(east), float(north)


@st.composite
def fences(draw: st.DrawFn) -> list[Fence]:
    hours = st.sampled_from(
        [(), (ActiveHours(from_min=480, until_min=482),), (ActiveHours(from_min=481, until_min=483),)]
    )
    return [
        Fence(
            fence_id=FenceId(f"F-{number}"),
            name=f"F-{number}",
            trigger=draw(st.sampled_from(FenceTrigger)),
            leave_margin_m=draw(st.sampled_from([0.0, 12.0, 30.0])),
            confirm_fixes=draw(st.integers(1, 3)),
            accuracy_limit_m=draw(st.sampled_from([0.0, 50.0, 150.0])),
            dwell_s=draw(st.sampled_from([0.0, 25.0, 100.0])),
            hours=draw(hours),
            groups=draw(st.sampled_from([(), ("vans",), ("north", "boats")])),
            **SHAPES[number],
        )
        for number in sorted(draw(st.sets(st.integers(0, len(SHAPES) - 1), min_size=1)))
    ]


@st.composite
def tracks(draw: st.DrawFn) -> list[dict[str, Any]]:
    place = st.integers(-45, 45)
    rows = []
    for vehicle in GROUPS:
        fix_at = START_AT
        for east, north, gap, lag, accuracy in draw(
            st.lists(
                st.tuples(
                    place,
                    place,
                    st.sampled_from([0.0, 7.0, 20.0, 45.0, 100.0]),
                    st.sampled_from([0.0, 77.0]),
                    st.sampled_from([2.0, 12.0, 80.0, 120.0, np.nan]),
                ),
                max_size=14,
            )
        ):
            fix_at += gap
            spot = at(6.9 * east + 0.37, 6.7 * north + 0.21)
            row = {"vehicle": vehicle, "fix_at": fix_at, "received_at": fix_at + lag, "accuracy_m": accuracy}
            rows.append(row | {"lat": spot.lat, "lon": spot.lon})
    return rows


def batches(fixes: Fixes, rows: list[dict[str, Any]], cuts: list[int]) -> list[FixBatch]:
    """Return the rows in batches, each ordered by vehicle, then by time."""
    in_time = sorted(rows, key=lambda row: row["fix_at"])
    bounds = [0, *sorted(cut % (len(rows) + 1) for cut in cuts), len(rows)]
    parts = [sorted(in_time[a:b], key=lambda row: row["vehicle"]) for a, b in pairwise(bounds)]
    return [fixes(*part) for part in parts if part]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
    max_examples=150,
    deadline=None,
)
@given(first=fences(), second=fences(), rows=tracks(), cuts=st.lists(st.integers(0, 40), max_size=3))
def test_compiled_rules_judge_as_plain_ones(
    fixes: Fixes, first: list[Fence], second: list[Fence], rows: list[dict[str, Any]], cuts: list[int]
) -> None:
    plain, detector = PlainRules(), CrossingDetector(first, zone=LISBON)
    plain.set_fences(first)
    detector.set_groups(GROUPS)
    found = []
    for number, batch in enumerate(batches(fixes, rows, cuts)):
        if number == 1:
            plain.set_fences(second)
            detector.set_fences(second)
        for row in range(len(batch)):
            east, north = plane(Position(float(batch.lat[row]), float(batch.lon[row])))
            times = float(batch.fix_at[row]), float(batch.received_at[row])
            plain.take(str(batch.vehicle[row]), *times, east, north, float(batch.accuracy_m[row]))
        found += [(c.vehicle_id, c.fence_id, str(c.kind), c.occurred_at, c.is_late) for c in detector.advance(batch)]
    assume(plain.closest_m > 0.3)
    expected = sorted(plain.told)
    assert [one[:3] + one[4:] for one in sorted(found)] == [one[:3] + one[4:] for one in expected]
    # A way is followed to 0.1 m of the edge: at 7 s for 15 m that is within a quarter of a second.
    assert [one[3] for one in sorted(found)] == pytest.approx([one[3] for one in expected], abs=0.5, rel=0)


@pytest.mark.parametrize("shape_of", SHAPES)
def test_what_is_inside_agrees_with_geos_everywhere(fixes: Fixes, shape_of: dict[str, Any]) -> None:
    fence = Fence(fence_id=FenceId("F"), name="F", confirm_fixes=1, leave_margin_m=20.0, **shape_of)
    body, metres = shape(fence), np.random.default_rng(7).uniform(-320.0, 320.0, (3000, 2))
    points = PLANE.to_points(metres)
    # Each vehicle is seen once: it enters where the fence holds it.
    rows = ({"vehicle": f"V-{n:04d}", "lat": lat, "lon": lon} for n, (lat, lon) in enumerate(points))
    entered = {c.vehicle_id for c in CrossingDetector([fence]).advance(fixes(*rows))}
    places = shapely.points(metres)
    clear = shapely.distance(body.boundary, places) > 0.1
    held = shapely.covers(body, places)
    assert {f"V-{n:04d}" for n in np.flatnonzero(held & clear)} <= entered
    assert not entered & {f"V-{n:04d}" for n in np.flatnonzero(~held & clear)}
