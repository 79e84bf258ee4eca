"""Turns accepted fixes into driving events: harsh ones, speeding and idling, each told once.

What goes on is one event: harshness within `MERGED_WITHIN_S` of the same kind, speeding until a fix is slow enough,
idling until the vehicle moves. What came long after it was driven is marked late. Speeding asks where the vehicle drove
and in which direction; idling asks whether the engine is on, and without an answer says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, isnan

import numpy as np
from msgspec.structs import replace

from core.driving.driving_kinds import MERGED_WITHIN_S, DrivingKind
from core.driving.driving_policy import DrivingPolicy
from core.driving.harshness import harsh
from core.driving.lanes import Lanes, Of, Rows, Run
from core.geodesy import short_distance_m
from core.telemetry.fix_batch import Column, FixBatch
from core.telemetry.tracker_alarms import LATE_S
from core.vocabulary import FenceId, Instant, Position, Value, VehicleId

LONGEST_GAP_S = 60.0
"""Between fixes further apart nobody knows whether a vehicle went on as fast, or stood."""

LONGEST_STANDING_GAP_S = 300.0
LEAST_FIXES = 3
SLOWEST_LIMIT_MPS = 4.0
"""Nobody is too fast for a street below: there is no need to ask for the limit."""

SLOWEST_IN_FENCE_MPS = 1.5
FENCE_EXCESS_MPS = 1.0
"""Beyond the limit that people gave a fence only what a receiver's speed may be wrong by is let pass, and the share."""

STANDING_MPS = 1.0
STANDING_M = 50.0
"""A standing vehicle's fixes scatter this far between high buildings."""

type Limits = Callable[[Column, Column, Column, Column], Column]
"""(lat, lon, heading_deg, speed_mps), each (n,) -> the limits there, m/s, nan where none is known: (n,).

Where a vehicle is no faster than any limit that may count, any of those will do: `speed_mps` is less what is allowed.
"""

type FenceLimits = Callable[[list[str], Column, Column, Column], tuple[Column, list[FenceId | None]]]
"""(vehicles, at, lat, lon), each (n,) -> the limits that fences set there, m/s, or inf, and which do: (n,)."""

type EngineOn = Callable[[str], bool]
"""Whether a vehicle says that its engine is on."""


class Driven(Value, frozen=True, kw_only=True):
    """Something that was seen; see `DrivingKind` for the unit of `value` and `threshold`."""

    kind: DrivingKind
    vehicle_id: VehicleId
    occurred_at: Instant
    position: Position
    value: float
    threshold: float
    is_late: bool
    fence_id: FenceId | None = None


@dataclass(slots=True)
class _Fast:
    """A vehicle that is too fast for a street, or for a fence."""

    since_at: Instant
    last_at: Instant
    fence_id: FenceId | None = None
    fixes: int = 0
    peak_mps: float = 0.0
    limit_mps: float = 0.0
    is_told: bool = False


@dataclass(slots=True)
class _Standing:
    """A vehicle that stands with its engine on."""

    since_at: Instant
    last_at: Instant
    lat: float
    lon: float
    is_told: bool = False


def no_limits(lat: Column, lon: Column, heading_deg: Column, speed_mps: Column) -> Column:
    """Return that no limit is known anywhere."""
    return np.full(len(lat), np.nan)


def no_fence_limits(vehicles: list[str], at: Column, lat: Column, lon: Column) -> tuple[Column, list[FenceId | None]]:
    """Return that no fence sets a limit anywhere."""
    return np.full(len(lat), inf), [None] * len(lat)


class DrivingDetector:
    """Knows how every vehicle was driven lately.

    Parameters
    ----------
    limits : Limits
    engine_on : EngineOn
    fence_limits : FenceLimits
        Where a fence sets one it counts instead of the street's.
    """

    def __init__(self, limits: Limits, engine_on: EngineOn, fence_limits: FenceLimits = no_fence_limits) -> None:
        self._limits = limits
        self._fence_limits = fence_limits
        self._engine_on = engine_on
        self._lanes = Lanes()
        self._harsh_at: dict[tuple[int, DrivingKind], Instant] = {}
        self._fast: dict[int, _Fast] = {}
        self._standing: dict[int, _Standing] = {}

    def advance(self, batch: FixBatch, policy: DrivingPolicy) -> list[Driven]:
        """Take in accepted fixes, ordered by vehicle, then by time; return what they confirm, oldest first."""
        if not len(batch):
            return []
        run = self._lanes.extend(batch)
        found = [*self._harsh(run, policy), *self._speeding(run, policy), *self._idling(run, policy)]
        return sorted(found, key=lambda one: (one.occurred_at, one.vehicle_id, one.kind))

    def _harsh(self, run: Run, policy: DrivingPolicy) -> Iterator[Driven]:
        for hits in harsh(run, policy):
            going_on: dict[int, Driven] = {}
            for row, value in zip(hits.rows.tolist(), hits.values.tolist(), strict=True):
                lane, at = int(run.lanes[row]), float(run.fixes[row, Of.AT])
                key = (lane, hits.kind)
                is_new = not 0.0 <= at - self._harsh_at.get(key, -inf) <= MERGED_WITHIN_S
                self._harsh_at[key] = at
                if is_new:
                    if lane in going_on:
                        yield going_on[lane]
                    going_on[lane] = self._driven(run, row, hits.kind, value, hits.threshold, confirmed=row + 1)
                elif lane in going_on and value > going_on[lane].value:
                    going_on[lane] = replace(going_on[lane], value=value)
            yield from going_on.values()

    def _speeding(self, run: Run, policy: DrivingPolicy) -> Iterator[Driven]:
        speeds = run.fixes[:, Of.SPEED_MPS]
        asked = np.flatnonzero(run.is_fresh & (speeds > SLOWEST_LIMIT_MPS))
        lat, lon, heading = run.fixes[asked, Of.LAT], run.fixes[asked, Of.LON], run.fixes[asked, Of.HEADING_DEG]
        known = self._limits(lat, lon, heading, speeds[asked] - policy.excess_mps)
        limits = np.full(len(speeds), inf)
        limits[asked] = np.where(np.isnan(known), policy.unknown_limit_mps or inf, known)
        allowed = limits + np.maximum(policy.excess_mps, policy.excess_share * limits)
        fences = self._limit_by_fences(run, limits, allowed, policy)
        is_over = speeds > allowed
        open_lanes = np.isin(run.lanes, np.fromiter(self._fast, np.int64, len(self._fast)))
        lanes_over = np.isin(run.lanes, np.unique(run.lanes[is_over & run.is_fresh]))
        for row in np.flatnonzero(run.is_fresh & (open_lanes | lanes_over)).tolist():
            lane, at = int(run.lanes[row]), float(run.fixes[row, Of.AT])
            if not is_over[row]:
                if not isnan(speeds[row]):
                    self._fast.pop(lane, None)
                continue
            fast, fence_id = self._fast.get(lane), fences.get(row)
            if fast is None or fast.fence_id != fence_id or not 0.0 < at - fast.last_at <= LONGEST_GAP_S:
                fast = self._fast[lane] = _Fast(since_at=at, last_at=at, fence_id=fence_id)
            fast.last_at, fast.fixes = at, fast.fixes + 1
            if speeds[row] > fast.peak_mps:
                fast.peak_mps, fast.limit_mps = float(speeds[row]), float(limits[row])
            lasts = at - fast.since_at >= policy.speeding_for_s and fast.fixes >= LEAST_FIXES
            if lasts and not fast.is_told:
                fast.is_told = True
                driven = self._driven(run, row, DrivingKind.SPEEDING, fast.peak_mps, fast.limit_mps)
                yield replace(driven, fence_id=fence_id)

    def _limit_by_fences(self, run: Run, limits: Column, allowed: Column, policy: DrivingPolicy) -> dict[int, FenceId]:
        """Put the limits of fences in the place of the streets', in both arrays; return which rows have them."""
        asked = np.flatnonzero(run.is_fresh & (run.fixes[:, Of.SPEED_MPS] > SLOWEST_IN_FENCE_MPS))
        names = [self._lanes.names[lane // 2] for lane in run.lanes[asked].tolist()]
        set_mps, fences = self._fence_limits(names, *(run.fixes[asked, of] for of in (Of.AT, Of.LAT, Of.LON)))
        found = {int(row): fence for row, fence in zip(asked, fences, strict=True) if fence is not None}
        rows, set_mps = np.fromiter(found, np.int64, len(found)), set_mps[np.isfinite(set_mps)]
        limits[rows] = set_mps
        allowed[rows] = set_mps + np.maximum(FENCE_EXCESS_MPS, policy.excess_share * set_mps)
        return found

    def _idling(self, run: Run, policy: DrivingPolicy) -> Iterator[Driven]:
        speeds = run.fixes[:, Of.SPEED_MPS]
        is_present = run.is_fresh & (run.lanes % 2 == 0)
        stands = ~(speeds >= STANDING_MPS)
        on = self._with_engine_on(np.unique(run.lanes[is_present & stands]))
        known = np.isin(run.lanes, np.fromiter(self._standing, np.int64, len(self._standing)))
        for row in np.flatnonzero(is_present & ((stands & np.isin(run.lanes, [*on])) | known)).tolist():
            lane = int(run.lanes[row])
            at, lat, lon = (float(run.fixes[row, column]) for column in (Of.AT, Of.LAT, Of.LON))
            if not stands[row] or lane not in on:
                self._standing.pop(lane, None)
                continue
            standing = self._standing.get(lane)
            if standing is None or _has_moved(standing, at, lat, lon):
                standing = self._standing[lane] = _Standing(at, at, lat, lon)
            standing.last_at = at
            if at - standing.since_at >= policy.idling_after_s and not standing.is_told:
                standing.is_told = True
                yield self._driven(run, row, DrivingKind.IDLING, at - standing.since_at, policy.idling_after_s)

    def _with_engine_on(self, lanes: Rows) -> frozenset[int]:
        names = self._lanes.names
        return frozenset(lane for lane in lanes.tolist() if self._engine_on(names[lane // 2]))

    def _driven(
        self, run: Run, row: int, kind: DrivingKind, value: float, threshold: float, *, confirmed: int | None = None
    ) -> Driven:
        at = float(run.fixes[row, Of.AT])
        received_at = float(run.received_at[row if confirmed is None else confirmed])
        return Driven(
            kind=kind,
            vehicle_id=VehicleId(self._lanes.names[int(run.lanes[row]) // 2]),
            occurred_at=at,
            position=Position(lat=float(run.fixes[row, Of.LAT]), lon=float(run.fixes[row, Of.LON])),
            value=value,
            threshold=threshold,
            is_late=received_at - at > LATE_S,
        )


def _has_moved(standing: _Standing, at: Instant, lat: float, lon: float) -> bool:
    if at - standing.last_at > LONGEST_STANDING_GAP_S:
        return True
    metres = short_distance_m(np.array([standing.lat, standing.lon]), np.array([lat, lon]))
    return bool(metres > STANDING_M)
