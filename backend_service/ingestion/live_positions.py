"""The newest fix of every vehicle, as columns; it never goes backwards in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from core.geodesy import distance_m
from core.telemetry.fix_batch import KEPT_COLUMNS, FixBatch
from core.telemetry.pipeline import run_ends
from core.telemetry.plausibility import Anchor
from core.vocabulary import DeviceId, Instant, Position, Value, VehicleId

type PositionListener = Callable[[FixBatch], None]


class LivePosition(Value, frozen=True, kw_only=True):
    """Where a vehicle was at its newest fix; ``None`` where the device did not say."""

    vehicle_id: VehicleId
    device_id: DeviceId
    position: Position
    fix_at: Instant
    received_at: Instant
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None


class LivePositions(Mapping[str, Anchor]):
    """Newest fixes by vehicle. As a mapping it gives the `Anchor` that the plausibility of the next fix starts from."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._columns = FixBatch.empty()
        self._listeners: list[PositionListener] = []

    def subscribe(self, listener: PositionListener) -> None:
        """Have `listener` told, on the loop, of the rows that became the newest of their vehicle."""
        self._listeners.append(listener)

    def update(self, batch: FixBatch) -> FixBatch:
        """Take in a batch ordered by vehicle, then by time; return the rows that became the newest."""
        ends = batch.select(run_ends(batch))
        newest = ends.select(self._is_newer(ends))
        if len(newest):
            self._keep(newest)
            for listener in self._listeners:
                listener(newest)
        return newest

    def latest(self, vehicle_id: str) -> LivePosition | None:
        """Return a vehicle's newest fix; ``None`` if it was never heard."""
        row = self._rows.get(vehicle_id)
        return None if row is None else self._row(row)

    def nearest(self, place: Position, count: int) -> list[tuple[LivePosition, float]]:
        """Return the `count` vehicles whose newest fixes lie nearest to a place, with metres, the nearest first.

        All of them are measured, over the great circle: 20,000 take less than half a millisecond, and nothing has to
        be kept up to date as they move.
        """
        columns = self._columns
        metres = distance_m(np.stack([columns.lat, columns.lon], -1), np.array([place.lat, place.lon]))
        few = np.argpartition(metres, count)[:count] if count < len(metres) else np.arange(len(metres))
        names = columns.vehicle[few]
        order = np.lexsort((names, metres[few]))
        return [(self._row(int(few[number])), float(metres[few[number]])) for number in order]

    def heard_at(self, vehicle_id: str) -> Instant | None:
        """Return the instant of a vehicle's newest fix; ``None`` if it was never heard."""
        row = self._rows.get(vehicle_id)
        return None if row is None else float(self._columns.fix_at[row])

    def snapshot(self) -> FixBatch:
        """Return the newest fix of every vehicle, a row each; the columns are the caller's own."""
        return self._columns.select(np.arange(len(self._rows)))

    def __getitem__(self, vehicle_id: str) -> Anchor:
        row, columns = self._rows[vehicle_id], self._columns
        return Anchor(float(columns.lat[row]), float(columns.lon[row]), float(columns.fix_at[row]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _row(self, row: int) -> LivePosition:
        columns = self._columns
        return LivePosition(
            vehicle_id=VehicleId(columns.vehicle[row]),
            device_id=DeviceId(columns.device[row]),
            position=Position(lat=float(columns.lat[row]), lon=float(columns.lon[row])),
            fix_at=float(columns.fix_at[row]),
            received_at=float(columns.received_at[row]),
            speed_mps=_told(columns.speed_mps[row]),
            heading_deg=_told(columns.heading_deg[row]),
            accuracy_m=_told(columns.accuracy_m[row]),
        )

    def _is_newer(self, ends: FixBatch) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        known = np.fromiter((self._rows.get(name, -1) for name in ends.vehicle.tolist()), np.int64, len(ends))
        newer = known < 0
        newer[~newer] = ends.fix_at[~newer] > self._columns.fix_at[known[~newer]]
        return newer

    def _keep(self, newest: FixBatch) -> None:
        strangers = np.fromiter((name not in self._rows for name in newest.vehicle.tolist()), np.bool_, len(newest))
        if strangers.any():
            for name in newest.vehicle[strangers].tolist():
                self._rows[name] = len(self._rows)
            self._columns = FixBatch.concatenate([self._columns, newest.select(strangers)])
        rows = np.fromiter((self._rows[name] for name in newest.vehicle.tolist()), np.int64, len(newest))
        for name in KEPT_COLUMNS:
            getattr(self._columns, name)[rows] = getattr(newest, name)


def _told(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
