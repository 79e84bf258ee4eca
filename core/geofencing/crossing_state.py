"""What is remembered while fixes are judged: of each vehicle its last fix, and the fences it is in or about to be in.

All of it is columns that compiled code reads and writes. A vehicle's presences are a chain through a common pool of
slots; a free slot is taken from a stack. Nothing grows while a batch is judged: before a row for which there might be
too little room, judging stops, and the caller makes room and goes on from there.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.dispatch.improvement.compiled import compiled
from core.geofencing.fence_columns import Flags, Floats, Numbers

NONE = -1
FREE, SERIAL, FOUND = 0, 1, 2
"""Places in `Pool.counts`: free slots, the number of the row being judged, crossings found."""


class Vehicles(NamedTuple):
    """One row per vehicle: (v,) each, `member` (v, words).

    Parameters
    ----------
    last_at : of the last fix judged; older ones are not judged again
    way_lat, way_lon, way_at, way_accuracy_m : the last fix that is good enough to begin a way
    head : the first slot of its presences, or `NONE`
    member : the groups it belongs to, as bits
    """

    last_at: Floats
    way_lat: Floats
    way_lon: Floats
    way_at: Floats
    way_accuracy_m: Floats
    head: Numbers
    member: NDArray[np.uint64]


class Pool(NamedTuple):
    """Presences: (slots,) each; and the stack of free slots.

    Parameters
    ----------
    fence, following : which fence, and the next slot of the same vehicle
    is_inside, streak : whether it came in, and the fixes in a row that say otherwise
    lat, lon, at : the first fix of the streak
    entered_at, has_dwelt : since when it is inside, and whether it was told that it stays
    """

    fence: Numbers
    following: Numbers
    is_inside: Flags
    streak: Numbers
    lat: Floats
    lon: Floats
    at: Floats
    entered_at: Floats
    has_dwelt: Flags
    free: Numbers
    counts: Numbers


class Found(NamedTuple):
    """Crossings found: (room,) each; the first `Pool.counts[FOUND]` of them count.

    `at` is when it happened, `seen_at` the time of the fix that confirmed it; that one says whether it is late.
    """

    fence: Numbers
    vehicle: Numbers
    kind: Flags
    lat: Floats
    lon: Floats
    at: Floats
    entered_at: Floats
    seen_at: Floats
    is_late: Flags


class Marks(NamedTuple):
    """What is noted of fences while a row is judged; a mark counts if it is the row's serial number: (n,) each.

    Parameters
    ----------
    seen, side : the fence's margin holds the fix; 2 if the fence itself does, else 1
    held : the vehicle has a presence there
    passed : the way here was compared with it
    hits, ways : fences that were seen, and those that the way may run through
    """

    seen: Numbers
    side: Flags
    held: Numbers
    passed: Numbers
    hits: Numbers
    ways: Numbers


def no_vehicles(words: int) -> Vehicles:
    """Return columns of no vehicle; groups take `words` words each."""
    lat, lon, at, accuracy, last = (np.empty(0) for _ in range(5))
    return Vehicles(last, lat, lon, at, accuracy, np.empty(0, dtype=np.int64), np.empty((0, words), dtype=np.uint64))


def new_pool() -> Pool:
    """Return a pool without slots."""
    numbers, flags, floats = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8), np.empty(0)
    counts = np.zeros(3, dtype=np.int64)
    return Pool(
        numbers, numbers, flags, numbers, floats, floats, floats, floats, flags, np.empty(0, dtype=np.int64), counts
    )


def new_found(room: int) -> Found:
    """Return room for crossings."""
    numbers, floats = np.zeros(room, dtype=np.int64), np.zeros(room)
    kind, late = np.zeros(room, dtype=np.uint8), np.zeros(room, dtype=np.uint8)
    lat, lon, at, entered_at, seen_at = (floats.copy() for _ in range(5))
    return Found(numbers, numbers.copy(), kind, lat, lon, at, entered_at, seen_at, late)


def new_marks(fences: int) -> Marks:
    """Return marks for n fences, none set."""
    numbers = [np.full(max(1, fences), NONE, dtype=np.int64) for _ in range(5)]
    return Marks(numbers[0], np.zeros(max(1, fences), dtype=np.uint8), *numbers[1:])


def more_vehicles(vehicles: Vehicles, rows: int) -> Vehicles:
    """Return the columns with room for `rows` vehicles in all; new ones were never heard."""
    fresh = rows - len(vehicles.last_at)
    fills = (-np.inf, np.nan, np.nan, -np.inf, np.nan, NONE)
    columns: list[Any] = [
        np.append(old, np.full(fresh, fill, old.dtype)) for old, fill in zip(vehicles[:6], fills, strict=True)
    ]
    words = np.zeros((fresh, vehicles.member.shape[1]), dtype=np.uint64)
    return Vehicles._make([*columns, np.concatenate([vehicles.member, words])])


def more_slots(pool: Pool, fresh: int) -> Pool:
    """Return the pool with `fresh` more slots."""
    slots = len(pool.fence)
    columns: list[Any] = [np.append(column, np.zeros(fresh, column.dtype)) for column in pool[:9]]
    free = np.zeros(slots + fresh, dtype=np.int64)
    count = pool.counts[FREE]
    free[:count] = pool.free[:count]
    free[count : count + fresh] = np.arange(slots, slots + fresh)
    pool.counts[FREE] += fresh
    return Pool._make([*columns, free, pool.counts])


@compiled
def take_slot(vehicles: Vehicles, pool: Pool, vehicle: int, fence: int) -> int:
    """Begin a presence; there has to be a free slot."""
    pool.counts[FREE] -= 1
    slot = pool.free[pool.counts[FREE]]
    pool.fence[slot] = fence
    pool.following[slot] = vehicles.head[vehicle]
    pool.is_inside[slot], pool.has_dwelt[slot], pool.streak[slot] = 0, 0, 0
    vehicles.head[vehicle] = slot
    return int(slot)


@compiled
def drop_slot(vehicles: Vehicles, pool: Pool, vehicle: int, before: int, slot: int) -> None:
    """End a presence; `before` is the slot before it in the vehicle's chain, or `NONE`."""
    if before == NONE:
        vehicles.head[vehicle] = pool.following[slot]
    else:
        pool.following[before] = pool.following[slot]
    pool.free[pool.counts[FREE]] = slot
    pool.counts[FREE] += 1


@compiled
def renumber(vehicles: Vehicles, pool: Pool, number: Numbers) -> None:
    """Give each presence its fence's new number; those of fences that are gone, -1, end."""
    for vehicle in range(len(vehicles.head)):
        before, slot = NONE, vehicles.head[vehicle]
        while slot != NONE:
            following = pool.following[slot]
            pool.fence[slot] = number[pool.fence[slot]]
            if pool.fence[slot] == NONE:
                drop_slot(vehicles, pool, vehicle, before, slot)
            else:
                before = slot
            slot = following
