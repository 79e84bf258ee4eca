"""Who entered and who left which fence, without flapping.

Per vehicle and fence: a vehicle comes in when `confirm_fixes` fixes in a row lie inside; it leaves when as many lie
beyond the margin. A fix in the margin changes nothing, so that a receiver's jitter on the edge gives one event. A
vehicle that was outside at two fixes in a row but whose way between them ran through the fence entered and left.

Fixes older than the last one judged of their vehicle are not judged again: they would rewrite what was already said.
A crossing found from fixes that arrived long after they were made is marked late.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.geodesy import short_distance_m
from core.geofencing.fence import Fence, FenceTrigger
from core.geofencing.fence_index import FenceIndex, Passages
from core.telemetry.fix_batch import Column, FixBatch
from core.telemetry.pipeline import run_starts
from core.telemetry.plausibility import Anchor
from core.vocabulary import FenceId, Instant, Position, VehicleId

LATE_S = 60.0
"""A fix received this long after it was made tells of the past."""

LONGEST_WAY_S = 90.0
"""Between fixes further apart than this nobody knows which way was driven."""

SHORTEST_CHORD_M = 15.0
"""A straight line between two fixes cuts corners that the street does not."""


@dataclass(frozen=True, slots=True)
class FenceCrossing:
    """A confirmed crossing; `occurred_at` and `position` are those of the first fix on the other side."""

    fence_id: FenceId
    vehicle_id: VehicleId
    is_entry: bool
    position: Position
    occurred_at: Instant
    is_late: bool


@dataclass(slots=True)
class _Presence:
    """A vehicle near a fence: whether it is in, and the fixes in a row that say otherwise."""

    is_inside: bool = False
    streak: int = 0
    first: tuple[Position, Instant] | None = None


@dataclass(slots=True)
class _Track:
    """What is remembered of a vehicle: its last judged fix, the fences near it, and those it is in or about to be."""

    last: Anchor
    near: frozenset[FenceId] = frozenset()
    presences: dict[FenceId, _Presence] = field(default_factory=dict)


class CrossingDetector:
    """Turns accepted fixes into confirmed crossings.

    Parameters
    ----------
    fences : iterable of Fence
        Those in force; see `set_fences`.
    """

    def __init__(self, fences: Iterable[Fence] = ()) -> None:
        self._index = FenceIndex(fences)
        self._tracks: dict[str, _Track] = {}

    def set_fences(self, fences: Iterable[Fence]) -> None:
        """Judge by these fences from now on; a fence that stays keeps what is known of who is inside."""
        self._index = FenceIndex(fences)
        kept = {fence.fence_id for fence in self._index.fences}
        for track in self._tracks.values():
            track.presences = {name: seen for name, seen in track.presences.items() if name in kept}

    def resume(self, inside: Mapping[FenceId, Iterable[VehicleId]], latest: FixBatch) -> None:
        """Take up where an earlier run ended: who was inside, and each vehicle's newest fix."""
        for row in range(len(latest)):
            self._tracks[latest.vehicle[row]] = _Track(_anchor(latest, row))
        for fence_id, vehicles in inside.items():
            for vehicle_id in vehicles:
                if vehicle_id in self._tracks:
                    self._tracks[vehicle_id].presences[fence_id] = _Presence(is_inside=True)

    def advance(self, batch: FixBatch) -> list[FenceCrossing]:
        """Judge a batch ordered by vehicle, then by `fix_at`; return the crossings it confirms, oldest first."""
        batch = batch.select(self._is_news(batch))
        if not len(batch):
            return []
        found = list(self._judge(batch))
        return sorted(found, key=lambda crossing: (crossing.occurred_at, not crossing.is_entry))

    def _is_news(self, batch: FixBatch) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        pairs = zip(batch.vehicle.tolist(), batch.fix_at.tolist(), strict=True)
        tracks = self._tracks
        return np.fromiter(
            ((track := tracks.get(name)) is None or fix_at > track.last.fix_at for name, fix_at in pairs),
            dtype=np.bool_,
            count=len(batch),
        )

    def _judge(self, batch: FixBatch) -> Iterator[FenceCrossing]:
        seen_by_row = self._seen(batch)
        passages_by_row = self._passages(batch)
        for row, vehicle in enumerate(batch.vehicle.tolist()):
            track = self._tracks.get(vehicle)
            if track is None:
                track = self._tracks[vehicle] = _Track(_anchor(batch, row))
            seen = seen_by_row.get(row)
            for fence, entry, leave in passages_by_row.get(row, ()):
                yield from self._passed(fence, track, seen, batch, row, entry, leave)
            if seen or track.presences:
                yield from self._step(track, seen or {}, batch, row)
            track.last, track.near = _anchor(batch, row), frozenset(seen or ())

    def _seen(self, batch: FixBatch) -> dict[int, dict[FenceId, bool]]:
        hits = self._index.hits(batch.lat, batch.lon)
        seen: dict[int, dict[FenceId, bool]] = {}
        for row, fence, is_inside in zip(
            hits.point.tolist(), hits.fence.tolist(), hits.is_inside.tolist(), strict=True
        ):
            seen.setdefault(row, {})[self._index.fences[fence].fence_id] = is_inside
        return seen

    def _step(self, track: _Track, seen: Mapping[FenceId, bool], batch: FixBatch, row: int) -> Iterator[FenceCrossing]:
        for fence in self._index.fences_by_id(track.presences.keys() | seen.keys()):
            presence = track.presences.get(fence.fence_id) or _Presence()
            observed = seen.get(fence.fence_id)
            speaks_for_change = observed is None if presence.is_inside else observed is True
            if not speaks_for_change:
                presence.streak, presence.first = 0, None
            else:
                presence.streak += 1
                presence.first = presence.first or (_position(batch, row), float(batch.fix_at[row]))
                if presence.streak >= fence.confirm_fixes:
                    yield from self._cross(fence, presence, batch, row)
            if presence.is_inside or presence.streak:
                track.presences[fence.fence_id] = presence
            else:
                track.presences.pop(fence.fence_id, None)

    @staticmethod
    def _cross(fence: Fence, presence: _Presence, batch: FixBatch, row: int) -> Iterator[FenceCrossing]:
        assert presence.first is not None
        position, occurred_at = presence.first
        presence.is_inside, presence.streak, presence.first = not presence.is_inside, 0, None
        crossing = FenceCrossing(
            fence_id=fence.fence_id,
            vehicle_id=VehicleId(batch.vehicle[row]),
            is_entry=presence.is_inside,
            position=position,
            occurred_at=occurred_at,
            is_late=bool(batch.received_at[row] - occurred_at > LATE_S),
        )
        if _is_wanted(fence, crossing):
            yield crossing

    def _passages(self, batch: FixBatch) -> dict[int, list[tuple[Fence, float, float]]]:
        """Return per row the fences that the way from the vehicle's fix before it ran through."""
        before = self._before(batch)
        here = np.stack([batch.lat, batch.lon], -1)
        metres = short_distance_m(before[:, :2], here)
        longest = batch.fix_at - before[:, 2] <= LONGEST_WAY_S
        rows = np.flatnonzero((metres > self._index.shortest_passage_m) & longest & (metres > SHORTEST_CHORD_M))
        found: dict[int, list[tuple[Fence, float, float]]] = {}
        if not len(rows):
            return found
        passages: Passages = self._index.passages(before[rows, :2], here[rows])
        for number in np.flatnonzero(passages.inside_m >= SHORTEST_CHORD_M):
            fence = self._index.fences[passages.fence[number]]
            entry, leave = float(passages.entry[number]), float(passages.exit[number])
            found.setdefault(int(rows[passages.way[number]]), []).append((fence, entry, leave))
        return found

    def _before(self, batch: FixBatch) -> Column:
        """Return latitude, longitude and time of the fix before each row: (n, 3); of a new vehicle its own."""
        before = np.roll(np.stack([batch.lat, batch.lon, batch.fix_at], -1), 1, axis=0)
        for row in np.flatnonzero(run_starts(batch)):
            track = self._tracks.get(batch.vehicle[row])
            last = _anchor(batch, row) if track is None else track.last
            before[row] = (last.lat, last.lon, last.fix_at)
        return before

    @staticmethod
    def _passed(
        fence: Fence,
        track: _Track,
        seen: Mapping[FenceId, bool] | None,
        batch: FixBatch,
        row: int,
        entry: float,
        leave: float,
    ) -> Iterator[FenceCrossing]:
        """Yield entry and exit of a way through a fence that neither end of it is near."""
        is_near_an_end = fence.fence_id in track.near or fence.fence_id in (seen or {})
        if is_near_an_end or fence.fence_id in track.presences:
            return
        for share, is_entry in ((entry, True), (leave, False)):
            occurred_at = track.last.fix_at + share * (float(batch.fix_at[row]) - track.last.fix_at)
            crossing = FenceCrossing(
                fence_id=fence.fence_id,
                vehicle_id=VehicleId(batch.vehicle[row]),
                is_entry=is_entry,
                position=Position(
                    lat=track.last.lat + share * (float(batch.lat[row]) - track.last.lat),
                    lon=track.last.lon + share * (float(batch.lon[row]) - track.last.lon),
                ),
                occurred_at=occurred_at,
                is_late=bool(batch.received_at[row] - occurred_at > LATE_S),
            )
            if _is_wanted(fence, crossing):
                yield crossing


def _is_wanted(fence: Fence, crossing: FenceCrossing) -> bool:
    wanted = FenceTrigger.ENTER if crossing.is_entry else FenceTrigger.EXIT
    return fence.trigger in (wanted, FenceTrigger.BOTH)


def _anchor(batch: FixBatch, row: int | np.intp) -> Anchor:
    return Anchor(float(batch.lat[row]), float(batch.lon[row]), float(batch.fix_at[row]))


def _position(batch: FixBatch, row: int) -> Position:
    return Position(lat=float(batch.lat[row]), lon=float(batch.lon[row]))
