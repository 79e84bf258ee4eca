"""Who entered and who left which fence, and who stays in it, without flapping.

Per vehicle and fence: a vehicle comes in when `confirm_fixes` fixes in a row lie inside; it leaves when as many lie
beyond the margin, and beyond five sigmas of their own accuracy. A fix in between changes nothing, so that a receiver's
jitter on the edge gives one event. A vehicle that was outside at two fixes in a row but whose way between them ran
through the fence entered and left. A fix that is less accurate than the fence asks for is not judged. A fence takes
vehicles of its groups in at its hours; who came in is followed until he leaves. He stays, if a fix still shows him in
after the fence's time of dwelling.

Fixes older than the last one judged of their vehicle are passed over (`CrossingDetector.older` names them): who has the
history judges it anew (`core.geofencing.corrections`). A crossing that is confirmed by a fix that arrived long after it
was made is marked late. The rules themselves are compiled
(`core.geofencing.judging`): a row costs less than a microsecond, wherever the vehicle is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from core.geofencing.crossing_state import (
    FOUND,
    FREE,
    NONE,
    SERIAL,
    Found,
    drop_slot,
    more_slots,
    more_vehicles,
    new_found,
    new_marks,
    new_pool,
    no_vehicles,
    renumber,
    take_slot,
)
from core.geofencing.fence import CrossingKind, Fence
from core.geofencing.fence_index import FenceIndex
from core.geofencing.judging import EXITED, Law, Rows, is_active, judge
from core.telemetry.fix_batch import FixBatch, Mask
from core.vocabulary import FenceId, Instant, Position, VehicleId

UTC = ZoneInfo("UTC")
_DAY_S = 86_400.0
_NO_ROWS = np.empty(0, dtype=np.intp)
_KINDS = (CrossingKind.ENTERED, CrossingKind.EXITED, CrossingKind.DWELT)


@dataclass(frozen=True, slots=True)
class FenceCrossing:
    """A confirmed crossing; `occurred_at` and `position` are those of the first fix on the other side.

    Of a vehicle that stays they are those of the fix that showed it, and `entered_at` is since when it is inside.
    `seen_at` is the time of the fix that confirmed it, and `is_late` says that this fix came long after it was made.
    """

    fence_id: FenceId
    vehicle_id: VehicleId
    kind: CrossingKind
    position: Position
    occurred_at: Instant
    is_late: bool
    seen_at: Instant
    entered_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Inside:
    """A vehicle that is inside, as an earlier run left it or as fixes show it."""

    vehicle_id: VehicleId
    entered_at: Instant
    has_dwelt: bool = False


class Crossings(Sequence[FenceCrossing]):
    """Crossings that a batch confirmed, oldest first; kept in columns, and made one by one as they are asked for."""

    def __init__(
        self, fences: Sequence[FenceId], vehicles: Sequence[str], found: Found, rows: NDArray[np.intp]
    ) -> None:
        self._fences = fences
        self._vehicles = vehicles
        self._found = found
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> FenceCrossing: ...

    @overload
    def __getitem__(self, place: slice) -> Crossings: ...

    def __getitem__(self, place: int | slice) -> FenceCrossing | Crossings:
        if isinstance(place, slice):
            return Crossings(self._fences, self._vehicles, self._found, self._rows[place])
        row, found = self._rows[place], self._found
        kind = _KINDS[found.kind[row]]
        return FenceCrossing(
            fence_id=self._fences[found.fence[row]],
            vehicle_id=VehicleId(self._vehicles[found.vehicle[row]]),
            kind=kind,
            position=Position(lat=float(found.lat[row]), lon=float(found.lon[row])),
            occurred_at=float(found.at[row]),
            is_late=bool(found.is_late[row]),
            seen_at=float(found.seen_at[row]),
            entered_at=float(found.entered_at[row]) if kind is CrossingKind.DWELT else None,
        )

    def of_kind(self, kind: CrossingKind) -> int:
        """Return how many are of a kind."""
        return int(np.count_nonzero(self._found.kind[self._rows] == _KINDS.index(kind)))


class CrossingDetector:
    """Turns accepted fixes into confirmed crossings.

    Parameters
    ----------
    fences : iterable of Fence, or an index of them
        Those in force; see `set_fences`.
    zone : the site's time zone, that of the fences' hours

    Attributes
    ----------
    older : (n,) the rows of the batch advanced last that were passed over, as their vehicle had a newer fix
    """

    def __init__(self, fences: Iterable[Fence] | FenceIndex = (), *, zone: ZoneInfo = UTC) -> None:
        self.zone = zone
        self.older: Mask = np.zeros(0, dtype=np.bool_)
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._groups: dict[str, tuple[str, ...]] = {}
        self._pool = new_pool()
        self._found = new_found(1024)
        self._use(fences if isinstance(fences, FenceIndex) else FenceIndex(fences))
        self._vehicles = no_vehicles(self._index.words)

    def set_fences(self, fences: Iterable[Fence] | FenceIndex) -> None:
        """Judge by these fences from now on; a fence that stays keeps what is known of who is inside."""
        index = fences if isinstance(fences, FenceIndex) else FenceIndex(fences)
        renumber(self._vehicles, self._pool, self._index.renumbering(index))
        has_other_groups = index.groups != self._index.groups
        self._use(index)
        if not has_other_groups:
            return
        masks = [index.mask_of(self._groups.get(name, ())) for name in self._names]
        spare = np.zeros((len(self._vehicles.head) - len(masks), index.words), dtype=np.uint64)
        self._vehicles = self._vehicles._replace(member=np.concatenate([*(m[None] for m in masks), spare]))

    @property
    def index(self) -> FenceIndex:
        """The fences that are judged by."""
        return self._index

    def set_groups(self, groups: Mapping[str, tuple[str, ...]]) -> None:
        """Say to which groups vehicles belong; those that are not named keep theirs."""
        self._groups.update(groups)
        for name in groups.keys() & self._numbers.keys():
            self._vehicles.member[self._numbers[name]] = self._index.mask_of(groups[name])

    def resume(self, inside: Mapping[FenceId, Iterable[Inside]], latest: FixBatch) -> None:
        """Take up where an earlier run ended: who was inside, and each vehicle's newest fix."""
        numbers = self._numbers_of(latest)
        self._vehicles.last_at[numbers] = self._vehicles.way_at[numbers] = latest.fix_at
        self._vehicles.way_lat[numbers], self._vehicles.way_lon[numbers] = latest.lat, latest.lon
        self._vehicles.way_accuracy_m[numbers] = latest.accuracy_m
        for fence_id, vehicles in inside.items():
            for stay in vehicles if fence_id in self._index.numbers else ():
                self._meet(stay.vehicle_id)
                self._put_inside(self._index.numbers[fence_id], stay)

    def advance(self, batch: FixBatch) -> Crossings:
        """Judge a batch ordered by vehicle, then by `fix_at`; return the crossings it confirms, oldest first."""
        self._pool.counts[FOUND] = 0
        self.older = np.zeros(len(batch), dtype=np.bool_)
        if not len(batch):
            return self._told()
        rows = Rows(
            self._numbers_of(batch),
            *map(np.ascontiguousarray, (batch.fix_at, batch.received_at, batch.lat, batch.lon, batch.accuracy_m)),
        )
        self.older = rows.fix_at < self._vehicles.last_at[rows.vehicle]
        self._look_ahead(rows)
        done = 0
        while True:
            done = judge(self._law, self._vehicles, self._pool, self._marks, self._found, rows, done)
            if done == len(batch):
                break
            self._make_room()
        return self._told()

    def newest_at(self, vehicle_id: str) -> Instant:
        """Return the time of the newest fix judged of a vehicle; -inf if there is none."""
        number = self._numbers.get(vehicle_id)
        return -np.inf if number is None else float(self._vehicles.last_at[number])

    def newest(self) -> Iterator[tuple[VehicleId, Instant]]:
        """Yield each vehicle of which a fix was judged, with the time of the newest."""
        times = self._vehicles.last_at[: len(self._names)].tolist()
        return ((VehicleId(name), at) for name, at in zip(self._names, times, strict=True) if at > -np.inf)

    def inside(self, vehicle_id: str) -> dict[FenceId, Inside]:
        """Return the fences that a vehicle is inside of, also those that tell no entries."""
        pool = self._pool
        return {
            self._index.ids[pool.fence[slot]]: Inside(
                VehicleId(vehicle_id), float(pool.entered_at[slot]), bool(pool.has_dwelt[slot])
            )
            for slot in self._slots_of(vehicle_id)
            if pool.is_inside[slot]
        }

    def take_over(self, vehicle_id: str, other: CrossingDetector, is_meant: Callable[[FenceId], bool]) -> None:
        """Know of a vehicle what another detector of the same index knows, at the fences that are meant.

        The newest fix judged stays what it was: what is older is still passed over.
        """
        self._meet(vehicle_id)
        number, theirs = self._numbers[vehicle_id], other._numbers[vehicle_id]
        self._leave(vehicle_id, is_meant)
        for slot in other._slots_of(vehicle_id):
            fence = int(other._pool.fence[slot])
            if is_meant(self._index.ids[fence]):
                own = self._begin(fence, number)
                _copy(other._pool[2:9], slot, self._pool[2:9], own)
        _copy(other._vehicles[1:5], theirs, self._vehicles[1:5], number)

    def _use(self, index: FenceIndex) -> None:
        """Judge by an index; what is kept by the numbers of fences begins anew."""
        self._index = index
        self._marks = new_marks(len(index))
        self._pool.counts[SERIAL] = 0
        self._looked = (np.inf, -np.inf)
        self._law = self._law_within(0.0, 0.0)

    def _law_within(self, since_at: Instant, until_at: Instant) -> Law:
        index = self._index
        first, span = index.spans(self.zone, since_at, until_at)
        margins = index.columns.rules.margin_m
        least = float(margins.min()) if len(margins) else np.inf
        return Law(*index.columns[:2], index.cells, index.newer, index.is_open, index.scope, first, span, least)

    def _look_ahead(self, rows: Rows) -> None:
        """Know the active hours of all instants in a batch, and of the days around."""
        if not self._index.schedules:
            return
        first, last = float(rows.fix_at.min()), float(rows.fix_at.max())
        if not (self._looked[0] <= first and last <= self._looked[1]):
            self._looked = (first - _DAY_S, last + 2.0 * _DAY_S)
            self._law = self._law_within(*self._looked)

    def _numbers_of(self, batch: FixBatch) -> NDArray[np.int64]:
        numbers, names = self._numbers, batch.vehicle.tolist()
        known = [numbers.get(name, -1) for name in names]
        if -1 in known:
            for name in dict.fromkeys(names):
                self._meet(name)
            known = [numbers[name] for name in names]
        return np.array(known, dtype=np.int64)

    def _meet(self, name: str) -> None:
        if name in self._numbers:
            return
        number = self._numbers[name] = len(self._names)
        self._names.append(name)
        if number >= len(self._vehicles.head):
            self._vehicles = more_vehicles(self._vehicles, max(64, 2 * number))
        self._vehicles.member[number] = self._index.mask_of(self._groups.get(name, ()))

    def _slots_of(self, vehicle_id: str) -> Iterator[int]:
        number = self._numbers.get(vehicle_id)
        slot = NONE if number is None else int(self._vehicles.head[number])
        while slot != NONE:
            yield slot
            slot = int(self._pool.following[slot])

    def _leave(self, vehicle_id: str, is_meant: Callable[[FenceId], bool]) -> None:
        """End a vehicle's presences at the fences that are meant."""
        before = NONE
        for slot in list(self._slots_of(vehicle_id)):
            if is_meant(self._index.ids[self._pool.fence[slot]]):
                drop_slot(self._vehicles, self._pool, self._numbers[vehicle_id], before, slot)
            else:
                before = slot

    def _begin(self, fence: int, vehicle: int) -> int:
        if not self._pool.counts[FREE]:
            self._pool = more_slots(self._pool, 64)
        return take_slot(self._vehicles, self._pool, vehicle, fence)

    def _put_inside(self, fence: int, stay: Inside) -> None:
        slot = self._begin(fence, self._numbers[stay.vehicle_id])
        self._pool.is_inside[slot], self._pool.has_dwelt[slot] = 1, stay.has_dwelt
        self._pool.entered_at[slot] = stay.entered_at

    def _make_room(self) -> None:
        """Double what may have been too small for the next row; what was found stays."""
        self._pool = more_slots(self._pool, max(1024, len(self._pool.fence)))
        more = new_found(len(self._found.fence))
        columns: list[Any] = [np.concatenate([old, new]) for old, new in zip(self._found[:], more[:], strict=True)]
        self._found = Found._make(columns)

    def _told(self) -> Crossings:
        count = int(self._pool.counts[FOUND])
        if not count:
            return Crossings((), (), self._found, _NO_ROWS)
        found, index = self._found, self._index
        told = index.is_told[found.fence[:count], found.kind[:count]]
        for place in np.flatnonzero(told & index.ends_with_hours[found.fence[:count]] & (found.kind[:count] == EXITED)):
            told[place] = is_active(self._law, found.fence[place], found.at[place])
        places = np.flatnonzero(told)
        order = np.lexsort((found.fence[places], found.vehicle[places], found.kind[places], found.at[places]))
        kept = Found._make([column[places[order]] for column in found])
        return Crossings(index.ids, self._names, kept, np.arange(len(places)))


def _copy(columns: Sequence[Any], row: int, to: Sequence[Any], place: int) -> None:
    """Copy a row of columns to a place in others."""
    for column, target in zip(columns, to, strict=True):
        target[place] = column[row]
